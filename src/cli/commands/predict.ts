import { vectorsOf } from "../../embedding/cachedEmbed.js";
import { predictMultiLabel } from "../../classification/multiLabel.js";
import { predictVectors } from "../../classification/predict.js";
import { EMBED_DEFAULTS } from "../../encoder/embed/embed.js";
import { HeadstartError } from "../../errors.js";
import type { HeadFile } from "../../head/file/schema.js";
import { loadHead, loadNeighborIndex, peekHead, type HeadKind } from "../../head/file/folder.js";
import { loadMultiLabel } from "../../head/file/multiLabel.js";
import type { Matrix } from "../../math/matrix.js";
import { explanationText } from "../../report/text/explanation.js";
import { rowFormat } from "../../vectors/rowWriter.js";
import { withCache, type AddCommand, type Context } from "../context.js";
import { explained, type Answering } from "../predict/explanations.js";
import { openHeadEncoder } from "../headEncoder.js";
import { refuseUnused } from "../flags/flagUse.js";
import { checkFiles, fileName } from "../outputPaths.js";
import { linesOf } from "../../corpus/decode/streamLines.js";
import {
  defined,
  embedOptions,
  withCommonFlags,
  type CorpusFlags,
  type EncoderFlags,
  type GlobalFlags,
} from "../flags/options.js";
import { openFiles, readBeside, type FileOutputs } from "../finished.js";
import { predictCorpus } from "../predict/corpus.js";
import { predictTaggerCommand } from "../ner/predict.js";
import { promiseOf, share, selectiveGoalOf, withSelectiveFlags, type SelectiveFlags } from "../flags/selective.js";

interface PredictFlags extends GlobalFlags, CorpusFlags, EncoderFlags, SelectiveFlags {
  readonly sets?: number | undefined;
  readonly explain?: boolean | undefined;
  readonly input?: string[] | undefined;
  readonly output?: string | undefined;
  readonly html?: string | undefined;
}

const EXAMPLES = `
Examples:
  headstart predict sentiment "I loved it" "What a waste of time"
  cat texts.txt | headstart predict sentiment-head
  headstart predict sentiment-head --input tweets.csv -o answers.csv
  headstart predict sentiment-head --explain "not bad at all"
  headstart predict sentiment-head --min-precision 0.95 --sets 0.9 "it was fine"`;

export const addPredict: AddCommand = (program, context) => {
  const command = program
    .command("predict")
    .description("answer for texts: arguments, lines of a pipe, or a corpus")
    .argument("<head>", "folder that train wrote, or the name of a head that ships (sentiment)")
    .argument("[texts...]", "texts to answer for")
    .option("--input <corpus...>", "answer for a corpus")
    .option("-o, --output <file>", "where the answers for a corpus go (.csv or .jsonl)", fileName)
    .option("--html <file>", "heads that find entities: a page with the texts and their entities marked");
  withSelectiveFlags(command)
    .option("--sets <share>", "add a set of labels that holds the true one so often, such as 0.9", share)
    .option(
      "--explain",
      "say what each answer rests on: words, and with a head of train --explainable the nearest training texts",
    );
  withCommonFlags(command, ["corpus", "encoder", "output"])
    .addHelpText("after", EXAMPLES)
    .action((head: string, texts: string[], flags: PredictFlags) => predictCommand(context(), { head, texts, flags }));
};

async function predictCommand(
  context: Context,
  {
    head: name,
    texts,
    flags,
  }: { readonly head: string; readonly texts: readonly string[]; readonly flags: PredictFlags },
): Promise<void> {
  const { input, output, html } = flags;
  checkUsage(context, texts, flags);
  if (output !== undefined) rowFormat(output);
  const outputs = [output, html].filter((file) => file !== undefined);
  const read = input ?? (texts.length > 0 ? [] : ["-"]);
  const beside = readBeside(context, flags);
  const { uses } = beside;
  const inputs = [name, ...read, ...beside.inputs];
  await checkFiles(outputs, { inputs, uses, force: true });
  const { kind, encoder } = await peekHead(name);
  refuseUnused("predict", kind, { ...flags });
  if (outputs.length === 0) return predictWith(context, { head: name, kind, texts, flags, files: undefined });
  const command = { name: "predict", flags, uses, inputs: [...inputs, encoder], texts };
  const files = await openFiles(context, outputs, command);
  if (files === undefined) return;
  try {
    await predictWith(context, { head: name, kind, texts, flags, files });
  } finally {
    await files.close();
  }
}

