import { InvalidArgumentError, type Option } from "commander";
import { MLP_DEFAULTS, type MlpSettings } from "../../head/mlp/mlp.js";
import { TAGGER_PATIENCE } from "../../tagging/train.js";
import { flag, formerName } from "./flag.js";
import { defined, wholeNumber } from "./options.js";

/** Flags of an MLP; without one its default holds. */
export interface MlpFlags extends MlpSettings {}

export function mlpFlags(): Option[] {
  const d = MLP_DEFAULTS;
  const option = (flags: string, what: string, value: string | number): Option =>
    flag("advanced", flags, `MLP: ${what}`).default(undefined, String(value));
  const decay = option("--weight-decay <number>", "weight decay", d.weightDecay).argParser(above(-Number.MIN_VALUE));
  return [
    option("--hidden <widths>", "widths of its one or two hidden layers", d.hidden.join(",")).argParser(hiddenWidths),
    option("--activation <kind>", "activation function", d.activation).choices(["relu", "gelu"]),
    option("--dropout <share>", "dropout", d.dropout).argParser(share),
    flag("learn", "--epochs <number>", "training epochs")
      .default(undefined, `MLP ${d.epochs}; ner by size`)
      .argParser(wholeNumber(1)),
    option("--batch-size <rows>", "rows per step", d.batchSize).argParser(wholeNumber(1)),
    option("--learning-rate <number>", "learning rate", d.learningRate).argParser(above(0)),
    option("--schedule <how>", "how the learning rate falls", d.schedule).choices(["constant", "linear", "cosine"]),
    decay,
    formerName(decay, "--decay <number>"),
    flag("advanced", "--patience <epochs>", "stop after so many epochs without a better dev score")
      .default(undefined, `MLP ${d.patience}; ner ${TAGGER_PATIENCE}`)
      .argParser(wholeNumber(1)),
  ];
}

export const mlpSettingsOf = (flags: MlpFlags): MlpSettings =>
  defined({
    hidden: flags.hidden,
    activation: flags.activation,
    dropout: flags.dropout,
    epochs: flags.epochs,
    batchSize: flags.batchSize,
    learningRate: flags.learningRate,
    schedule: flags.schedule,
    weightDecay: flags.weightDecay,
    patience: flags.patience,
  });

function hiddenWidths(list: string): number[] {
  const widths = list.split(",").map(wholeNumber(1));
  if (widths.length > 2) throw new InvalidArgumentError("Give one or two widths, such as 256 or 256,64.");
  return widths;
}

function share(value: string): number {
  const number = Number(value);
  if (value.trim() !== "" && number >= 0 && number < 1) return number;
  throw new InvalidArgumentError("Give a number of at least 0 and below 1.");
}

const above =
  (least: number) =>
  (value: string): number => {
    const number = Number(value);
    if (value.trim() !== "" && number > least && number < Infinity) return number;
    throw new InvalidArgumentError(least < 0 ? "Give a number of 0 or more." : `Give a number above ${least}.`);
  };
