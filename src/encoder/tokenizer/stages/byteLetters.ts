/** The letter that stands for each byte in a vocabulary of bytes: printable ones for themselves, others from U+0100. */
const LETTERS: readonly string[] = (() => {
  let next = 0x100;
  const isPrintable = (byte: number): boolean =>
    (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte <= 0xff && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();
const PRINTABLE_ASCII = /^[!-~]*$/;
const encoder = new TextEncoder();

/**
 * A text as the letters of its bytes in UTF-8.
 *
 * @see Radford et al. 2019, section 2.2
 */
export function byteLetters(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  let letters = "";
  for (const byte of encoder.encode(text)) letters += LETTERS[byte];
  return letters;
}

/** The tokens that stand for a text's bytes where it has no token: `<0x0A>` and the like. */
export const byteTokens = (text: string): string[] =>
  Array.from(encoder.encode(text), (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
