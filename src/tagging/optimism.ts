import { decimals } from "../text/numbers.js";

/**
 * How much too high the F1 of a choice is on the sentences that it was made on, to go behind "so it is".
 *
 * @param optimism  by cross-fitting; undefined where nobody measured it
 */
export const optimismText = (optimism: number | undefined): string =>
  optimism === undefined || optimism < 0.0005
    ? "slightly too high"
    : `about ${decimals(optimism)} too high (estimated by cross-fitting the choice)`;
