import { describe, expect, it } from "vitest";
import type { LabeledCorpus } from "../../../../src/dataset/labeledCorpus.js";
import type { Encoder } from "../../../../src/encoder/encoder.js";
import { drawNormal } from "../../../../src/math/gamma.js";
import { matrix, type Matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";
import { layersReport } from "../../../../src/report/html/transfer/layersReport.js";
import { layersText } from "../../../../src/report/text/layers.js";
import {
  compareLayers,
  type LayersCorpora,
  type LayersOptions,
} from "../../../../src/transfer/layers/compareLayers.js";
import { layerAdvice } from "../../../../src/transfer/layers/advice.js";
import { bestLayer, overLast } from "../../../../src/transfer/layers/best.js";
import type { LayerScore, LayersRecord } from "../../../../src/transfer/layers/record.js";
import type { LayerPredictions } from "../../../../src/transfer/layers/scoreLayer.js";

const encoder = (more: Partial<Encoder> = {}): Encoder =>
  ({
    name: "toy",
    path: "toy",
    fingerprint: "f",
    width: 4,
    decisions: ["pooling mean"],
    lastLayer: 3,
    isStatic: false,
    ...more,
  }) as Encoder;

const COUNTS = { rejected: 0, withNul: 0, replacedBytes: 0, loneSurrogates: 0, withUnknownFields: 0, withNonFinite: 0 };

function corpus(file: string, n: number, labels: readonly string[] = ["bad", "good"]): LabeledCorpus {
  const own = Array.from({ length: n }, (_, i) => labels[i % labels.length]);
  return {
    files: [file],
    texts: own.map((label, i) => `${file} ${label} ${i}`),
    labels: own,
    places: own.map((_, i) => ({ file, line: i + 2 })),
    counts: { read: n, accepted: n, ...COUNTS },
    dropped: 0,
    seen: new Set(own),
    notices: [],
  };
}

/** Vectors whose first number tells the label, the farther apart the more `strength` the layer has. */
function toyVectors(strengths: readonly number[], seed = 1): LayersOptions["vectorsOf"] {
  const random = seeded(seed);
  return (layer = strengths.length - 1, lists) => {
    const made = lists.map((texts): Matrix => {
      const vectors = matrix(texts.length, 4);
      texts.forEach((text, r) => {
        const side = text.includes("good") ? 1 : -1;
        for (let c = 0; c < 4; c++)
          vectors.data[r * 4 + c] = drawNormal(random) + (c === 0 ? side * strengths[layer] : 0);
      });
      return vectors;
    });
    return Promise.resolve(made);
  };
}

const run = (
  corpora: LayersCorpora,
  vectorsOf: LayersOptions["vectorsOf"],
  more: Partial<Encoder> = {},
): Promise<LayersRecord> =>
  compareLayers(encoder(more), corpora, { vectorsOf, createdAt: "2026-01-01T00:00:00Z", clock: () => 0 });

describe("compareLayers", () => {
  it("asks for the vectors of every layer once, those of the last as the encoder gives them", async () => {
    const asked: (number | undefined)[] = [];
    const vectorsOf = toyVectors([0, 1, 1, 1]);
    const { layers, n, heldOut } = await run({ corpus: corpus("a", 40) }, (layer, lists) => {
      asked.push(layer);
      return vectorsOf(layer, lists);
    });
    expect(asked).toEqual([0, 1, 2, undefined]);
    expect(layers.map(({ layer }) => layer)).toEqual([0, 1, 2, 3]);
    expect(layers.every(({ target, leep, onTarget }) => target === null && leep === null && onTarget === null)).toBe(
      true,
    );
    expect(n).toEqual({ inDomain: 40, target: null });
    expect(heldOut).toContain("5-fold");
  });

  it("advises a layer that is better than the last by more than chance, in-domain or on the target", async () => {
    const alone = await run({ corpus: corpus("a", 120) }, toyVectors([0, 3, 0.5, 0.5]));
    expect([alone.best.inDomain.layer, alone.best.inDomain.isCertain, alone.advice.layer]).toEqual([1, true, 1]);
    expect(alone.advice.because).toContain("layer 1 is the best in-domain");
    const both = await run({ corpus: corpus("a", 120), target: corpus("b", 90) }, toyVectors([0, 3, 0.5, 0.5]));
    expect([both.best.target!.layer, both.advice.layer, both.n.target]).toEqual([1, 1, 90]);
    expect(both.advice.because).toContain("layer 1 is the best on the target");
    expect(both.layers[1].leep).toBeGreaterThan(both.layers[3].leep!);
    expect(both.layers[1].onTarget!.logMe).toBeGreaterThan(both.layers[3].onTarget!.logMe);
  });

  it("scores no target row that the corpus has too, unless there are no others", async () => {
    const a = corpus("a", 40);
    const b = corpus("b", 30);
    const shared = { ...b, texts: [...a.texts.slice(0, 10), ...b.texts.slice(10)] };
    const found = await run({ corpus: a, target: shared }, toyVectors([1, 1, 1, 1]));
    expect([found.seen, found.n.target]).toEqual([10, 20]);
    expect(found.warnings).toContainEqual("10 of 30 target rows are also in the corpus: scored without them");
    const same = await run({ corpus: a, target: a }, toyVectors([1, 1, 1, 1]));
    expect(same.n.target).toBe(40);
    expect(same.warnings.join()).toContain("every target row is also in the corpus");
  });

  it("scores a target with fewer labels over those that it has", async () => {
    const three = corpus("a", 90, ["bad", "good", "neutral"]);
    const { warnings, n } = await run({ corpus: three, target: corpus("b", 30) }, toyVectors([1, 1, 1, 1]));
    expect(n.target).toBe(30);
    expect(warnings.join()).toContain("no target row has the label neutral");
  });

  it("refuses labels of the target that the corpus lacks, and encoders without layers to tell", async () => {
    const vectorsOf = toyVectors([1, 1, 1, 1]);
    const target = corpus("b", 30, ["bad", "so-so"]);
    await expect(run({ corpus: corpus("a", 30), target }, vectorsOf)).rejects.toMatchObject({ code: "E_LABEL_MAP" });
    for (const isStatic of [true, false]) {
      const asked = run({ corpus: corpus("a", 30) }, vectorsOf, { lastLayer: undefined, isStatic });
      await expect(asked).rejects.toMatchObject({ code: "E_ENCODER_UNSUPPORTED", exitCode: 4 });
    }
    await expect(run({ corpus: corpus("a", 30) }, vectorsOf, { layer: 1 })).rejects.toMatchObject({ code: "E_USAGE" });
  });
});

describe("overLast", () => {
  it("adjusts p for the number of layers, and gives none for the last", () => {
    const truth = Int32Array.from({ length: 40 }, (_, r) => r % 2);
    const groups = Int32Array.from(truth.keys());
    const of = (wrong: number) => ({
      truth,
      predicted: truth.map((label, r) => (r < wrong ? 1 - label : label)),
      groups,
      labels: ["a", "b"],
    });
    const [alone] = overLast([of(0), of(8)], { seed: 1 });
    const several = overLast([of(0), of(8), of(8), of(8)], { seed: 1 });
    expect(several[0]!.p).toBeCloseTo(Math.min(1, 3 * alone!.p), 12);
    expect(several[0]!.difference).toBe(alone!.difference);
    expect(several.at(-1)).toBeNull();
  });
});

describe("bestLayer", () => {
  const truth = Int32Array.from({ length: 80 }, (_, r) => r % 2);
  const groups = Int32Array.from(truth.keys());
  /** Predictions of four layers that are right alike, on rows of their own. */
  const alike = (seed: number): LayerPredictions[] => {
    const random = seeded(seed);
    return [0, 1, 2, 3].map(() => ({
      truth,
      predicted: truth.map((label) => (random() < 0.7 ? label : 1 - label)),
      groups,
      labels: ["a", "b"],
    }));
  };
  const bestOf = (layers: readonly LayerPredictions[]) =>
    bestLayer([0, 1, 2, 3], layers, { differences: overLast(layers, { seed: 1 }), seed: 1 });

  it("takes another layer's lead for certain in at most one of twenty draws of layers that are alike", () => {
    const found = Array.from({ length: 40 }, (_, draw) => bestOf(alike(draw)));
    expect(found.filter(({ layer, isCertain }) => layer !== 3 && isCertain).length).toBeLessThanOrEqual(2);
    expect(found.filter(({ layer, isCertain }) => layer !== 3 && !isCertain).length).toBeGreaterThan(10);
  });

  it("says what the best gives on rows that it was not chosen on: what all of them have, less than it looks", () => {
    const found = Array.from({ length: 20 }, (_, draw) => bestOf(alike(draw)));
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(found.map(({ onOtherRows }) => onOtherRows!.macroF1)) - 0.7)).toBeLessThan(0.03);
    expect(mean(found.map(({ macroF1 }) => macroF1))).toBeGreaterThan(0.73);
  });

  it("is the last of layers that are equal", () => {
    const [one] = alike(1);
    expect(bestOf([one, one, one, one])).toMatchObject({ layer: 3, overLast: null, isCertain: true });
  });
});

