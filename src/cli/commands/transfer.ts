import { intervalNote } from "../../text/intervalNote.js";
import path from "node:path";
import type { LabelMap } from "../../dataset/labelMap.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { checkLabels } from "../../dataset/labelSet.js";
import { HeadstartError } from "../../errors.js";
import type { Interval } from "../../metrics/intervals/bootstrap.js";
import { byLabelsLines } from "../../report/text/byLabels.js";
import { adaptationLines } from "../../report/text/adaptation.js";
import { evaluationText } from "../../report/text/evaluation.js";
import { forecastText } from "../../report/text/forecast.js";
import { forecastNote } from "../../text/forecastNote.js";
import { HOW_MAPPED } from "../../transfer/experiment/labelMismatch.js";
import { saveHead } from "../../head/file/folder.js";
import { trainRecommended } from "../../pipeline/train/recommended.js";
import { sourceLines } from "../../report/text/sources.js";
import { saveReport } from "../../report/html/transfer/saveReport.js";
import { shellWord } from "../../text/shell.js";
import type { Suggestions } from "../../transfer/suggest/suggestions.js";
import { checkAsked } from "../../transfer/experiment/checkAdaptations.js";
import type { TrainingRows } from "../../transfer/experiment/run.js";
import type { TransferRecord } from "../../transfer/experiment/record.js";
import { runTransferOfBest } from "../../transfer/sources/runBest.js";
import {
  embedWithProgress,
  labelMapOf,
  openEncoder,
  readLabeledCorpus,
  readMaybeLabeledCorpus,
  warnOfUnused,
  withCache,
  type AddCommand,
  type Context,
} from "../context.js";
import { refuseUnused } from "../flags/flagUse.js";
import { countsOf, readTexts, type ReadingCounts } from "../../embedding/textReading.js";
import { reportReading, warnOfRest } from "../reading.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { defined, flagsFor } from "../flags/options.js";
import { askedFor } from "../flags/asked.js";
import { valuesApart } from "../valuesApart.js";
import { declareTransfer, refuseSources, type MatrixFlags, type TransferFlags } from "../flags/transfer.js";
import { openFolder, printResult, readBeside, type FolderOutput } from "../finished.js";
import { counted, percent, signed, signedRange } from "../../text/numbers.js";
import type { Divergence } from "../../transfer/divergence/divergence.js";
import { matrixCommand } from "./transferMatrix.js";
import { transferTaggerCommand } from "../ner/transfer.js";

/** In the folder of the report. */
const HEAD_FOLDER = "head";

export const addTransfer: AddCommand = (program, context) => {
  const command = declareTransfer(program.command("transfer"));
  command.action((flags: TransferFlags | MatrixFlags) => {
    refuseUnused("transfer", flags.task === "ner" ? "tagger" : "classifier", { ...flags });
    if (flags.matrix !== undefined) return matrixCommand(context(), flags);
    const sources = valuesApart(command, "--source");
    return transferCommand(context(), sources.length > 1 ? { ...flags, sources } : flags);
  });
};

async function transferCommand(context: Context, flags: TransferFlags): Promise<void> {
  refuseSources(flags);
  requireSides(flags);
  const corpora = [flags.source, flags.target, flags.sourceDev ?? [], flags.targetTrain ?? []].flat();
  const { inputs, uses } = readBeside(context, flags);
  const command = { name: "transfer", flags, inputs: [...corpora, ...inputs], uses };
  const output = await openFolder(context, flags.output, command);
  if (output === undefined) return;
  const map = labelMapOf(flags.map);
  if (flags.task === "ner") return transferTaggerCommand(context, { flags, map, output, asked: askedFor(flags) });
  await transferTexts(context, { flags, map, output });
}

