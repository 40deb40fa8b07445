import { describe, expect, it } from "vitest";
import { seeded } from "../../../src/math/random.js";
import { calibrateScores, sentenceFolds } from "../../../src/tagging/calibrateScores.js";
import { evaluateScores } from "../../../src/tagging/entityScores.js";
import type { FoundEntity } from "../../../src/tagging/evaluate.js";
import { joinWords } from "../../../src/tagging/corpus/joinWords.js";
import type { TaggedSentence } from "../../../src/tagging/corpus/sentence.js";

/** Sentences of one entity each, which was found; right with probability p, its score being `how` of p. */
function found(n: number, how: (p: number) => number, seed = 1) {
  const random = seeded(seed);
  const sentences: TaggedSentence[] = [];
  const entities: FoundEntity[][] = [];
  for (let s = 0; s < n; s++) {
    const p = 0.02 + 0.96 * random();
    const tags = [random() < p ? "B-x" : "O", "O"];
    const { text, words } = joinWords([`Ada${s}`, "sleeps"]);
    sentences.push({ text, words, file: "a.conll", line: 3 * s + 1, tags, written: tags, unaligned: [] });
    entities.push([{ start: 0, end: words[0].end, label: "x", text: `Ada${s}`, score: how(p) }]);
  }
  return { sentences, entities };
}

const calibrated = async ({ sentences, entities }: ReturnType<typeof found>) =>
  calibrateScores(entities, { sentences, folds: sentenceFolds(sentences, { seed: 1 }) });

const judged = ({ sentences, entities }: ReturnType<typeof found>) =>
  entities.map(([{ score }], s) => ({ score, right: sentences[s].tags[0] === "B-x" }));

const tooHigh = (p: number): number => Math.sqrt(Math.sqrt(p));

describe("calibrateScores()", () => {
  it("lowers log loss on sentences that the calibration has not seen where scores are too high", async () => {
    const { calibration, logLoss } = await calibrated(found(400, tooHigh));
    expect(calibration).toBeDefined();
    expect(logLoss!.after).toBeLessThan(logLoss!.before - 0.05);
  });

  it("leaves scores alone that are few, or where there are none", async () => {
    const few = found(49, tooHigh);
    const result = await calibrated(few);
    expect(result).toMatchObject({ calibration: undefined, found: few.entities, entities: 49 });
    const none = found(5, tooHigh);
    expect(await calibrated({ ...none, entities: none.entities.map(() => []) })).toMatchObject({
      calibration: undefined,
      entities: 0,
      logLoss: null,
    });
  });

  it("calibrates only where that lowers log loss, and says the same before and after where it does not", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { calibration, logLoss } = await calibrated(found(60, (p) => p, seed));
      expect(calibration === undefined ? logLoss!.after : logLoss!.after < logLoss!.before).toBe(
        calibration === undefined ? logLoss!.before : true,
      );
    }
  });

  it("gives scores by a calibration that their sentence had no part in, equal sentences having none either", async () => {
    const data = found(60, tooHigh);
    const [first] = data.sentences;
    const twice = { sentences: [...data.sentences, first], entities: [...data.entities, data.entities[0]] };
    const folds = sentenceFolds(twice.sentences, { seed: 1 });
    expect(folds[60]).toBe(folds[0]);
    const before = (await calibrateScores(twice.entities, { sentences: twice.sentences, folds })).found;
    const [own, again] = [before[0][0].score, before[60][0].score];
    expect(again).toBe(own);
    // Whether the entity is right changes the scores of others, and not its own.
    const tags = first.tags[0] === "O" ? ["B-x", "O"] : ["O", "O"];
    const other = twice.sentences.map((s) => (s.text === first.text ? { ...s, tags, written: tags } : s));
    const after = (await calibrateScores(twice.entities, { sentences: other, folds })).found;
    expect(after[0][0].score).toBe(own);
    expect(after.some(([{ score }], s) => score !== before[s][0].score)).toBe(true);
  });
});

describe("evaluateScores()", () => {
  const scored = (data: ReturnType<typeof found>) =>
    evaluateScores(
      judged(data),
      judged(data).map(({ right }) => ({ gold: 1, predicted: 1, correct: Number(right) })),
      { calibrated: false, seed: 1 },
    );

  it("finds scores that are too high, by how much, and the share that is right between them", () => {
    const { meanScore, right, interval95, ece, bins } = scored(found(2_000, tooHigh));
    expect(meanScore! - right!).toBeGreaterThan(0.2);
    expect(ece).toBeGreaterThan(0.2);
    expect(interval95![0]).toBeLessThan(right!);
    expect(interval95![1]).toBeLessThan(meanScore!);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(2_000);
    for (const { low, high, meanScore: mean } of bins) expect(mean).toSatisfy((m: number) => low <= m && m <= high);
  });

  it("shows no calibration error to speak of where scores are probabilities, however few they are", () => {
    for (const n of [20, 60, 200, 2_000]) {
      const errors = Array.from({ length: 40 }, (_, seed) => scored(found(n, (p) => p, seed + 1)).ece!);
      expect(errors.reduce((sum, e) => sum + e, 0) / 40).toBeLessThan(0.05);
    }
  });

  it("says nothing where no entity was found", () => {
    expect(evaluateScores([], [{ gold: 1, predicted: 0, correct: 0 }], { calibrated: true, seed: 1 })).toEqual({
      n: 0,
      calibrated: true,
      logLoss: null,
      brier: null,
      meanScore: null,
      right: null,
      interval95: null,
      ece: null,
      bins: [],
    });
  });
});
