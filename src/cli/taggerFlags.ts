import { InvalidArgumentError, Option, type Command } from "commander";

/** Flags of a head that finds entities; without one its default holds. */
export interface TaggerTrainingFlags {
  readonly crf?: boolean;
  readonly layers?: readonly number[];
  readonly mixLayers?: boolean;
  readonly subWords?: "first" | "mean" | "first-last";
  /** False for --no-writing. */
  readonly writing?: boolean;
}

export function withTaggerFlags(command: Command): Command {
  return command
    .option("--crf", "ner: learn which tags follow each other")
    .addOption(new Option("--layers <list>", 'ner: layers of the encoder, such as "4,2,0"').argParser(layerList))
    .option("--mix-layers", "ner: average the layers with learnt shares instead of laying them side by side")
    .addOption(
      new Option("--sub-words <which>", "ner: what stands for a word").choices(["first", "mean", "first-last"]),
    )
    .option("--no-writing", "ner: look at vectors only, not at case, affixes and the words themselves");
}

/** Layers by number, the embeddings being 0. */
function layerList(written: string): number[] {
  const layers = written.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (layers.every((layer) => Number.isSafeInteger(layer) && layer >= 0)) return layers;
  throw new InvalidArgumentError('Give layers by number, such as "4,2,0".');
}
