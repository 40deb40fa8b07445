import { HeadstartError } from "../errors.js";
import { seeded, shuffled } from "../math/random.js";
import { normalisedText } from "../corpus/duplicates.js";
import { evaluateTagger, findEntities, surfacesOf, type TaggingEvaluation } from "./evaluate.js";
import { balanced, chooseBalance } from "./balance.js";
import { addEntityCounts, countEntities, entityScore } from "../metrics/entities.js";
import { fitTagger, type FitOptions, type TaggedVectors } from "./fitTagger.js";
import { goldSpans } from "./readTagged.js";
import { entityLabels } from "./sentence.js";
import type { Tagger } from "./tagger.js";

export interface TrainTaggerOptions extends Omit<FitOptions, "labels" | "onEpoch"> {
  /** Sentences to choose the epoch on. @default a seeded tenth of the training sentences, equal ones on one side */
  readonly dev?: EmbeddedSentences;
  /** Told after every epoch that was measured. */
  readonly onTrial?: (trial: TaggerTrial) => void;
}

/** Tagged sentences with vectors, and the words whose vectors are not whole. */
export interface EmbeddedSentences extends TaggedVectors {
  readonly cut: ReadonlySet<number>;
}

/** The tagger after an epoch. */
export interface TaggerTrial {
  readonly epoch: number;
  /** Mean loss of a word while it was learnt. */
  readonly loss: number;
  readonly devEntityF1: number;
}

/** A tagger with the evidence for it. */
export interface TrainedTagger {
  readonly tagger: Tagger;
  /** Surface forms of the training entities, lower-cased. */
  readonly surfaces: ReadonlySet<string>;
  /** Training entities of each label. */
  readonly labelCounts: Readonly<Record<string, number>>;
  /** Sentences it was trained on. */
  readonly n: number;
  /** The epoch that was kept. */
  readonly epochs: number;
  readonly trials: readonly TaggerTrial[];
  readonly dev: TaggingEvaluation;
  readonly devFrom: string;
  /** How much the score of O was lowered, as the dev sentences asked for. */
  readonly balance: number;
  /** Share of every layer, where they are mixed. */
  readonly layerShares: readonly number[] | undefined;
}

const DEV_SHARE = 10;
/** Measuring takes long beside an epoch of few sentences, so small corpora are measured about as often as large ones. */
const TRIALS = 8;

/**
 * Trains a tagger and keeps the epoch with the highest strict F1 on the dev sentences.
 *
 * @throws HeadstartError E_LABELS when the training sentences have no entities
 */
export async function trainTagger(data: EmbeddedSentences, options: TrainTaggerOptions = {}): Promise<TrainedTagger> {
  const { dev: given, onTrial, seed = 1, epochs = defaultEpochs(data), ...rest } = options;
  const { train, dev, devFrom } = given === undefined ? holdOut(data, seed) : { ...sides(data, given) };
  const labels = entityLabels(train.sentences);
  if (labels.length === 0) {
    throw new HeadstartError("E_LABELS", "The training sentences have no entities. Give a corpus with tagged entities");
  }
  const gold = dev.sentences.map((sentence) => goldSpans(sentence).strict);
  const every = Math.max(1, Math.floor(epochs / TRIALS));
  const trials: TaggerTrial[] = [];
  let best: { tagger: Tagger; epoch: number; f1: number; shares: readonly number[] | undefined } | undefined;
  await fitTagger(train, {
    ...rest,
    seed,
    epochs,
    labels,
    onEpoch: async ({ number, loss, tagger, layerShares }) => {
      if (number % every !== 0 && number !== epochs) return;
      const now = tagger();
      const found = await findEntities(now, dev, rest.threads === undefined ? {} : { threads: rest.threads });
      const { f1 } = entityScore(addEntityCounts(gold.map((own, s) => countEntities(own, found[s]))));
      trials.push({ epoch: number, loss, devEntityF1: f1 });
      onTrial?.(trials.at(-1)!);
      if (best === undefined || f1 > best.f1) best = { tagger: now, epoch: number, f1, shares: layerShares };
    },
  });
  const { epoch, shares } = best!;
  const threads = rest.threads === undefined ? {} : { threads: rest.threads };
  const balance = await chooseBalance(best!.tagger, dev, threads);
  const tagger = balanced(best!.tagger, balance);
  const surfaces = surfacesOf(train.sentences);
  const measured = { isSeen: (surface: string) => surfaces.has(surface), seed, ...threads };
  const { evaluation } = await evaluateTagger(tagger, dev, measured);
  const labelCounts = countLabels(train);
  const n = train.sentences.length;
  return {
    tagger,
    surfaces,
    labelCounts,
    n,
    epochs: epoch,
    trials,
    dev: evaluation,
    devFrom,
    balance,
    layerShares: shares,
  };
}

