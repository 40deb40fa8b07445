import type { LabelMap } from "../../dataset/labelMap.js";
import { excerpt } from "../../errors.js";
import { entitiesText } from "../../report/text/entities.js";
import { openRowWriter, type RowWriterOptions } from "../../vectors/rowWriter.js";
import { evaluateTagger, type TaggingEvaluated } from "../../tagging/evaluate.js";
import { goldSpans } from "../../tagging/corpus/readTagged.js";
import type { TaggedSentence } from "../../tagging/corpus/sentence.js";
import { loadTagger, surfaceHash } from "../../tagging/file/folder.js";
import { warnOfUnused, type Context } from "../context.js";
import { collectRejectedRows } from "../rejectedRows.js";
import { printResult, type FileOutputs } from "../finished.js";
import { defined } from "../flags/options.js";
import { embedSentences, openTaggerEncoder, readSentences, withWordCache, type TaggerFlags } from "./context.js";

/** `evaluate` with a head that finds entities. */
export async function evaluateTaggerCommand(
  context: Context,
  {
    head,
    files,
    flags,
    map,
    output,
  }: {
    readonly head: string;
    readonly files: readonly string[];
    readonly flags: TaggerFlags & { readonly errors?: string | undefined };
    readonly map: LabelMap | undefined;
    readonly output: FileOutputs | undefined;
  },
): Promise<void> {
  const saved = await loadTagger(head);
  const rejectedRows = collectRejectedRows(flags.errors);
  const corpus = await readSentences(context, files, { flags, map, rejectedRows });
  warnOfUnused(context, map, [corpus.seen, saved.tagger.labels]);
  const encoder = await openTaggerEncoder(context, saved.file, flags);
  try {
    const job = { encoder, flags, subwordPooling: saved.tagger.subwordPooling };
    const data = await withWordCache(context, job, (cache) => embedSentences(context, corpus, { ...job, cache }));
    const evaluated = await evaluateTagger(saved.tagger, data, {
      isSeen: (surface) => saved.surfaces.has(surfaceHash(surface)),
      ...defined({ map, threads: flags.threads }),
      seed: flags.seed,
    });
    for (const { file, line, text, label, why } of evaluated.evaluation.lost)
      context.reporter.warn(`${file}:${line}: ${label} "${excerpt(text)}" ${LOST[why]}`);
    const { rejected, repaired } = corpus;
    const more = { head, corpus: files, rejected, repaired, ...defined({ errors: flags.errors }) };
    const printed = {
      json: { ...evaluated.evaluation, ...more },
      lines: entitiesText(evaluated.evaluation, { title: `${head} on ${files.join(", ")}` }).split("\n"),
    };
    await rejectedRows.save(context.reporter);
    if (flags.errors !== undefined)
      await writeErrors(flags.errors, { ...evaluated, ...data, options: output?.saving(printed) });
    await (output === undefined ? printResult(context, flags, printed) : output.tell(printed));
  } finally {
    await encoder.close();
  }
}

const LOST = {
  tokenizerSplit: "begins or ends inside a word: it cannot be predicted and counts as missed",
  truncated: "has a word whose subwords were cut, or that has none: it counts as missed unless it is found",
} as const;

/** Every sentence with a mistake: its true entities and those found. */
async function writeErrors(
  file: string,
  {
    found,
    sentences,
    options,
  }: Pick<TaggingEvaluated, "found"> & {
    readonly sentences: readonly TaggedSentence[];
    readonly options: RowWriterOptions | undefined;
  },
): Promise<void> {
  const writer = await openRowWriter(file, ["text", "entities", "predicted", "file", "line"], options);
  try {
    for (const [s, sentence] of sentences.entries()) {
      const key = ({ start, end, label }: { start: number; end: number; label: string }) => `${start} ${end} ${label}`;
      const gold = goldSpans(sentence).strict;
      const [truth, predictions] = [new Set(gold.map(key)), new Set(found[s].map(key))];
      if (truth.size === predictions.size && [...truth].every((own) => predictions.has(own))) continue;
      const named = gold.map((span) => ({ ...span, text: sentence.text.slice(span.start, span.end) }));
      const row = [sentence.text, JSON.stringify(named), JSON.stringify(found[s])];
      await writer.write([...row, sentence.file, sentence.line]);
    }
    await writer.commit();
  } finally {
    await writer.abort();
  }
}
