import type { Row } from "../../corpus/row.js";
import { EMBED_DEFAULTS } from "../../encoder/embed/embed.js";
import { inWindows } from "../../encoder/embed/windows.js";
import { HeadstartError } from "../../errors.js";
import { entitiesPage } from "../../report/html/entitiesPage.js";
import { jsonText } from "../../report/text/width.js";
import { commitTogether, openPending, type PendingFile } from "../../files/commit.js";
import { openRowWriter, rowFormat } from "../../vectors/rowWriter.js";
import { predictEntities, type TextEntities } from "../../tagging/predict.js";
import { loadTagger } from "../../tagging/file/folder.js";
import { openTexts, type Context } from "../context.js";
import { printResult, type FileOutputs } from "../finished.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { linesOf } from "../../corpus/decode/streamLines.js";
import { defined, embedOptions } from "../flags/options.js";
import { openTaggerEncoder, withWordCache, type TaggerFlags } from "./context.js";

export interface PredictTaggerFlags extends TaggerFlags {
  readonly input?: string[] | undefined;
  readonly output?: string | undefined;
  readonly html?: string | undefined;
}

/** `predict` with a head that finds entities: arguments, lines of a pipe, or a corpus. */
export async function predictTaggerCommand(
  context: Context,
  {
    head,
    texts,
    flags,
    files,
  }: {
    readonly head: string;
    readonly texts: readonly string[];
    readonly flags: PredictTaggerFlags;
    readonly files: FileOutputs | undefined;
  },
): Promise<void> {
  const { input, output, html } = flags;
  if (output !== undefined && rowFormat(output) !== "jsonl") {
    const message = `Cannot write entities to ${output}: a row may have any number of them. Name a .jsonl file`;
    throw new HeadstartError("E_OUTPUT_ENDING", message, { file: output });
  }
  const { tagger, file } = await loadTagger(head);
  const encoder = await openTaggerEncoder(context, file, flags);
  const { signal } = context;
  const shown: TextEntities[] = [];
  const show = (predictions: readonly TextEntities[]): void => void (html !== undefined && shown.push(...predictions));
  try {
    await withWordCache(context, { encoder, flags, subwordPooling: tagger.subwordPooling }, async (cache) => {
      const how = { ...embedOptions(flags), ...defined({ threads: flags.threads, cache }), encoder, signal };
      const answering = { files, answer: (some: readonly string[]) => predictEntities(tagger, some, how), show };
      const page = (): string => entitiesPage(shown, { title: `Entities by ${head}`, labels: tagger.labels });
      if (input === undefined || output === undefined)
        await predictTexts(context, texts, { ...answering, flags, html, page });
      else await predictRows(context, { ...answering, flags, html, page, input, output });
    });
    if (html !== undefined) context.reporter.say(html);
  } finally {
    await encoder.close();
  }
}

interface Answering {
  readonly flags: PredictTaggerFlags;
  readonly files: FileOutputs | undefined;
  /** Where the page goes, and what it is once all texts are predicted. */
  readonly html: string | undefined;
  readonly page: () => string;
  readonly answer: (texts: readonly string[]) => Promise<TextEntities[]>;
  readonly show: (predictions: readonly TextEntities[]) => void;
}

async function predictTexts(
  context: Context,
  texts: readonly string[],
  { flags, answer, show, html, page, files }: Answering,
): Promise<void> {
  const all: TextEntities[] = [];
  const printed = async (some: readonly string[]): Promise<void> => {
    const predictions = await answer(some);
    show(predictions);
    if (html !== undefined) all.push(...predictions);
    await context.printJsonLines(predictions);
  };
  if (texts.length > 0) await printed(texts);
  else {
    const { encoding, invalidUtf8 } = flags;
    const lines = linesOf(context.stdin, { most: EMBED_DEFAULTS.window, invalidUtf8, ...defined({ encoding }) });
    for await (const some of lines) await printed(some);
  }
  await commitTogether(await pageFile(html, page), files?.saving({ lines: all.map(jsonText), json: all }));
  await files?.tell();
}

/** The page, written but not under its name yet; none where none is asked for. */
async function pageFile(html: string | undefined, page: () => string): Promise<PendingFile[]> {
  if (html === undefined) return [];
  const file = await openPending(html);
  await file.write(page());
  return [file];
}

/** Texts that are predicted together. */
const ROWS_AT_ONCE = 512;

async function predictRows(
  context: Context,
  {
    input,
    output,
    flags,
    answer,
    show,
    html,
    page,
    files,
  }: Answering & { readonly input: readonly string[]; readonly output: string },
): Promise<void> {
  const { reporter } = context;
  const rejectedRows = collectRejectedRows(output);
  const corpus = await openTexts(context, input, flags, rejectedRows);
  const columns = corpus.columns.map((column) => (column === "entities" ? "input_entities" : column));
  const writer = await openRowWriter(output, [...columns, "entities"], { claimed: true });
  const meter = reporter.meter("predicting");
  let rows = 0;
  try {
    const flush = async (window: readonly Row[]): Promise<void> => {
      const predictions = await answer(window.map(({ text }) => text));
      show(predictions);
      for (const [i, { entities }] of predictions.entries()) {
        const { values, json } = window[i];
        await writer.write([...values, entities], json);
      }
      meter.update((rows += window.length));
    };
    for await (const window of inWindows(corpus.rows(), { most: ROWS_AT_ONCE })) await flush(window);
    meter.end();
    await rejectedRows.save(reporter);
    const { read, rejected } = corpus.counts;
    const printed = {
      json: { rows, rejected, output },
      lines: [`${read} rows in = ${rows} out + ${rejected} rejected`, output],
    };
    await commitTogether([await writer.finish(), ...(await pageFile(html, page))], files?.saving(printed));
    await (files === undefined ? printResult(context, flags, printed) : files.tell(printed));
  } finally {
    await writer.abort();
    await corpus.close();
  }
}
