import { InvalidArgumentError, Option, type Command } from "commander";
import { MLP_DEFAULTS, type MlpSettings } from "../../head/mlp/mlp.js";
import { defined, wholeNumber } from "./options.js";

/** Flags of an MLP; without one its default holds. */
export interface MlpFlags extends Omit<MlpSettings, "weightDecay"> {
  readonly decay?: number | undefined;
}

export function withMlpFlags(command: Command): Command {
  const d = MLP_DEFAULTS;
  return command
    .addOption(
      new Option("--hidden <widths>", `hidden layers of an mlp, one or two (default: ${d.hidden.join(",")})`).argParser(
        hiddenWidths,
      ),
    )
    .addOption(new Option("--activation <kind>", `of an mlp (default: ${d.activation})`).choices(["relu", "gelu"]))
    .option("--dropout <share>", `of an mlp (default: ${d.dropout})`, share)
    .option("--epochs <number>", `passes of an mlp over the rows, at most (default: ${d.epochs})`, wholeNumber(1))
    .option("--batch-size <rows>", `rows of an mlp's step (default: ${d.batchSize})`, wholeNumber(1))
    .option("--learning-rate <number>", `of an mlp (default: ${d.learningRate})`, above(0))
    .addOption(
      new Option("--schedule <how>", `how an mlp's rate falls (default: ${d.schedule})`).choices([
        "constant",
        "linear",
        "cosine",
      ]),
    )
    .option("--decay <number>", `of an mlp's weights (default: ${d.weightDecay})`, above(-Number.MIN_VALUE))
    .option(
      "--patience <epochs>",
      `epochs without a lower loss on dev before an mlp stops (default: ${d.patience})`,
      wholeNumber(1),
    );
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
    weightDecay: flags.decay,
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
