import type { Rejection } from "../../corpus/row.js";
import { excerpt, HeadstartError, type ErrorPlace } from "../../errors.js";
import { count, counted } from "../../text/numbers.js";
import { withCountedWords } from "./countedWords.js";
import { chooseUnit, spansInUnit, UNIT_NAMES, type ChosenUnit, type OffsetUnit } from "./offsets.js";
import { COUNT_OFFSETS, outsideText } from "./rowForms.js";
import type { RawSentence, RawSpans, RawTags, SentenceRemark } from "./sentence.js";
import { trimmed } from "./spans.js";
import { tagForm } from "./tagForm.js";
import { countIllegal, detectScheme, isTag, tagError, type TagScheme } from "./tagScheme.js";

/** The sentences of a file as it has them. */
export interface FileSentences {
  readonly file: string;
  readonly raw: readonly RawSentence[];
}

export interface FileSentenceOptions {
  /** What start and end of entities count. @default "auto" */
  readonly offsets?: OffsetUnit | "auto" | undefined;
  /** Names of tags that are numbers. */
  readonly tagNames?: readonly string[] | undefined;
  /** Is given each sentence with a wrong tag or span. @default it is an error */
  readonly onBadRow?: ((rejection: Rejection) => void) | undefined;
}

/** Sentences of one file with tags of one scheme, or spans in UTF-16 units. */
export interface ReadSentences {
  readonly sentences: readonly RawSentence[];
  readonly scheme: TagScheme;
  /** Tags that break the rules of the scheme. */
  readonly illegal: number;
  /** What the reader should know, as clauses. */
  readonly notices: readonly string[];
}

export const isTags = (raw: RawSentence): raw is RawTags => "words" in raw;
export const isSpans = (raw: RawSentence): raw is RawSpans => "text" in raw;

/**
 * Brings the tags of a file to one form, and its spans to UTF-16 units without white space at their edges.
 *
 * @throws HeadstartError E_TAGS, E_JSONL naming the line
 */
export function sentencesIn({ file, raw: written }: FileSentences, options: FileSentenceOptions): ReadSentences {
  const { offsets = "auto", tagNames } = options;
  const { raw, notices: wordNotices } = withCountedWords(written);
  const spanned = raw.filter(isSpans);
  const form = tagForm(
    raw.filter(isTags).flatMap(({ tags }) => tags),
    tagNames,
  );
  const chosen = offsets === "auto" ? chooseUnit(spanned) : { unit: offsets, matters: 0 };
  const trims = { count: 0 };
  const sentences = raw.flatMap((sentence): RawSentence[] => {
    const read = isTags(sentence) ? withTags(sentence, form.read) : withSpans(sentence, chosen.unit, trims);
    if (!("reason" in read)) return [read];
    const { line = sentence.line, reason, text } = read;
    if (options.onBadRow === undefined) throw read.error({ file, line });
    options.onBadRow({ file, line, reason, raw: excerpt(text) });
    return [];
  });
  const tags = sentences.filter(isTags).map((sentence) => sentence.tags);
  const scheme = detectScheme(tags);
  const illegal = tags.reduce((sum, own) => sum + countIllegal(own, scheme), 0);
  const repairs =
    illegal === 0
      ? []
      : [
          `${counted(illegal, "tag")} ${illegal === 1 ? "breaks" : "break"} the rules of ${scheme}; repaired as conlleval reads them`,
        ];
  const notices = [...wordNotices, ...form.notices, ...repairs, ...spanNotices(spanned, chosen, trims.count)];
  return { sentences, scheme, illegal, notices };
}

/** What is wrong with a sentence. */
interface Wrong {
  readonly reason: string;
  /** Of the sentence, where there is no other. */
  readonly line?: number | undefined;
  readonly text: string;
  readonly error: (place: ErrorPlace) => HeadstartError;
}

function withTags(sentence: RawTags, read: (tag: string) => string): RawTags | Wrong {
  const tags = sentence.tags.map(read);
  const wrong = tags.findIndex((tag) => !isTag(tag));
  if (wrong < 0) return { ...sentence, tags };
  const [text, tag] = [sentence.words[wrong], sentence.tags[wrong]];
  const reason = `its tag "${excerpt(tag)}" is none`;
  return { reason, text, line: sentence.lines?.[wrong], error: (place) => tagError(tag, place) };
}

function withSpans(sentence: RawSpans, unit: OffsetUnit, trims: { count: number }): RawSpans | Wrong {
  const { text } = sentence;
  const found = spansInUnit(text, sentence.spans, unit);
  const spans = found.map((span) => span && trimmed(span, text));
  const wrong = spans.findIndex((span) => span === undefined || span.start === span.end);
  if (wrong < 0) {
    trims.count += spans.filter((span, i) => span !== found[i]).length;
    return { ...sentence, spans: spans.filter((span) => span !== undefined) };
  }
  const { start, end } = sentence.spans[wrong];
  const reason =
    found[wrong] === undefined ? outsideText({ start, end }) : `an entity from ${start} to ${end} is white space`;
  return { reason, text, error: (place) => spanError(reason, place) };
}

const spanError = (reason: string, place: ErrorPlace): HeadstartError =>
  new HeadstartError(
    "E_JSONL",
    `Cannot read the row at ${place.file}:${place.line}: ${reason}. ${COUNT_OFFSETS}, or leave such rows out ` +
      `with --bad-rows skip`,
    place,
  );

const REMARKS: Readonly<Record<SentenceRemark, string>> = {
  annotations: "with several annotations; the first of them counts",
  labels: "with entities of several labels; the first of them counts",
  binary: "with a verdict on one suggested entity; the rest of the text counts as outside of entities",
};

function spanNotices(raw: readonly RawSpans[], { unit, matters }: ChosenUnit, trims: number): string[] {
  const notices: string[] = [];
  if (matters > 0 && unit !== "utf16")
    notices.push(
      `start and end of entities are read as counts of ${UNIT_NAMES[unit]}, which matters for ${count(matters)} of them; ` +
        `--offsets utf16 reads them as ${UNIT_NAMES.utf16}`,
    );
  if (trims > 0)
    notices.push(`white space at the edges of ${trims === 1 ? "1 entity" : `${count(trims)} entities`} was taken off`);
  for (const remark of Object.keys(REMARKS) as SentenceRemark[]) {
    const rows = raw.filter(({ remarks }) => remarks?.includes(remark)).length;
    if (rows > 0) notices.push(`${counted(rows, "row")} ${REMARKS[remark]}`);
  }
  return notices;
}
