import { describe, expect, it } from "vitest";
import {
  renderTrainingReport,
  renderTrainingSoFar,
  type TrainingRecord,
} from "../../../../src/report/html/trainingReport.js";
import { madeUpHead } from "../../head/file/savedHead.js";
import { LEARNING_CURVE } from "./learningCurve.js";
import { HOSTILE, tagsOf, unbalanced } from "./pageTags.js";

const spread = { mean: 0.5, deviation: 0.1 };

function recordOf(labels: readonly string[], training: Partial<TrainingRecord["training"]> = {}): TrainingRecord {
  const { file } = madeUpHead(labels);
  return { ...file, training: { ...file.training, ...training } };
}

describe("renderTrainingReport()", () => {
  it("draws both losses over the epochs and marks the one that was kept", () => {
    const curve = { unit: "epoch" as const, train: [1, 0.5, 0.25], dev: [0.9, 0.6, 0.8], best: 2 };
    const page = renderTrainingReport(recordOf(["a", "b"], { curve }));
    expect(unbalanced(page)).toEqual([]);
    expect(page).toContain("The head is that of epoch 2 of 3");
    // The axis goes from 0.25, at 100, to 1, at 0.
    expect(page).toContain('d="M0.00 0.00L50.00 66.67L100.00 100.00"');
    expect(page).toContain('d="M0.00 13.33L50.00 53.33L100.00 26.67"');
    expect(page).toMatch(/class="reference"\s+x1="50.00"/);
    const dashes = [...page.matchAll(/class="curve" stroke-dasharray="([^"]*)"/g)].map(([, drawn]) => drawn);
    expect(new Set(dashes).size).toBe(2);
    for (const loss of ["1.0000", "0.2500", "0.9000"]) expect(page).toContain(`<td>${loss}</td>`);
  });

  it("shortens a long curve and keeps its end", () => {
    const train = Array.from({ length: 1000 }, (_, i) => 1 / (i + 1));
    const page = renderTrainingReport(
      recordOf(["a", "b"], { curve: { unit: "iteration", train, dev: null, best: 1000 } }),
    );
    const [, path] = page.match(/class="curve" stroke-dasharray="none" d="(M0\.00[^"]*)"/)!;
    expect(path.split("L").length).toBeLessThan(205);
    expect(path).toMatch(/L100\.00 100\.00$/);
  });

  it("shows the candidates with the chosen one, and few-shot scores, where there are any", () => {
    const candidates = ["one", "two"].map((name) => ({
      name,
      view: { layer: null, pooling: "mean" as const },
      logLoss: spread,
      macroF1: spread,
    }));
    const search = { folds: 5, rows: 10, rule: "the best", chosen: "two", candidates, skipped: ["three"] };
    const fewShot = [{ perLabel: 8, seeds: 5, macroF1: { ...spread, lowest: 0.4, highest: 0.6 } }];
    const page = renderTrainingReport(recordOf(["a", "b"], { search, fewShot }));
    for (const part of ["two (chosen)", "No time was left for: three", "0.400 to 0.600"]) expect(page).toContain(part);
    expect(renderTrainingReport(recordOf(["a", "b"]))).not.toContain("candidates");
  });

  it("draws the learning curve over the range that matters, says so, and has its numbers", () => {
    const page = renderTrainingReport(recordOf(["a", "b"], { learningCurve: LEARNING_CURVE }));
    expect(unbalanced(page)).toEqual([]);
    expect(page).toContain("Macro-F1 from 0.610 with 50 rows to 0.720 with 800");
    expect(page).toContain("The axis does not start at 0: it runs from 0.55 to 0.75.");
    expect(page).toMatch(/d="M25\.00 70\.00L50\.00 35\.00L100\.00 15\.00"/);
    for (const { band95 } of LEARNING_CURVE.points)
      expect(page).toContain(band95.map((end) => end.toFixed(3)).join(" to "));
  });

  it("stands alone, whatever the labels, files and warnings say", () => {
    const plain = renderTrainingReport(
      recordOf(
        HOSTILE.map((_, i) => `label ${i}`),
        { warnings: ["w"] },
      ),
    );
    const page = renderTrainingReport(recordOf(HOSTILE, { files: [HOSTILE[0]], warnings: [HOSTILE[1]] }));
    expect(tagsOf(page)).toEqual(tagsOf(plain));
    expect(page).not.toMatch(/<script|<img|https?:/i);
  });
});

describe("renderTrainingSoFar()", () => {
  const curve = { unit: "epoch" as const, train: [1, 0.5], dev: [0.9, 0.6], best: 2 };

  it("shows the losses so far on a page that is read again, which that of an ended training is not", () => {
    const page = renderTrainingSoFar({ files: HOSTILE, most: 30, curve });
    expect(unbalanced(page)).toEqual([]);
    expect(page).toContain("Epoch 2 of at most 30");
    expect(page).toContain('d="M0.00 0.00L100.00 100.00"');
    expect(page).toMatch(/<meta http-equiv="refresh" content="2"/);
    expect(tagsOf(page)).toEqual(tagsOf(renderTrainingSoFar({ files: ["a", "b"], most: 30, curve })));
    expect(renderTrainingReport(recordOf(["a", "b"], { curve }))).not.toContain('http-equiv="refresh"');
  });
});
