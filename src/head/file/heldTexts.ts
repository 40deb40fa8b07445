import { kept } from "../devPredictions.js";
import type { HeadNumbers } from "./tensors.js";
import type { NeighborIndex } from "../neighbors.js";

/** What a head's folder holds of the texts that it was trained on, as numbers of each. Plain JSON. */
export interface HeldTexts {
  /** Training texts as they are, with labels and vectors. */
  readonly texts: number;
  /** 32-bit hashes of words. */
  readonly wordHashes: number;
  /** 32-bit hashes of what a head that finds entities knows of the writing of words, whole words among it. */
  readonly writingHashes: number;
  /** 32-bit hashes of the names of entities. */
  readonly entityHashes: number;
  /** Rows of dev whose true labels and probabilities are kept. */
  readonly devRows: number;
}

/** By a head that is nothing but weights. */
export const NOTHING_HELD: HeldTexts = { texts: 0, wordHashes: 0, writingHashes: 0, entityHashes: 0, devRows: 0 };

/** What a head holds that gives one label a text. */
export const heldByHead = ({
  bagOfWords,
  devPredictions,
  neighbors,
}: Pick<HeadNumbers, "bagOfWords" | "devPredictions"> & {
  readonly neighbors?: NeighborIndex | undefined;
}): HeldTexts => ({
  ...NOTHING_HELD,
  texts: neighbors?.texts.length ?? 0,
  wordHashes: bagOfWords.hashes.length,
  devRows: devPredictions === undefined ? 0 : kept(devPredictions).truth.length,
});

const number = (n: number): string => n.toLocaleString("en");

/** For a terminal, behind "<head> holds": one line. */
export function heldText({ texts, wordHashes, writingHashes, entityHashes, devRows }: HeldTexts): string {
  const hashed: [count: number, what: string][] = [
    [wordHashes, "words"],
    [writingHashes, "words and parts of words"],
    [entityHashes, "entity names"],
  ];
  const hashes = hashed.filter(([count]) => count > 0).map(([count, what]) => `${number(count)} ${what}`);
  return [
    texts > 0 ? `${number(texts)} training texts, which whoever gets it can read` : "no training text",
    ...(hashes.length > 0 ? [`hashes of ${hashes.join(" and ")}, which can be guessed by trying words`] : []),
    ...(devRows > 0 ? [`its answers for ${number(devRows)} dev rows as numbers`] : []),
  ].join("; ");
}

/** The section of a card. */
export function heldSection({ texts, wordHashes, writingHashes, entityHashes, devRows }: HeldTexts): string[] {
  const items: [isThere: boolean, item: string][] = [
    [
      texts > 0,
      `**${number(texts)} training texts with their labels and vectors** (\`neighbours.safetensors\`), for \`predict --explain\`. Whoever gets the head can read them; train without \`--explainable\` where they must not travel.`,
    ],
    [texts === 0, "No training text, and no vector of one."],
    [
      wordHashes > 0,
      `${number(wordHashes)} words that stand in two training texts or more, as hashes of 32 bits, each with weights and with how many texts have it.`,
    ],
    [
      writingHashes > 0,
      `${number(writingHashes)} things that were seen twice or more in the writing of words (whole words, first and last letters, and such of the words around), as hashes of 32 bits with weights.`,
    ],
    [entityHashes > 0, `The names of the training entities, ${number(entityHashes)} of them, as hashes of 32 bits.`],
    [
      wordHashes + writingHashes + entityHashes > 0,
      "A hash spells nothing, but whoever tries words finds those that are among them: hashes hide no word or name that can be guessed.",
    ],
    [devRows > 0, `Its answers for ${number(devRows)} dev rows: probabilities and true labels, as numbers.`],
    [true, "In `headstart.json` the names of the files, the labels, and how often each occurs."],
  ];
  const there = items.filter(([isThere]) => isThere).map(([, item]) => `- ${item}`);
  return ["## What it holds of the training texts", "", ...there, ""];
}
