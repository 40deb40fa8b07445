import { kept } from "../devPredictions.js";
import type { HeadNumbers } from "./tensors.js";
import type { NeighborIndex } from "../neighbors.js";
import { count } from "../../text/numbers.js";

/** What a head's folder holds of the texts that it was trained on, as numbers of each. Plain JSON. */
export interface HeldTexts {
  /** Training texts as they are, with labels and vectors. */
  readonly texts: number;
  /** 32-bit hashes of whole training texts. */
  readonly textHashes: number;
  /** 32-bit hashes of what the bag of words counts: words, pairs of words or runs of characters. */
  readonly wordHashes: number;
  /** 32-bit hashes of the surface features of words in a head that finds entities, whole words among them. */
  readonly writingHashes: number;
  /** 32-bit hashes of the names of entities. */
  readonly entityHashes: number;
  /** Rows of dev whose true labels and probabilities are kept. */
  readonly devRows: number;
}

/** By a head that is nothing but weights. */
export const NOTHING_HELD: HeldTexts = {
  texts: 0,
  textHashes: 0,
  wordHashes: 0,
  writingHashes: 0,
  entityHashes: 0,
  devRows: 0,
};

/** What a head holds that gives one label a text. */
export const heldByHead = ({
  bagOfWords,
  devPredictions,
  textHashes,
  neighbors,
}: Pick<HeadNumbers, "bagOfWords" | "devPredictions" | "textHashes"> & {
  readonly neighbors?: NeighborIndex | undefined;
}): HeldTexts => ({
  ...NOTHING_HELD,
  texts: neighbors?.texts.length ?? 0,
  textHashes: textHashes?.length ?? 0,
  wordHashes: bagOfWords.hashes.length,
  devRows: devPredictions === undefined ? 0 : kept(devPredictions).truth.length,
});

/** For a terminal, behind "<head> holds": one line. */
export function heldText({ texts, textHashes, wordHashes, writingHashes, entityHashes, devRows }: HeldTexts): string {
  const hashed: [n: number, what: string][] = [
    [textHashes, "training texts"],
    [wordHashes, "words or parts of words"],
    [writingHashes, "words and parts of words"],
    [entityHashes, "entity names"],
  ];
  const hashes = hashed.filter(([n]) => n > 0).map(([n, what]) => `${count(n)} ${what}`);
  return [
    texts > 0 ? `${count(texts)} training texts, which whoever gets it can read` : "no training text",
    ...(hashes.length > 0 ? [`hashes of ${hashes.join(" and ")}, which can be guessed by trying`] : []),
    ...(devRows > 0 ? [`its predictions on ${count(devRows)} held-out rows as numbers`] : []),
  ].join("; ");
}

/** The section of a card. */
export function heldSection({
  texts,
  textHashes,
  wordHashes,
  writingHashes,
  entityHashes,
  devRows,
}: HeldTexts): string[] {
  const items: [isThere: boolean, item: string][] = [
    [
      texts > 0,
      `**${count(texts)} training texts with their labels and vectors** (\`neighbors.safetensors\`), for \`predict --explain\`. Whoever gets the head can read them; train without \`--explainable\` where they must not be passed on.`,
    ],
    [texts === 0, "No training text, and no vector of one."],
    [
      textHashes > 0,
      `${count(textHashes)} training texts as 32-bit hashes of the whole text, normalized, so that \`evaluate\` can tell which rows were seen in training.`,
    ],
    [
      wordHashes > 0,
      `${count(wordHashes)} words, pairs of words or runs of 2 to 5 characters that occur in two or more training texts, as 32-bit hashes, each with weights and the number of texts that have it.`,
    ],
    [
      writingHashes > 0,
      `${count(writingHashes)} surface features of words that were seen twice or more (whole words, first and last letters, and those of the words around), as 32-bit hashes with weights.`,
    ],
    [entityHashes > 0, `The names of the training entities, ${count(entityHashes)} of them, as 32-bit hashes.`],
    [
      textHashes + wordHashes + writingHashes + entityHashes > 0,
      "Nothing can be read from hashes, but anyone can try words and texts and see which are among them: hashes hide no word, name or text that can be guessed.",
    ],
    [devRows > 0, `Its predictions on ${count(devRows)} held-out rows: probabilities and true labels, as numbers.`],
    [true, "In `headstart.json`, the names of the training files, the labels, and how often each occurs."],
  ];
  const there = items.filter(([isThere]) => isThere).map(([, item]) => `- ${item}`);
  return ["## What it holds of the training texts", "", ...there, ""];
}
