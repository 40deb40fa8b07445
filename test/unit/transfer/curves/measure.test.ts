import { describe, expect, it } from "vitest";
import { normal } from "../../../../src/classification/curve/powerLaw.js";
import type { LabeledVectors } from "../../../../src/dataset/labeledVectors.js";
import { matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";
import { chooseC } from "../../../../src/transfer/curves/chooseC.js";
import { measureCurves, MOST_SOURCE, type SizeScores } from "../../../../src/transfer/curves/measure.js";
import { bothTogether } from "../../../../src/transfer/curves/strategyHeads.js";
import { transferCurves } from "../../../../src/transfer/curves/transferCurves.js";

const WIDTH = 3;
const OPTIONS = { seed: 1, labels: ["bad", "good"], C: { source: 0.1, target: 0.1, both: 0.1 }, threads: 1 };

/** Each label at a place of its own. */
function rowsOf(labels: readonly string[], seed: number): LabeledVectors {
  const random = seeded(seed);
  const places = ["bad", "good", "rare"];
  const data = Float32Array.from({ length: labels.length * WIDTH }, (_, i) => {
    const own = places.indexOf(labels[Math.floor(i / WIDTH)]) === i % WIDTH;
    return 0.6 * normal(random) + (own ? 1 : 0);
  });
  return { texts: labels.map((_, i) => `text ${seed} ${i}`), labels, vectors: matrix(labels.length, WIDTH, data) };
}

const twoLabels = (n: number): string[] => Array.from({ length: n }, (_, i) => (i % 2 === 0 ? "bad" : "good"));

async function all(sizes: AsyncIterable<SizeScores>): Promise<SizeScores[]> {
  const found: SizeScores[] = [];
  for await (const size of sizes) found.push(size);
  return found;
}

describe("measureCurves()", () => {
  it.each(["none", "balanced"] as const)("takes a label with a single row, class weights %s", async (classWeights) => {
    const targetTrain = rowsOf([...twoLabels(70), "rare"], 2);
    const target = rowsOf([...twoLabels(40), "rare", "rare"], 3);
    const sides = { source: rowsOf([...twoLabels(40), "rare"], 4), targetTrain, target, sourceHead: null };
    const labels = ["bad", "good", "rare"];
    const [size, ...others] = await all(measureCurves(sides, { ...OPTIONS, labels, classWeights }));
    expect(others).toEqual([]);
    expect(size.of.target!.macroF1.every((score) => score > 0.4 && score <= 1)).toBe(true);
  });

  it("predicts no label of the source that the target lacks", async () => {
    const source = rowsOf([...twoLabels(60), ...twoLabels(60).map(() => "rare")], 4);
    const sides = { source, targetTrain: rowsOf(twoLabels(40), 2), target: rowsOf(twoLabels(60), 3), sourceHead: null };
    const [size] = await all(measureCurves(sides, OPTIONS));
    // "rare" lies where some of the target's rows are, so predicting it would cost a lot.
    expect(Math.min(...size.of.both!.macroF1)).toBeGreaterThan(Math.min(...size.of.target!.macroF1) - 0.1);
  });

  it("tells of every draw", async () => {
    const sides = {
      source: rowsOf(twoLabels(30), 4),
      targetTrain: rowsOf(twoLabels(40), 2),
      target: rowsOf(twoLabels(20), 3),
    };
    const told: string[] = [];
    const onDraw = (done: number, draws: number): unknown => told.push(`${done} of ${draws}`);
    await all(measureCurves({ ...sides, sourceHead: null }, { ...OPTIONS, onDraw }));
    expect(told).toEqual(["1 of 5", "2 of 5", "3 of 5", "4 of 5", "5 of 5"]);
  });
});

describe("transferCurves()", () => {
  it("takes some rows of a long source, and says how many", async () => {
    const source = rowsOf(twoLabels(MOST_SOURCE + 2), 4);
    const target = rowsOf(twoLabels(40), 3);
    const sides = { source, targetTrain: rowsOf(twoLabels(40), 2), target, sourceHead: null };
    const known = { macroF1: { target: 0.8, both: 0.8 }, parts: new Float64Array(40), trainingError: 0.01 };
    const { sourceDraws, says } = await transferCurves(sides, known, OPTIONS);
    expect(sourceDraws).toEqual({ rows: MOST_SOURCE, of: MOST_SOURCE + 2 });
    expect(says).toContain("each head takes 10,000 of the source's 10,002 rows");
  });
});

describe("bothTogether()", () => {
  it("weighs rows that stand for twice as many like each of them twice", async () => {
    const [source, own, target] = [rowsOf(twoLabels(30), 4), rowsOf(twoLabels(16), 2), rowsOf(twoLabels(200), 3)];
    const flipped = { ...own, labels: own.labels.map((label) => (label === "bad" ? "good" : "bad")) };
    const twice = {
      texts: [...source.texts, ...source.texts],
      labels: [...source.labels, ...source.labels],
      vectors: matrix(60, WIDTH, Float32Array.of(...source.vectors.data, ...source.vectors.data)),
    };
    const mixture = { own: flipped, share: 0.1 };
    const stood = await bothTogether({ ...mixture, source, sourceRows: 60 }, target.vectors, OPTIONS);
    const copied = await bothTogether({ ...mixture, source: twice }, target.vectors, OPTIONS);
    const alone = await bothTogether({ ...mixture, source }, target.vectors, OPTIONS);
    const differing = (a: Int32Array, b: Int32Array): number => a.filter((p, r) => p !== b[r]).length;
    expect(differing(stood, copied)).toBeLessThan(differing(alone, copied));
  });
});

describe("chooseC()", () => {
  it("chooses no stronger penalty for few rows than a training would try", async () => {
    expect(await chooseC([rowsOf(twoLabels(16), 2), rowsOf(twoLabels(16), 5)], OPTIONS)).toBeGreaterThanOrEqual(0.2);
  });

  it("is null where equal texts leave nothing to set aside", async () => {
    const rows = rowsOf(twoLabels(16), 2);
    expect(await chooseC([{ ...rows, texts: rows.texts.map(() => "the same") }], OPTIONS)).toBeNull();
  });
});
