import { describe, expect, it } from "vitest";
import type { LabeledVectors } from "../../../../src/dataset/labeledVectors.js";
import { drawNormal } from "../../../../src/math/gamma.js";
import { matrix } from "../../../../src/math/matrix.js";
import { seeded } from "../../../../src/math/random.js";
import { scorePredictions } from "../../../../src/metrics/classification.js";
import { sourceLines } from "../../../../src/report/text/sources.js";
import { agreementWithOthers } from "../../../../src/transfer/ranking/agreement.js";
import { nearestSourceLabel, sourceMeasures } from "../../../../src/transfer/ranking/sourceMeasures.js";
import { rankSources, type NamedSource, type RankedSources } from "../../../../src/transfer/sources/rankSources.js";
import type { TargetRows } from "../../../../src/transfer/sources/scoreSource.js";

/** Rows whose label is in the direction `turned` from the first number. */
function toyRows(name: string, n: number, { turned = 0, seed = 1 } = {}): LabeledVectors {
  const random = seeded(seed);
  const vectors = matrix(n, 4);
  const labels = Array.from({ length: n }, (_, r) => (r % 2 === 0 ? "bad" : "good"));
  labels.forEach((label, r) => {
    const side = label === "good" ? 1.6 : -1.6;
    for (let c = 0; c < 4; c++) vectors.data[r * 4 + c] = drawNormal(random);
    vectors.data[r * 4] += side * Math.cos(turned);
    vectors.data[r * 4 + 1] += side * Math.sin(turned);
  });
  return { texts: labels.map((label, r) => `${name} ${label} ${seed} ${r}`), labels, vectors };
}

const named = (name: string, turned: number, seed: number): NamedSource => ({
  files: [`${name}.csv`],
  source: toyRows(name, 80, { turned, seed }),
  sourceDev: toyRows(`${name} dev`, 30, { turned, seed: seed + 50 }),
  drops: undefined,
});

// What the target's labels are along, nearly that, and something else.
const like = named("like", 0, 1);
const near = named("near", 1.15, 2);
const unlike = named("unlike", 1.5, 3);
const target = toyRows("target", 120, { seed: 9 });
const targetTrain = toyRows("own", 60, { seed: 10 });

const rank = (sources: readonly NamedSource[], rows: Partial<TargetRows> = {}): Promise<RankedSources> =>
  rankSources(sources, { target, targetTrain: undefined, ...rows }, { seed: 1 });

describe("rankSources", () => {
  it("chooses by the target's training rows where there are any, and scores every source on the same rows", async () => {
    const { sources, chosen, choice } = await rank([unlike, near, like], { targetTrain });
    expect([choice.by, chosen]).toEqual(["macro-F1 on the target's training rows", 2]);
    expect(sources.map((one) => one.chosen)).toEqual([false, false, true]);
    expect(sources.map(({ rows }) => rows)).toEqual([80, 80, 80]);
    const [other, , best] = sources;
    expect(best.onTargetTrain).toBeGreaterThan(other.onTargetTrain!);
    expect(best.behind).toBeNull();
    expect(other.behind!.difference).toBeCloseTo(best.macroF1! - other.macroF1!, 12);
    expect(other.behind!.interval95[0]).toBeGreaterThan(0);
    for (const one of sources) expect(one.interval95![0]).toBeLessThanOrEqual(one.macroF1!);
    expect(choice.because).toMatch(
      /^like\.csv has the highest macro-F1 on the 60 training rows of the target: .* before near\.csv/,
    );
  });

  it("chooses by agreement of three and more, and by the forecast of two, where the target has no training rows", async () => {
    const unlabeled = { target: { ...target, labels: null } };
    const three = await rank([unlike, near, like], unlabeled);
    expect([three.choice.by, three.choice.together, three.choice.agreements]).toEqual(["agreement", null, []]);
    expect(three.chosen).not.toBe(0);
    expect(three.sources[0].agreement).toBeLessThan(three.sources[1].agreement);
    const two = await rank([unlike, like], unlabeled);
    expect(two.choice.by).toBe("forecast");
    for (const one of [...three.sources, ...two.sources])
      expect([one.macroF1, one.interval95, one.behind, one.leep, one.logMe, one.onTargetTrain]).toEqual(
        Array(6).fill(null),
      );
  });

  it("chooses the same whatever the labels of the target's rows are, and whether there are any", async () => {
    const turned = target.labels.map((label) => (label === "good" ? "bad" : "good"));
    for (const own of [undefined, targetTrain]) {
      const found = [];
      for (const labels of [target.labels, turned, null])
        found.push(await rank([near, unlike, like], { target: { ...target, labels }, targetTrain: own }));
      expect(new Set(found.map(({ chosen }) => chosen)).size).toBe(1);
      expect(new Set(found.map(({ choice }) => choice.because)).size).toBe(1);
    }
  });

  it("measures LEEP and others on the target's training rows rather than on the rows that are scored", async () => {
    const [withOwn] = (await rank([like, near], { targetTrain })).sources;
    const [ofOwn] = (await rank([like, near], { target: targetTrain })).sources;
    for (const name of ["leep", "logMe", "hScore", "neighbors"] as const) expect(withOwn[name]).toBe(ofOwn[name]);
  });

  it("scores a head of all sources together against the chosen one, p for all comparisons together", async () => {
    const { sources, chosen, choice } = await rank([unlike, like], { targetTrain });
    const { together } = choice;
    expect(together!.rows).toBe(160);
    expect(together!.overChosen.difference).toBeCloseTo(together!.macroF1 - sources[chosen].macroF1!, 12);
    const lines = sourceLines(sources, choice);
    expect(lines.join("\n")).toContain("all together, 160 rows");
    expect(lines.filter((text) => text.startsWith("* "))).toHaveLength(1);
  });

  it("says how well each measure orders the sources", async () => {
    const { choice } = await rank([unlike, near, like], { targetTrain });
    const by = new Map(choice.agreements.map((one) => [one.measure, one]));
    expect([...by.keys()].sort()).toEqual(
      ["agreement", "forecast", "hScore", "leep", "logMe", "neighbors", "onTargetTrain", "proxyA"].sort(),
    );
    for (const { n, p } of by.values()) expect([n, p === null || p >= 1 / 3]).toEqual([3, true]);
  });
});

