/** First bytes of Arrow files, and last ones. */
export const ARROW_MARK = "ARROW1";
/** First bytes of Parquet files, and last ones. */
export const PARQUET_MARK = "PAR1";
/** First bytes of numpy arrays, as latin1. */
export const NUMPY_MARK = "\x93NUMPY";

/** Kinds of files that are recognized by how they start, as they are named in messages. */
export type FileKind = keyof typeof STARTS | "an HTML page" | "XML";

/** First bytes, as latin1. */
const STARTS = {
  "a Parquet file": [PARQUET_MARK],
  "an Arrow file": [ARROW_MARK],
  "a numpy array": [NUMPY_MARK],
  "a git-lfs pointer (run git lfs pull)": ["version https://git-lfs"],
  "gzip data": ["\x1f\x8b"],
  "zstd data": ["\x28\xb5\x2f\xfd"],
  "a zip archive": ["PK\x03\x04", "PK\x05\x06"],
  "an old Office document": ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
  "a PDF document": ["%PDF-"],
  "an SQLite database": ["SQLite format 3\0"],
  "a Python pickle": ["\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05"],
  "a fastText binary model": ["\xba\x16\x4f\x2f"],
} as const;

const KINDS = Object.entries(STARTS) as [keyof typeof STARTS, readonly string[]][];
/** As much of a file as is looked at. */
const LOOKED_AT = 512;

/**
 * What a file is, judged by its first bytes.
 *
 * @param start  512 bytes or more where the file has them
 * @returns      undefined for what starts like nothing known
 */
export function fileKind(start: Uint8Array): FileKind | undefined {
  const text = Buffer.from(start.subarray(0, LOOKED_AT)).toString("latin1");
  const known = KINDS.find(([, starts]) => starts.some((one) => text.startsWith(one)));
  if (known !== undefined) return known[0];
  const markup = text.replace(/^\xef\xbb\xbf/, "").trimStart();
  if (/^<(!doctype\s+html|html|head|body|!--)/i.test(markup)) return "an HTML page";
  return markup.startsWith("<?xml") ? "XML" : undefined;
}
