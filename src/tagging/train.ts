import { counted } from "../text/numbers.js";
import { HeadstartError } from "../errors.js";
import { textHashes } from "../dataset/textHashes.js";
import { withOutsideBias, chooseOutsideBias } from "./model/outsideBias.js";
import { calibrateScores, sentenceFolds, type CalibratedScores } from "./calibrateScores.js";
import { evaluateFound, findEntities, surfacesOf, type TaggingEvaluation } from "./evaluate.js";
import { splitSentences, type EmbeddedSentences, type SentenceSplit } from "./vectors/embeddedSentences.js";
import { crossFittedF1, type FoldCounts } from "./model/foldCounts.js";
import { fitTagger } from "./model/fit.js";
import type { FitTaggerOptions } from "./model/fitOptions.js";
import { wordRowsOf, type WordRows } from "./model/wordRows.js";
import { goldSpans } from "./corpus/spans.js";
import type { WordRule } from "./corpus/splitWords.js";
import { fittingRule } from "./corpus/wordRule.js";
import { entityLabels } from "./corpus/sentence.js";
import type { Tagger } from "./model/tagger.js";

export interface TrainTaggerOptions extends Omit<FitTaggerOptions, "labels" | "onEpoch"> {
  /** Threads that score the dev sentences. @default all cores */
  readonly threads?: number | undefined;
  /** Sentences to choose the epoch on. @default a seeded tenth of the training sentences, equal ones on one side */
  readonly dev?: EmbeddedSentences | undefined;
  /** Stop when dev entity F1 has not risen for so many epochs; the best one is kept either way. @default 10 */
  readonly patience?: number | undefined;
  /** How the head cuts texts into words. @default the rule by which texts are cut most like the training sentences */
  readonly wordRule?: WordRule | undefined;
  /** Called after every epoch that was evaluated. */
  readonly onTrial?: ((trial: TaggerTrial) => void) | undefined;
}

/** The tagger after an epoch. */
export interface TaggerTrial {
  readonly epoch: number;
  /** Mean loss of a word while it was learned. */
  readonly loss: number;
  /** How much the score of O was lowered, chosen on the dev sentences. */
  readonly outsideBias: number;
  /** With that bias. */
  readonly devEntityF1: number;
}

/** A tagger with its dev scores and how it was chosen. */
export interface TrainedTagger {
  readonly tagger: Tagger;
  /** Surface forms of the training entities, lower-cased. */
  readonly surfaces: ReadonlySet<string>;
  /** Training entities of each label. */
  readonly labelCounts: Readonly<Record<string, number>>;
  /** Sentences it was trained on. */
  readonly n: number;
  /** Of the texts of these sentences, and of those set aside for dev among them, each once. */
  readonly textHashes: Int32Array;
  /** The epoch that was kept. */
  readonly epochs: number;
  readonly trials: readonly TaggerTrial[];
  /** Scores on the dev sentences; those of entities by a calibration that their sentence had no part in. */
  readonly dev: TaggingEvaluation;
  readonly devFrom: string;
  /**
   * How much too high the dev entity F1 is, since epoch and outside bias were chosen on these sentences: less the F1 of
   * choosing on nine tenths of them and counting on the last, in turn. An estimate, which may be below 0.
   */
  readonly optimism: number;
  /** What calibrating the scores of entities brings. */
  readonly scoreCalibration: Pick<CalibratedScores, "calibration" | "entities" | "logLoss">;
  /** Of the epoch that was kept. */
  readonly outsideBias: number;
  /** Weight of every layer, where they are mixed. */
  readonly layerWeights: readonly number[] | undefined;
}

/** Evaluating takes long beside an epoch of few sentences, so small corpora are evaluated about as often as large ones. */
const TRIALS = 5;

/** Epochs from one evaluation to the next: patience ends at the second one that brought nothing, or later. */
const epochsBetween = (epochs: number, patience: number): number =>
  Math.max(1, Math.floor(Math.min(epochs / TRIALS, patience / 2)));

/** As many epochs as a training waits for a better one. */
export const TAGGER_PATIENCE = 10;

