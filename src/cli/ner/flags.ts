import { InvalidArgumentError, Option, type Command } from "commander";
import { wholeNumber } from "../flags/options.js";

/** Flags of a head that finds entities; without one its default holds. */
export interface TaggerTrainingFlags {
  readonly crf?: boolean | undefined;
  readonly layers?: readonly number[] | undefined;
  readonly scalarMix?: boolean | undefined;
  readonly subWords?: "first" | "mean" | "first-last" | undefined;
  readonly reach?: number | undefined;
  /** False for --no-writing. */
  readonly writing?: boolean | undefined;
  readonly nets?: number | undefined;
}

export function withTaggerFlags(command: Command): Command {
  return command
    .option("--crf", "ner: learn which tags follow each other")
    .addOption(new Option("--layers <list>", 'ner: layers of the encoder, such as "4,2,0"').argParser(layerList))
    .option("--mix-layers", "ner: average the layers with learned weights instead of concatenating them")
    .addOption(
      new Option("--sub-words <which>", "ner: pooling of a word's subwords (default: first)").choices([
        "first",
        "mean",
        "first-last",
      ]),
    )
    .addOption(
      new Option("--reach <words>", "ner: context window, words to either side (default: 1)").argParser(reachOf),
    )
    .addOption(
      new Option("--nets <number>", "ner: networks of the ensemble, which are averaged (default: 3)").argParser(
        wholeNumber(1),
      ),
    )
    .option("--no-writing", "ner: use vectors only, no surface features (case, affixes and the words themselves)");
}

/** Largest context window of a saved tagger. */
const FARTHEST = 8;

function reachOf(written: string): number {
  const reach = wholeNumber(0)(written);
  if (reach <= FARTHEST) return reach;
  throw new InvalidArgumentError(`Give ${FARTHEST} words at most.`);
}

/** Layers by number, the embeddings being 0. */
function layerList(written: string): number[] {
  const layers = written.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (layers.every((layer) => Number.isSafeInteger(layer) && layer >= 0)) return layers;
  throw new InvalidArgumentError('Give layers by number, such as "4,2,0".');
}
