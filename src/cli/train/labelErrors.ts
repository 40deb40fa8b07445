import {
  checkTextsAndLabels,
  findLabelErrors,
  type LabelErrors,
  type LabelError,
  type LabelProblem,
} from "../../classification/labelErrors.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { refuseTexts } from "../../dataset/labelSet.js";
import { openRowWriter, type RowWriterOptions } from "../../vectors/rowWriter.js";
import { embedWithProgress, openEncoder, readLabeledCorpus, withCache, labelMapOf, type Context } from "../context.js";
import { collectRejectedRows } from "../rejectedRows.js";
import type { CorpusFlags, EncoderFlags, GlobalFlags } from "../flags/options.js";
import { openFiles, readBeside, type FileOutputs } from "../finished.js";
import { escapeControls } from "../../text/escape.js";
import { counted } from "../../text/numbers.js";
import { fitted } from "../../report/text/width.js";

interface CheckFlags extends GlobalFlags, CorpusFlags, EncoderFlags {
  readonly output: string;
  readonly map?: string | undefined;
}

const COLUMNS = ["rank", "problem", "label", "suggested", "score", "because", "text", "file", "line"];
const WORDS: Readonly<Record<LabelProblem, string>> = {
  "near-miss": "with a label that looks like a slip of the pen",
  conflict: "with another label than an equal text",
  mislabeled: "that a head which has not seen them labels otherwise",
  tiny: "of classes with fewer than 5 rows",
};
const SHOWN = 5;

/** Where the findings for an output are written. */
const checkFile = (output: string): string => `${output.replace(/(?<=.)[/\\]+$/, "")}.check.csv`;

/** `train --label-errors`: looks for wrong labels and writes them, ranked; trains nothing and changes nothing. */
export async function checkCommand(context: Context, files: readonly string[], flags: CheckFlags): Promise<void> {
  const file = checkFile(flags.output);
  const { inputs } = readBeside(context, flags);
  const output = await openFiles(context, [file], { name: "train", flags, inputs: [...files, ...inputs] });
  if (output === undefined) return;
  try {
    await checkLabelsOf(context, files, { flags, file, output });
  } finally {
    await output.close();
  }
}

async function checkLabelsOf(
  context: Context,
  files: readonly string[],
  { flags, file, output }: { readonly flags: CheckFlags; readonly file: string; readonly output: FileOutputs },
): Promise<void> {
  const { reporter, clock, signal } = context;
  const rejectedRows = collectRejectedRows(flags.output);
  const rows = await readLabeledCorpus(context, files, { flags, map: labelMapOf(flags.map), rejectedRows });
  refuseTexts(rows.labels);
  const began = clock();
  const encoder = await openEncoder(context, flags);
  try {
    const { vectors } = await withCache(context, { flags, encoder }, (cache) =>
      embedWithProgress(context, rows.texts, { encoder, cache, flags, what: "texts" }),
    );
    const meter = reporter.meter("folds");
    const labelErrors = await findLabelErrors(
      { texts: rows.texts, labels: rows.labels, vectors },
      {
        threads: flags.threads,
        seed: flags.seed,
        signal,
        onFold: (done, folds) => meter.update(done, folds),
      },
    );
    meter.end();
    const seconds = (clock() - began) / 1000;
    const printed = {
      json: summary({ labelErrors, rows, file, seconds }),
      lines: described({ labelErrors, rows, file }),
    };
    await rejectedRows.save(reporter);
    await writeFindings(file, { labelErrors, rows, options: output.saving(printed) });
    await output.print(printed);
  } finally {
    await encoder.close();
  }
}

/** The short check before every training: warns of what can be found without a model, and says where to learn more. */
export function warnOfLabels({ reporter }: Context, rows: Pick<LabeledCorpus, "texts" | "labels">): void {
  const findings = checkTextsAndLabels(rows);
  // Near misses are among the warnings of training itself.
  for (const problem of ["conflict", "tiny"] as const) {
    const n = findings.filter((finding) => finding.problem === problem).length;
    if (n > 0)
      reporter.warn(`${counted(n, "row")} ${WORDS[problem]}; --label-errors lists them and likely label errors`);
  }
}

interface Checked {
  readonly labelErrors: LabelErrors;
  readonly rows: LabeledCorpus;
  readonly file: string;
}

const countsOf = ({ findings }: LabelErrors): Record<LabelProblem, number> => {
  const counts = { "near-miss": 0, conflict: 0, mislabeled: 0, tiny: 0 };
  for (const { problem } of findings) counts[problem]++;
  return counts;
};

function summary({ labelErrors, rows, file, seconds }: Checked & { readonly seconds: number }): object {
  const { crossValidation } = labelErrors;
  const crossValidated =
    crossValidation === null
      ? null
      : {
          rows: crossValidation.rows.length,
          labels: crossValidation.names,
          folds: crossValidation.folds,
          C: crossValidation.C,
          logLoss: crossValidation.logLoss,
        };
  const { rejected } = rows.counts;
  return {
    check: file,
    n: rows.texts.length,
    rejected,
    findings: countsOf(labelErrors),
    crossValidation: crossValidated,
    seconds,
  };
}

function described({ labelErrors, rows, file }: Checked): readonly string[] {
  const counts = countsOf(labelErrors);
  const kinds = Object.entries(counts) as [LabelProblem, number][];
  const lines = kinds.map(([problem, n]) => `${String(n).padStart(7)} ${n === 1 ? "row" : "rows"} ${WORDS[problem]}`);
  const none = labelErrors.crossValidation === null ? ["        (too few rows to hold any out)"] : [];
  const worst = labelErrors.findings.filter(({ problem }) => problem === "mislabeled").slice(0, SHOWN);
  const examples = worst.map(({ row, suggested }) => {
    const text = fitted(escapeControls(rows.texts[row]), 60);
    return `  ${rows.labels[row]} -> ${suggested ?? "?"}?  ${text}`;
  });
  const found = `${counted(labelErrors.findings.length, "finding")} in ${counted(rows.texts.length, "row")}, the most certain first; nothing was changed`;
  return [...lines, ...none, ...examples, `${file}: ${found}`];
}

async function writeFindings(
  file: string,
  { labelErrors, rows, options }: { labelErrors: LabelErrors; rows: LabeledCorpus; options: RowWriterOptions },
): Promise<void> {
  const writer = await openRowWriter(file, COLUMNS, options);
  try {
    for (const [i, finding] of labelErrors.findings.entries()) await writer.write(cells(finding, i + 1, rows));
    await writer.commit();
  } finally {
    await writer.abort();
  }
}

function cells({ problem, row, suggested, score, because }: LabelError, rank: number, rows: LabeledCorpus) {
  const { file, line } = rows.places[row];
  return [rank, problem, rows.labels[row], suggested, score, because, rows.texts[row], file, line];
}