/**
 * Trains a tagger and keeps the epoch, and the outside bias, with the highest strict F1 on the dev sentences.
 *
 * @throws HeadstartError E_LABELS when the training sentences have no entities
 * @example
 * const { tagger, dev } = await trainTagger(sentences, { epochs: 2, ensemble: 1, layerCount: 3 });
 * console.log(tagger.labels, dev.entityF1);
 */
export async function trainTagger(data: EmbeddedSentences, options: TrainTaggerOptions = {}): Promise<TrainedTagger> {
  const { dev: given, onTrial, seed = 1, wordRule = ruleOf(data), ...others } = options;
  const { epochs = defaultEpochs(data), patience = TAGGER_PATIENCE, ...rest } = others;
  const { train, dev, devFrom } = given === undefined ? splitSentences(data, { seed }) : givenDev(data, given);
  const labels = entityLabels(train.sentences);
  if (labels.length === 0) {
    throw new HeadstartError(
      "E_LABELS",
      "The training sentences have no entities. Give a corpus with tagged entities; of CoNLL the last column counts",
    );
  }
  const threads = { threads: rest.threads };
  const every = epochsBetween(epochs, patience);
  const trials: TaggerTrial[] = [];
  let best: Best | undefined;
  let rows: WordRows | undefined;
  const folds = sentenceFolds(dev.sentences, { seed });
  const tried: FoldCounts[] = [];
  await fitTagger(train, {
    ...rest,
    seed,
    epochs,
    labels,
    onEpoch: async ({ number, loss, tagger, layerWeights }) => {
      if (number % every !== 0 && number !== epochs) return undefined;
      const now = tagger();
      rows ??= wordRowsOf(now, dev.sentences);
      const { outsideBias, f1, ...counts } = await chooseOutsideBias(now, dev, { ...threads, rows, folds });
      tried.push(...counts.tried);
      const trial = { epoch: number, loss, outsideBias, devEntityF1: f1 };
      trials.push(trial);
      onTrial?.(trial);
      if (best === undefined || f1 > best.devEntityF1) best = { ...trial, tagger: now, layerWeights };
      return number - best.epoch >= patience ? "stop" : undefined;
    },
  });
  const { tagger: unbalanced, epoch, outsideBias, layerWeights } = best!;
  const raw = { ...withOutsideBias(unbalanced, outsideBias), wordRule };
  const { found, ...scoreCalibration } = await calibrateScores(await findEntities(raw, dev, threads), {
    sentences: dev.sentences,
    folds,
  });
  const { calibration } = scoreCalibration;
  const surfaces = surfacesOf(train.sentences);
  const isSeen = (form: string): boolean => surfaces.has(form);
  const { evaluation } = evaluateFound(found, dev, { isSeen, seed, calibrated: calibration !== undefined });
  return {
    tagger: calibration === undefined ? raw : { ...raw, scoreCalibration: calibration },
    surfaces,
    labelCounts: countLabels(train),
    n: train.sentences.length,
    textHashes: textHashes((given === undefined ? data : train).sentences.map(({ text }) => text)),
    epochs: epoch,
    trials,
    dev: evaluation,
    devFrom,
    optimism: best!.devEntityF1 - crossFittedF1(tried),
    scoreCalibration,
    outsideBias,
    layerWeights,
  };
}

interface Best extends TaggerTrial {
  readonly tagger: Tagger;
  readonly layerWeights: readonly number[] | undefined;
}

const ruleOf = ({ sentences }: EmbeddedSentences): WordRule =>
  fittingRule(sentences.map(({ words }) => words.map(({ text }) => text)));

/** Few sentences are seen more often, so that a corpus of any size gets enough steps. */
const defaultEpochs = ({ vectors }: EmbeddedSentences): number =>
  Math.max(5, Math.min(30, Math.round(320_000 / Math.max(1, vectors.rows))));

const givenDev = (train: EmbeddedSentences, dev: EmbeddedSentences): SentenceSplit => ({
  train,
  dev,
  devFrom: `${counted(dev.sentences.length, "sentence")} given for it`,
});

function countLabels({ sentences }: EmbeddedSentences): Record<string, number> {
  const counts: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const sentence of sentences) {
    for (const { label } of goldSpans(sentence).conlleval) counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}
