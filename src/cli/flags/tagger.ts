import { InvalidArgumentError, type Option } from "commander";
import type { OffsetUnit } from "../../tagging/corpus/offsets.js";
import { flag, formerName } from "./flag.js";
import { wholeNumber } from "./options.js";

/** Flags of a head that finds entities; without one its default holds. */
export interface TaggerTrainingFlags {
  readonly crf?: boolean | undefined;
  readonly layers?: readonly number[] | undefined;
  readonly scalarMix?: boolean | undefined;
  readonly subwordPooling?: "first" | "mean" | "first-last" | undefined;
  readonly context?: number | undefined;
  /** False for --no-surface-features. */
  readonly surfaceFeatures?: boolean | undefined;
  readonly ensemble?: number | undefined;
}

/** How the files of heads that find entities are read. */
export interface EntityFlags {
  readonly offsets?: OffsetUnit | "auto" | undefined;
  readonly tagNames?: readonly string[] | undefined;
}

export const entityFlags = (): Option[] => [
  flag("advanced", "--offsets <unit>", "what start and end of entities count")
    .default(undefined, "auto")
    .choices(["auto", "utf16", "code-points", "bytes"]),
  flag("advanced", "--tag-names <names>", 'names of tags that are numbers, such as "O,B-PER,I-PER"').argParser(
    nameList,
  ),
];

/** Names in the order of the numbers. */
function nameList(written: string): string[] {
  const names = written.split(",").map((name) => name.trim());
  if (names.every((name) => name !== "")) return names;
  throw new InvalidArgumentError('Give names with commas between them, such as "O,B-PER,I-PER".');
}

export const crfFlag = (): Option => flag("learn", "--crf", "CRF layer: learns how tags follow each other");

export function taggerFlags(): Option[] {
  const ensemble = flag("learn", "--ensemble <number>", "networks trained and averaged")
    .default(undefined, "3")
    .argParser(wholeNumber(1));
  const context = flag("learn", "--context <words>", "context window, words to either side")
    .default(undefined, "1")
    .argParser(contextOf);
  const mix = flag("advanced", "--scalar-mix", "scalar mix of the layers instead of concatenation");
  const subwords = flag("advanced", "--subword-pooling <which>", "subwords that stand for a word")
    .default(undefined, "first")
    .choices(["first", "mean", "first-last"]);
  const surface = flag("advanced", "--no-surface-features", "no surface features: case, affixes, word forms");
  return [
    crfFlag(),
    ensemble,
    formerName(ensemble, "--nets <number>"),
    context,
    formerName(context, "--reach <words>"),
    flag("advanced", "--layers <list>", 'layers of the encoder, such as "4,2,0"').argParser(layerList),
    mix,
    formerName(mix, "--mix-layers"),
    subwords,
    formerName(subwords, "--sub-words <which>"),
    surface,
    formerName(surface, "--no-writing"),
  ];
}

/** As far as a saved tagger may look. */
const FARTHEST = 8;

function contextOf(written: string): number {
  const words = wholeNumber(0)(written);
  if (words <= FARTHEST) return words;
  throw new InvalidArgumentError(`Give ${FARTHEST} words at most.`);
}

/** Layers by number, the embeddings being 0. */
function layerList(written: string): number[] {
  const layers = written.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (layers.every((layer) => Number.isSafeInteger(layer) && layer >= 0)) return layers;
  throw new InvalidArgumentError('Give layers by number, such as "4,2,0".');
}
