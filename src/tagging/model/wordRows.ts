import type { Sentence } from "../corpus/sentence.js";
import { featureRows, type FeatureTable } from "./featureTable.js";
import { cuesOf, surfaceFeaturesOf, type SurfaceFeatureOptions } from "./wordFeatures.js";

/** Of each sentence, of each word: rows in a tagger's tables. They stay the same while its weights are learned. */
export type WordRows = Readonly<Record<"features" | "cues", readonly (readonly Int32Array[])[]>>;

interface Tables {
  readonly features: FeatureTable;
  readonly cues: FeatureTable;
  readonly surfaceFeatures: SurfaceFeatureOptions;
}

export function wordRowsOf({ features, cues, surfaceFeatures }: Tables, sentences: readonly Sentence[]): WordRows {
  const rows = (table: FeatureTable, look: typeof cuesOf): readonly (readonly Int32Array[])[] =>
    sentences.map((sentence) => {
      if (table.hashes.length === 0) return sentence.words.map(() => NONE);
      return look(sentence, surfaceFeatures).map((found) => featureRows(table, found));
    });
  return { features: rows(features, surfaceFeaturesOf), cues: rows(cues, cuesOf) };
}

const NONE = new Int32Array(0);

/** Those of the sentences `[first, next)`. */
export const slicedRows = ({ features, cues }: WordRows, first: number, next: number): WordRows => ({
  features: features.slice(first, next),
  cues: cues.slice(first, next),
});
