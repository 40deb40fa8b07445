import { duplicateGroups } from "../../dataset/duplicates.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { applyLabelMap } from "../../dataset/labelMap.js";
import { bridge } from "../../dataset/mapAdvice.js";
import { quotedLabels } from "../../dataset/mapLabels.js";
import { rememberedReading } from "../../dataset/reading.js";
import { readTexts } from "../../embedding/textReading.js";
import { HeadstartError } from "../../errors.js";
import { readingOf } from "../../head/file/reading.js";
import { agreementOf, compareEntities, type Agreement, type EntityComparison } from "../../metrics/comparison.js";
import { verdictText } from "../../report/text/comparison.js";
import { entityLabels, type Span, type TaggedCorpus } from "../../tagging/corpus/sentence.js";
import { goldSpans } from "../../tagging/corpus/spans.js";
import { EARLIER_RULE } from "../../tagging/corpus/splitWords.js";
import { evaluateTagger, type FoundEntity, type TaggingEvaluated } from "../../tagging/evaluate.js";
import type { SavedTagger } from "../../tagging/file/folder.js";
import { contextualVectors } from "../../tagging/vectors/contextualVectors.js";
import { wordVectorKind } from "../../tagging/vectors/subwords.js";
import type { PipelineEvaluateOptions } from "../pipeline.js";
import { readTaggedRows, summaryOfTagged, type TaggedRows } from "../rows.js";
import {
  judged,
  sharedMap,
  rowsNewToBoth,
  withEncoder,
  type ComparingParts,
  type Named,
  type SeenRows,
} from "./comparing.js";

type NamedTagger = Named<{ readonly kind: "tagger" } & SavedTagger>;

