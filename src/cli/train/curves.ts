import type { Trial } from "../../classification/choice/chosenHead.js";
import type { TrainedHead } from "../../classification/train.js";
import type { MlpEpoch } from "../../head/mlp/mlp.js";
import { sparkline } from "../../head/file/sparkline.js";
import { renderTrainingSoFar, type TrainingSoFar } from "../../report/html/trainingReport.js";
import { commitFile } from "../../files/commit.js";
import { openEventFile } from "../../report/tensorboard/eventFile.js";
import type { Context } from "../context.js";
import { pageBeside } from "../outputPaths.js";

/** Shows losses as they go: on stderr with --verbose, for an MLP on a page, and, where it is asked for, in TensorBoard event files. */
export interface Curves {
  trial(trial: Trial): void;
  epoch(epoch: MlpEpoch): void;
  head(trained: TrainedHead): void;
  /** Puts the finished training's page where the losses were shown as they went, if they were. */
  finish(page: string): Promise<void>;
  close(): Promise<void>;
}

export interface CurvesOptions extends Pick<TrainingSoFar, "files" | "most"> {
  /** The head's folder. */
  readonly output: string;
  /** Where TensorBoard's event files go. */
  readonly tensorboard?: string | undefined;
}

export async function openCurves(context: Context, { tensorboard, ...shown }: CurvesOptions): Promise<Curves> {
  const { reporter, now } = context;
  const milliseconds = (): number => Date.parse(now());
  const file =
    tensorboard === undefined ? undefined : await openEventFile(tensorboard, { milliseconds: milliseconds() });
  if (file !== undefined) reporter.info(`losses go to ${file.path}`);
  const page = livePage(context, shown);
  const [losses, devLosses]: [number[], number[]] = [[], []];
  const put = (step: number, values: Readonly<Record<string, number | null>>): void => {
    for (const [tag, value] of Object.entries(values)) {
      if (value !== null) file?.scalar(tag, value, { step, milliseconds: milliseconds() });
    }
  };
  let trials = 0;
  return {
    trial: ({ C, devLogLoss, devMacroF1 }) =>
      put(++trials, { "trial/C": C, "trial/dev_log_loss": devLogLoss, "trial/dev_macro_f1": devMacroF1 }),
    epoch: ({ epoch, loss, devLoss, rate }) => {
      losses.push(loss);
      if (devLoss !== null) devLosses.push(devLoss);
      const dev = devLoss === null ? "" : `, held out ${devLoss.toFixed(4)} ${sparkline(devLosses)}`;
      reporter.detail(`epoch ${epoch}: loss ${loss.toFixed(4)}${dev}`);
      put(epoch, { "loss/train": loss, "loss/dev": devLoss, learning_rate: rate });
      page.show({ unit: "epoch", train: losses, dev: devLoss === null ? null : devLosses, best: bestOf(devLosses) });
    },
    head: ({ curve, dev }) => {
      if (curve.unit === "iteration") curve.train.forEach((loss, i) => put(i + 1, { "loss/train": loss }));
      put(curve.best, { "dev/macro_f1": dev.macroF1, "dev/accuracy": dev.accuracy });
    },
    finish: (finished) => page.finish(finished),
    close: async () => {
      await page.settle();
      await file?.close();
    },
  };
}

/** The epoch with the least loss, from 1. */
const bestOf = (losses: readonly number[]): number => losses.indexOf(Math.min(...losses)) + 1;

/** The page of a training that goes on: the losses so far, written again after an epoch unless a write is under way. */
function livePage({ reporter }: Context, { output, files, most }: Omit<CurvesOptions, "tensorboard">) {
  const path = pageBeside(output);
  let [begun, failed] = [false, false];
  let writing: Promise<void> | undefined;
  const write = async (content: string): Promise<void> => {
    // Losses that cannot be shown are no reason to end a training.
    await commitFile(path, (to) => to.write(content), { force: true }).catch((error: Error) => {
      failed = true;
      reporter.warn(`the losses cannot be shown as they go: ${error.message}`);
    });
  };
  const settle = async (): Promise<void> => writing;
  return {
    show(curve: TrainingSoFar["curve"]): void {
      if (writing !== undefined || failed) return;
      if (!begun) reporter.info(`losses go to ${path} as well`);
      begun = true;
      writing = write(renderTrainingSoFar({ files, most, curve })).then(() => void (writing = undefined));
    },
    settle,
    async finish(page: string): Promise<void> {
      await settle();
      if (begun && !failed) await write(page);
    },
  };
}
