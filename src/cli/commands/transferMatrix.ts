import path from "node:path";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { readTexts } from "../../embedding/textReading.js";
import { HeadstartError } from "../../errors.js";
import { saveMatrixReport } from "../../report/html/transfer/saveReport.js";
import { matrixLines, matrixTable } from "../../report/text/matrix.js";
import { domainNames } from "../../transfer/matrix/domainNames.js";
import type { MatrixRecord } from "../../transfer/matrix/record.js";
import { checkDomains, runMatrix, type DomainCorpus } from "../../transfer/matrix/run.js";
import {
  embedWithProgress,
  labelMapOf,
  openEncoder,
  readLabeledCorpus,
  warnOfUnused,
  withCache,
  type Context,
} from "../context.js";
import { openFolder, printResult, readBeside } from "../finished.js";
import { askedFor } from "../flags/asked.js";
import { flagsFor } from "../flags/options.js";
import { givenTwice, type MatrixFlags } from "../flags/transfer.js";
import { reportReading, warnOfRest } from "../reading.js";
import { collectRejectedRows } from "../rejectedRows.js";

/** `transfer --matrix`: every domain to every other. */
export async function matrixCommand(context: Context, flags: MatrixFlags): Promise<void> {
  checkFiles(flags.matrix);
  const { inputs, uses } = readBeside(context, flags);
  const command = { name: "transfer", flags, inputs: [...flags.matrix, ...inputs], uses };
  const output = await openFolder(context, flags.output, command);
  if (output === undefined) return;
  const rejectedRows = collectRejectedRows(flags.output);
  const map = labelMapOf(flags.map);
  const corpora: LabeledCorpus[] = [];
  for (const file of flags.matrix) {
    const how = { flags: flagsFor(flags, [file], flags.matrix), map, rejectedRows };
    corpora.push(await readLabeledCorpus(context, [file], how));
  }
  warnOfUnused(
    context,
    map,
    corpora.map(({ seen }) => seen),
  );
  const names = domainNames(flags.matrix);
  const domains = corpora.map((corpus, i) => ({ name: names[i], corpus }));
  for (const reason of checkDomains(domains, map)) context.reporter.warn(reason);
  const record = await compareDomains(context, flags, domains);
  warnOfRest(context, record.warnings, corpora);
  const lines = matrixLines(record);
  const printed = { lines, more: [...matrixTable(record), "", ...lines], json: record };
  await rejectedRows.save(context.reporter);
  await saveMatrixReport(flags.output, record, output.saving(printed));
  await printResult(context, flags, printed);
}

async function compareDomains(
  context: Context,
  flags: MatrixFlags,
  domains: readonly DomainCorpus[],
): Promise<MatrixRecord> {
  const { signal, clock, now } = context;
  const encoder = await openEncoder(context, flags);
  const meters = metersOf(context);
  try {
    for (const { corpus } of domains) {
      const reading = await readTexts(encoder, corpus.texts, signal);
      reportReading(context, reading, { encoder, use: "transfer", what: corpus.files.join(", ") });
    }
    return await withCache(context, { flags, encoder }, (cache) =>
      runMatrix(encoder, domains, {
        map: labelMapOf(flags.map),
        threads: flags.threads,
        seed: flags.seed,
        classWeights: flags.classWeights,
        signal,
        asked: askedFor(flags),
        vectorsOf: async (texts, what) =>
          (await embedWithProgress(context, texts, { encoder, cache, flags, what })).vectors,
        onProgress: meters,
        createdAt: now(),
        clock,
        report: path.join(flags.output, "report.html"),
      }),
    );
  } finally {
    await encoder.close();
  }
}

/** A meter for each kind of work, one at a time. */
function metersOf({ reporter }: Context): (what: string, done: number, all: number) => void {
  let now: { readonly what: string; readonly meter: ReturnType<typeof reporter.meter> } | undefined;
  return (what, done, all) => {
    if (now?.what !== what) {
      now?.meter.end();
      now = { what, meter: reporter.meter(what, all) };
    }
    now.meter.update(done);
    if (done === all) {
      now.meter.end();
      now = undefined;
    }
  };
}

/** @throws HeadstartError E_USAGE for fewer than two files, or one given twice */
function checkFiles(files: readonly string[]): void {
  if (files.length < 2) {
    throw new HeadstartError(
      "E_USAGE",
      `Cannot compare a single domain: --matrix has only ${files[0]}. Give two or more files, a domain each`,
    );
  }
  const twice = givenTwice(files);
  if (twice === undefined) return;
  throw new HeadstartError("E_USAGE", `--matrix has ${twice} twice. Give each domain once`);
}
