import { describe, expect, it } from "vitest";
import type { LabeledVectors } from "../../../../src/dataset/labeledVectors.js";
import { argmax, predictProbabilities, type LogisticHead } from "../../../../src/head/head.js";
import { fitLogistic } from "../../../../src/head/linear/logistic.js";
import { matrix, row, type Matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";
import { columnMeans, covariance } from "../../../../src/math/covariance.js";
import type { DevPredictions } from "../../../../src/head/devPredictions.js";
import { chooseAdaptation } from "../../../../src/transfer/adaptation/chooseAdaptation.js";
import { shiftHead } from "../../../../src/transfer/adaptation/shift.js";
import { recolored } from "../../../../src/transfer/adaptation/recolor.js";
import { fitScoreMixture } from "../../../../src/transfer/adaptation/scoreMixture.js";
import { ADAPTATIONS, adaptHead } from "../../../../src/transfer/adaptation/adapt.js";
import { centerHead } from "../../../../src/transfer/adaptation/center.js";
import { chosenAdaptation } from "../../../../src/transfer/adaptation/compareAdaptations.js";
import { importanceWeights } from "../../../../src/transfer/adaptation/importanceWeights.js";
import { shiftHeadPrior } from "../../../../src/transfer/adaptation/prior.js";
import { emShares } from "../../../../src/transfer/divergence/labelShift.js";
import { confidentRows } from "../../../../src/transfer/adaptation/selfTrain.js";

const LABELS = ["bad", "good", "so-so"];

interface Drawn extends LabeledVectors {
  readonly y: Int32Array;
}

/** Rows around a corner of a triangle for each label, in given shares, all moved by the same amount. */
function draw(n: number, options: { seed: number; shares: readonly number[]; moved?: number }): Drawn {
  const { seed, shares, moved = 0 } = options;
  const random = seeded(seed);
  const noise = (): number => random() + random() + random() + random() - 2;
  const vectors = matrix(n, 3);
  const y = Int32Array.from({ length: n }, (_, r) => {
    const at = (r + 0.5) / n;
    const label = shares.findIndex((_, c) => at < shares.slice(0, c + 1).reduce((sum, share) => sum + share, 0));
    for (let d = 0; d < 3; d++) vectors.data[r * 3 + d] = (d === label ? 1 : 0) + 0.9 * noise() + moved;
    return label;
  });
  return { texts: Array.from(y, (_, r) => `text ${r}`), labels: Array.from(y, (c) => LABELS[c]), vectors, y };
}

const EVEN = [1 / 3, 1 / 3, 1 / 3];
const C = 1;
async function headOf({ vectors, y }: Drawn, classes = 3): Promise<LogisticHead> {
  return (await fitLogistic(vectors, y, { labels: LABELS.slice(0, classes), C, threads: 1 })).head;
}
const accuracy = (head: LogisticHead, { vectors, y }: Drawn): number => {
  const predicted = argmax(predictProbabilities(head, vectors), head.labels.length);
  return predicted.filter((p, r) => p === y[r]).length / y.length;
};
const plus = (x: Matrix, by: readonly number[]): Matrix =>
  matrix(
    x.rows,
    x.cols,
    x.data.map((value, at) => value + by[at % x.cols]),
  );

describe("centerHead()", () => {
  it("undoes a move of all rows", async () => {
    const source = draw(300, { seed: 1, shares: EVEN });
    const head = await headOf(source);
    const moved = plus(source.vectors, [3, -2, 0.5]);
    const centered = predictProbabilities(centerHead(head, source.vectors, moved), moved);
    predictProbabilities(head, source.vectors).forEach((p, at) => expect(centered[at]).toBeCloseTo(p, 4));
  });

  it("changes nothing where the target is the source", async () => {
    const source = draw(60, { seed: 2, shares: EVEN });
    const head = await headOf(source);
    expect(centerHead(head, source.vectors, source.vectors)).toEqual(head);
  });
});

describe("emShares()", () => {
  it.each([
    [0.7, 0.2, 0.1],
    [0.1, 0.1, 0.8],
    [0.05, 0.9, 0.05],
  ])("finds the shares %f, %f, %f of labels whose texts are alike in both domains", async (...shares) => {
    const head = await headOf(draw(3000, { seed: 3, shares: EVEN }));
    const target = draw(3000, { seed: 4, shares });
    const found = emShares(predictProbabilities(head, target.vectors), Float64Array.from(EVEN));
    shares.forEach((share, c) => expect(Math.abs(found[c] - share)).toBeLessThan(0.06));
    expect(found.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });
});

describe("shiftHeadPrior()", () => {
  it("changes which label is predicted, for the better where shares differ", async () => {
    const source = draw(1500, { seed: 5, shares: EVEN });
    const head = await headOf(source);
    const target = draw(1500, { seed: 6, shares: [0.8, 0.15, 0.05] });
    expect(accuracy(shiftHeadPrior(head, source.labels, target.vectors), target)).toBeGreaterThan(
      accuracy(head, target) + 0.05,
    );
  });

  it.each([1, 2])(
    "has the odds of two labels, of one logit, times those of the shares at temperature %d",
    async (temperature) => {
      const source = draw(800, { seed: 7, shares: [0.5, 0.5, 0] });
      const head = { ...(await headOf(source, 2)), temperature };
      const target = draw(800, { seed: 8, shares: [0.15, 0.85, 0] }).vectors;
      const before = predictProbabilities(head, target);
      const after = predictProbabilities(shiftHeadPrior(head, source.labels, target), target);
      const shares = emShares(before, Float64Array.of(0.5, 0.5));
      const ratio = (p: Float64Array): number => p[1] / p[0];
      expect(Math.abs(ratio(after) / ratio(before) / (shares[1] / shares[0]) - 1)).toBeLessThan(1e-4);
    },
  );
});

describe("importanceWeights()", () => {
  it("gives rows like the target's more weight, with mean 1, and counts all rows where the domains are one", async () => {
    const source = draw(400, { seed: 9, shares: EVEN });
    const target = draw(400, { seed: 10, shares: EVEN, moved: 0.8 });
    const { weights, effectiveRows } = await importanceWeights(source.vectors, target.vectors, { threads: 1 });
    const mean = (ws: Float64Array): number => ws.reduce((sum, w) => sum + w, 0) / ws.length;
    expect(mean(weights)).toBeCloseTo(1, 10);
    expect(effectiveRows).toBeLessThan(370);
    const sums = Float64Array.from(weights, (_, r) => row(source.vectors, r).reduce((sum, v) => sum + v, 0));
    expect(mean(weights.map((w, r) => w * sums[r]))).toBeGreaterThan(mean(sums) + 0.15);
    const same = await importanceWeights(source.vectors, source.vectors, { threads: 1 });
    expect(same.effectiveRows).toBeGreaterThan(399);
  });
});

describe("confidentRows()", () => {
  it("takes half of the rows of each predicted label, those it is surest of", async () => {
    const head = await headOf(draw(300, { seed: 11, shares: EVEN }));
    const { vectors } = draw(200, { seed: 12, shares: [0.8, 0.1, 0.1] });
    const probabilities = predictProbabilities(head, vectors);
    const predicted = argmax(probabilities, 3);
    const { labels, vectors: taken } = confidentRows(head, vectors);
    const again = argmax(predictProbabilities(head, taken), 3);
    expect(labels).toEqual(Array.from(again, (p) => LABELS[p]));
    LABELS.forEach((label, c) => {
      const all = predicted.filter((p) => p === c).length;
      expect(labels.filter((one) => one === label)).toHaveLength(Math.ceil(all / 2));
    });
    expect(taken.rows).toBe(labels.length);
  });
});

/** How a head predicts rows that it has not seen. */
const devOf = (head: LogisticHead, { vectors, y }: Drawn): DevPredictions => ({
  classes: head.labels.length,
  probabilities: predictProbabilities(head, vectors),
  truth: y,
});

describe("recolored()", () => {
  it("gives the source the covariance of the target, but for what is shrunk, and leaves its mean", () => {
    const source = draw(900, { seed: 21, shares: EVEN }).vectors;
    const stretched = matrix(
      900,
      3,
      source.data.map((value, at) => value * [3, 1, 0.4][at % 3]),
    );
    const found = recolored(source, stretched);
    const [own, wanted] = [covariance(found), covariance(stretched)];
    for (let d = 0; d < 3; d++) expect(own[d * 4] / wanted[d * 4]).toBeGreaterThan(0.6);
    expect(own[0] / own[8]).toBeGreaterThan(15);
    columnMeans(found).forEach((mean, d) => expect(mean).toBeCloseTo(columnMeans(source)[d], 4));
  });

  it("changes nothing where both have the same covariance", () => {
    const { vectors } = draw(200, { seed: 22, shares: EVEN });
    recolored(vectors, plus(vectors, [5, 5, 5])).data.forEach((value, at) =>
      expect(value).toBeCloseTo(vectors.data[at], 3),
    );
  });
});

describe("fitScoreMixture()", () => {
  it.each([
    [EVEN, 0],
    [EVEN, 1.5],
    [[0.6, 0.25, 0.15], 1.5],
    [[0.2, 0.2, 0.6], -1],
  ])("finds the shares %j of groups of scores that moved by %f", (shares, moved) => {
    const corners = [
      [0, 0],
      [9, 0],
      [0, 9],
    ];
    const scoresOf = ({ y }: Drawn, move: number, seed: number): Float64Array => {
      const random = seeded(seed);
      const noise = (): number => random() + random() + random() - 1.5;
      return Float64Array.from({ length: 2 * y.length }, (_, i) => corners[y[i >> 1]][i % 2] + 2 * noise() + move);
    };
    const source = draw(600, { seed: 1, shares: EVEN });
    const known = scoresOf(source, 0, 5);
    const probabilities = Float64Array.from({ length: 1800 }, (_, i) => {
      const odds = [0, known[2 * Math.floor(i / 3)], known[2 * Math.floor(i / 3) + 1]].map(Math.exp);
      return odds[i % 3] / odds.reduce((sum, one) => sum + one, 0);
    });
    const target = draw(800, { seed: 2, shares });
    const mixture = fitScoreMixture({ classes: 3, probabilities, truth: source.y }, scoresOf(target, moved, 6));
    shares.forEach((share, c) => expect(Math.abs(mixture.shares[c] - share)).toBeLessThan(0.03));
    mixture.shift.forEach((shift) => expect(Math.abs(shift - moved)).toBeLessThan(0.2));
  });
});

describe("chooseAdaptation()", () => {
  it("takes the head's own predictions where a good accuracy is forecast, and names the rule", () => {
    expect(chooseAdaptation(0.75)).toMatchObject({
      name: "self-train",
      rule: expect.stringContaining("0.75") as string,
    });
    expect(chooseAdaptation(0.749)).toMatchObject({ name: "none" });
  });
});

describe("shiftHead()", () => {
  const apart = (drawn: Drawn): Drawn => ({
    ...drawn,
    vectors: matrix(
      drawn.vectors.rows,
      3,
      drawn.vectors.data.map((value, at) => value + (at % 3 === drawn.y[Math.floor(at / 3)] ? 2.5 : 0)),
    ),
  });

  it("takes off what moves the scores of all labels alike, also where the labels have other shares", async () => {
    const source = apart(draw(600, { seed: 31, shares: [0.5, 0.5, 0] }));
    const head = await headOf(source, 2);
    const known = devOf(head, apart(draw(400, { seed: 32, shares: [0.5, 0.5, 0] })));
    const target = apart(draw(600, { seed: 33, shares: [0.35, 0.65, 0] }));
    const moved = { ...target, vectors: plus(target.vectors, [-2, 2, 0]) };
    expect(accuracy(shiftHead(head, known, moved.vectors), moved)).toBeGreaterThan(accuracy(head, moved) + 0.1);
  });

  it("leaves the head as it is where rows are few", async () => {
    const source = apart(draw(600, { seed: 31, shares: [0.5, 0.5, 0] }));
    const head = await headOf(source, 2);
    const known = devOf(head, source);
    expect(shiftHead(head, known, apart(draw(80, { seed: 34, shares: [0.5, 0.5, 0] })).vectors)).toBe(head);
  });
});

describe("heads with labeled rows of the target", () => {
  it("fit the target better than the source's head, and are the same at each call", async () => {
    const source = draw(300, { seed: 41, shares: EVEN });
    const own = draw(150, { seed: 42, shares: EVEN, moved: 0.9 });
    // What is a label here stands elsewhere there.
    const turned = (drawn: Drawn): Drawn => ({ ...drawn, labels: Array.from(drawn.y, (c) => LABELS[(c + 1) % 3]) });
    const target = turned(draw(300, { seed: 43, shares: EVEN, moved: 0.9 }));
    const head = await headOf(source);
    const y = Int32Array.from(target.labels, (label) => LABELS.indexOf(label));
    for (const name of ["l2sp", "easyadapt"] as const) {
      const options = {
        source,
        devPredictions: devOf(head, source),
        target: target.vectors,
        targetTrain: turned(own),
        C,
        threads: 1,
      };
      const { head: adapted } = await adaptHead(name, head, options);
      expect(accuracy(adapted, { ...target, y })).toBeGreaterThan(0.55);
      expect((await adaptHead(name, head, options)).head).toEqual(adapted);
    }
  });
});

describe("adaptHead()", () => {
  it.each(ADAPTATIONS)(
    "gives a head of the same kind, labels and temperature, the same at each call (%s)",
    async (name) => {
      const source = draw(150, { seed: 13, shares: EVEN });
      const head = { ...(await headOf(source)), temperature: 1.5 };
      const target = draw(240, { seed: 14, shares: [0.6, 0.2, 0.2], moved: 0.4 });
      const options = {
        source,
        devPredictions: devOf(head, draw(120, { seed: 16, shares: EVEN })),
        target: target.vectors,
        targetTrain: draw(60, { seed: 15, shares: EVEN, moved: 0.4 }),
        C,
        threads: 1,
      };
      const { head: adapted, effectiveRows } = await adaptHead(name, head, options);
      expect(adapted).toEqual((await adaptHead(name, head, options)).head);
      expect(Object.keys(adapted).sort()).toEqual(Object.keys(head).sort());
      expect(adapted).toMatchObject({ kind: "logistic", labels: LABELS, temperature: 1.5 });
      expect(effectiveRows === undefined).toBe(name !== "weights");
      if (name === "none") return;
      expect(predictProbabilities(adapted, target.vectors)).not.toEqual(predictProbabilities(head, target.vectors));
    },
  );
});

describe("chosenAdaptation()", () => {
  const ofSource = { choice: undefined, isOfSource: true };

  it("is the one that was asked for, and none of several, which only their scores could choose from", () => {
    expect(chosenAdaptation(["center"], ofSource)).toBe("center");
    expect(chosenAdaptation(["center", "center"], ofSource)).toBe("center");
    expect(chosenAdaptation(["none"], ofSource)).toBe("none");
    expect(chosenAdaptation(["center", "prior"], ofSource)).toBe("none");
    expect(chosenAdaptation([], ofSource)).toBe("none");
  });

  it("is what auto chooses, whatever else is compared", () => {
    expect(chosenAdaptation(["auto", "prior"], { choice: "shift", isOfSource: true })).toBe("shift");
    expect(chosenAdaptation(["auto"], { choice: "none", isOfSource: true })).toBe("none");
  });

  it("is none for a head that is trained on rows of the target, but for what is made with these", () => {
    expect(chosenAdaptation(["center"], { choice: undefined, isOfSource: false })).toBe("none");
    expect(chosenAdaptation(["l2sp"], { choice: undefined, isOfSource: false })).toBe("l2sp");
  });
});