describe("layerAdvice", () => {
  it("keeps the last layer where the lead of another may be chance, and says so", () => {
    const over = { difference: 0.02, interval95: [-0.01, 0.05], p: 0.4 } as const;
    const inDomain = { layer: 1, macroF1: 0.82, overLast: over, isCertain: false, onOtherRows: null };
    const layers = [0, 1, 2].map((layer) => ({ layer }) as LayerScore);
    const advice = layerAdvice({ best: { inDomain, target: null }, n: { inDomain: 50, target: null }, layers });
    expect(advice.layer).toBe(2);
    expect(advice.because).toContain("that may be chance, so keep the last layer");
  });
});

describe("layersText and layersReport", () => {
  it("show every layer with its scores, and names of files as they are and nothing else", async () => {
    const wild = corpus("<b>a.csv", 60);
    const record = await run({ corpus: wild, target: corpus("b.csv", 30) }, toyVectors([0, 1, 1, 1]));
    const [head, ...lines] = layersText(record);
    expect(head.trim().split(/ {2,}/)).toEqual([
      "layer",
      "macro-F1 in-domain",
      "on the target",
      "LogME",
      "H-score",
      "neighbor",
      "LEEP",
    ]);
    record.layers.forEach(({ layer, inDomain }, i) => {
      expect(lines[i].trim()).toMatch(new RegExp(`^${layer} +${inDomain.toFixed(3)} \\(`));
    });
    const page = layersReport(record);
    expect(page).not.toMatch(/<script|<b>a\.csv/);
    for (const { target } of record.layers) expect(page).toContain(target!.toFixed(3));
    expect(layersReport(JSON.parse(JSON.stringify(record)) as LayersRecord)).toBe(page);
  });
});
