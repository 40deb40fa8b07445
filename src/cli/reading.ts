import {
  addReadings,
  countsOf,
  NOTHING_READ,
  readTexts,
  type ReadingCounts,
  type TextReading,
} from "../embedding/textReading.js";
import type { Encoder } from "../encoder/encoder.js";
import { readingText, readingWarnings, type ReadingUse } from "../report/text/readingRemarks.js";
import type { ReadSummary } from "../pipeline/rows.js";
import { count, counted } from "../text/numbers.js";
import { corpusNotices } from "../transfer/experiment/corpusSummary.js";
import type { Context } from "./context.js";

/** Says how an encoder reads texts, as far as people want to know it, and warns of what they should change. */
export function reportReading(
  { reporter }: Pick<Context, "reporter">,
  reading: TextReading,
  {
    encoder,
    use,
    what,
  }: {
    readonly encoder: Pick<Encoder, "name" | "maxTokens">;
    readonly use: ReadingUse;
    readonly what?: string | undefined;
  },
): void {
  const text = readingText(reading, encoder.maxTokens);
  const name = what === undefined ? "" : `${what}: `;
  // Of a prediction the results say it, row by row.
  if (text !== undefined && use !== "predict") reporter.info(`${name}of ${count(reading.texts)} texts ${text}`);
  for (const warning of readingWarnings(reading, { encoder: encoder.name, use })) reporter.warn(`${name}${warning}`);
}

/** Reads the texts that a head is trained on and measured with, says what there is to say, and gives the counts. */
export async function readTraining(
  context: Context,
  encoder: Encoder,
  corpora: readonly { readonly texts: readonly string[] }[],
): Promise<ReadingCounts> {
  let all = NOTHING_READ;
  for (const { texts } of corpora) all = addReadings(all, await readTexts(encoder, texts, context.signal));
  reportReading(context, all, { encoder, use: "train" });
  return countsOf(all);
}

/** Says what was read to be evaluated. */
export function reportRows(
  { reporter }: Pick<Context, "reporter">,
  { files, used, read, rejected, dropped, repaired, notices, remembered }: ReadSummary,
): void {
  const without = dropped > 0 ? `, ${dropped} dropped by the map` : "";
  reporter.info(
    repaired === undefined
      ? `${files.join(", ")}: ${counted(read, "row")} read, ${count(used)} used, ${count(rejected)} rejected${without}`
      : `${files.join(", ")}: ${counted(used, "sentence")}, ${rejected} rejected, ${counted(repaired, "tag")} repaired`,
  );
  if (remembered !== undefined) reporter.info(remembered);
  for (const notice of notices) reporter.warn(notice);
}

/** The warnings of a record, but for those that were given when its corpora were read. */
export function warnOfRest(
  { reporter }: Pick<Context, "reporter">,
  warnings: readonly string[],
  corpora: Parameters<typeof corpusNotices>[0],
): void {
  const given = new Set(corpusNotices(corpora));
  for (const warning of warnings) if (!given.has(warning)) reporter.warn(warning);
}
