import { describe, expect, it } from "vitest";
import { seeded, type Random } from "../../../../src/math/random.js";
import { crfLossInto, spanProbability, tagMarginals } from "../../../../src/tagging/crf/crf.js";
import { unconstrainedCrf, scoreOf, type CrfWeights, type Emissions } from "../../../../src/tagging/crf/weights.js";
import { bestPath } from "../../../../src/tagging/crf/bestPath.js";
import { sumOverPaths } from "../../../../src/tagging/crf/pathSums.js";
import { quickSums, transitionFactors } from "../../../../src/tagging/crf/quickSums.js";
import { spansOfTags } from "../../../../src/tagging/corpus/tagSet.js";

/** Two labels: O, B-0, I-0, B-1, I-1. */
const TAGS = 5;

function randomChain(random: Random): CrfWeights {
  const numbers = (n: number): Float64Array => Float64Array.from({ length: n }, () => 4 * random() - 2);
  return { tags: TAGS, transitions: numbers(TAGS * TAGS), start: numbers(TAGS), end: numbers(TAGS) };
}

function randomEmissions(random: Random, words: number): Emissions {
  const at = 3; // a sentence in the middle of others
  return { data: Float64Array.from({ length: at + words * TAGS }, () => 6 * random() - 3), at, words };
}

/** All sequences with their scores; forbidden ones have minus infinity. */
function everyPath(crfWeights: CrfWeights, emissions: Emissions): { path: Int32Array; score: number }[] {
  return Array.from({ length: TAGS ** emissions.words }, (_, n) => {
    const path = Int32Array.from({ length: emissions.words }, (_, i) => Math.floor(n / TAGS ** i) % TAGS);
    return { path, score: scoreOf(crfWeights, emissions, path) };
  });
}

const cases = [1, 2, 3, 4, 5].map((words) => {
  const random = seeded(words);
  const [crfWeights, emissions] = [randomChain(random), randomEmissions(random, words)];
  const paths = everyPath(crfWeights, emissions);
  const total = paths.reduce((sum, { score }) => sum + Math.exp(score), 0);
  return { words, crfWeights, emissions, paths, total };
});

describe.each(cases)("a CRF over $words words", ({ words, crfWeights, emissions, paths, total }) => {
  it("sums over all legal sequences, as counting them one by one does", () => {
    expect(Math.abs(sumOverPaths(crfWeights, emissions).logPartition - Math.log(total))).toBeLessThan(1e-10);
  });

  it("gives each tag the share of the sequences that have it", () => {
    const marginals = tagMarginals(crfWeights, emissions);
    for (let i = 0; i < words; i++) {
      for (let tag = 0; tag < TAGS; tag++) {
        const with_ = paths.reduce((sum, { path, score }) => sum + (path[i] === tag ? Math.exp(score) : 0), 0);
        expect(Math.abs(marginals[i * TAGS + tag] - with_ / total)).toBeLessThan(1e-10);
      }
    }
  });

  it("finds the most probable of all legal sequences", () => {
    const best = paths.reduce((a, b) => (b.score > a.score ? b : a));
    expect([...bestPath(crfWeights, emissions)]).toEqual([...best.path]);
  });

  it("gives an entity the share of the sequences that have exactly it", () => {
    const sums = sumOverPaths(crfWeights, emissions);
    const shares = new Map<string, number>();
    for (const { path, score } of paths) {
      if (score === -Infinity) continue;
      for (const span of spansOfTags(path)) {
        const key = JSON.stringify(span);
        shares.set(key, (shares.get(key) ?? 0) + Math.exp(score) / total);
      }
    }
    expect(shares.size).toBe(words * (words + 1));
    for (const [key, share] of shares) {
      const probability = spanProbability(crfWeights, emissions, { span: JSON.parse(key), sums });
      expect(Math.abs(probability - share)).toBeLessThan(1e-10);
    }
  });

  it("has a loss whose gradients are those of small differences", () => {
    const path = bestPath(unconstrainedCrf(TAGS), randomEmissions(seeded(99), words));
    const gradients = { ...unconstrainedCrf(TAGS), emissions: new Float64Array(emissions.data.length) };
    const loss = crfLossInto(gradients, crfWeights, { emissions, path });
    expect(Math.abs(loss - (Math.log(total) - scoreOf(crfWeights, emissions, path)))).toBeLessThan(1e-10);
    const lossAt = (): number =>
      sumOverPaths(crfWeights, emissions).logPartition - scoreOf(crfWeights, emissions, path);
    const check = (numbers: Float64Array, expected: Float64Array, from = 0): void => {
      for (let i = from; i < numbers.length; i++) {
        const own = numbers[i];
        numbers[i] = own + 1e-5;
        const up = lossAt();
        numbers[i] = own - 1e-5;
        const down = lossAt();
        numbers[i] = own;
        expect(Math.abs(expected[i] - (up - down) / 2e-5)).toBeLessThan(1e-8);
      }
    };
    check(emissions.data, gradients.emissions, emissions.at);
    check(crfWeights.transitions, gradients.transitions);
    check(crfWeights.start, gradients.start);
    check(crfWeights.end, gradients.end);
  });
});