/** A sentence in which two taggers find different entities. */
export interface DifferingSentence {
  readonly text: string;
  readonly entities: readonly (Span & { readonly text: string })[];
  readonly first: readonly FoundEntity[];
  readonly second: readonly FoundEntity[];
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** How two taggers compare on the same sentences. Plain JSON. */
export interface TaggerComparison extends EntityComparison {
  readonly kind: "tagger";
  readonly first: string;
  readonly second: string;
  readonly labels: readonly string[];
  /** Labels of the sentences that each tagger does not know, and so never predicts. */
  readonly unknownLabels: readonly [first: readonly string[], second: readonly string[]];
  /** Of the true entities: found by both, by one, by neither. */
  readonly agreement: Agreement;
  /** The same of the entities of each label; has no prototype, so a label may have any name. */
  readonly perLabel: Readonly<Record<string, Agreement>>;
  /** Sentences in which the two find different entities. */
  readonly differing: number;
  readonly seenInTraining: SeenRows;
  readonly rejected: number;
  /** The comparison in a sentence. */
  readonly because: string;
  /** The most confident first, by the score of an entity that only one of the two finds. */
  readonly differences: readonly DifferingSentence[];
}

type Options = PipelineEvaluateOptions & { readonly parts: ComparingParts };

export async function compareTaggers(
  heads: readonly [first: NamedTagger, second: NamedTagger],
  given: TaggedRows,
  options: Options,
): Promise<TaggerComparison> {
  const readings = heads.map(({ head }) => readingOf(head.file.reading));
  const { map, ofHeads } = sharedMap(options.map, [readings[0], readings[1]]);
  const corpora = await readForEach(heads, given, { ...options, map });
  const [corpus] = corpora;
  const remembered = map === undefined ? undefined : { map };
  options.onRead?.(summaryOfTagged(corpus, rememberedReading(options, remembered, corpus)));
  const own = heads.map(({ head, name }, h) => knownLabels(head, corpus, { name, map: ofHeads[h] }));
  const hashes = heads.map(({ head }) => head.textHashes);
  const texts = corpus.sentences.map(({ text }) => text);
  const { seen, rows } = rowsNewToBoth(texts, [hashes[0], hashes[1]]);
  const found: TaggingEvaluated[] = [];
  for (const [h, { head }] of heads.entries()) {
    const sentences = rows.map((r) => corpora[h].sentences[r]);
    found.push(await evaluated(head, sentences, { ...options, map: ofHeads[h] }));
  }
  const [a, b] = found;
  const groups = duplicateGroups(Array.from(rows, (r) => corpus.sentences[r].text));
  const compared = judged(compareEntities([a.counts, b.counts], { seed: options.seed, groups }), seen);
  const sentences = rows.map((r) => corpus.sentences[r]);
  const [first, second] = heads.map(({ name }) => name);
  const differences = differencesIn(sentences, [a.found, b.found]);
  const inRows = entityLabels(corpus.sentences);
  return {
    kind: "tagger",
    first,
    second,
    ...compared,
    labels: [...new Set([...own[0], ...own[1], ...inRows])],
    unknownLabels: [inRows.filter((l) => !own[0].includes(l)), inRows.filter((l) => !own[1].includes(l))],
    ...entityAgreement(sentences, [a.found, b.found]),
    differing: differences.length,
    seenInTraining: seen,
    rejected: corpus.rejected,
    because: verdictText({ ...compared, seen: seen.leftOut ? 0 : seen.either }, [first, second]),
    differences,
  };
}

/** The sentences as each tagger cuts texts into words; where both do it alike, they are read once. */
async function readForEach(
  heads: readonly [NamedTagger, NamedTagger],
  given: TaggedRows,
  { parts: _parts, ...options }: Options,
): Promise<readonly [TaggedCorpus, TaggedCorpus]> {
  const [a, b] = heads.map(({ head }) => head.tagger.wordRule ?? EARLIER_RULE);
  // Rows that are not in files may come only once.
  const rows = typeof given === "string" || Array.isArray(given) ? given : await collected(given);
  const first = await readTaggedRows(rows, { ...options, wordRule: a });
  return [first, a === b ? first : await readTaggedRows(rows, { ...options, wordRule: b })];
}

async function collected(given: TaggedRows): Promise<TaggedRows> {
  const rows = [];
  for await (const row of given as AsyncIterable<object>) rows.push(row);
  return rows as TaggedRows;
}

/** @throws HeadstartError E_LABEL_MAP where a tagger knows none of the labels of the sentences */
function knownLabels(
  { tagger }: SavedTagger,
  { sentences, files }: TaggedCorpus,
  { name, map }: { readonly name: string; readonly map: LabelMap | undefined },
): readonly string[] {
  const mapped = tagger.labels.flatMap((label) => (map === undefined ? label : (applyLabelMap(map, label) ?? [])));
  const known = [...new Set(mapped)];
  const labels = entityLabels(sentences);
  if (labels.length === 0 || labels.some((label) => known.includes(label))) return known;
  const file = files.join(", ");
  throw new HeadstartError(
    "E_LABEL_MAP",
    `The tagger ${name} knows none of the labels of ${file}: ${quotedLabels(labels, 5)}. It knows ` +
      `${quotedLabels(known)}. ${bridge(labels, { known, map })}`,
    { file },
  );
}

async function evaluated(
  head: NamedTagger["head"],
  sentences: TaggedCorpus["sentences"],
  { parts, map, seed, onProgress, onEncoded, signal }: Options,
): Promise<TaggingEvaluated> {
  const { subwordPooling } = head.tagger;
  const data = await withEncoder(head, parts, {
    ownerOf: (encoder) => ({ ...encoder, ...wordVectorKind(encoder, subwordPooling) }),
    work: async ({ encoder, cache }) => {
      const how = { ...parts.embedding, subwordPooling, cache, onProgress, signal };
      const made = await contextualVectors(encoder, sentences, how);
      const reading = await readTexts(
        encoder,
        sentences.map(({ text }) => text),
        signal,
      );
      const { tokens, cached, windowed, cut } = made;
      const counts = { texts: sentences.length, tokens, cached, windowed, cutWords: cut.size, reading };
      onEncoded?.({ ...counts, hasCache: cache !== undefined });
      return made;
    },
  });
  return evaluateTagger(
    head.tagger,
    { sentences, ...data },
    { isSeen: () => false, map, seed, threads: parts.threads },
  );
}

const keyOf = ({ start, end, label }: Span): string => `${start} ${end} ${label}`;

type FoundByTwo = readonly [first: readonly (readonly FoundEntity[])[], second: readonly (readonly FoundEntity[])[]];

function entityAgreement(
  sentences: TaggedCorpus["sentences"],
  found: FoundByTwo,
): Pick<TaggerComparison, "agreement" | "perLabel"> {
  const pairs = sentences.flatMap((sentence, s) => {
    const [a, b] = found.map((own) => new Set(own[s].map(keyOf)));
    const gold = new Map(goldSpans(sentence).strict.map((span) => [keyOf(span), span.label]));
    return [...gold].map(([key, label]) => ({ label, pair: [a.has(key), b.has(key)] as const }));
  });
  const perLabel: Record<string, Agreement> = Object.create(null) as Record<string, Agreement>;
  for (const label of [...new Set(pairs.map((one) => one.label))].sort()) {
    perLabel[label] = agreementOf(pairs.filter((one) => one.label === label).map(({ pair }) => pair));
  }
  return { agreement: agreementOf(pairs.map(({ pair }) => pair)), perLabel };
}

function differencesIn(sentences: TaggedCorpus["sentences"], [first, second]: FoundByTwo): DifferingSentence[] {
  const differing = sentences.flatMap((sentence, s) => {
    const [a, b] = [first[s], second[s]];
    const alone = [...onlyIn(a, b), ...onlyIn(b, a)];
    if (alone.length === 0) return [];
    const { text, file, line } = sentence;
    const entities = goldSpans(sentence).strict.map((span) => ({ ...span, text: text.slice(span.start, span.end) }));
    const confidence = Math.max(...alone.map(({ score }) => score));
    return [{ confidence, row: { text, entities, first: a, second: b, file, line } }];
  });
  return differing.sort((a, b) => b.confidence - a.confidence).map(({ row }) => row);
}

function onlyIn(own: readonly FoundEntity[], other: readonly FoundEntity[]): readonly FoundEntity[] {
  const known = new Set(other.map(keyOf));
  return own.filter((entity) => !known.has(keyOf(entity)));
}
