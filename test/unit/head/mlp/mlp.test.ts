import { describe, expect, it } from "vitest";
import { predictProbabilities } from "../../../../src/head/head.js";
import { fitMlp, type MlpEpoch, type MlpOptions } from "../../../../src/head/mlp/mlp.js";
import { openMlpProblem } from "../../../../src/head/mlp/objective.js";
import { matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";
import { clouds, normal } from "../toyRows.js";

const OPTIONS = { hidden: [16], epochs: 20, batchSize: 16, learningRate: 0.01, threads: 1 } as const;
const toy = clouds(120, 5, { classes: 3, distance: 1 });
const dev = ({ x, y } = clouds(60, 5, { classes: 3, distance: 1 })) => ({ vectors: x, y });
const fit = (options: Partial<MlpOptions> = {}) => fitMlp(toy.x, toy.y, { labels: toy.labels, ...OPTIONS, ...options });

describe.each([
  ["relu", [7], 1e-4],
  ["gelu", [7], 1e-6],
  ["relu", [6, 4], 1e-4],
  ["gelu", [6, 4], 1e-6],
] as const)("openMlpProblem() in float64, %s, hidden %j", (activation, hidden, limit) => {
  it.each([2, 3])(
    "has the gradient that central differences give, weights and dropout masks counted, %i labels [D02]",
    async (k) => {
      const { x, y } = clouds(12, 4, { classes: k });
      const random = seeded(k);
      const widths = [4, ...hidden, k];
      const problem = await openMlpProblem(
        Float64Array.from(x.data),
        { widths, activation },
        { dropout: true, threads: 1 },
      );
      const index = Int32Array.of(3, 0, 7, 11, 3);
      const batch = {
        index,
        y: index.map((r) => y[r]),
        weights: Float64Array.from(index, () => 3 * random()),
        masks: hidden.map((width) =>
          Float64Array.from({ length: index.length * width }, () => (random() < 0.3 ? 0 : 1.4)),
        ),
      };
      let worst = 0;
      for (const size of [1e-3, 1, 30]) {
        const point = Float64Array.from({ length: problem.size }, () => size * normal(random));
        const gradient = (await problem.step(point, batch)).gradient.flatMap((part) => [...part]);
        const scale = Math.max(...gradient.map(Math.abs), 1e-12);
        for (let i = 0; i < point.length; i++) {
          const h = 1e-5 * Math.max(1e-2, Math.abs(point[i]));
          const at = async (shift: number) => (await problem.step(point.with(i, point[i] + shift), batch)).loss;
          worst = Math.max(worst, Math.abs(((await at(h)) - (await at(-h))) / (2 * h) - gradient[i]) / scale);
        }
      }
      await problem.close();
      expect(worst).toBeLessThan(limit);
    },
  );

  it("predicts as predictProbabilities() does, and writes to none of its inputs [R35]", async () => {
    const { head } = await fit({ hidden, activation, standardize: false });
    const point = Float32Array.from(head.layers.flatMap(({ weights, bias }) => [...weights.data, ...bias]));
    const [x, kept] = [toy.x.data.slice(), point.slice()];
    const problem = await openMlpProblem(toy.x.data, { widths: [5, ...hidden, 3], activation }, { threads: 1 });
    const logits = await problem.logits(point, toy.x.data);
    await problem.step(point, { index: Int32Array.of(1), y: Int32Array.of(0), weights: Float32Array.of(1) });
    await problem.close();
    const wanted = predictProbabilities(head, toy.x);
    for (let r = 0; r < 120; r++) {
      const [a, b] = [logits[r * 3] - logits[r * 3 + 1], Math.log(wanted[r * 3] / wanted[r * 3 + 1])];
      expect(a).toBeCloseTo(b, 3);
    }
    expect([toy.x.data, point]).toEqual([x, kept]);
  });
});

describe("fitMlp", () => {
  it("says the same to the bit for the same seed, and something else for another", async () => {
    const first = await fit({ dev: dev() });
    expect(await fit({ dev: dev() })).toEqual(first);
    expect((await fit({ dev: dev(), seed: 2 })).head).not.toEqual(first.head);
  });

  it("stops when the loss on dev has not fallen for so many epochs, and keeps the weights of the best one", async () => {
    const reported: MlpEpoch[] = [];
    const options = { dev: dev(), epochs: 200, learningRate: 0.03, dropout: 0, patience: 3, weightDecay: 0 };
    const fitted = await fit({ ...options, onEpoch: (epoch) => reported.push(epoch) });
    expect(reported).toEqual(fitted.epochs);
    expect([fitted.stoppedEarly, fitted.epochs.length]).toEqual([true, fitted.best + 3]);
    const losses = fitted.epochs.map(({ devLoss }) => devLoss ?? Number.NaN);
    expect(losses[fitted.best - 1]).toBe(Math.min(...losses));
    const { vectors, y } = dev();
    const p = predictProbabilities(fitted.head, vectors);
    const loss = y.reduce((sum, label, r) => sum - Math.log(p[r * 3 + label]), 0) / y.length;
    expect(loss).toBeCloseTo(losses[fitted.best - 1], 5);
  });

  it("runs all epochs where there are no dev rows, none where none are asked for [D06]", async () => {
    const all = await fit();
    expect([all.epochs.length, all.best, all.stoppedEarly]).toEqual([20, 20, false]);
    expect(all.epochs.every(({ devLoss }) => devLoss === null)).toBe(true);
    const none = await fit({ epochs: 0 });
    expect([none.epochs, none.best]).toEqual([[], 0]);
    expect(predictProbabilities(none.head, toy.x).every((p) => p >= 0 && p <= 1)).toBe(true);
  });

  it("learns what no line can tell apart", async () => {
    const random = seeded(5);
    const data = Float32Array.from({ length: 400 }, () => 2 * random() - 1);
    const y = Int32Array.from({ length: 200 }, (_, r) => (data[2 * r] * data[2 * r + 1] > 0 ? 1 : 0));
    const { head } = await fitMlp(matrix(200, 2, data), y, { labels: ["-", "+"], ...OPTIONS, epochs: 80, dropout: 0 });
    const p = predictProbabilities(head, matrix(200, 2, data));
    expect(y.filter((label, r) => (p[2 * r + 1] > 0.5 ? 1 : 0) === label).length).toBeGreaterThan(180);
  });

  it("refuses to go on when the loss grows without bound, and suggests a lower rate [D06]", async () => {
    const options = { learningRate: 1e6, schedule: "constant", dropout: 0 } as const;
    await expect(fit(options)).rejects.toMatchObject({
      code: "E_DIVERGED",
      message: expect.stringContaining("--learning-rate 100000"),
    });
  });

  it("refuses settings that mean nothing, and ends when it is aborted", async () => {
    const wrong: Partial<MlpOptions>[] = [
      { hidden: [] },
      { hidden: [4, 4, 4] },
      { hidden: [0] },
      { dropout: 1 },
      { batchSize: 0 },
      { patience: 0 },
      { learningRate: 0 },
      { weightDecay: -1 },
    ];
    for (const options of wrong) await expect(fit(options)).rejects.toThrow(RangeError);
    await expect(fit({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });
});
