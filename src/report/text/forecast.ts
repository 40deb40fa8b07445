import type { Forecast } from "../../transfer/forecast/record.js";
import { decimals, range } from "../../text/numbers.js";

/** The forecast of the accuracy on the target with its interval, and beside it the truth where that is known. */
export function forecastText({ accuracy, interval95, truth }: Forecast): string {
  const [low, high] = interval95;
  const beside =
    truth === null ? "" : `; it is ${decimals(truth)}, ${low <= truth && truth <= high ? "inside" : "outside"}`;
  return `${decimals(accuracy)} (95 % ${range(interval95)})${beside}`;
}
