import type { Forecast } from "../../transfer/forecast/record.js";
import { count, decimals, percent, range } from "../../text/numbers.js";

/** The forecast of the accuracy on the target with its interval, and beside it the truth where that is known. */
export function forecastText({ accuracy, interval95, truth }: Forecast): string {
  const [low, high] = interval95;
  const beside =
    truth === null ? "" : `; it is ${decimals(truth)}, ${low <= truth && truth <= high ? "inside" : "outside"}`;
  return `${decimals(accuracy)} (95 % ${range(interval95)})${beside}`;
}

/** How it was made, how good such forecasts were, and what its interval leaves out; a sentence or two. */
export function forecastNote({ method, measuredOn: { pairs, meanAbsoluteError, coverage } }: Forecast): string {
  return (
    `The forecast is made without labels of the target, by ${method}. On ${count(pairs)} known pairs of domains ` +
    `(sentiment, built-in encoder) it was off by ${(100 * meanAbsoluteError).toFixed(1)} points in the mean, ` +
    `${percent(coverage)} of them inside the interval; another task or encoder may be off by more.`
  );
}
