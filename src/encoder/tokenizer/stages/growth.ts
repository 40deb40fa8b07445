/** Longest that a part may make a text of 20,000 characters; decomposed ligatures make eighteen of one. */
const MOST_LETTERS = 4_000_000;
const LONG_TEXT = 20_000;

/**
 * A text that one of `length` has become. Ten parts that double it fill all memory.
 *
 * @throws RangeError as a clause when it is far longer
 */
export function limited<T extends { readonly length: number }>(value: T, length: number, letters = value.length): T {
  if (letters > MOST_LETTERS * Math.max(1, length / LONG_TEXT))
    throw new RangeError(`its settings make ${letters} characters of it`);
  return value;
}
