import { readFileSync } from "node:fs";

/** Values that scikit-learn, scipy and numpy computed; made by scripts/golden/metrics.py. */
export interface MetricsGolden {
  readonly classification: readonly {
    readonly classes: number;
    readonly truth: readonly number[];
    readonly predicted: readonly number[];
    readonly accuracy: number;
    readonly macroF1: number;
    readonly macroRecall: number;
    readonly precision: readonly number[];
    readonly recall: readonly number[];
    readonly f1: readonly number[];
    readonly support: readonly number[];
    readonly confusion: readonly (readonly number[])[];
  }[];
  readonly bootstrap: {
    readonly truth: readonly number[];
    readonly first: readonly number[];
    readonly second: readonly number[];
    readonly interval95: readonly [number, number];
    readonly difference: number;
    readonly difference95: readonly [number, number];
    readonly shareNotAbove0: number;
  };
  readonly calibration: readonly {
    readonly classes: number;
    readonly bins: number;
    readonly probabilities: readonly number[];
    readonly truth: readonly number[];
    readonly ece: number;
    readonly brier: number;
    readonly brierOfRenormalised: number;
  }[];
  readonly mcnemar: readonly { readonly onlyFirst: number; readonly onlySecond: number; readonly p: number }[];
}

export const golden: MetricsGolden = JSON.parse(
  readFileSync(new URL("../../golden/metrics.json", import.meta.url), "utf8"),
);
