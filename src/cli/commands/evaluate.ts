import type { Encoder } from "../../encoder/encoder.js";
import { droppingFlag, type MapInUse } from "../../dataset/mapAdvice.js";
import { labelSpace } from "../../dataset/mapLabels.js";
import { excerpt, HeadstartError } from "../../errors.js";
import { commitTogether, openPending, type PendingFile } from "../../files/commit.js";
import { readingOf } from "../../head/file/reading.js";
import type { ClassifierEvaluation, Pipeline, PipelineEvaluation } from "../../pipeline/pipeline.js";
import { readHead, type AnyHead } from "../../pipeline/readHead.js";
import type { ReadSummary } from "../../pipeline/rows.js";
import { renderEvaluationReport } from "../../report/html/evaluationReport.js";
import { counted } from "../../text/numbers.js";
import { rowFormat } from "../../vectors/rowWriter.js";
import { labelMapOf, warnOfUnused, type AddCommand, type Context } from "../context.js";
import { evaluationLines } from "../evaluate/lines.js";
import { mistakesFile, type Mistakes } from "../evaluate/mistakes.js";
import { seenRows } from "../evaluate/seenRows.js";
import { openFiles, printResult, readBeside, type FileOutputs } from "../finished.js";
import { declareEvaluate, type EvaluateFlags } from "../flags/evaluate.js";
import { refuseUnused } from "../flags/flagUse.js";
import { corpusOptions } from "../flags/options.js";
import { selectiveGoalOf } from "../flags/selective.js";
import { openPipeline, reportEncoded } from "../openPipeline.js";
import { checkFiles } from "../outputPaths.js";
import type { Meter, Reporter } from "../progress.js";
import { collectRejectedRows, type RejectedRows } from "../rejectedRows.js";

export const addEvaluate: AddCommand = (program, context) => {
  declareEvaluate(program.command("evaluate")).action((head: string, files: string[], flags: EvaluateFlags) =>
    evaluateCommand(context(), { head, files, flags }),
  );
};

async function evaluateCommand(
  context: Context,
  {
    head: name,
    files,
    flags,
  }: { readonly head: string; readonly files: readonly string[]; readonly flags: EvaluateFlags },
): Promise<void> {
  if (flags.errors !== undefined) rowFormat(flags.errors);
  if (flags.report !== undefined) checkPage(flags.report);
  const outputs = [flags.errors, flags.report].filter((output) => output !== undefined);
  const beside = readBeside(context, flags);
  const { uses } = beside;
  const inputs = [name, ...files, ...beside.inputs];
  await checkFiles(outputs, { inputs, uses, force: true });
  const head = await readHead(name);
  refuseUnused("evaluate", head.kind, { ...flags });
  if (outputs.length === 0) return evaluateWith(context, { head, name, files, flags, output: undefined });
  const command = { name: "evaluate", flags, uses, inputs: [...inputs, head.file.encoder.name] };
  const output = await openFiles(context, outputs, command);
  if (output === undefined) return;
  try {
    await evaluateWith(context, { head, name, files, flags, output });
  } finally {
    await output.close();
  }
}

interface EvaluateJob {
  readonly head: AnyHead;
  readonly name: string;
  readonly files: readonly string[];
  readonly flags: EvaluateFlags;
  /** Undefined where no file is to be written. */
  readonly output: FileOutputs | undefined;
}

async function evaluateWith(context: Context, { head, name, files, flags, output }: EvaluateJob): Promise<void> {
  const { reporter } = context;
  const { errors, report } = flags;
  const rejectedRows = collectRejectedRows(errors);
  const pipeline = openPipeline(context, head, { name, flags });
  try {
    const { encoder } = head.file;
    const evaluation = await evaluated(context, pipeline, { files, flags, encoder, onReject: rejectedRows.add });
    const seen = seenRows(evaluation)?.remark;
    if (seen !== undefined) reporter.warn(seen);
    warnOfScores(context, { pipeline, evaluation, inUse: mapInUse(head, flags) });
    const { mistakes, ...scores } = evaluation;
    const written = { ...(errors === undefined ? {} : { errors }), ...(report === undefined ? {} : { report }) };
    const title = `${name} on ${files.join(", ")}`;
    const printed = {
      json: { ...scores, head: name, corpus: files, ...written },
      ...evaluationLines(evaluation, title),
    };
    await rejectedRows.save(reporter);
    if (output !== undefined) {
      const page = pageOf(evaluation, { head: name, corpus: files, remark: seen });
      await writeFiles(flags, { kind: pipeline.kind, mistakes, page, options: output.saving(printed) });
    }
    await (output === undefined ? printResult(context, flags, printed) : output.print(printed));
  } finally {
    await pipeline.close();
  }
}