/** @throws HeadstartError E_USAGE naming what is missing */
function requireSides({ source, target }: Partial<TransferFlags>): void {
  if (source !== undefined && target !== undefined) return;
  const missing = [...(source ? [] : ["--source <corpus>"]), ...(target ? [] : ["--target <corpus>"])].join(" and ");
  throw new HeadstartError(
    "E_USAGE",
    `Cannot transfer without ${missing}. Give --source and --target, or two or more files with --matrix`,
  );
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
  const { source, sourceDev = [], target, targetTrain = [] } = flags;
  checkAsked(flags.adapt ?? [], targetTrain.length > 0);
  const all = [...source, ...sourceDev, ...target, ...targetTrain];
  const how = (files: readonly string[]) => ({ flags: flagsFor(flags, files, all), map, rejectedRows });
  const read = (files: readonly string[]) => readLabeledCorpus(context, files, how(files));
  const sources: LabeledCorpus[] = [];
  for (const files of flags.sources ?? [flags.source]) sources.push(await read(files));
  const corpora = {
    source: sources[0],
    target: await readMaybeLabeledCorpus(context, flags.target, how(flags.target)),
    ...defined({
      sourceDev: flags.sourceDev && (await read(flags.sourceDev)),
      targetTrain: flags.targetTrain && (await read(flags.targetTrain)),
    }),
  };
  warnOfUnused(
    context,
    map,
    [...sources, ...Object.values(corpora)].map((corpus) => corpus.seen),
  );
  // Labels are checked before the long part begins; against each other before anything is embedded.
  for (const source of sources) checkLabels(source.labels, { map });
  const encoder = await openEncoder(context, flags);
  try {
    const counts = new Map<object, ReadingCounts>();
    for (const corpus of new Set([...sources, ...Object.values(corpora)])) {
      const reading = await readTexts(encoder, corpus.texts, signal);
      reportReading(context, reading, { encoder, use: "transfer", what: corpus.files.join(", ") });
      counts.set(corpus, countsOf(reading));
    }
    let rows: TrainingRows | undefined;
    const drawing = reporter.meter("learning curves: draws");
    const { record: found, source } = await withCache(context, { flags, encoder }, (cache) =>
      runTransferOfBest(
        encoder,
        { ...corpora, sources },
        {
          map,
          threads: flags.threads,
          seed: flags.seed,
          classWeights: flags.classWeights,
          signal,
          suggest: flags.suggest,
          adapt: flags.adapt,
          asked: askedFor(flags),
          vectorsOf: async (texts, what) =>
            (await embedWithProgress(context, texts, { encoder, cache, flags, what })).vectors,
          createdAt: now(),
          clock,
          report: path.join(flags.output, "report.html"),
          head: flags.head ? path.join(flags.output, HEAD_FOLDER) : undefined,
          onRows: (embedded) => (rows = embedded),
          onDraw: (done, draws) => {
            drawing.update(done, draws);
            if (done === draws) drawing.end();
          },
        },
      ),
    );
    const used = { ...corpora, source };
    const texts = Object.fromEntries(Object.entries(used).map(([name, corpus]) => [name, counts.get(corpus)!]));
    const record = { ...found, texts };
    warnOfRest(context, record.warnings, Object.values(used));
    const lines = transferLines(record);
    const sides = [record.source, record.target].flatMap((side, i) =>
      side === null
        ? []
        : [...evaluationText(side, { title: ["In-domain", "On the target"][i] ?? "" }).split("\n"), ""],
    );
    const printed = { lines, more: [...sides, ...lines], json: record };
    const head =
      flags.head &&
      (await trainRecommended(record, rows!, {
        corpora: used,
        encoder,
        map,
        seed: flags.seed,
        classWeights: flags.classWeights,
        threads: flags.threads,
        signal,
      }));
    await rejectedRows.save(reporter);
    await saveReport(flags.output, record, {
      ...output.saving(printed),
      writeMore: async (folder) => {
        if (head !== false) await saveHead(path.join(folder, HEAD_FOLDER), head);
      },
    });
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
  dropInterval95,
  divergence,
  forecast,
  leakage,
  verdict,
  maps,
  suggestions,
  adaptation = [],
  adaptationChoice,
  advice,
  moreAdvice,
  head,
  report,
  sources,
  sourceChoice,
  texts,
}: TransferRecord & { readonly texts: Readonly<Record<string, ReadingCounts>> }): readonly string[] {
  const number = (x: number): string => x.toFixed(3);
  const line = (name: string, value: string): string => `${name.padEnd(34)} ${value}`;
  const within = ([low, high]: readonly [number, number]): string => `(95 % ${number(low)} to ${number(high)})`;
  const duplicates =
    leakage.targetWith === null
      ? []
      : [
          line(
            "target with rows of the source",
            `${number(leakage.targetWith.macroF1)}, ${counted(leakage.targetWith.n, "row")}; that is no score on new texts`,
          ),
        ];
  return [
    ...(sources === undefined ? [] : sourceLines(sources, sourceChoice!)),
    line("macro-F1 in-domain", `${number(source.macroF1)} ${within(source.interval95)}, ${counted(source.n, "row")}`),
    ...(target === null
      ? [line("accuracy in-domain", number(source.accuracy))]
      : [
          line(
            "macro-F1 on the target",
            `${number(target.macroF1)} ${within(target.interval95)}, ${counted(target.n, "row")}`,
          ),
          line("drop", dropText(drop!, dropInterval95!)),
          line("majority class on the target", number(target.majority.macroF1)),
          line("bag of words on the target", number(target.bagOfWords!.macroF1)),
        ]),
    line("accuracy on the target, forecast", forecastText(forecast)),
    ...(target === null ? unlabeledLines(divergence, texts["target"]).map(([name, value]) => line(name, value)) : []),
    ...duplicates,
    ...(ceiling === null
      ? []
      : [line("ceiling: trained on the target", `${number(ceiling.macroF1)} ${within(ceiling.interval95)}`)]),
    ...(joint === null
      ? []
      : [line("trained on source and target", `${number(joint.macroF1)} ${within(joint.interval95)}`)]),
    line("verdict", `${verdict.call}: ${verdict.because}`),
    ...byLabelsLines(verdict, "target labels"),
    ...(maps ?? []).map(({ map, macroF1, interval95, how }) =>
      line(`with --map ${shellWord(map)}`, `${number(macroF1)} ${within(interval95)}, ${HOW_MAPPED[how]}`),
    ),
    ...adaptationLines(adaptation, adaptationChoice).map(([name, value]) => line(name, value)),
    line("advice", `${advice.strategy}: ${advice.because}`),
    ...moreAdvice.map(({ strategy, because }) => line("", `${strategy}: ${because}`)),
    intervalNote("row"),
    ...(suggestions === undefined
      ? []
      : suggestionLines(suggestions, path.join(path.dirname(report), "suggest.csv"), target !== null)),
    `The forecast is made without labels of the target, by ${forecast.method}. ${forecastNote(forecast.measuredOn)}`,
    line("report", report),
    ...(head === null ? [] : [line("head", head)]),
  ];
}