describe.each([1, 30, 300, 3000])("a CRF whose scores are %i times as large", (scale) => {
  const random = seeded(7);
  const larger = (numbers: Float64Array): Float64Array => numbers.map((x) => scale * x);
  const [weights, drawn] = [randomChain(random), randomEmissions(random, 5)];
  const { transitions, start, end } = weights;
  const crfWeights = { tags: TAGS, transitions: larger(transitions), start: larger(start), end: larger(end) };
  const emissions = { ...drawn, data: larger(drawn.data) };
  const paths = everyPath(crfWeights, emissions).filter(({ score }) => score > -Infinity);
  const top = Math.max(...paths.map(({ score }) => score));
  const total = top + Math.log(paths.reduce((sum, { score }) => sum + Math.exp(score - top), 0));

  it.each([
    ["sumOverPaths", sumOverPaths],
    ["quickSums", (...[own, words]: Parameters<typeof sumOverPaths>) => quickSums(own, words, transitionFactors(own))],
  ])("sums over all legal sequences, forward and backward, by %s()", (_, sumsOf) => {
    const { forward, backward, logPartition } = sumsOf(crfWeights, emissions);
    expect(Math.abs(logPartition / total - 1)).toBeLessThan(1e-12);
    const sums = Array.from(forward, (_, at) => {
      const own = paths.filter(({ path }) => path[Math.floor(at / TAGS)] === at % TAGS).map(({ score }) => score);
      const best = Math.max(...own);
      return own.length === 0 ? best : best + Math.log(own.reduce((all, score) => all + Math.exp(score - best), 0));
    });
    sums.forEach((sum, at) => {
      const found = forward[at] + backward[at];
      expect(found === sum || Math.abs(found - sum) < 1e-9 * scale).toBe(true);
    });
  });

  it("has gradients of the transitions that are the shares of the sequences less what is observed", () => {
    const { path } = paths.reduce((a, b) => (b.score < a.score ? b : a));
    const gradients = { ...unconstrainedCrf(TAGS), emissions: new Float64Array(emissions.data.length) };
    crfLossInto(gradients, crfWeights, { emissions, path });
    for (let at = 0; at < TAGS * TAGS; at++) {
      const times = (own: Int32Array): number =>
        own.reduce((n, tag, i) => n + (i > 0 && own[i - 1] * TAGS + tag === at ? 1 : 0), 0);
      const expected = paths.reduce((sum, one) => sum + times(one.path) * Math.exp(one.score - total), 0);
      expect(Math.abs(gradients.transitions[at] - (expected - times(path)))).toBeLessThan(1e-8);
    }
  });
});

describe("bestPath()", () => {
  it("keeps to the rules of IOB2 where every word by itself would break them", () => {
    const data = Float64Array.of(0, 0, 9, 0, 0, 0, 0, 0, 0, 9, 0, 0, 9, 0, 0);
    const path = bestPath(unconstrainedCrf(TAGS), { data, at: 0, words: 3 });
    path.forEach((tag, i) => expect(tag === 2 && (i === 0 || (path[i - 1] !== 1 && path[i - 1] !== 2))).toBe(false));
    path.forEach((tag, i) => expect(tag === 4 && (i === 0 || (path[i - 1] !== 3 && path[i - 1] !== 4))).toBe(false));
  });
});
