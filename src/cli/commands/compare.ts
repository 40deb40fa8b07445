import { commitTogether } from "../../files/commit.js";
import { compareLoaded, readPair, type HeadComparison, type HeadPair } from "../../pipeline/compare/compare.js";
import { labelsOf } from "../../pipeline/readHead.js";
import { rowFormat } from "../../vectors/rowWriter.js";
import { labelMapOf, openCache, warnOfUnused, type AddCommand, type Context } from "../context.js";
import { comparisonLines, comparisonWarnings, differencesFile } from "../evaluate/comparison.js";
import { openFiles, printResult, readBeside, type FileOutputs } from "../finished.js";
import { declareCompare, type CompareFlags } from "../flags/compare.js";
import { refuseUnused } from "../flags/flagUse.js";
import { corpusOptions, embedOptions } from "../flags/options.js";
import { openEncoderOf, refuseOtherSettings, reportEncoded } from "../openPipeline.js";
import { checkFiles } from "../outputPaths.js";
import type { Meter } from "../progress.js";
import { reportRows } from "../reading.js";
import { collectRejectedRows, type RejectedRows } from "../rejectedRows.js";

export const addCompare: AddCommand = (program, context) => {
  declareCompare(program.command("compare")).action(
    (first: string, second: string, files: string[], flags: CompareFlags) =>
      compareCommand(context(), { heads: [first, second], files, flags }),
  );
};

interface CompareJob {
  readonly heads: readonly [first: string, second: string];
  readonly files: readonly string[];
  readonly flags: CompareFlags;
}

async function compareCommand(context: Context, { heads, files, flags }: CompareJob): Promise<void> {
  const { differences } = flags;
  if (differences !== undefined) rowFormat(differences);
  const outputs = differences === undefined ? [] : [differences];
  const beside = readBeside(context, flags);
  const inputs = [...heads, ...files, ...beside.inputs];
  await checkFiles(outputs, { inputs, uses: beside.uses, force: true });
  const pair = await readPair(...heads);
  for (const { head } of pair) {
    refuseUnused("compare", head.kind, { ...flags });
    refuseOtherSettings(flags, head.file.encoder);
  }
  if (outputs.length === 0) return compareWith(context, pair, { files, flags, output: undefined });
  const encoders = pair.map(({ head }) => head.file.encoder.name);
  const command = { name: "compare", flags, uses: beside.uses, inputs: [...inputs, ...encoders] };
  const output = await openFiles(context, outputs, command);
  if (output === undefined) return;
  try {
    await compareWith(context, pair, { files, flags, output });
  } finally {
    await output.close();
  }
}

interface Comparing extends Pick<CompareJob, "files" | "flags"> {
  /** Undefined where no file is to be written. */
  readonly output: FileOutputs | undefined;
}

async function compareWith(context: Context, pair: HeadPair, { files, flags, output }: Comparing): Promise<void> {
  const { reporter } = context;
  const rejectedRows = collectRejectedRows(flags.differences);
  const found = await compared(context, pair, { files, flags, onReject: rejectedRows.add });
  for (const warning of comparisonWarnings(found)) reporter.warn(warning);
  const { differences: _, ...json } = found;
  const file = flags.differences;
  const printed = {
    json: { ...json, corpus: files, ...(file === undefined ? {} : { differences: file }) },
    ...comparisonLines(found, files),
  };
  await rejectedRows.save(reporter);
  if (output === undefined || file === undefined) return printResult(context, flags, printed);
  const options = output.saving(printed);
  await commitTogether([await differencesFile(file, found, options)], options);
  await output.print(printed);
}

/** Compares with progress, and says what was read and embedded. */
async function compared(
  context: Context,
  pair: HeadPair,
  { files, flags, onReject }: Pick<CompareJob, "files" | "flags"> & { readonly onReject: RejectedRows["add"] },
): Promise<HeadComparison> {
  const { reporter, stdin, signal } = context;
  const map = labelMapOf(flags.map);
  const { encoder } = pair[0].head.file;
  let meter: Meter | undefined;
  return compareLoaded(pair, files, {
    ...corpusOptions(flags),
    labelColumn: flags.labelColumn,
    offsets: flags.offsets,
    tagNames: flags.tagNames,
    map,
    stdin,
    onReject,
    seed: flags.seed,
    signal,
    onRead: (corpus) => {
      reportRows(context, corpus);
      warnOfUnused(context, map, [corpus.seen, ...pair.map(({ head }) => labelsOf(head))]);
      meter = reporter.meter("embedding", corpus.used);
    },
    onProgress: ({ done }) => meter?.update(done),
    onEncoded: (counts) => {
      meter?.end();
      reportEncoded(context, counts, { what: files.join(", "), encoder });
    },
    parts: {
      openEncoder: (head) => openEncoderOf(context, head, flags),
      openCache: (owner) => openCache(context, flags, owner),
      embedding: embedOptions(flags),
      threads: flags.threads,
    },
  });
}
