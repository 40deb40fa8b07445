import {
  checkTextsAndLabels,
  diagnose,
  type Diagnosis,
  type Finding,
  type Problem,
} from "../../classification/labelErrors.js";
import type { LabelledCorpus } from "../../dataset/labelledCorpus.js";
import { refuseTexts } from "../../dataset/labelSet.js";
import { openRowWriter, type RowWriterOptions } from "../../vectors/rowWriter.js";
import { embedTexts, openEncoder, readRows, withCache, labelMapOf, type Context } from "../context.js";
import { gatherRejects } from "../rejectedRows.js";
import { defined, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "../flags/options.js";
import { openFiles, readBeside, type FileOutputs } from "../finished.js";
import { escapeControls, fitted } from "../../report/text/width.js";

interface CheckFlags extends GlobalFlags, CorpusFlags, EncoderFlags {
  readonly output: string;
  readonly map?: string;
}

const COLUMNS = ["rank", "problem", "label", "suggested", "score", "because", "text", "file", "line"];
const WORDS: Readonly<Record<Problem, string>> = {
  "near-miss": "with a label that looks like a slip of the pen",
  conflict: "with another label than an equal text",
  mislabelled: "that a head which has not seen them labels otherwise",
  tiny: "of classes with fewer than 5 rows",
};
const SHOWN = 5;

/** Where the findings for an output are written. */
const checkFile = (output: string): string => `${output.replace(/(?<=.)[/\\]+$/, "")}.check.csv`;

/** `train --check`: looks for wrong labels and writes them, ranked; trains nothing and changes nothing. */
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
  const { talk, clock, signal } = context;
  const rejects = gatherRejects(flags.output);
  const rows = await readRows(context, files, { flags, map: labelMapOf(flags.map), rejects });
  refuseTexts(rows.labels);
  const began = clock();
  const encoder = await openEncoder(context, flags);
  try {
    const { vectors } = await withCache(context, { flags, encoder }, (cache) =>
      embedTexts(context, rows.texts, { encoder, cache, flags, what: "texts" }),
    );
    const meter = talk.meter("folds");
    const diagnosis = await diagnose(
      { texts: rows.texts, labels: rows.labels, vectors },
      {
        ...defined({ threads: flags.threads }),
        seed: flags.seed,
        signal,
        onFold: (done, folds) => meter.update(done, folds),
      },
    );
    meter.end();
    const seconds = (clock() - began) / 1000;
    const printed = {
      json: summary({ diagnosis, rows, file, seconds }),
      lines: described({ diagnosis, rows, file }),
    };
    await rejects.save(talk);
    await writeFindings(file, { diagnosis, rows, options: output.saving(printed) });
    await output.tell(printed);
  } finally {
    await encoder.close();
  }
}

/** The short check before every training: warns of what can be told without a model, and where to learn more. */
export function warnOfLabels({ talk }: Context, rows: Pick<LabelledCorpus, "texts" | "labels">): void {
  const findings = checkTextsAndLabels(rows);
  // Near misses are among the warnings of training itself.
  for (const problem of ["conflict", "tiny"] as const) {
    const n = findings.filter((finding) => finding.problem === problem).length;
    if (n > 0)
      talk.warn(`${n} ${n === 1 ? "row" : "rows"} ${WORDS[problem]}; --check lists them and likely wrong labels`);
  }
}

interface Checked {
  readonly diagnosis: Diagnosis;
  readonly rows: LabelledCorpus;
  readonly file: string;
}

const countsOf = ({ findings }: Diagnosis): Record<Problem, number> => {
  const counts = { "near-miss": 0, conflict: 0, mislabelled: 0, tiny: 0 };
  for (const { problem } of findings) counts[problem]++;
  return counts;
};

function summary({ diagnosis, rows, file, seconds }: Checked & { readonly seconds: number }): object {
  const { heldOut } = diagnosis;
  const looked =
    heldOut === null
      ? null
      : {
          rows: heldOut.rows.length,
          labels: heldOut.names,
          folds: heldOut.folds,
          strength: heldOut.strength,
          logLoss: heldOut.logLoss,
        };
  const { rejected } = rows.counts;
  return { check: file, n: rows.texts.length, rejected, findings: countsOf(diagnosis), heldOut: looked, seconds };
}

function described({ diagnosis, rows, file }: Checked): readonly string[] {
  const counts = countsOf(diagnosis);
  const kinds = Object.entries(counts) as [Problem, number][];
  const lines = kinds.map(([problem, n]) => `${String(n).padStart(7)} rows ${WORDS[problem]}`);
  const none = diagnosis.heldOut === null ? ["        (too few rows to hold any out)"] : [];
  const worst = diagnosis.findings.filter(({ problem }) => problem === "mislabelled").slice(0, SHOWN);
  const examples = worst.map(({ row, suggested }) => {
    const text = fitted(escapeControls(rows.texts[row]), 60);
    return `  ${rows.labels[row]} -> ${suggested ?? "?"}?  ${text}`;
  });
  const found = `${diagnosis.findings.length} findings in ${rows.texts.length} rows, the surest first; nothing was changed`;
  return [...lines, ...none, ...examples, `${file}: ${found}`];
}

async function writeFindings(
  file: string,
  { diagnosis, rows, options }: { diagnosis: Diagnosis; rows: LabelledCorpus; options: RowWriterOptions },
): Promise<void> {
  const writer = await openRowWriter(file, COLUMNS, options);
  try {
    for (const [i, finding] of diagnosis.findings.entries()) await writer.write(cells(finding, i + 1, rows));
    await writer.commit();
  } finally {
    await writer.abort();
  }
}

function cells({ problem, row, suggested, score, because }: Finding, rank: number, rows: LabelledCorpus) {
  const { file, line } = rows.places[row];
  return [rank, problem, rows.labels[row], suggested, score, because, rows.texts[row], file, line];
}