interface PredictJob {
  readonly head: string;
  readonly kind: HeadKind;
  readonly texts: readonly string[];
  readonly flags: PredictFlags;
  /** Undefined where no file is to be written. */
  readonly files: FileOutputs | undefined;
}

async function predictWith(context: Context, { head: name, kind, texts, flags, files }: PredictJob): Promise<void> {
  const { input, output } = flags;
  if (kind === "entities") return predictTaggerCommand(context, { head: name, texts, flags, files });
  const { file, ...how } = await howToAnswer(context, name, flags);
  const encoder = await openHeadEncoder(context, file, flags);
  try {
    await withCache(context, { flags, encoder }, async (cache) => {
      const answering = { ...how, encoder, cache, flags };
      if (input !== undefined && output !== undefined && files !== undefined)
        return predictCorpus(context, { ...answering, input, output, files });
      if (texts.length > 0) return answer(context, texts, answering);
      const { encoding, invalidUtf8 } = flags;
      const lines = linesOf(context.stdin, { most: EMBED_DEFAULTS.window, invalidUtf8, ...defined({ encoding }) });
      for await (const some of lines) await answer(context, some, answering);
    });
  } finally {
    await encoder.close();
  }
}

interface How extends Pick<Answering, "predictions" | "extra" | "explaining"> {
  readonly file: Pick<HeadFile, "encoder">;
}

/** Loads a head of either kind and makes ready what the flags ask of its answers. */
async function howToAnswer({ reporter }: Context, name: string, flags: PredictFlags): Promise<How> {
  const several = await loadMultiLabel(name);
  if (several !== undefined) {
    const { head, file } = several;
    const predictions = (vectors: Matrix) => predictMultiLabel(head, vectors, file.separator);
    return { file, predictions, extra: "labels", explaining: undefined };
  }
  const saved = await loadHead(name);
  const { head, file } = saved;
  const neighbors = flags.explain === true ? await loadNeighborIndex(saved) : undefined;
  // Where people read the explanations, these say it themselves.
  const forPrograms = flags.json === true || flags.input !== undefined;
  if (flags.explain === true && neighbors === undefined && forPrograms) reporter.warn(noNeighbors(name));
  const options = promiseOf(saved, { goal: selectiveGoalOf(flags, head.labels), sets: flags.sets });
  return {
    file,
    predictions: (vectors) => predictVectors(head, vectors, options),
    extra: flags.sets === undefined ? undefined : "set",
    explaining: flags.explain === true ? { head, neighbors } : undefined,
  };
}

const noNeighbors = (head: string): string =>
  `${head} keeps no training texts, so explanations have no nearest texts and no distance; train --explainable keeps them`;

function checkUsage({ stdin }: Context, texts: readonly string[], { input, output }: PredictFlags): void {
  if ((input === undefined) !== (output === undefined)) {
    throw new HeadstartError("E_USAGE", "--input and --output go together: --input tweets.csv -o answers.csv");
  }
  if (input !== undefined && texts.length > 0) throw new HeadstartError("E_USAGE", "Give texts or --input, not both");
  if (input === undefined && texts.length === 0 && stdin.isTTY) {
    throw new HeadstartError(
      "E_USAGE",
      'Give texts, a pipe of lines, or --input: headstart predict sentiment "I loved it"',
    );
  }
}

async function answer(context: Context, texts: readonly string[], answering: Answering): Promise<void> {
  const { print, printJsonLines, signal } = context;
  const { encoder, cache, flags, explaining } = answering;
  const { vectors } = await vectorsOf(encoder, texts, { ...embedOptions(flags), ...defined({ cache }), signal });
  const why = await explained(context, texts, { answering, vectors });
  const predictions = answering.predictions(vectors);
  if (explaining !== undefined && flags.json !== true) {
    const shown = texts.map((text, i) => explanationText(text, { prediction: predictions[i], why: why[i]! }));
    return print(shown.join("\n").replace(/\n$/, "").split("\n"));
  }
  const object = (text: string, i: number): object => {
    const { probability: _, ...answered } = predictions[i];
    return { text, ...answered, ...defined({ explanation: why[i] }) };
  };
  await printJsonLines(texts.map(object));
}
