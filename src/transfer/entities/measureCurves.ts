import { duplicateGroups } from "../../dataset/duplicates.js";
import { seeded, shuffled } from "../../math/random.js";
import type { EntityCounts } from "../../metrics/entities.js";
import { joinSentences, pickSentences, type EmbeddedSentences } from "../../tagging/vectors/embeddedSentences.js";
import { entityF1Of } from "../../tagging/model/foldCounts.js";
import { entityF1Influence } from "./countFound.js";
import { trainAndCount, type CurveTaggerOptions } from "./curveTaggers.js";

/** Sentences to train on, and those to score on; none of `target` is one of the others. */
export interface CurveSentences {
  readonly source: EmbeddedSentences;
  readonly targetTrain: EmbeddedSentences;
  readonly target: EmbeddedSentences;
}

/** A strategy with so many sentences: entity F1 of its draws, and what each target sentence adds to their mean. */
export interface TaggingScores {
  readonly entityF1: Float64Array;
  readonly parts: Float64Array;
}

/** Both strategies on the same draws of so many sentences. */
export interface TaggingSize {
  readonly n: number;
  /** Of the target's training sentences. */
  readonly share: number;
  readonly target: TaggingScores;
  readonly both: TaggingScores;
}

/** With fewer sentences four draws say too little: the intervals of 10 contained the mean in three of four runs. */
const SIZES = [25, 50, 100, 200, 400];
/** A draw of a larger share has too little to differ in from the next one. */
const LARGEST_SHARE = 0.6;
const DRAWS = 4;
/** With more, a tagger takes too long for one of many. */
const MOST_SOURCE = 1000;
const MOST_TESTED = 400;

/** Sentences to draw, while that leaves enough undrawn; the last size is all of them. */
export const taggingSizes = (sentences: number): number[] => [
  ...SIZES.filter((n) => n <= LARGEST_SHARE * sentences),
  sentences,
];

/** Taggers that are trained for the curves of so many sentences. */
export const taggersOfCurves = (sentences: number): number =>
  1 + 2 * ((taggingSizes(sentences).length - 1) * DRAWS + 1);

/** The sentences that the curves are measured with: at most so many of the source and to score on, drawn by seed. */
export function sentencesForCurves({ source, targetTrain, target }: CurveSentences, seed: number): CurveSentences {
  const some = (data: EmbeddedSentences, most: number): EmbeddedSentences => {
    const { length } = data.sentences;
    return length <= most
      ? data
      : pickSentences(
          data,
          [...shuffled(length, seeded(seed)).subarray(0, most)].sort((a, b) => a - b),
        );
  };
  return { source: some(source, MOST_SOURCE), targetTrain, target: some(target, MOST_TESTED) };
}

/** Trains both strategies on the same draws of the target's sentences, a single one of all of them, and scores them. */
export async function* measureTagging(
  { source, targetTrain, target }: CurveSentences,
  options: CurveTaggerOptions,
): AsyncGenerator<TaggingSize> {
  const { length } = targetTrain.sentences;
  for (const n of taggingSizes(length)) {
    const counted: Record<"target" | "both", (readonly EntityCounts[])[]> = { target: [], both: [] };
    for (let draw = 0; draw < (n < length ? DRAWS : 1); draw++) {
      const how = { ...options, seed: options.seed + 1000 * draw + n };
      const own = n < length ? drawSentences(targetTrain, n, how.seed) : targetTrain;
      counted.target.push(await trainAndCount(own, target, how));
      counted.both.push(await trainAndCount(joinSentences(source, own), target, how));
    }
    yield { n, share: n / length, target: taggingScores(counted.target), both: taggingScores(counted.both) };
  }
}

/** So many sentences, equal ones together while there is room. */
export function drawSentences(data: EmbeddedSentences, n: number, seed: number): EmbeddedSentences {
  const groups = duplicateGroups(data.sentences.map(({ text }) => text));
  const members = new Map<number, number[]>();
  groups.forEach((group, s) => members.set(group, [...(members.get(group) ?? []), s]));
  const order = [...shuffled(members.size, seeded(seed))].flatMap((group) => members.get(group)!);
  return pickSentences(
    data,
    order.slice(0, n).sort((a, b) => a - b),
  );
}

export function taggingScores(counted: readonly (readonly EntityCounts[])[]): TaggingScores {
  const parts = new Float64Array(counted[0].length);
  for (const counts of counted) entityF1Influence(counts).forEach((own, s) => (parts[s] += own / counted.length));
  return { entityF1: Float64Array.from(counted, entityF1Of), parts };
}
