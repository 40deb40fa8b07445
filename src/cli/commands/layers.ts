import path from "node:path";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { labelIndices } from "../../dataset/mapLabels.js";
import { checkLabels } from "../../dataset/labelSet.js";
import type { Encoder } from "../../encoder/encoder.js";
import { HeadstartError } from "../../errors.js";
import type { Matrix } from "../../math/matrix.js";
import { saveLayersReport } from "../../report/html/transfer/saveReport.js";
import { layersText } from "../../report/text/layers.js";
import { compareLayers, lastLayer } from "../../transfer/layers/compareLayers.js";
import type { LayersRecord } from "../../transfer/layers/record.js";
import {
  embedWithProgress,
  labelMapOf,
  openEncoder,
  readLabeledCorpus,
  warnOfUnused,
  withCache,
  type AddCommand,
  type Context,
} from "../context.js";
import { openFolder, printResult, readBeside, type FolderOutput } from "../finished.js";
import { declareLayers, type LayersFlags } from "../flags/layers.js";
import { askedFor } from "../flags/asked.js";
import { flagsFor } from "../flags/options.js";
import { commandLine } from "../sameFlags.js";
import { reportReading, warnOfRest } from "../reading.js";
import { readTexts } from "../../embedding/textReading.js";
import { collectRejectedRows } from "../rejectedRows.js";

export const addLayers: AddCommand = (program, context) => {
  declareLayers(program.command("layers")).action((files: string[], given: LayersFlags) =>
    // All layers are compared: a single one, which other commands take, is none of this.
    layersCommand(context(), files, { ...given, layer: undefined }),
  );
};

async function layersCommand(context: Context, files: readonly string[], flags: LayersFlags): Promise<void> {
  if (flags.pooling === "model")
    throw new HeadstartError(
      "E_USAGE",
      "Cannot compare layers with --pooling model: the vectors that a model makes itself are of its last layer. " +
        "Choose --pooling mean or cls, or leave it out",
    );
  const { inputs, uses } = readBeside(context, flags);
  const command = { name: "layers", flags, inputs: [...files, ...(flags.target ?? []), ...inputs], uses };
  const output = flags.output === undefined ? undefined : await openFolder(context, flags.output, command);
  if (flags.output !== undefined && output === undefined) return;
  await compareCommand(context, files, { flags, output });
}

interface Job {
  readonly flags: LayersFlags;
  /** Undefined where no folder is to be written. */
  readonly output: FolderOutput | undefined;
}

async function compareCommand(context: Context, files: readonly string[], { flags, output }: Job): Promise<void> {
  const { reporter, signal, clock, now } = context;
  const map = labelMapOf(flags.map);
  const rejectedRows = collectRejectedRows(flags.output);
  const { target = [] } = flags;
  const read = (some: readonly string[]): Promise<LabeledCorpus> =>
    readLabeledCorpus(context, some, { flags: flagsFor(flags, some, [...files, ...target]), map, rejectedRows });
  const corpus = await read(files);
  const away = flags.target && (await read(flags.target));
  warnOfUnused(context, map, [corpus.seen, away?.seen ?? []]);
  // Labels are checked before the long part begins.
  const { labels } = checkLabels(corpus.labels, { map, minPerClass: 2 });
  if (away !== undefined) labelIndices(labels, away.labels, away.files.join(", "), { map });
  const encoder = await openEncoder(context, flags);
  try {
    lastLayer(encoder);
    for (const one of away === undefined ? [corpus] : [corpus, away]) {
      const reading = await readTexts(encoder, one.texts, signal);
      reportReading(context, reading, { encoder, use: "transfer", what: one.files.join(", ") });
    }
    const scoring = reporter.meter("layers scored");
    const record = await compareLayers(
      encoder,
      { corpus, target: away },
      {
        map,
        seed: flags.seed,
        classWeights: flags.classWeights,
        threads: flags.threads,
        signal,
        asked: askedFor(flags),
        vectorsOf: (layer, lists) => vectorsAfter(context, lists, { layer, encoder, flags }),
        onLayer: (done, all) => scoring.update(done, all),
        createdAt: now(),
        clock,
        report: flags.output && path.join(flags.output, "report.html"),
      },
    );
    scoring.end();
    warnOfRest(context, record.warnings, [corpus, away]);
    const next = nextCommand(record, { files, flags });
    const lines = [...layersText(record), next, ...(record.report === null ? [] : [`report: ${record.report}`])];
    const printed = { lines, json: record };
    await rejectedRows.save(reporter);
    if (output !== undefined) await saveLayersReport(flags.output!, record, output.saving(printed));
    await printResult(context, flags, printed);
  } finally {
    await encoder.close();
  }
}

/** Vectors of texts after a layer; of the last by the encoder itself, of another by one that is opened for it and closed. */
async function vectorsAfter(
  context: Context,
  lists: readonly (readonly string[])[],
  {
    layer,
    encoder,
    flags,
  }: { readonly layer: number | undefined; readonly encoder: Encoder; readonly flags: LayersFlags },
): Promise<readonly Matrix[]> {
  const { reporter } = context;
  // What was decided is said once.
  const quiet = { ...context, reporter: { ...reporter, info: () => {}, warn: () => {} } };
  const own = layer === undefined ? encoder : await openEncoder(quiet, { ...flags, layer });
  const what = layer === undefined ? "last layer" : `layer ${layer}`;
  try {
    return await withCache(context, { flags, encoder: own }, async (cache) => {
      const found: Matrix[] = [];
      for (const [side, texts] of lists.entries()) {
        const name = `${what}, ${["corpus", "target"][side]}`;
        found.push((await embedWithProgress(context, texts, { encoder: own, cache, flags, what: name })).vectors);
      }
      return found;
    });
  } finally {
    if (own !== encoder) await own.close();
  }
}

/** What to do with the layer that is advised, to be copied. */
function nextCommand(
  { advice, layers }: LayersRecord,
  { files, flags }: { readonly files: readonly string[]; readonly flags: LayersFlags },
): string {
  const isLast = advice.layer === layers[layers.length - 1].layer;
  const layer = isLast ? [] : ["--layer", String(advice.layer)];
  const { target } = flags;
  const words =
    target === undefined
      ? ["train", ...files, "-o", "head", ...layer]
      : ["transfer", "--source", ...files, "--target", ...target, "-o", "transfer", ...layer];
  const line = commandLine(words, { files: [...files, ...(target ?? [])], flags: { ...flags } });
  const verb = target === undefined ? "train" : "transfer";
  if (line !== undefined) return `next: ${line}`;
  return isLast ? `next: headstart ${verb} without --layer` : `next: headstart ${verb} with --layer ${advice.layer}`;
}
