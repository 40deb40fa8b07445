import { costRows } from "../../classification/decision/choice.js";
import type { FittedRule } from "../../classification/decision/fitRule.js";
import { HeadstartError } from "../../errors.js";
import { readingOf } from "../../head/file/reading.js";
import { readHead, type AnyHead } from "../../pipeline/readHead.js";
import { entitiesPage } from "../../report/html/entitiesPage.js";
import { refusalText } from "../../classification/decision/claimWords.js";
import { costLines } from "../../report/text/choice.js";
import type { TextEntities } from "../../tagging/predict.js";
import type { AddCommand, Context } from "../context.js";
import { openFiles, readBeside, type FileOutputs } from "../finished.js";
import { refuseUnused } from "../flags/flagUse.js";
import { declarePredict, type PredictFlags } from "../flags/predict.js";
import { openPipeline } from "../openPipeline.js";
import { addReadings, countsOf, NOTHING_READ } from "../../embedding/textReading.js";
import { reportReading } from "../reading.js";
import { checkFiles } from "../outputPaths.js";
import { predictCorpus } from "../predict/corpus.js";
import { refuseFileNames } from "../predict/meantInput.js";
import { checkOutput, fileOf } from "../predict/output.js";
import { predictor, type PredictRun } from "../predict/run.js";
import { predictTexts } from "../predict/texts.js";

export const addPredict: AddCommand = (program, context) => {
  declarePredict(program.command("predict")).action((head: string, texts: string[], flags: PredictFlags) =>
    predictCommand(context(), { head, texts, flags }),
  );
};

async function predictCommand(
  context: Context,
  {
    head: name,
    texts,
    flags,
  }: { readonly head: string; readonly texts: readonly string[]; readonly flags: PredictFlags },
): Promise<void> {
  const { input, html } = flags;
  if (input === undefined) await refuseFileNames(texts, { args: context.args, head: name });
  checkUsage(context, texts, flags);
  const outputs = [fileOf(flags), html].filter((file) => file !== undefined);
  const read = input ?? (texts.length > 0 ? [] : ["-"]);
  const beside = readBeside(context, flags);
  const { uses } = beside;
  const inputs = [name, ...read, ...beside.inputs];
  await checkFiles(outputs, { inputs, uses, force: true });
  const head = await readHead(name);
  refuseUnused("predict", head.kind, { ...flags });
  if (outputs.length === 0) return predictWith(context, { head, name, texts, flags, files: undefined });
  const command = { name: "predict", flags, uses, inputs: [...inputs, head.file.encoder.name], texts };
  const files = await openFiles(context, outputs, command);
  if (files === undefined) return;
  try {
    await predictWith(context, { head, name, texts, flags, files });
  } finally {
    await files.close();
  }
}

interface PredictJob {
  readonly head: AnyHead;
  readonly name: string;
  readonly texts: readonly string[];
  readonly flags: PredictFlags;
  /** Undefined where no file is to be written. */
  readonly files: FileOutputs | undefined;
}

async function predictWith(context: Context, { head, name, texts, flags, files }: PredictJob): Promise<void> {
  const { input, html } = flags;
  warnOfNoNeighbors(context, { head, name, flags });
  const pipeline = openPipeline(context, head, { name, flags });
  const shown: TextEntities[] = [];
  let reading = NOTHING_READ;
  const predicted = predictor(pipeline, flags, {
    signal: context.signal,
    onEncoded: (counts) => (reading = addReadings(reading, counts.reading)),
    onRule: (rule, labels) => reportRule(context, rule, labels),
  });
  const run: PredictRun = {
    kind: pipeline.kind,
    labels: pipeline.labels,
    flags,
    reading: readingOf(head.file.reading),
    files,
    reportReading() {
      reportReading(context, reading, { encoder: head.file.encoder, use: "predict" });
      return countsOf(reading);
    },
    async predict(some) {
      const predictions = await predicted(some);
      if (html !== undefined) for (const own of predictions) if ("entities" in own) shown.push(own);
      return predictions;
    },
    page:
      html === undefined
        ? undefined
        : () => entitiesPage(shown, { title: `Entities by ${name}`, labels: pipeline.labels }),
  };
  try {
    if (input !== undefined) await predictCorpus(context, { ...run, input });
    else await predictTexts(context, texts, run);
    if (html !== undefined) context.reporter.info(html);
  } finally {
    await pipeline.close();
  }
}

/** Says what a rule costs, and warns of what it cannot claim. */
function reportRule({ reporter }: Context, { claims, costs }: FittedRule, labels: readonly string[]): void {
  if (costs !== undefined) {
    for (const line of costLines({ labels, matrix: costRows(costs, labels.length) })) reporter.info(line);
  }
  for (const claim of claims) if (!claim.isGranted) reporter.warn(refusalText(claim));
}

/** Where people read the explanations, these say it themselves. */
function warnOfNoNeighbors(
  { reporter }: Context,
  { head, name, flags }: { readonly head: AnyHead; readonly name: string; readonly flags: PredictFlags },
): void {
  const forPrograms = flags.json === true || flags.input !== undefined;
  if (flags.explain !== true || !forPrograms || head.kind !== "classifier" || head.file.neighbors !== undefined) return;
  reporter.warn(
    `${name} keeps no training texts, so explanations have no nearest texts and no distance; train --explainable keeps them`,
  );
}

function checkUsage({ stdin }: Context, texts: readonly string[], flags: PredictFlags): void {
  const { input } = flags;
  checkOutput(flags);
  if (input !== undefined && texts.length > 0) throw new HeadstartError("E_USAGE", "Give texts or --input, not both");
  if (input === undefined && texts.length === 0 && stdin.isTTY) {
    throw new HeadstartError(
      "E_USAGE",
      'Give texts, a pipe of lines, or --input: headstart predict sentiment "I loved it"',
    );
  }
}