/** Few sentences are seen more often, so that a corpus of any size gets enough steps. */
export const defaultEpochs = ({ vectors }: TaggedVectors): number =>
  Math.max(6, Math.min(30, Math.round(400_000 / Math.max(1, vectors.rows))));

function sides(train: EmbeddedSentences, dev: EmbeddedSentences): Sides {
  return { train, dev, devFrom: `${dev.sentences.length} sentences given for it` };
}

interface Sides {
  readonly train: EmbeddedSentences;
  readonly dev: EmbeddedSentences;
  readonly devFrom: string;
}

/** Sets a tenth of the sentences aside; sentences that are equal after normalisation stay together. */
export function holdOut(data: EmbeddedSentences, seed: number, share = DEV_SHARE): Sides {
  const groups = new Map<string, number[]>();
  data.sentences.forEach(({ text }, s) => {
    const key = normalisedText(text);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [s]);
    else group.push(s);
  });
  const all = [...groups.values()];
  if (all.length < 2) {
    throw new HeadstartError("E_LABELS", "One sentence cannot be trained on and measured. Give more, or --dev");
  }
  const wanted = Math.max(1, Math.round(data.sentences.length / share));
  const held = new Set<number>();
  for (const g of shuffled(all.length, seeded(seed))) {
    if (held.size >= wanted) break;
    for (const s of all[g]) held.add(s);
  }
  const index = data.sentences.map((_, s) => s);
  const dev = pickSentences(
    data,
    index.filter((s) => held.has(s)),
  );
  const train = pickSentences(
    data,
    index.filter((s) => !held.has(s)),
  );
  const devFrom = `${held.size} of the ${data.sentences.length} training sentences, set aside by seed ${seed}, equal ones on one side`;
  return { train, dev, devFrom };
}

/** Some sentences with their vectors, copied. */
export function pickSentences(data: EmbeddedSentences, chosen: readonly number[]): EmbeddedSentences {
  const offsets = new Int32Array(chosen.length + 1);
  chosen.forEach((s, i) => (offsets[i + 1] = offsets[i] + data.offsets[s + 1] - data.offsets[s]));
  const { cols } = data.vectors;
  const numbers = new Float32Array(offsets[chosen.length] * cols);
  const cut = new Set<number>();
  chosen.forEach((s, i) => {
    numbers.set(data.vectors.data.subarray(data.offsets[s] * cols, data.offsets[s + 1] * cols), offsets[i] * cols);
    for (let w = data.offsets[s]; w < data.offsets[s + 1]; w++)
      if (data.cut.has(w)) cut.add(w - data.offsets[s] + offsets[i]);
  });
  const vectors = { rows: offsets[chosen.length], cols, data: numbers };
  return { sentences: chosen.map((s) => data.sentences[s]), vectors, offsets, cut };
}

/** The sentences of both, with vectors of one width. */
export function joinSentences(a: EmbeddedSentences, b: EmbeddedSentences): EmbeddedSentences {
  const data = new Float32Array(a.vectors.data.length + b.vectors.data.length);
  data.set(a.vectors.data);
  data.set(b.vectors.data, a.vectors.data.length);
  const words = a.vectors.rows;
  return {
    sentences: [...a.sentences, ...b.sentences],
    vectors: { rows: words + b.vectors.rows, cols: a.vectors.cols, data },
    offsets: Int32Array.from([...a.offsets, ...b.offsets.subarray(1).map((offset) => offset + words)]),
    cut: new Set([...a.cut, ...[...b.cut].map((word) => word + words)]),
  };
}

function countLabels({ sentences }: TaggedVectors): Record<string, number> {
  const counts: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const sentence of sentences) {
    for (const { label } of goldSpans(sentence).conlleval) counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}
