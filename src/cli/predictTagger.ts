import type { Row } from "../corpus/row.js";
import { EMBED_DEFAULTS } from "../encoder/embed.js";
import { inWindows } from "../encoder/inWindows.js";
import { HeadstartError } from "../errors.js";
import { entitiesPage } from "../report/entitiesPage.js";
import { commitFile } from "../store/commit.js";
import { openRowWriter, rowFormat } from "../store/rowWriter.js";
import { predictEntities, type TextEntities } from "../tagging/predictEntities.js";
import { loadTagger } from "../tagging/taggerFolder.js";
import { openTexts, type Context } from "./context.js";
import { gatherRejects } from "./rejects.js";
import { linesOf } from "./lines.js";
import { defined, embedOptions } from "./options.js";
import { openTaggerEncoder, withWordCache, type TaggerFlags } from "./taggerContext.js";

export interface PredictTaggerFlags extends TaggerFlags {
  readonly input?: string[];
  readonly output?: string;
  readonly html?: string;
}

/** `predict` with a head that finds entities: arguments, lines of a pipe, or a corpus. */
export async function predictTaggerCommand(
  context: Context,
  {
    head,
    texts,
    flags,
  }: { readonly head: string; readonly texts: readonly string[]; readonly flags: PredictTaggerFlags },
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
  const show = (answers: readonly TextEntities[]): void => void (html !== undefined && shown.push(...answers));
  try {
    await withWordCache(context, { encoder, flags, subWords: tagger.subWords }, async (cache) => {
      const how = { ...embedOptions(flags), ...defined({ threads: flags.threads, cache }), encoder, signal };
      const answering = { flags, answer: (some: readonly string[]) => predictEntities(tagger, some, how), show };
      if (input === undefined || output === undefined) await predictTexts(context, texts, answering);
      else await predictRows(context, { ...answering, input, output });
    });
    if (html !== undefined) {
      const page = entitiesPage(shown, { title: `Entities by ${head}`, labels: tagger.labels });
      await commitFile(html, (to) => to.write(new TextEncoder().encode(page)), defined({ force: flags.force }));
      context.talk.say(html);
    }
  } finally {
    await encoder.close();
  }
}

interface Answering {
  readonly flags: PredictTaggerFlags;
  readonly answer: (texts: readonly string[]) => Promise<TextEntities[]>;
  readonly show: (answers: readonly TextEntities[]) => void;
}

async function predictTexts(
  context: Context,
  texts: readonly string[],
  { flags, answer, show }: Answering,
): Promise<void> {
  const printed = async (some: readonly string[]): Promise<void> => {
    const answers = await answer(some);
    show(answers);
    await context.printJsonLines(answers);
  };
  if (texts.length > 0) return printed(texts);
  const { encoding, invalidUtf8 } = flags;
  const lines = linesOf(context.stdin, { most: EMBED_DEFAULTS.window, invalidUtf8, ...defined({ encoding }) });
  for await (const some of lines) await printed(some);
}

/** Texts that are answered together. */
const ROWS_AT_ONCE = 512;

async function predictRows(
  context: Context,
  { input, output, flags, answer, show }: Answering & { readonly input: readonly string[]; readonly output: string },
): Promise<void> {
  const { talk, print, printJson } = context;
  const rejects = gatherRejects(output);
  const corpus = await openTexts(context, input, flags, rejects);
  const columns = corpus.columns.map((column) => (column === "entities" ? "input_entities" : column));
  const writer = await openRowWriter(output, [...columns, "entities"], defined({ force: flags.force }));
  const meter = talk.meter("answering");
  let rows = 0;
  try {
    const flush = async (window: readonly Row[]): Promise<void> => {
      const answers = await answer(window.map(({ text }) => text));
      show(answers);
      for (const [i, { entities }] of answers.entries()) {
        const { values, json } = window[i];
        await writer.write([...values, entities], json);
      }
      meter.update((rows += window.length));
    };
    for await (const window of inWindows(corpus.rows(), { most: ROWS_AT_ONCE })) await flush(window);
    await writer.commit();
    meter.end();
    await rejects.save(talk);
    const { read, rejected } = corpus.counts;
    if (flags.json) await printJson({ rows, rejected, output });
    else await print([`${read} rows in = ${rows} out + ${rejected} rejected`, output]);
  } finally {
    await writer.abort();
    await corpus.close();
  }
}
