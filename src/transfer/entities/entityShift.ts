import { matrix, type Matrix } from "../../math/matrix.js";
import { goldSpans } from "../../tagging/corpus/spans.js";
import { surfacesOf } from "../../tagging/evaluate.js";
import type { TaggedSentence } from "../../tagging/corpus/sentence.js";
import type { EmbeddedSentences } from "../../tagging/vectors/embeddedSentences.js";
import { divergenceOf } from "../divergence/divergence.js";
import type { EntityShift, TaggingDivergence } from "./record.js";

interface Options {
  /** How many layers stand side by side in a vector of a word; the first, which is the deepest, is compared. */
  readonly layerCount?: number | undefined;
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
}

/** How different the target's sentences and entities are from the source's. */
export async function taggingDivergence(
  source: EmbeddedSentences,
  target: EmbeddedSentences,
  { layerCount = 1, ...options }: Options,
): Promise<TaggingDivergence> {
  const domain = (data: EmbeddedSentences) => ({
    texts: data.sentences.map(({ text }) => text),
    vectors: sentenceVectors(data, Math.floor(data.vectors.cols / layerCount)),
  });
  const found = await divergenceOf(domain(source), domain(target), options);
  return { ...found, entities: entityShift(source.sentences, target.sentences) };
}

/** Means over the words of each sentence, `[sentences, width]`, of the first `width` numbers of their vectors; zeros without words. */
export function sentenceVectors({ sentences, vectors, offsets }: EmbeddedSentences, width: number): Matrix {
  const means = matrix(sentences.length, width);
  sentences.forEach((_, s) => {
    const words = offsets[s + 1] - offsets[s];
    const own = means.data.subarray(s * width, (s + 1) * width);
    for (let w = offsets[s]; w < offsets[s + 1]; w++)
      for (let d = 0; d < width; d++) own[d] += vectors.data[w * vectors.cols + d] / words;
  });
  return means;
}

/** How the entities of some sentences differ from those of others. */
export function entityShift(source: readonly TaggedSentence[], target: readonly TaggedSentence[]): EntityShift {
  const [home, away] = [source, target].map((sentences) => entitiesOf(sentences));
  const known = surfacesOf(source);
  const distinct = [...new Set(away.map(({ string }) => string))];
  const seenOf = (strings: readonly string[]): number =>
    strings.length === 0 ? 0 : strings.filter((string) => known.has(string)).length / strings.length;
  const types = [...new Set([...home, ...away].map(({ label }) => label))].sort();
  const shareOf = (entities: readonly Entity[], type: string): number =>
    entities.length === 0 ? 0 : entities.filter(({ label }) => label === type).length / entities.length;
  return {
    types: Object.fromEntries(types.map((t) => [t, { source: shareOf(home, t), target: shareOf(away, t) }])),
    perSentence: {
      source: home.length / Math.max(1, source.length),
      target: away.length / Math.max(1, target.length),
    },
    stringsSeen: seenOf(distinct),
    entitiesSeen: seenOf(away.map(({ string }) => string)),
  };
}

interface Entity {
  readonly label: string;
  /** Lower-cased. */
  readonly string: string;
}

const entitiesOf = (sentences: readonly TaggedSentence[]): Entity[] =>
  sentences.flatMap((sentence) =>
    goldSpans(sentence).conlleval.map(({ start, end, label }) => ({
      label,
      string: sentence.text.slice(start, end).toLowerCase(),
    })),
  );
