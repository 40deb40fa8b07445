import { decimals } from "../text/numbers.js";

/** With fewer sentences, what is estimated is chance. */
const LEAST_SENTENCES = 100;

/**
 * How much too high the F1 of a choice is on the sentences that it was made on, to go behind "F1 is".
 *
 * @param optimism   by cross-fitting; undefined where nobody measured it
 * @param sentences  that it was made on
 */
export const optimismText = (optimism: number | undefined, sentences: number): string =>
  optimism === undefined || optimism < 0.0005 || sentences < LEAST_SENTENCES
    ? "somewhat too high"
    : `about ${decimals(optimism)} too high (estimated by cross-fitting the choice)`;
