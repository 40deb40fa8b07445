import { linesOf } from "../../corpus/decode/streamLines.js";
import { EMBED_DEFAULTS } from "../../encoder/embed/embed.js";
import { commitTogether, openPending, type PendingFile } from "../../files/commit.js";
import { explanationText } from "../../report/text/explanation.js";
import { jsonText } from "../../report/text/width.js";
import type { Context } from "../context.js";
import type { AnyPrediction } from "./columns.js";
import { refuseTable } from "./meantInput.js";
import type { PredictRun } from "./run.js";

/** Prints predictions for texts that are given, or else for the lines of the pipe as they come. */
export async function predictTexts(context: Context, texts: readonly string[], run: PredictRun): Promise<void> {
  const { flags, files, predict } = run;
  const all: object[] = [];
  const print = async (some: readonly string[]): Promise<void> => {
    const predictions = await predict(some);
    const printed = some.map((text, i) => printedPrediction(text, predictions[i]));
    if (files !== undefined) all.push(...printed);
    if (flags.explain === true && flags.json !== true) return context.print(explained(some, predictions));
    await context.printJsonLines(printed);
  };
  if (texts.length > 0) await print(texts);
  else {
    const { encoding, invalidUtf8 } = flags;
    const lines = linesOf(context.stdin, { most: EMBED_DEFAULTS.window, invalidUtf8, encoding });
    let isFirst = true;
    for await (const some of lines) {
      if (isFirst) refuseTable(some[0], { columns: textColumns(run), args: context.args });
      isFirst = false;
      await print(some);
    }
  }
  run.reportReading();
  await commitTogether(await pageFiles(run), files?.saving({ lines: all.map(jsonText), json: all }));
  await files?.print();
}

/** A prediction as it is printed: the object of a JSON line. */
function printedPrediction(text: string, prediction: AnyPrediction): object {
  if ("entities" in prediction) return prediction;
  const { probability: _, ...shown } = prediction;
  return { text, ...shown };
}

/** Columns that texts may be in, if what comes should be a table after all. */
const textColumns = ({ flags, reading }: PredictRun): readonly string[] =>
  flags.textColumn === undefined ? [reading?.textColumn ?? [], "text"].flat() : [flags.textColumn];

function explained(texts: readonly string[], predictions: readonly AnyPrediction[]): readonly string[] {
  const shown = texts.map((text, i) => {
    const prediction = predictions[i];
    return "explanation" in prediction && prediction.explanation !== undefined
      ? explanationText(text, { prediction, why: prediction.explanation })
      : "";
  });
  return shown.join("\n").replace(/\n$/, "").split("\n");
}

/** The page, written but not under its name yet; none where none is asked for. */
export async function pageFiles({ flags, page }: PredictRun): Promise<PendingFile[]> {
  if (flags.html === undefined || page === undefined) return [];
  const file = await openPending(flags.html);
  await file.write(page());
  return [file];
}