/** Evaluates with progress, and says what was read and embedded. */
async function evaluated(
  context: Context,
  pipeline: Pipeline,
  {
    files,
    flags,
    encoder,
    onReject,
  }: {
    readonly files: readonly string[];
    readonly flags: EvaluateFlags;
    readonly encoder: Pick<Encoder, "name" | "maxTokens">;
    readonly onReject: RejectedRows["add"];
  },
): Promise<PipelineEvaluation> {
  const { reporter, stdin, signal } = context;
  const map = labelMapOf(flags.map);
  // A map may leave a classifier fewer than two labels, which it cannot work with; a tagger can work with one.
  const { labels } = pipeline.kind === "classifier" ? labelSpace(pipeline.labels, map) : pipeline;
  const name = files.join(", ");
  let meter: Meter | undefined;
  return pipeline.evaluate(files, {
    ...corpusOptions(flags),
    labelColumn: flags.labelColumn,
    offsets: flags.offsets,
    tagNames: flags.tagNames,
    map,
    stdin,
    onReject,
    seed: flags.seed,
    goal: selectiveGoalOf(flags, labels),
    signal,
    onRead: (corpus) => {
      reportRead(context, corpus);
      warnOfUnused(context, map, [corpus.seen, pipeline.labels]);
      meter = reporter.meter("embedding", corpus.used);
    },
    onProgress: ({ done }) => meter?.update(done),
    onEncoded: (counts) => {
      meter?.end();
      reportEncoded(context, counts, { what: name, encoder });
    },
  });
}

function reportRead(
  { reporter }: Context,
  { files, used, read, rejected, dropped, repaired, notices, remembered }: ReadSummary,
): void {
  const without = dropped > 0 ? `, ${dropped} dropped by the map` : "";
  reporter.info(
    repaired === undefined
      ? `${files.join(", ")}: ${counted(read, "row")} read, ${used} used, ${rejected} rejected${without}`
      : `${files.join(", ")}: ${counted(used, "sentence")}, ${rejected} rejected, ${counted(repaired, "tag")} repaired`,
  );
  if (remembered !== undefined) reporter.info(remembered);
  for (const notice of notices) reporter.warn(notice);
}

interface Scored {
  readonly pipeline: Pipeline;
  readonly evaluation: PipelineEvaluation;
  readonly inUse: MapInUse;
}

function mapInUse({ file }: AnyHead, flags: EvaluateFlags): MapInUse {
  if (flags.map !== undefined) return { map: labelMapOf(flags.map) };
  return { map: readingOf(file.reading)?.map, isRemembered: true };
}

function warnOfScores({ reporter }: Context, { pipeline, evaluation, inUse }: Scored): void {
  if (evaluation.kind === "classifier") warnOfMissing(reporter, { labels: pipeline.labels, ...inUse }, evaluation);
  if (evaluation.kind !== "tagger") return;
  for (const { file, line, text, label, why } of evaluation.lost)
    reporter.warn(`${file}:${line}: ${label} "${excerpt(text)}" ${LOST[why]}`);
}

const LOST = {
  tokenizerSplit:
    "begins or ends inside a word, or overlaps one as long or longer: no prediction can be it, and it counts as missed",
  truncated: "has a word whose subwords were cut, or that has none: it counts as missed unless it is found",
} as const;

function warnOfMissing(
  reporter: Reporter,
  { labels, ...inUse }: MapInUse & { readonly labels: readonly string[] },
  { missing }: Pick<ClassifierEvaluation, "missing">,
): void {
  if (missing.length === 0) return;
  const names = missing.map((label) => `"${excerpt(label)}"`).join(", ");
  const flag = labels.length - missing.length >= 2 ? droppingFlag(missing, labels, inUse) : undefined;
  const how = flag === undefined ? "" : `; ${flag} keeps the head from predicting it`;
  reporter.warn(`no row has the label ${names}, and every such prediction counts as a mistake${how}`);
}

function checkPage(file: string): void {
  if (file.endsWith(".html")) return;
  throw new HeadstartError("E_OUTPUT_ENDING", `Cannot write a page to ${file}. Give a name that ends in .html`, {
    file,
  });
}

const pageOf = (
  evaluation: PipelineEvaluation,
  named: { readonly head: string; readonly corpus: readonly string[]; readonly remark: string | undefined },
): string =>
  evaluation.kind === "classifier" ? renderEvaluationReport({ ...named, evaluation, reliability: evaluation }) : "";

/** Writes the list of mistakes and the page, so that either both are there or none. */
async function writeFiles(
  { errors, report }: EvaluateFlags,
  { page, ...found }: Mistakes & { readonly page: string },
): Promise<void> {
  const pending: PendingFile[] = [];
  try {
    if (errors !== undefined) pending.push(await mistakesFile(errors, found));
    if (report !== undefined) {
      const file = await openPending(report);
      pending.push(file);
      await file.write(page);
    }
  } catch (error) {
    for (const file of pending) await file.discard();
    throw error;
  }
  await commitTogether(pending, found.options);
}
