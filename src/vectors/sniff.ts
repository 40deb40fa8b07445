import { HeadstartError } from "../errors.js";
import { fileKind } from "../formats/signature.js";

/** First characters of what is text of some kind. */
const SIGNS: readonly (readonly [sign: string, what: string])[] = [
  ["{", "JSON"],
  ["[", "a JSON list"],
];

/** What a file is, judged by its first bytes: "an Arrow file", "gzip data"; for messages about a file of another kind. */
export function looksLike(start: Uint8Array): string {
  if (start.length === 0) return "an empty file";
  const text = Buffer.from(start.subarray(0, 512)).toString("latin1");
  const known = fileKind(start);
  if (known !== undefined) return known;
  for (const [sign, what] of SIGNS) if (text.startsWith(sign)) return what;
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
