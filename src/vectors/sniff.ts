import { HeadstartError } from "../errors.js";

const SIGNS: readonly (readonly [sign: string, what: string])[] = [
  ["PAR1", "a Parquet file"],
  ["ARROW1", "an Arrow file"],
  ["\x93NUMPY", "a numpy array"],
  ["version https://git-lfs", "a git-lfs pointer: run git lfs pull to get the file itself"],
  ["\x1f\x8b", "gzip data"],
  ["\x28\xb5\x2f\xfd", "zstd data"],
  ["PK\x03\x04", "a zip archive"],
  ["\x80\x02", "a Python pickle"],
  ["\x80\x03", "a Python pickle"],
  ["\x80\x04", "a Python pickle"],
  ["\x80\x05", "a Python pickle"],
  ["<", "a web page or XML"],
  ["{", "JSON"],
  ["[", "a JSON list"],
];

/** What a file is, judged by its first bytes: "an Arrow file", "gzip data"; for messages about a file of another kind. */
export function looksLike(start: Uint8Array): string {
  if (start.length === 0) return "an empty file";
  const text = Buffer.from(start.subarray(0, 512)).toString("latin1");
  for (const [sign, what] of SIGNS) if (text.startsWith(sign)) return what;
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) return "a web page or XML";
  return /[^\t\n\r\x20-\x7e\x80-\xff]/.test(text) ? "binary data of an unknown kind" : "plain text";
}

/** The error for a vector file that cannot be read: `found` says what is wrong, `advice` what to do. */
export function unreadable(
  path: string,
  found: string,
  details: {
    readonly advice?: string | undefined;
    readonly line?: number | undefined;
    readonly cause?: unknown | undefined;
  } = {},
): HeadstartError {
  const { advice = "Write it again, or give another file", ...rest } = details;
  return new HeadstartError("E_VECTORS_INVALID", `Cannot read vectors from ${path}: ${found}. ${advice}`, {
    file: path,
    ...rest,
  });
}
