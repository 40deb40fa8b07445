import { describe, expect, it } from "vitest";
import { refuseUnused, trainedKind } from "../../../../src/cli/flags/flagUse.js";

const UNGIVEN = { task: "classification", classWeights: "none", surfaceFeatures: true };

function refuseUnusedInTraining(flags: object): void {
  const all = { ...UNGIVEN, ...flags };
  refuseUnused("train", trainedKind(all), all);
}

describe("refuseUnused()", () => {
  it.each([
    ["--hidden", { hidden: [8] }, "logistic heads"],
    ["--hidden", { hidden: [8], tune: true, head: "logistic" }, "logistic heads"],
    ["--batch-size", { batchSize: 8, task: "ner" }, "find entities"],
    ["--class-weights", { classWeights: "balanced", task: "ner" }, "find entities"],
    ["--tune", { tune: true, task: "ner" }, "find entities"],
    ["--head", { head: "mlp", multiLabel: "|" }, "several labels"],
    ["--epochs", { epochs: 3, multiLabel: "|" }, "several labels"],
    ["--explainable", { explainable: 50, multiLabel: "|" }, "several labels"],
    ["--explainable", { explainable: true, task: "ner" }, "find entities"],
    ["--tune-layers", { tuneLayers: [1], task: "ner" }, "find entities"],
    ["--crf", { crf: true }, "logistic heads"],
    ["--ensemble", { ensemble: 3 }, "logistic heads"],
    ["--context", { context: 2, tune: true }, "a search"],
    ["--no-surface-features", { surfaceFeatures: false, head: "mlp" }, "MLPs"],
    ["--weight-decay", { weightDecay: 0.1 }, "logistic heads"],
    ["--text-column", { textColumn: "words", task: "ner" }, "find entities"],
    ["--dev", { dev: ["dev.csv"], labelErrors: true }, "label errors"],
    ["--task", { task: "spam", multiLabel: "|" }, "several labels"],
    ["--label-errors", { labelErrors: true, multiLabel: "|" }, "several labels"],
  ])("refuses %s where it does nothing: %o", (flag, flags, made) => {
    expect(() => refuseUnusedInTraining(flags)).toThrow(
      expect.objectContaining({
        code: "E_USAGE",
        message: expect.stringMatching(`^${flag} does nothing for .*${made}`) as string,
      }),
    );
  });

  it("says what a flag is for, and not that it is for itself, where two flags choose what is learned", () => {
    const choices = {
      "--tune": { tune: true },
      "--label-errors": { labelErrors: true },
      "--multi-label": { multiLabel: true },
      "--task ner": { task: "ner" },
    };
    const names = Object.keys(choices) as (keyof typeof choices)[];
    for (const a of names) {
      for (const b of names.filter((name) => name !== a)) {
        const flags = { ...choices[a], ...choices[b] };
        let said = "";
        try {
          refuseUnusedInTraining(flags);
        } catch (error) {
          said = (error as Error).message;
        }
        expect(said).toMatch(
          /^(--[a-z -]+) does nothing for (?:(?!\1).)*: it is for (?!.*--).*\. Leave one of the two out$/,
        );
      }
    }
  });

  it.each([
    {},
    { head: "mlp", hidden: [8], epochs: 3, patience: 2 },
    { tune: true, tuneLayers: [1], hidden: [8] },
    { tune: true, head: "mlp", fewShot: [8] },
    { tune: true, head: "logistic", tuneLayers: [1], tuneSeconds: 3 },
    { labelErrors: true, map: "a=b", pooling: "max" },
    {
      task: "ner",
      head: "logistic",
      epochs: 3,
      crf: true,
      surfaceFeatures: false,
      ensemble: 2,
      context: 0,
      map: "a=b",
    },
    { multiLabel: "|" },
    { multiLabel: true, map: "a=b", minPerClass: 5, poolRare: "other" },
    { explainable: true },
    { explainable: 10, classWeights: "balanced", tensorboard: "runs" },
  ])("lets pass what is used: %o", (flags) => expect(() => refuseUnusedInTraining(flags)).not.toThrow());
});
