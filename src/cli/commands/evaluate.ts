import { evaluateHead, mistakesOf, type Evaluated } from "../../classification/evaluate.js";
import { labelIndices, labelSpace } from "../../dataset/mapLabels.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { measureReliability } from "../../classification/reliability.js";
import { HeadstartError } from "../../errors.js";
import { loadHead, type SavedHead, peekHead, type HeadKind } from "../../head/file/folder.js";
import { loadMultiLabel } from "../../head/file/multiLabel.js";
import { evaluationText } from "../../report/text/evaluation.js";
import { renderEvaluationReport } from "../../report/html/evaluationReport.js";
import { reliabilityText } from "../../report/text/reliability.js";
import { commitTogether, openPending, type PendingFile } from "../../files/commit.js";
import { openRowWriter, rowFormat, type RowWriterOptions } from "../../vectors/rowWriter.js";
import {
  embedWithProgress,
  labelMapOf,
  readRows,
  warnOfUnused,
  withCache,
  type AddCommand,
  type Context,
} from "../context.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { defined, withCommonFlags, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "../flags/options.js";
import { refuseUnused } from "../flags/flagUse.js";
import { checkFiles } from "../outputPaths.js";
import { evaluateMultiLabelCommand } from "../train/multiLabel.js";
import { openHeadEncoder } from "../headEncoder.js";
import { evaluateTaggerCommand } from "../ner/evaluate.js";
import { openFiles, printResult, readBeside, type FileOutputs } from "../finished.js";
import { promiseOf, selectiveGoalOf, withSelectiveFlags, type SelectiveFlags } from "../flags/selective.js";

interface EvaluateFlags extends GlobalFlags, CorpusFlags, EncoderFlags, SelectiveFlags {
  readonly map?: string | undefined;
  readonly errors?: string | undefined;
  readonly report?: string | undefined;
}

const EXAMPLES = `
Examples:
  headstart evaluate sentiment-head test.csv
  headstart evaluate sentiment reviews.csv --map "neutral=drop,4=positive,0=negative,2=drop"
  headstart evaluate head test.csv --errors mistakes.csv --json
  headstart evaluate head test.csv --max-risk 0.05 --report evaluation.html`;

export const addEvaluate: AddCommand = (program, context) => {
  const command = program
    .command("evaluate")
    .description("measure a head on a labeled corpus")
    .argument("<head>", "folder that train wrote, or the name of a head that ships (sentiment)")
    .argument("<corpus...>", "files with a text and a label column")
    .option("--map <map>", "rename or drop labels of the corpus and answers of the head")
    .option("--errors <file>", "write the mistakes, most confident first (.csv or .jsonl)")
    .option("--report <file>", "write a page with reliability diagram, risk and coverage, label sets (.html)");
  withSelectiveFlags(command);
  withCommonFlags(command, ["corpus", "labels", "encoder", "output"])
    .addHelpText("after", EXAMPLES)
    .action((head: string, files: string[], flags: EvaluateFlags) =>
      evaluateCommand(context(), { head, files, flags }),
    );
};

async function evaluateCommand(
  context: Context,
  { head, files, flags }: { readonly head: string; readonly files: readonly string[]; readonly flags: EvaluateFlags },
): Promise<void> {
  if (flags.errors !== undefined) rowFormat(flags.errors);
  if (flags.report !== undefined) checkPage(flags.report);
  const outputs = [flags.errors, flags.report].filter((output) => output !== undefined);
  const beside = readBeside(context, flags);
  const { uses } = beside;
  const inputs = [head, ...files, ...beside.inputs];
  await checkFiles(outputs, { inputs, uses, force: true });
  const { kind, encoder } = await peekHead(head);
  refuseUnused("evaluate", kind, { ...flags });
  if (outputs.length === 0) return evaluateWith(context, { head, kind, files, flags, output: undefined });
  const command = { name: "evaluate", flags, uses, inputs: [...inputs, encoder] };
  const output = await openFiles(context, outputs, command);
  if (output === undefined) return;
  try {
    await evaluateWith(context, { head, kind, files, flags, output });
  } finally {
    await output.close();
  }
}

interface EvaluateJob {
  readonly head: string;
  readonly kind: HeadKind;
  readonly files: readonly string[];
  readonly flags: EvaluateFlags;
  /** Undefined where no file is to be written. */
  readonly output: FileOutputs | undefined;
}