function suggestionLines({ rows, labelColumn }: Suggestions, file: string, isLabeled: boolean): readonly string[] {
  const many = counted(rows.length, "target row");
  const measured = isLabeled ? "" : ", with labeled rows drawn at random as --target";
  return [
    `${many} to label first: ${file}`,
    `  fill in its column "${labelColumn}", then give the same command with --target-train ${shellWord(file)}${measured} and another -o`,
  ];
}

/** What else can be known of a target without labels: how unlike the source it is, and what cannot be read of it. */
const unlabeledLines = (
  { proxyA, vocabularySeen, underNull }: Divergence,
  { unknownTokens, truncated }: ReadingCounts,
): readonly (readonly [name: string, value: string])[] => [
  [
    "distance (proxy A-distance)",
    underNull === null ? "too few rows to say" : `${proxyA.toFixed(2)}, from 0 (like the source) to 2`,
  ],
  ["target words not in the source", percent(1 - vocabularySeen)],
  ["target tokens the encoder lacks", `${percent(unknownTokens)}; ${counted(truncated, "text")} cut`],
];

/** The drop with its interval, and no claim where that contains zero. */
function dropText(drop: number, dropInterval95: Interval): string {
  const [low, high] = dropInterval95;
  const by = `${signed(drop)} (95 % ${signedRange(dropInterval95)})`;
  return low > 0 || high < 0 ? by : `${by}: these rows do not tell whether there is one`;
}
