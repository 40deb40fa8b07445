import path from "node:path";
import { Option } from "commander";
import type { LabelMap } from "../../dataset/labelMap.js";
import { checkLabels } from "../../dataset/labelSet.js";
import { saveReport } from "../../report/html/transfer/saveReport.js";
import { runTransfer } from "../../transfer/experiment/run.js";
import type { TransferRecord } from "../../transfer/experiment/record.js";
import {
  embedWithProgress,
  labelMapOf,
  openEncoder,
  readRows,
  warnOfUnused,
  withCache,
  type AddCommand,
  type Context,
} from "../context.js";
import { refuseUnused } from "../flags/flagUse.js";
import { collectRejectedRows } from "../rejectedRows.js";
import {
  defined,
  wholeNumber,
  withCommonFlags,
  type CorpusFlags,
  type EncoderFlags,
  type GlobalFlags,
} from "../flags/options.js";
import { openFolder, printResult, readBeside, type FolderOutput } from "../finished.js";
import { folderName } from "../outputPaths.js";
import { transferTaggerCommand } from "../ner/transfer.js";

interface TransferFlags extends GlobalFlags, CorpusFlags, EncoderFlags {
  readonly source: string[];
  readonly target: string[];
  readonly sourceDev?: string[] | undefined;
  readonly targetTrain?: string[] | undefined;
  readonly map?: string | undefined;
  readonly task: "classification" | "ner";
  readonly crf?: boolean | undefined;
  readonly epochs?: number | undefined;
  readonly classWeights: "none" | "balanced";
  readonly output: string;
}

const EXAMPLES = `
Examples:
  headstart transfer --source tweets.csv --target movies.csv --map "neutral=drop" -o out/tweets-to-movies
  headstart transfer --source tweets.csv --target test.csv --target-train train.csv -o out/report`;

export const addTransfer: AddCommand = (program, context) => {
  const command = program
    .command("transfer")
    .description("train on one domain, evaluate on another, and say whether it carries over")
    .requiredOption("--source <corpus...>", "labeled rows to train on")
    .requiredOption("--target <corpus...>", "labeled rows of the other domain to evaluate on")
    .option("--source-dev <corpus...>", "rows of the source's domain to evaluate on (default: a fifth of the source)")
    .option("--target-train <corpus...>", "labeled rows of the target's domain: gives the ceiling and the verdict")
    .addOption(
      new Option("--task <task>", "labels of texts, or entities in them")
        .choices(["classification", "ner"])
        .default("classification"),
    )
    .option("--crf", "ner: learn which tags follow each other")
    .addOption(new Option("--epochs <number>", "ner: times that all sentences are seen").argParser(wholeNumber(1)))
    .option("--map <map>", 'rename or drop labels on both sides, such as "neutral=drop"')
    .addOption(
      new Option("--class-weights <how>", "weights of the labels").choices(["none", "balanced"]).default("none"),
    )
    .requiredOption("-o, --output <folder>", "where report.html and record.json go", folderName);
  withCommonFlags(command, ["corpus", "labels", "encoder", "output"])
    .addHelpText("after", EXAMPLES)
    .action((flags: TransferFlags) => transferCommand(context(), flags));
};

async function transferCommand(context: Context, flags: TransferFlags): Promise<void> {
  refuseUnused("transfer", flags.task === "ner" ? "entities" : "one label", { ...flags });
  const corpora = [flags.source, flags.target, flags.sourceDev ?? [], flags.targetTrain ?? []].flat();
  const { inputs, uses } = readBeside(context, flags);
  const command = { name: "transfer", flags, inputs: [...corpora, ...inputs], uses };
  const output = await openFolder(context, flags.output, command);
  if (output === undefined) return;
  const map = labelMapOf(flags.map);
  if (flags.task === "ner") return transferTaggerCommand(context, { flags, map, output });
  await transferTexts(context, { flags, map, output });
}

async function transferTexts(
  context: Context,
  {
    flags,
    map,
    output,
  }: { readonly flags: TransferFlags; readonly map: LabelMap | undefined; readonly output: FolderOutput },
): Promise<void> {
  const { reporter, signal, clock, now } = context;
  const rejectedRows = collectRejectedRows(flags.output);
  const read = (files: readonly string[]) => readRows(context, files, { flags, map, rejectedRows });
  const corpora = {
    source: await read(flags.source),
    target: await read(flags.target),
    ...defined({
      sourceDev: flags.sourceDev && (await read(flags.sourceDev)),
      targetTrain: flags.targetTrain && (await read(flags.targetTrain)),
    }),
  };
  warnOfUnused(
    context,
    map,
    Object.values(corpora).map((corpus) => corpus.seen),
  );
  // Labels are checked before the long part begins; against each other before anything is embedded.
  checkLabels(corpora.source.labels);
  const encoder = await openEncoder(context, flags);
  try {
    const record = await withCache(context, { flags, encoder }, (cache) =>
      runTransfer(encoder, corpora, {
        ...defined({ map, threads: flags.threads }),
        seed: flags.seed,
        classWeights: flags.classWeights,
        signal,
        vectorsOf: async (texts, what) =>
          (await embedWithProgress(context, texts, { encoder, cache, flags, what })).vectors,
        createdAt: now(),
        clock,
        report: path.join(flags.output, "report.html"),
      }),
    );
    for (const warning of record.warnings) reporter.warn(warning);
    const printed = { lines: transferLines(record), json: record };
    await rejectedRows.save(reporter);
    await saveReport(flags.output, record, output.saving(printed));
    await printResult(context, flags, printed);
  } finally {
    await encoder.close();
  }
}

/** The numbers of an experiment on a few lines. */
export function transferLines({
  source,
  target,
  ceiling,
  joint,
  drop,
  leakage,
  verdict,
  report,
}: TransferRecord): readonly string[] {
  const number = (x: number): string => x.toFixed(3);
  const line = (name: string, value: string): string => `${name.padEnd(34)} ${value}`;
  const within = ([low, high]: readonly [number, number]): string => `(95 % ${number(low)} to ${number(high)})`;
  const duplicates =
    leakage.targetWithout === null
      ? []
      : [
          line(
            "target without duplicates",
            `${number(leakage.targetWithout.macroF1)} (${leakage.normalised} rows left out)`,
          ),
        ];
  return [
    line("macro-F1 in-domain", `${number(source.macroF1)} ${within(source.interval95)}, ${source.n} rows`),
    line("macro-F1 on the target", `${number(target.macroF1)} ${within(target.interval95)}, ${target.n} rows`),
    line("drop", number(drop)),
    line("majority on the target", number(target.majority.macroF1)),
    line("bag of words on the target", number(target.bagOfWords!.macroF1)),
    ...duplicates,
    ...(ceiling === null
      ? []
      : [line("ceiling: trained on the target", `${number(ceiling.macroF1)} ${within(ceiling.interval95)}`)]),
    ...(joint === null
      ? []
      : [line("trained on source and target", `${number(joint.macroF1)} ${within(joint.interval95)}`)]),
    line("verdict", `${verdict.call}: ${verdict.because}`),
    line("report", report),
  ];
}