async function evaluateWith(context: Context, { head, kind, files, flags, output }: EvaluateJob): Promise<void> {
  const several = await loadMultiLabel(head);
  if (several !== undefined) {
    return evaluateMultiLabelCommand(context, { saved: several, files, flags });
  }
  const map = labelMapOf(flags.map);
  if (kind === "entities") return evaluateTaggerCommand(context, { head, files, flags, map, output });
  const saved = await loadHead(head);
  const rejectedRows = collectRejectedRows(flags.errors);
  const rows = await readRows(context, files, { flags, map, rejectedRows });
  warnOfUnused(context, map, [rows.seen, saved.head.labels]);
  // Labels are checked before the long part begins.
  const { labels } = labelSpace(saved.head.labels, map);
  labelIndices(labels, rows.labels, files.join(", "));
  const goal = selectiveGoalOf(flags, labels);
  promiseOf(saved, { ...defined({ map }), goal, sets: undefined });
  const encoder = await openHeadEncoder(context, saved.file, flags);
  try {
    const { vectors } = await withCache(context, { flags, encoder }, (cache) =>
      embedWithProgress(context, rows.texts, { encoder, cache, flags, what: "texts" }),
    );
    const judged = { ...saved, labelCounts: saved.file.training.labelCounts };
    const evaluated = evaluateHead(
      judged,
      { ...rows, vectors },
      { ...defined({ map }), seed: flags.seed, file: files.join(", ") },
    );
    warnOfMissing(context, saved, evaluated);
    const reliability = measureReliability(
      saved,
      { evaluated, vectors },
      { ...defined({ map, goal }), seed: flags.seed },
    );
    const { evaluation } = evaluated;
    const record = { head, corpus: files, evaluation, reliability };
    const written = defined({ errors: flags.errors, report: flags.report });
    const { rejected } = rows.counts;
    const told = { ...evaluation, ...reliability, head, corpus: files, rejected, dropped: rows.dropped, ...written };
    const title = `${head} on ${files.join(", ")}`;
    const printed = {
      json: told,
      lines: `${evaluationText(evaluation, { title })}\n\n${reliabilityText(reliability)}`.split("\n"),
    };
    await rejectedRows.save(context.reporter);
    const page = flags.report === undefined ? undefined : renderEvaluationReport(record);
    if (output !== undefined) await writeFiles(flags, { evaluated, rows, page, options: output.saving(printed) });
    await (output === undefined ? printResult(context, flags, printed) : output.tell(printed));
  } finally {
    await encoder.close();
  }
}

function checkPage(file: string): void {
  if (file.endsWith(".html")) return;
  throw new HeadstartError("E_OUTPUT_ENDING", `Cannot write a page to ${file}. Give a name that ends in .html`, {
    file,
  });
}

function warnOfMissing({ reporter }: Context, { head }: SavedHead, { evaluation }: Evaluated): void {
  if (evaluation.missing.length === 0) return;
  const names = evaluation.missing.map((label) => `"${label}"`).join(", ");
  const drops = evaluation.missing.map((label) => `${label}=drop`).join(",");
  const how =
    head.labels.length - evaluation.missing.length >= 2 ? `; --map "${drops}" keeps the head from answering so` : "";
  reporter.warn(`no row has the label ${names}, and every such answer counts as a mistake${how}`);
}

interface Written {
  readonly evaluated: Evaluated;
  readonly rows: LabeledCorpus;
  readonly page: string | undefined;
  readonly options: RowWriterOptions;
}

/** Writes the list of mistakes and the page, so that either both are there or none. */
async function writeFiles({ errors, report }: EvaluateFlags, { page, options, ...found }: Written): Promise<void> {
  const pending: PendingFile[] = [];
  try {
    if (errors !== undefined) pending.push(await mistakesFile(errors, { ...found, options }));
    if (report !== undefined) {
      const file = await openPending(report);
      pending.push(file);
      await file.write(page ?? "");
    }
  } catch (error) {
    for (const file of pending) await file.discard();
    throw error;
  }
  await commitTogether(pending, options);
}

async function mistakesFile(file: string, { evaluated, rows, options }: Omit<Written, "page">): Promise<PendingFile> {
  const columns = ["text", "label", "predicted", "probability", "file", "line"];
  const writer = await openRowWriter(file, columns, options);
  try {
    const { labels, truth, predicted, probabilities } = evaluated;
    for (const r of mistakesOf(evaluated)) {
      const probability = probabilities[r * labels.length + predicted[r]];
      const { file: from, line } = rows.places[r];
      await writer.write([rows.texts[r], labels[truth[r]], labels[predicted[r]], probability, from, line]);
    }
    return await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
