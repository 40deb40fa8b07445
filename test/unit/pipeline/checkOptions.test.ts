import { describe, expect, it } from "vitest";
import { checkOptions } from "../../../src/pipeline/checkOptions.js";
import { OPTIONS } from "../../../src/pipeline/optionSchemas.js";

type Of = keyof typeof OPTIONS;

const wrong: readonly (readonly [of: Of, options: object, says: RegExp])[] = [
  ["loadPipeline", { threads: 0 }, /threads/],
  ["loadPipeline", { cache: true }, /cache/],
  ["loadPipeline", { kind: "svm" }, /kind/],
  ["predict() of a classifier", { explian: true }, /there is no option explian/],
  ["predict() of a classifier", { goal: { coverage: 0.5 } }, /goal/],
  ["predict() of a classifier", { goal: { kind: "coverage", coverage: 0.5 } }, /goal/],
  ["predict() of a classifier", { goal: null }, /goal/],
  ["predict() of a classifier", { sets: 2 }, /sets/],
  ["predict() of a classifier", { sets: "0.9" }, /sets/],
  ["predict() of a multi-label head", { explain: true }, /there is no option explain/],
  ["predict() of a tagger", { goal: { kind: "risk", most: 0.1 } }, /there is no option goal/],
  ["evaluate() of a classifier", { map: { neutral: "drop" } }, /map.*parseLabelMap/],
  ["evaluate() of a classifier", { limit: 0 }, /limit/],
  ["evaluate() of a classifier", { limit: "x" }, /limit/],
  ["evaluate() of a multi-label head", { goal: {} }, /there is no option goal/],
  ["train() of a classifier", { seed: "x" }, /seed/],
  ["train() of a classifier", { task: "foo" }, /task/],
  ["train() of a classifier", { head: "svm" }, /head/],
  ["train() of a classifier", { classWeights: "foo" }, /classWeights/],
  ["train() of a classifier", { Cs: [-1] }, /Cs/],
  ["train() of a classifier", { explainable: -1 }, /explainable/],
  ["train() of a classifier", { mlp: { hidden: [8] } }, /mlp has no effect without head/],
  ["train() of a classifier", { head: "mlp", mlp: { decay: 1 } }, /there is no option mlp.decay/],
  ["train() of a classifier", { head: "mlp", mlp: { hidden: [] } }, /mlp.hidden/],
  ["train() of a classifier", { epochs: 3 }, /there is no option epochs/],
  ["train() of a multi-label head", { multiLabel: "|", head: "mlp" }, /there is no option head/],
  ["train() of a tagger", { task: "ner", ensemble: 0 }, /ensemble/],
  ["train() of a tagger", { task: "ner", contextWindow: 99 }, /contextWindow/],
  ["train() of a tagger", { task: "ner", multiLabel: "|" }, /there is no option multiLabel/],
  ["save()", { overwrite: true }, /there is no option overwrite/],
];

describe("checkOptions()", () => {
  it.each(wrong)("of %s refuses %j", (of, options, says) => {
    const message = expect.stringMatching(new RegExp(`Cannot use the options of .*${says.source}`)) as string;
    let thrown: unknown;
    try {
      checkOptions(of, options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "E_USAGE", message });
  });

  it("takes what is undefined for left out, and refuses what is no object", () => {
    for (const of of Object.keys(OPTIONS) as Of[]) {
      const needed =
        of === "train() of a tagger"
          ? { task: "ner" }
          : of === "train() of a multi-label head"
            ? { multiLabel: "|" }
            : {};
      expect(() => checkOptions(of, { ...needed, nothing: undefined })).not.toThrow();
      expect(() => checkOptions(of, null as unknown as object)).toThrow(/Give an object/);
    }
  });
});
