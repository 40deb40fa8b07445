const encoder = new TextEncoder();
const decoder = new TextDecoder();
const BYTES_OF_A_UNIT = 4;
/** Shortest in UTF-8 that is looked at character by character only. */
const LONG_GRAPHEME = 6;
const HAS_LEAF = 1 << 8;

/**
 * A compiled map of characters of SentencePiece, which replaces graphemes of a text, or else single characters, by other
 * texts: a trie of their bytes as a double array of 32-bit units, and behind it the texts, each ended by a zero.
 *
 * @see https://github.com/google/sentencepiece/blob/master/doc/normalization.md
 * @throws SyntaxError as a clause, where it is none
 */
export function readCharsMap(base64: string): (text: string) => string {
  const bytes = Buffer.from(base64, "base64");
  const trieBytes = bytes.length < BYTES_OF_A_UNIT ? -1 : bytes.readUInt32LE(0);
  const textsAt = BYTES_OF_A_UNIT + trieBytes;
  if (trieBytes <= 0 || trieBytes % BYTES_OF_A_UNIT !== 0 || textsAt > bytes.length)
    throw new SyntaxError('"precompiled_charsmap" is no map of characters');
  const units = Uint32Array.from({ length: trieBytes / BYTES_OF_A_UNIT }, (_, i) =>
    bytes.readUInt32LE(BYTES_OF_A_UNIT * (i + 1)),
  );
  const textAt = (index: number): string => {
    const end = bytes.indexOf(0, textsAt + index);
    return decoder.decode(bytes.subarray(textsAt + index, end === -1 ? bytes.length : end));
  };
  const replacements = new Map<string, string | undefined>();
  return (text) =>
    replaceAll(text, (part) => {
      if (!replacements.has(part)) {
        const index = shortestPrefix(units, encoder.encode(part));
        replacements.set(part, index === undefined ? undefined : textAt(index));
      }
      return replacements.get(part);
    });
}

/** What a double array has for the shortest beginning of `key` that it has: so the reference looks a key up. */
function shortestPrefix(units: Uint32Array, key: Uint8Array): number | undefined {
  let node = offsetOf(units[0]);
  for (const byte of key) {
    if (byte === 0) return undefined;
    node ^= byte;
    const unit = units[node];
    if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return undefined;
    node ^= offsetOf(unit);
    if ((unit & HAS_LEAF) !== 0) return (units[node] ?? 0) & 0x7fffffff;
  }
  return undefined;
}

const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & (1 << 9)) >>> 6);

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Of ASCII only a line break is a grapheme of two characters; a letter before others may begin one. */
const PLAIN = /(?:(?![\r\n])[\0-\x7f](?![^\0-\x7f]))+/g;

function replaceAll(text: string, replacementOf: (part: string) => string | undefined): string {
  const replace = (grapheme: string): string => {
    if (encoder.encode(grapheme).length < LONG_GRAPHEME) {
      const own = replacementOf(grapheme);
      if (own !== undefined) return own;
    }
    return Array.from(grapheme, (character) => replacementOf(character) ?? character).join("");
  };
  const plain = (part: string): string => Array.from(part, (letter) => replacementOf(letter) ?? letter).join("");
  const rich = (part: string): string =>
    Array.from(graphemes.segment(part), ({ segment }) => replace(segment)).join("");
  let [all, from] = ["", 0];
  for (const match of text.matchAll(PLAIN)) {
    all += rich(text.slice(from, match.index)) + plain(match[0]);
    from = match.index + match[0].length;
  }
  return all + rich(text.slice(from));
}
