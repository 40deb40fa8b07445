import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { trainClassifier } from "../../../../src/classification/train.js";
import type { LabeledVectors } from "../../../../src/dataset/labeledVectors.js";
import { loadHead, saveHead } from "../../../../src/head/file/folder.js";
import { predictProbabilities } from "../../../../src/head/head.js";
import { covariance } from "../../../../src/math/covariance.js";
import { matrix, type Matrix } from "../../../../src/math/matrix.js";
import { seeded, shuffled } from "../../../../src/math/random.js";
import {
  ADAPTATIONS,
  adaptHead,
  UNLABELED_ADAPTATIONS,
  type AdaptableHead,
  type AskedAdaptation,
} from "../../../../src/transfer/adaptation/adapt.js";
import { compareAdaptations } from "../../../../src/transfer/adaptation/compareAdaptations.js";
import { recolored } from "../../../../src/transfer/adaptation/recolor.js";
import { tempFolder } from "../../files/tempFolder.js";
import { madeUpHead } from "../../head/file/savedHead.js";

const WIDTH = 4;
const LABELS = ["calm", "loud"];

/** Rows of two labels that the first column tells apart, all moved along it. */
function draw(n: number, { seed, share = 0.5, moved = 0 }: { seed: number; share?: number; moved?: number }) {
  const random = seeded(seed);
  const labels = Array.from({ length: n }, (_, r) => LABELS[r < n * share ? 1 : 0]);
  const vectors = matrix(n, WIDTH);
  vectors.data.forEach((_, at) => {
    const isLoud = labels[Math.floor(at / WIDTH)] === "loud";
    vectors.data[at] = random() + random() - 1 + (at % WIDTH === 0 ? moved + (isLoud ? 2.2 : 0) : 0);
  });
  return { texts: labels.map((_, r) => `text ${seed}-${r}`), labels, vectors } satisfies LabeledVectors;
}

const source = draw(300, { seed: 1 });
const trained = await trainClassifier(source, { seed: 1, threads: 1 });
const head = trained.head as AdaptableHead;
const options = { source, devPredictions: trained.devPredictions, C: trained.C!, threads: 1 };
const NO_ROWS = { texts: [], labels: [], vectors: matrix(0, WIDTH) };

describe("recolored()", () => {
  it("gives the source exactly the covariance of the target where nothing is shrunk", () => {
    const turn = (x: Matrix): Matrix =>
      matrix(
        x.rows,
        WIDTH,
        x.data.map((value, at) => (at % WIDTH === 0 ? 3 * value : value + 0.7 * x.data[at - 1])),
      );
    const target = turn(draw(250, { seed: 2, share: 0.3 }).vectors);
    const [own, wanted] = [covariance(recolored(source.vectors, target, 0)), covariance(target)];
    wanted.forEach((value, at) => expect(own[at]).toBeCloseTo(value, 4));
  });
});

describe("adaptHead()", () => {
  it.each(["easyadapt", "l2sp"] as const)("leaves the head as it is without rows of the target (%s)", async (name) => {
    const adapted = await adaptHead(name, head, { ...options, target: source.vectors, targetTrain: NO_ROWS });
    expect(adapted.head).toEqual(head);
  });

  it.each(["easyadapt", "l2sp"] as const)("gives finite weights by 4 labeled rows (%s)", async (name) => {
    const targetTrain = draw(4, { seed: 5 });
    const { head: adapted } = await adaptHead(name, head, { ...options, target: source.vectors, targetTrain });
    expect([...adapted.weights.data, ...adapted.bias].every(Number.isFinite)).toBe(true);
  });

  it.each(UNLABELED_ADAPTATIONS.flatMap((name) => [[name, 1] as const, [name, 10] as const, [name, 240] as const]))(
    "gives probabilities by target rows of one label (%s, %d rows)",
    async (name, n) => {
      const target = draw(n, { seed: 3, share: 1, moved: 0.5 }).vectors;
      const { head: adapted } = await adaptHead(name, head, { ...options, target });
      predictProbabilities(adapted, source.vectors).forEach((p) => expect(p >= 0 && p <= 1).toBe(true));
    },
  );
});

describe("an adapted head", () => {
  it.each(ADAPTATIONS)("predicts the same, to the bit, once it is saved and loaded (%s)", async (name) => {
    const made = madeUpHead(LABELS, { width: WIDTH });
    const target = draw(240, { seed: 7, moved: 0.8 });
    const { head: adapted } = await adaptHead(name, made.head as AdaptableHead, {
      ...options,
      target: target.vectors,
      targetTrain: draw(40, { seed: 8, moved: 0.8 }),
    });
    const folder = join(await tempFolder(), "head");
    await saveHead(folder, { ...made, head: adapted });
    const { head: loaded } = await loadHead(folder);
    expect(predictProbabilities(loaded, target.vectors)).toEqual(predictProbabilities(adapted, target.vectors));
  });
});

describe("compareAdaptations()", () => {
  const compare = (target: LabeledVectors, asked: readonly AskedAdaptation[] = ["auto"], forecast = 0.9) =>
    compareAdaptations({ ...trained, head }, asked, { ...options, target, seed: 1, forecast, isOfSource: true });

  it.each([0.6, 0.9])("chooses the same whatever the target's labels are, where %d is forecast", async (forecast) => {
    const target = draw(400, { seed: 4, moved: 1 });
    const order = shuffled(target.labels.length, seeded(9));
    const permuted = { ...target, labels: Array.from(order, (r) => target.labels[r]) };
    const [own, other] = [await compare(target, ["auto"], forecast), await compare(permuted, ["auto"], forecast)];
    expect(own.adaptationChoice?.name).toBe(forecast < 0.75 ? "none" : "self-train");
    expect(other.adaptationChoice).toEqual(own.adaptationChoice);
    const chosen = ({ adaptation }: typeof own) => adaptation.filter((one) => one.chosen).map(({ name }) => name);
    expect(chosen(other)).toEqual(chosen(own));
    expect(other.adaptation[0].macroF1).not.toBe(own.adaptation[0].macroF1);
  });

  it("compares every adaptation with none, and none with nothing", async () => {
    const { adaptation } = await compare(draw(60, { seed: 6 }), UNLABELED_ADAPTATIONS);
    expect(adaptation.map(({ name }) => name)).toEqual(UNLABELED_ADAPTATIONS);
    const [none, ...adapted] = adaptation;
    expect([none.difference, none.interval95]).toEqual([null, null]);
    for (const { difference, macroF1 } of adapted) expect(difference).toBeCloseTo(macroF1! - none.macroF1!, 12);
  });
});
