import type { Trial, TrainedHead } from "../classify/train.js";
import type { MlpEpoch } from "../head/mlp.js";
import { sparkline } from "../head/sparkline.js";
import { openEventFile } from "../store/eventFile.js";
import type { Context } from "./context.js";

/** Shows losses as they go, on stderr and, where it is asked for, in TensorBoard event files. */
export interface Curves {
  trial(trial: Trial): void;
  epoch(epoch: MlpEpoch): void;
  head(trained: TrainedHead): void;
  close(): Promise<void>;
}

export async function openCurves({ talk, now }: Context, folder: string | undefined): Promise<Curves> {
  const milliseconds = (): number => Date.parse(now());
  const file = folder === undefined ? undefined : await openEventFile(folder, { milliseconds: milliseconds() });
  if (file !== undefined) talk.say(`losses go to ${file.path}`);
  const devLosses: number[] = [];
  const put = (step: number, values: Readonly<Record<string, number | null>>): void => {
    for (const [tag, value] of Object.entries(values)) {
      if (value !== null) file?.scalar(tag, value, { step, milliseconds: milliseconds() });
    }
  };
  let trials = 0;
  return {
    trial: ({ strength, devLogLoss, devMacroF1 }) =>
      put(++trials, { "trial/strength": strength, "trial/dev_log_loss": devLogLoss, "trial/dev_macro_f1": devMacroF1 }),
    epoch: ({ epoch, loss, devLoss, rate }) => {
      if (devLoss !== null) devLosses.push(devLoss);
      const dev = devLoss === null ? "" : `, held out ${devLoss.toFixed(4)} ${sparkline(devLosses)}`;
      talk.say(`epoch ${epoch}: loss ${loss.toFixed(4)}${dev}`);
      put(epoch, { "loss/train": loss, "loss/dev": devLoss, learning_rate: rate });
    },
    head: ({ curve, dev }) => {
      if (curve.unit === "iteration") curve.train.forEach((loss, i) => put(i + 1, { "loss/train": loss }));
      put(curve.best, { "dev/macro_f1": dev.macroF1, "dev/accuracy": dev.accuracy });
    },
    close: async () => file?.close(),
  };
}