describe("agreementWithOthers", () => {
  it("is the mean share of rows that the others label alike, whatever the labels are called", () => {
    expect(
      agreementWithOthers([
        ["a", "b"],
        ["a", "c"],
        ["a", "b"],
      ]),
    ).toEqual([0.75, 0.5, 0.75]);
    expect(agreementWithOthers([Int32Array.of(0, 1), Int32Array.of(1, 1)])).toEqual([0.5, 0.5]);
    expect(agreementWithOthers([["a"]])).toEqual([0]);
  });

  it("orders heads whose mistakes are their own by how often they are right", () => {
    const random = seeded(5);
    const truth = Int32Array.from({ length: 2000 }, (_, r) => r % 3);
    const heads = [0.5, 0.6, 0.7, 0.8].map((right) =>
      truth.map((label) => (random() < right ? label : (label + 1 + Math.floor(random() * 2)) % 3)),
    );
    const scores = heads.map((own) => scorePredictions(truth, own, 3).accuracy);
    const shares = agreementWithOthers(heads);
    expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
    expect(scores.toSorted((a, b) => a - b)).toEqual(scores);
  });
});

describe("sourceMeasures and nearestSourceLabel", () => {
  it("are the higher the better outputs and rows go together with the labels, and do not ask for the head's labels", () => {
    const y = Int32Array.from({ length: 60 }, (_, r) => r % 2);
    const random = seeded(2);
    const outputs = (sure: number): Float64Array =>
      Float64Array.from(y).reduce((all, label, r) => {
        const p = Math.min(0.99, Math.max(0.01, (label === 1 ? sure : 1 - sure) + 0.1 * (random() - 0.5)));
        [all[2 * r], all[2 * r + 1]] = [1 - p, p];
        return all;
      }, new Float64Array(120));
    const [good, poor] = [sourceMeasures(outputs(0.9), y, 2), sourceMeasures(outputs(0.51), y, 2)];
    for (const name of ["leep", "logMe", "hScore"] as const) expect(good[name]).toBeGreaterThan(poor[name]);
    const swapped = sourceMeasures(outputs(0.1), y, 2);
    expect(swapped.leep).toBeGreaterThan(poor.leep);
  });

  it("gives a target row the label of the source row in its direction, whatever their lengths", () => {
    const source = { vectors: matrix(2, 2, Float32Array.of(1, 0, 0, 9)), y: Int32Array.of(0, 1) };
    const asked = { vectors: matrix(3, 2, Float32Array.of(5, 1, 0.1, 0.2, 3, 0)), y: Int32Array.of(0, 1, 1) };
    expect(nearestSourceLabel(source, asked)).toBeCloseTo(2 / 3, 12);
  });
});
