import { createInterface } from "node:readline";
import { vectorsOf } from "../classify/vectors.js";
import { predictVectors } from "../classify/predict.js";
import type { Encoder } from "../encoder/encoder.js";
import { EMBED_DEFAULTS } from "../encoder/embed.js";
import type { Row } from "../corpus/row.js";
import { HeadstartError } from "../errors.js";
import type { Head } from "../head/head.js";
import { loadHead } from "../head/headFolder.js";
import { openRowWriter, rowFormat, type Cell } from "../store/row-writer.js";
import { refuseExisting } from "../store/commit.js";
import { gatherRejects, openCache, openTexts, type AddCommand, type Context } from "./context.js";
import { forecastRows } from "./forecast.js";
import { openHeadEncoder } from "./headEncoder.js";
import {
  defined,
  embedOptions,
  withCorpusFlags,
  withEncoderFlags,
  withGlobalFlags,
  type CorpusFlags,
  type EncoderFlags,
  type GlobalFlags,
} from "./options.js";

interface PredictFlags extends GlobalFlags, CorpusFlags, EncoderFlags {
  readonly input?: string[];
  readonly output?: string;
}

const EXAMPLES = `
Examples:
  headstart predict sentiment "I loved it" "What a waste of time"
  cat texts.txt | headstart predict sentiment-head
  headstart predict sentiment-head --input tweets.csv -o answers.csv`;

export const addPredict: AddCommand = (program, context) => {
  const command = program
    .command("predict")
    .description("answer for texts: arguments, lines of a pipe, or a corpus")
    .argument("<head>", "folder that train wrote, or the name of a head that ships (sentiment)")
    .argument("[texts...]", "texts to answer for")
    .option("--input <corpus...>", "answer for a corpus")
    .option("-o, --output <file>", "where the answers for a corpus go (.csv or .jsonl)");
  withEncoderFlags(withCorpusFlags(withGlobalFlags(command), { labels: false }))
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
  const { input, output } = flags;
  checkUsage(context, texts, flags);
  if (output !== undefined) {
    rowFormat(output);
    await refuseExisting(output, flags.force);
  }
  const { head, file } = await loadHead(name);
  const encoder = await openHeadEncoder(context, file, flags);
  try {
    if (input !== undefined && output !== undefined)
      return await predictCorpus(context, { input, output, head, encoder, flags });
    if (texts.length > 0) return await answer(context, texts, { head, encoder, flags });
    for await (const lines of linesOf(context.stdin)) await answer(context, lines, { head, encoder, flags });
  } finally {
    await encoder.close();
  }
}

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

interface Answering {
  readonly head: Head;
  readonly encoder: Encoder;
  readonly flags: PredictFlags;
}

async function answer(
  { print, signal }: Context,
  texts: readonly string[],
  { head, encoder, flags }: Answering,
): Promise<void> {
  const { vectors } = await vectorsOf(encoder, texts, { ...embedOptions(flags), signal });
  const answers = predictVectors(head, vectors);
  await print(answers.map((prediction, i) => `${JSON.stringify({ text: texts[i], ...prediction })}\n`).join(""));
}

/** Lines as they come: as many at a time as are waiting, so that a slow pipe is answered at once. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string[]> {
  const waiting: string[] = [];
  let ended = false;
  let wake = (): void => {};
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  lines.on("line", (line) => {
    waiting.push(line);
    if (waiting.length >= EMBED_DEFAULTS.window) lines.pause();
    wake();
  });
  lines.on("close", () => {
    ended = true;
    wake();
  });
  while (!ended || waiting.length > 0) {
    if (waiting.length > 0) yield waiting.splice(0, EMBED_DEFAULTS.window);
    else {
      lines.resume();
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
}

interface CorpusJob extends Answering {
  readonly input: readonly string[];
  readonly output: string;
}

async function predictCorpus(context: Context, { input, output, head, encoder, flags }: CorpusJob): Promise<void> {
  const { talk, signal, print } = context;
  const rejects = gatherRejects(output);
  const corpus = await openTexts(context, input, flags, rejects);
  // The answer's column has the name that the input's own label may have.
  const columns = corpus.columns.map((column) =>
    column === "label" || column === "probability" ? `input_${column}` : column,
  );
  for (const column of columns)
    if (!corpus.columns.includes(column)) talk.say(`the input's own column is called ${column} in ${output}`);
  const writer = await openRowWriter(output, [...columns, "label", "probability"], defined({ force: flags.force }));
  const total = await forecastRows(input);
  const meter = talk.meter("answering");
  try {
    const cache = await openCache(context, flags, encoder);
    let [rows, bytes] = [0, 0];
    const flush = async (window: readonly Row[]): Promise<void> => {
      const { vectors } = await vectorsOf(
        encoder,
        window.map((row) => row.text),
        { ...embedOptions(flags), ...defined({ cache }), signal },
      );
      for (const [i, { label, probabilities }] of predictVectors(head, vectors).entries()) {
        const cells: Cell[] = [...window[i].values, label, probabilities[label]];
        await writer.write(cells);
        for (const value of window[i].values) bytes += Buffer.byteLength(value ?? "") + 1;
      }
      rows += window.length;
      meter.update(rows, total?.(rows, bytes));
    };
    let window: Row[] = [];
    for await (const row of corpus.rows()) {
      window.push(row);
      if (window.length < EMBED_DEFAULTS.window / 4) continue;
      await flush(window);
      window = [];
    }
    if (window.length > 0) await flush(window);
    meter.end();
    await writer.commit();
    await cache?.close();
    await rejects.save(talk);
    const { read, rejected } = corpus.counts;
    if (flags.json) await print(`${JSON.stringify({ rows, rejected, output })}\n`);
    else await print(`${read} rows in = ${rows} out + ${rejected} rejected\n${output}\n`);
  } finally {
    await writer.abort();
    await corpus.close();
  }
}
