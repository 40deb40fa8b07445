import { describe, expect, it } from "vitest";
import { constantRemarks } from "../../../src/classification/overConstant.js";
import { evaluateClassification } from "../../../src/metrics/classification.js";
import { seeded } from "../../../src/math/random.js";

/** Remarks on a head that predicts `n` rows of two labels right with that chance. */
function remarksOn(n: number, right: number, seed = 1): string[] {
  const random = seeded(seed);
  const truth = Int32Array.from({ length: n }, (_, r) => (r % 10 < 7 ? 0 : 1));
  const predicted = truth.map((t) => (random() < right ? t : 1 - t));
  return constantRemarks(evaluateClassification(truth, predicted, ["a", "b"], { resamples: 300 }), "dev row");
}

describe("constantRemarks()", () => {
  it("says nothing of a head that is shown to be better than the best constant prediction", () => {
    expect(remarksOn(200, 0.95)).toEqual([]);
    expect(remarksOn(2000, 0.8)).toEqual([]);
  });

  it("says that a head is no better only where the interval leaves no room for it, with effect and interval", () => {
    const truth = Int32Array.from({ length: 1000 }, (_, r) => (r % 10 < 7 ? 0 : 1));
    const constant = constantRemarks(
      evaluateClassification(
        truth,
        truth.map(() => 0),
        ["a", "b"],
      ),
      "dev row",
    );
    expect(constant).toHaveLength(1);
    expect(constant[0]).toMatch(
      /^on the 1,000 dev rows the head is no better than always .* macro-F1 \(95 % interval .*\)\. Give it/,
    );
    expect(remarksOn(2000, 0.3)[0]).toContain("is no better than");
  });

  it("says that few rows cannot tell", () => {
    const [remark] = remarksOn(12, 0.75, 3);
    expect(remark).toMatch(/^12 dev rows cannot show whether the head is better than .* \(95 % interval .*\)/);
  });

  it("calls a head with a clear advantage no better in none of 200 draws", () => {
    const wrong = Array.from({ length: 200 }, (_, seed) => remarksOn(60, 0.8, seed)).filter((remarks) =>
      remarks.some((remark) => remark.includes("no better")),
    );
    expect(wrong).toEqual([]);
  });
});
