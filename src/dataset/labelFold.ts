/** Of a number with more digits, such as an id, another one may be the same double. */
const MOST_DIGITS = 15;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/;

/** What a label has in common with its other spellings: without case, outer spaces and Unicode form; 1 for 1.0. */
export function foldedLabel(label: string): string {
  const fold = label.trim().normalize("NFC").toLowerCase();
  if (!DECIMAL.test(fold) || fold.replace(/\D/g, "").length > MOST_DIGITS) return fold;
  const number = Number(fold);
  return Number.isFinite(number) ? String(number) : fold;
}
