import { rememberWords } from "./memoize.js";
import { readAddedTokens, type Piece } from "./stages/addedTokens.js";
import { readWordModel } from "./stages/models.js";
import { readNormalizer } from "./stages/normalizers.js";
import { partsOf } from "./stages/parts.js";
import { readPreTokenizer } from "./stages/preTokenizers.js";
import type { ModelSettings, PartSettings } from "./stages/settings.js";
import type { TokenizerFile } from "./file.js";

/**
 * Token ids of a text, without special ones. `goesOn` says that the text follows another part of the same text.
 *
 * @throws Error as a clause, for what the vocabulary lacks where it has no token for that, and for texts that grow
 */
export type Encode = (text: string, goesOn: boolean) => number[];

/**
 * The stages of a `tokenizer.json` one after another: added tokens, normalizer, pre-tokenizer, model.
 *
 * @throws Error as a clause
 */
export function readPipeline(file: TokenizerFile): Encode {
  const normalize = readNormalizer(file.normalizer);
  const cut = readPreTokenizer(file.pre_tokenizer);
  const idsOf = rememberWords(readWordModel(file.model));
  const added = readAddedTokens(file.added_tokens ?? [], (text) => normalize(text, false), modelIdFinder(file.model));
  const leadOf = leadFinder(file);

  const encodePiece = ({ text, start }: Piece, goesOn: boolean, ids: number[]): void => {
    for (const { text: own, start: at, id } of added.normalized(normalize(text, goesOn))) {
      if (id !== undefined) ids.push(id);
      else {
        const lead = start === 0 && at === 0 && !goesOn ? leadOf(text) : 0;
        for (const word of cut({ words: [own], leads: lead > 0 ? [lead] : [] }).words)
          for (const one of idsOf(word)) ids.push(one);
      }
    }
  };
  return (text, goesOn) => {
    const ids: number[] = [];
    for (const piece of added.raw(text)) {
      if (piece.id !== undefined) ids.push(piece.id);
      else encodePiece(piece, goesOn && piece.start === 0, ids);
    }
    return ids;
  };
}

/** Ids that the model has for tokens by name. */
function modelIdFinder(model: ModelSettings): (token: string) => number | undefined {
  const { vocab } = model;
  if (Array.isArray(vocab)) return (token) => indexOrNone(vocab.findIndex(([own]) => own === token));
  const ids = vocab as Readonly<Record<string, number>>;
  return (token) => (Object.hasOwn(ids, token) ? ids[token] : undefined);
}

const indexOrNone = (index: number): number | undefined => (index === -1 ? undefined : index);

/**
 * How many letters of a normalized text come from its first character; it is asked where it matters. Where a map of
 * characters has dropped that one, the reference takes the next for it.
 */
function leadFinder({ pre_tokenizer, normalizer }: TokenizerFile): (text: string) => number {
  const parts = settingsIn(pre_tokenizer, "pre_tokenizer", "pretokenizers");
  if (parts.every(({ prepend_scheme }) => prepend_scheme !== "first")) return () => 0;
  const stages = settingsIn(normalizer, "normalizer", "normalizers").map(
    (part) => [part.type === "Precompiled", readNormalizer(part)] as const,
  );
  return (text) => {
    let own = String.fromCodePoint(text.codePointAt(0) ?? 0) + BEHIND;
    for (const [isMap, normalize] of stages) {
      own = normalize(own, false);
      if (own === BEHIND) return isMap ? 1 : 0;
    }
    return own.length - BEHIND.length;
  };
}

/** A letter that normalizers leave alone. */
const BEHIND = "a";

const settingsIn = (part: unknown, at: string, list: string): readonly PartSettings[] =>
  partsOf(part, at, list)
    .map(([, own]) => own as PartSettings)
    .filter(({ type }) => type !== "Sequence");
