import { describe, expect, it } from "vitest";
import { checkFolds, crossValidate } from "../../../src/classification/crossValidate.js";
import { trainClassifier } from "../../../src/classification/train.js";
import { foldsOf, repeatCrossValidation } from "../../../src/classification/repeatedFolds.js";
import { describeHead } from "../../../src/classification/describeHead.js";
import type { Encoder } from "../../../src/encoder/encoder.js";
import { joinRows, pickRows, type LabeledVectors } from "../../../src/dataset/labeledVectors.js";
import { matrix } from "../../../src/math/matrix.js";
import { seeded } from "../../../src/math/random.js";
import { toyVectors } from "./toyVectors.js";

const OPTIONS = { threads: 1, Cs: [0.01, 0.1, 1], folds: 4 } as const;
const toy = toyVectors(120);

/** Rows whose labels are by chance. */
function noise(rows: number, width: number): LabeledVectors {
  const random = seeded(5);
  const data = Float32Array.from({ length: rows * width }, () => random() - 0.5);
  const labels = Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? "a" : "b"));
  return { texts: labels.map((_, i) => `row ${i}`), labels, vectors: matrix(rows, width, data) };
}

describe("crossValidate()", () => {
  it("scores every row once, by heads of all folds, and their baselines", async () => {
    const cv = await crossValidate(toy, OPTIONS);
    expect([cv.folds, cv.n]).toEqual([4, 120]);
    expect(cv.perFold.reduce((sum, { n }) => sum + n, 0)).toBe(120);
    const right = cv.perFold.reduce((sum, { n, accuracy }) => sum + n * accuracy, 0);
    expect(cv.accuracy).toBeCloseTo(right / 120, 12);
    expect(cv.confusion.counts.flat().reduce((sum, n) => sum + n, 0)).toBe(120);
    expect(cv.accuracy).toBeGreaterThan(0.85);
    expect(cv.bagOfWords?.accuracy).toBe(1); // the texts name the label
    expect(cv.interval95[0]).toBeLessThanOrEqual(cv.macroF1);
    expect(cv.interval95[1]).toBeGreaterThanOrEqual(cv.macroF1);
    // The penalty of a row is that of the inner folds, which are fitted on four fifths.
    for (const { C } of cv.perFold) expect(OPTIONS.Cs.map((own) => Number((0.8 * own).toPrecision(2)))).toContain(C);
  });

  it("is at chance where there is nothing to learn, though there are as many columns as rows", async () => {
    const { accuracy, majority } = await crossValidate(noise(80, 80), { ...OPTIONS, folds: 5 });
    expect(accuracy).toBeGreaterThan(0.25);
    expect(accuracy).toBeLessThan(0.75);
    expect(majority.accuracy).toBeLessThanOrEqual(0.6);
  });

  it("keeps equal texts in one fold: copies of a row tell nothing about it", async () => {
    const once = noise(40, 40);
    const copied = joinRows(once, joinRows(once, once));
    const weak = { ...OPTIONS, Cs: [1] };
    expect((await crossValidate(copied, weak)).accuracy).toBeLessThan(0.8);
    const renamed = { ...copied, texts: copied.texts.map((text, i) => `${text} of copy ${Math.floor(i / 40)}`) };
    expect((await crossValidate(renamed, weak)).accuracy).toBeGreaterThan(0.9);
  });

  it("gives the same for the same seed, deals by another in another way, and reads its rows only", async () => {
    const hard = toyVectors(120, { distance: 0.4 });
    const first = await crossValidate(hard, OPTIONS);
    expect(await crossValidate(hard, OPTIONS)).toEqual(first);
    expect((await crossValidate(hard, { ...OPTIONS, seed: 2 })).perFold).not.toEqual(first.perFold);
    expect(hard).toEqual(toyVectors(120, { distance: 0.4 }));
  });

  it("counts a label with a single text as a mistake, and one that it can learn in other folds not", async () => {
    const rare = { texts: ["one of its kind"], labels: ["odd"], vectors: matrix(1, 6, new Float32Array(6).fill(9)) };
    const cv = await crossValidate(joinRows(toy, rare), OPTIONS);
    expect(cv.perLabel["odd"]).toMatchObject({ support: 1, recall: 0 });
    expect(cv.perLabel["good"].support).toBe(60);
  });

  it("serves MLPs, which have no C", async () => {
    const mlp = { hidden: [16], epochs: 200, learningRate: 0.01 };
    const cv = await crossValidate(toy, { threads: 1, folds: 2, head: "mlp", mlp });
    expect(cv.perFold.map(({ C }) => C)).toEqual([null, null]);
    expect(cv.accuracy).toBeGreaterThan(0.7);
  });

  it("can leave out single texts", async () => {
    const few = pickRows(
      toy,
      Array.from({ length: 10 }, (_, i) => i),
    );
    const calls: number[] = [];
    const cv = await crossValidate(few, { ...OPTIONS, folds: 10, onFold: (done) => calls.push(done) });
    expect(cv.perFold.map(({ n }) => n)).toEqual(Array.from({ length: 10 }, () => 1));
    expect(calls).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("refuses rows that have one label without one of the folds", async () => {
    const [bad] = [toy.labels.flatMap((label, r) => (label === "bad" ? [r] : []))];
    const lone = joinRows(pickRows(toy, bad), pickRows(toy, [toy.labels.indexOf("good")]));
    await expect(crossValidate(lone, OPTIONS)).rejects.toMatchObject({ code: "E_LABELS" });
  });
});

describe("checkFolds()", () => {
  it.each([
    [1, "E_USAGE"],
    [2.5, "E_USAGE"],
    [3, "E_LABELS"],
  ])("refuses %d folds of two different texts with %s", (folds, code) => {
    expect(() => checkFolds(["so good", "So good!", "bad"], folds)).toThrow(expect.objectContaining({ code }));
    expect(() => checkFolds(["so good", "So good!", "bad"], 2)).not.toThrow();
  });
});

describe("trainClassifier() with cv", () => {
  it("gives the head that it gives without it, to the bit, with the scores in its record", async () => {
    const { folds, ...how } = OPTIONS;
    const plain = await trainClassifier(toy, how);
    const trained = await trainClassifier(toy, { ...how, cv: folds });
    expect({ ...trained, cv: undefined }).toEqual(plain);
    expect(trained.cv).toEqual(await repeatCrossValidation(toy, 4, OPTIONS));
    const encoder = { name: "toy", fingerprint: "0".repeat(64), width: 6, prompt: "" } as Encoder;
    const corpus = { files: ["toy.csv"], counts: { rejected: 0 } as never, dropped: 0 };
    const { training } = describeHead(trained, { corpus, encoder, createdAt: "2026-01-01T00:00:00Z" });
    expect(training.cv).toMatchObject({ folds: 4, n: 120, macroF1: trained.cv!.macroF1 });
    expect(training.cv?.perLabel.map(({ label }) => label)).toEqual(["bad", "good"]);
  });

  it("refuses dev rows beside it", async () => {
    const refused = trainClassifier(toy, { threads: 1, cv: 3, dev: toyVectors(30, { seed: 2 }) });
    await expect(refused).rejects.toMatchObject({ code: "E_USAGE" });
  });
});

describe("repeatCrossValidation()", () => {
  const hard = toyVectors(60, { distance: 0.4 });

  it("gives the mean over repeats with seeds of their own, with an interval as wide as theirs", async () => {
    const options = { threads: 1, Cs: [0.01, 0.1, 1], seed: 4 } as const;
    const cv = await repeatCrossValidation(hard, "3x2", options);
    const [first, second] = [
      await crossValidate(hard, { ...options, folds: 3 }),
      await crossValidate(hard, { ...options, folds: 3, seed: 5 }),
    ];
    expect(cv).toMatchObject({ folds: 3, repeats: 2, n: 60, confusion: first.confusion });
    expect(cv.perRepeat).toEqual(
      [first, second].map(({ accuracy, macroF1 }, r) => ({ seed: 4 + r, accuracy, macroF1 })),
    );
    expect(cv.perFold).toEqual([...first.perFold, ...second.perFold]);
    expect(cv.macroF1).toBeCloseTo((first.macroF1 + second.macroF1) / 2, 12);
    const width = ([low, high]: readonly [number, number]): number => high - low;
    expect(width(cv.interval95)).toBeCloseTo((width(first.interval95) + width(second.interval95)) / 2, 12);
    expect(cv.overBagOfWords?.mcnemarP).toBe(Math.max(first.overBagOfWords!.mcnemarP, second.overBagOfWords!.mcnemarP));
    const { repeats, perRepeat, ...once } = await repeatCrossValidation(hard, 3, options);
    expect([repeats, perRepeat.length, once]).toEqual([1, 1, first]);
  });

  it.each([
    [5, 5, 1],
    ["5x2", 5, 2],
    [{ folds: 4, repeats: 3 }, 4, 3],
    [{ folds: 4 }, 4, 1],
  ] as const)("reads %j", (plan, folds, repeats) => {
    expect(foldsOf(plan)).toEqual({ folds, repeats });
  });

  it.each([1, 2.5, "1x2", "5x0", "x2", "5x", "5 x 2", { folds: 3, repeats: 0 }])("refuses %j", (plan) => {
    expect(() => foldsOf(plan as number)).toThrow(expect.objectContaining({ code: "E_USAGE" }));
  });
});
