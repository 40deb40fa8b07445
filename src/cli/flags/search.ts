import { InvalidArgumentError, type Option } from "commander";
import type { Head } from "../../head/head.js";
import type { Pooling } from "../../math/pooling.js";
import { flag } from "./flag.js";
import type { MlpFlags } from "./mlp.js";
import { wholeNumber, type EncoderFlags, type GlobalFlags } from "./options.js";

/** Flags of a search. */
export interface SearchFlags extends GlobalFlags, EncoderFlags, MlpFlags {
  /** Searched alone. @default all kinds */
  readonly head?: Head["kind"] | undefined;
  readonly tune?: boolean | undefined;
  readonly tuneSeconds?: number | undefined;
  readonly tuneLayers?: readonly number[] | undefined;
  readonly tunePoolings?: readonly Pooling[] | undefined;
  readonly classWeights: "none" | "balanced";
}

const POOLINGS: readonly Pooling[] = ["mean", "cls", "max"];

/** How long a search may begin new trials. */
export const TUNE_SECONDS = 300;

export const searchFlags = (): Option[] => [
  flag("learn", "--tune", "choose C, kind, layer, pooling by cross-validation"),
  flag("advanced", "--tune-seconds <seconds>", "--tune: begin no new trial after this time")
    .default(undefined, String(TUNE_SECONDS))
    .argParser(wholeNumber(1)),
  flag("advanced", "--tune-layers <layers>", "--tune: also try vectors of these layers, such as 2,3").argParser(
    (list) => list.split(",").map(wholeNumber(0)),
  ),
  flag("advanced", "--tune-poolings <poolings>", "--tune: also try these poolings")
    .default(undefined, "mean,cls; none with --pooling")
    .argParser((list) => list.split(",").map((name) => poolingOf(name))),
];

function poolingOf(name: string): Pooling {
  const found = POOLINGS.find((pooling) => pooling === name);
  if (found === undefined) throw new InvalidArgumentError(`Choose among ${POOLINGS.join(", ")}.`);
  return found;
}
