import { goldSpans } from "./corpus/spans.js";
import type { Span, TaggedSentence } from "./corpus/sentence.js";

/** Where entities were lost: every true entity that was not found counts once, and every predicted one that overlaps none. */
export interface ErrorTable {
  /** A word of the entity was cut, or the tokenizer finds nothing in it. */
  readonly truncated: number;
  /** The entity begins or ends inside a word, or overlaps one as long or longer. */
  readonly tokenizerSplit: number;
  /** Right label, other words. */
  readonly boundary: number;
  /** Right words, other label. */
  readonly type: number;
  /** Neither, but a predicted entity shares words with it. */
  readonly boundaryAndType: number;
  /** No predicted entity shares a word with it. */
  readonly missed: number;
  /** Predicted entities that share no word with a true one. */
  readonly invented: number;
}

/** A true entity that cannot be predicted, or that has a word whose subwords were cut. */
export interface LostEntity {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly label: string;
  readonly start: number;
  readonly end: number;
  readonly why: "truncated" | "tokenizerSplit";
}

/** The lost entities of every sentence. */
export function lostEntities(
  sentences: readonly TaggedSentence[],
  { offsets, cut }: { readonly offsets: Int32Array; readonly cut: ReadonlySet<number> },
): LostEntity[][] {
  return sentences.map((sentence, s) => {
    const { file, line, text, words, unaligned } = sentence;
    const lost = (why: LostEntity["why"], span: Span): LostEntity => ({
      file,
      line,
      text: text.slice(span.start, span.end),
      label: span.label,
      start: span.start,
      end: span.end,
      why,
    });
    const isCut = ({ start, end }: Span): boolean =>
      words.some((word, i) => word.start >= start && word.end <= end && cut.has(offsets[s] + i));
    const whole = goldSpans(sentence).strict.filter((span) => !unaligned.includes(span));
    return [
      ...unaligned.map((span) => lost("tokenizerSplit", span)),
      ...(cut.size === 0 ? [] : whole.filter(isCut).map((span) => lost("truncated", span))),
    ];
  });
}

/** Sorts the errors; `lost` says which entities were hard to find or impossible. */
export function errorTable(
  gold: readonly (readonly Span[])[],
  found: readonly (readonly Span[])[],
  lost: readonly (readonly LostEntity[])[],
): ErrorTable {
  const table = { truncated: 0, tokenizerSplit: 0, boundary: 0, type: 0, boundaryAndType: 0, missed: 0, invented: 0 };
  gold.forEach((entities, s) => {
    for (const entity of entities) {
      const kind = errorOf(entity, found[s], lost[s]);
      if (kind !== undefined) table[kind]++;
    }
    table.invented += found[s].filter((span) => !entities.some((entity) => meet(entity, span))).length;
  });
  return table;
}

function errorOf(entity: Span, found: readonly Span[], lost: readonly LostEntity[]): keyof ErrorTable | undefined {
  const same = (a: Span): boolean => a.start === entity.start && a.end === entity.end;
  if (found.some((span) => same(span) && span.label === entity.label)) return undefined;
  const why = lost.find((own) => same(own) && own.label === entity.label)?.why;
  if (why !== undefined) return why;
  if (found.some(same)) return "type";
  const near = found.filter((span) => meet(entity, span));
  if (near.length === 0) return "missed";
  return near.some(({ label }) => label === entity.label) ? "boundary" : "boundaryAndType";
}

const meet = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;
