import { countEntities } from "../../metrics/entities.js";
import { bestOf, countsByFold, entityF1Of, type FoldCounts } from "./foldCounts.js";
import type { EmbeddedSentences } from "../vectors/embeddedSentences.js";
import { characterSpans, goldSpans } from "../corpus/spans.js";
import { bestSpans, emissionsOf, type EmissionsOptions, type Tagger } from "./tagger.js";
import { OUTSIDE } from "../corpus/tagSet.js";

/** What is taken from the score of O at every word; a rare entity is missed more often than it is invented. */
const STEPS = [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4];
/** With fewer dev entities the choice would be chance. */
const LEAST_ENTITIES = 100;

/** How much the score of O is lowered, so that more entities are found. */
interface OutsideBias {
  readonly outsideBias: number;
  /** Strict F1 on the dev sentences with it. */
  readonly f1: number;
  /** Counts of every bias that was tried, by fold. */
  readonly tried: readonly FoldCounts[];
}

export interface OutsideBiasOptions extends EmissionsOptions {
  /** Fold of every dev sentence, from 0 on. @default one fold */
  readonly folds?: Int32Array | undefined;
}

/** The outside bias with the highest strict F1 on the dev sentences; 0 where these have few entities. */
export async function chooseOutsideBias(
  tagger: Tagger,
  dev: EmbeddedSentences,
  { folds = new Int32Array(dev.sentences.length), ...options }: OutsideBiasOptions = {},
): Promise<OutsideBias> {
  const gold = dev.sentences.map((sentence) => goldSpans(sentence).strict);
  const emissions = await emissionsOf(tagger, dev, options);
  const { tags } = tagger.crfWeights;
  const countsAt = (outsideBias: number): FoldCounts => {
    const lowered = emissions.slice();
    for (let at = OUTSIDE; at < lowered.length; at += tags) lowered[at] -= outsideBias;
    const counts = bestSpans(tagger, lowered, dev.offsets).map((spans, s) => {
      const named = spans.map((span) => ({ ...span, label: tagger.labels[span.label] }));
      return countEntities(gold[s], characterSpans(named, dev.sentences[s].words));
    });
    return countsByFold(counts, folds);
  };
  const steps = gold.flat().length < LEAST_ENTITIES ? [0] : STEPS;
  const tried = steps.map(countsAt);
  const chosen = bestOf(tried);
  return { outsideBias: steps[chosen], f1: entityF1Of(tried[chosen]), tried };
}

/** The tagger with the score of O lowered by `outsideBias` at every word. */
export function withOutsideBias(tagger: Tagger, outsideBias: number): Tagger {
  const lowered = (bias: Float32Array): Float32Array => bias.map((b, tag) => (tag === OUTSIDE ? b - outsideBias : b));
  if (tagger.output === undefined) return { ...tagger, bias: lowered(tagger.bias) };
  return { ...tagger, output: { ...tagger.output, bias: lowered(tagger.output.bias) } };
}
