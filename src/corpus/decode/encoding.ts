import iconv from "iconv-lite";
import { HeadstartError } from "../../errors.js";

/** How the bytes of a file become text. */
export type Encoding =
  | { readonly kind: "unicode"; readonly name: UnicodeName; readonly markBytes: number }
  | { readonly kind: "legacy"; readonly name: string }
  | { readonly kind: "refused"; readonly looksLike: string; readonly advice: string };

export type UnicodeName = "utf-8" | "utf-16le" | "utf-16be";

/** Names of ISO-8859-1. */
const LATIN1 = ["latin1", "iso88591", "l1", "cp819", "ibm819"];

const MARKS = { "utf-8": [0xef, 0xbb, 0xbf], "utf-16le": [0xff, 0xfe], "utf-16be": [0xfe, 0xff] } as const;

/**
 * The encoding of a file: as named, else UTF-8 or, by its byte order mark, UTF-16.
 *
 * Bytes that are surely something else (UTF-32, UTF-16 without a mark) are refused with a name for what they are: most of
 * them would pass as UTF-8 with many NUL characters.
 *
 * @param head  the start of the file: four bytes or more, or all when it is shorter
 * @throws HeadstartError E_ENCODING when `named` is no known encoding
 */
export function chooseEncoding(head: Uint8Array, named: string | undefined, file: string): Encoding {
  if (named === undefined) return refusal(head) ?? unicode(head, markedAs(head) ?? "utf-8");
  const name = named.toLowerCase().replace(/[_\s-]/g, "");
  if (name === "utf8") return unicode(head, "utf-8");
  if (name === "utf16") return unicode(head, startsWith(head, MARKS["utf-16be"]) ? "utf-16be" : "utf-16le");
  if (name === "utf16le" || name === "ucs2") return unicode(head, "utf-16le");
  if (name === "utf16be") return unicode(head, "utf-16be");
  if (LATIN1.includes(name)) return { kind: "legacy", name: "latin1" };
  if (iconv.encodingExists(named)) return { kind: "legacy", name: named };
  throw new HeadstartError(
    "E_ENCODING",
    `Cannot read ${file}: no encoding is called "${named}". ` +
      `Name one such as utf-8, utf-16le, windows-1252 or shift_jis with --encoding`,
    { file },
  );
}

function unicode(head: Uint8Array, name: UnicodeName): Encoding {
  return { kind: "unicode", name, markBytes: startsWith(head, MARKS[name]) ? MARKS[name].length : 0 };
}

function markedAs(head: Uint8Array): UnicodeName | undefined {
  return (["utf-8", "utf-16le", "utf-16be"] as const).find((name) => startsWith(head, MARKS[name]));
}

function refusal(head: Uint8Array): Encoding | undefined {
  const refused = (looksLike: string, advice: string): Encoding => ({ kind: "refused", looksLike, advice });
  const [a, b, c, d] = head;
  if (startsWith(head, [0xff, 0xfe, 0, 0])) return refused("UTF-32", "Read it with --encoding utf-32le");
  if (startsWith(head, [0, 0, 0xfe, 0xff])) return refused("UTF-32", "Read it with --encoding utf-32be");
  const without = "UTF-16 without a byte order mark";
  if (head.length >= 4 && a !== 0 && b === 0 && c !== 0 && d === 0) {
    return refused(without, "Read it with --encoding utf-16le");
  }
  if (head.length >= 4 && a === 0 && b !== 0 && c === 0 && d !== 0) {
    return refused(without, "Read it with --encoding utf-16be");
  }
  return undefined;
}

const startsWith = (head: Uint8Array, mark: readonly number[]): boolean => mark.every((byte, i) => head[i] === byte);
