import type { LabelMap } from "../../dataset/labelMap.js";
import { writtenLabelMap } from "../../dataset/labelMap.js";
import type { Reading } from "../../dataset/reading.js";
import { textHashes } from "../../dataset/textHashes.js";
import type { Encoder } from "../../encoder/encoder.js";
import { HeadstartError } from "../../errors.js";
import type { ComparisonCall } from "../../metrics/comparison.js";
import { encodingOf, type CacheOwner, type EncodingParts, type Opened } from "../encoding.js";
import type { AnyHead } from "../readHead.js";

/** A head with the name that the user has for it. */
export interface Named<H> {
  readonly name: string;
  readonly head: H;
}

/** How the encoders of two heads are opened, and how they embed. */
export interface ComparingParts extends Omit<EncodingParts, "encoder"> {
  readonly openEncoder: (head: AnyHead) => Promise<Encoder>;
}

/** Lends the encoder of a head, with its cache, to `work`. */
export async function withEncoder<T>(
  head: AnyHead,
  { openEncoder, ...parts }: ComparingParts,
  { work, ownerOf }: { readonly work: (opened: Opened) => Promise<T>; readonly ownerOf?: (own: Encoder) => CacheOwner },
): Promise<T> {
  const encoding = encodingOf({ ...parts, encoder: () => openEncoder(head) }, ownerOf);
  try {
    return await work(await encoding.open());
  } finally {
    await encoding.close();
  }
}

/** What each of two heads does to the labels of the rows, and what is done to its own. */
export interface SharedMap {
  /** Applied to the labels of the rows. */
  readonly map: LabelMap | undefined;
  /** Applied to the labels of each head; undefined where its training has applied it already. */
  readonly ofHeads: readonly [first: LabelMap | undefined, second: LabelMap | undefined];
}

/**
 * The map that brings rows and both heads to the same labels: the one given, else that of the trainings.
 *
 * @throws HeadstartError E_LABEL_MAP where the heads were trained with different maps and none is given
 */
export function sharedMap(
  given: LabelMap | undefined,
  [first, second]: readonly [first: Reading | undefined, second: Reading | undefined],
): SharedMap {
  if (given !== undefined) return { map: given, ofHeads: [given, given] };
  const [a, b] = [first?.map, second?.map];
  if (a !== undefined && b !== undefined && writtenLabelMap(a) !== writtenLabelMap(b)) {
    throw new HeadstartError(
      "E_LABEL_MAP",
      "The two heads were trained with different label maps, so it is not clear what the labels of the rows mean. " +
        "Name the map with --map, or give --no-map to take the labels as they are",
    );
  }
  const map = a ?? b;
  return { map, ofHeads: [a === undefined ? map : undefined, b === undefined ? map : undefined] };
}

/** Rows with texts that the heads were trained on. Plain JSON. */
export interface SeenRows {
  /** Null for a head that cannot tell. */
  readonly first: number | null;
  readonly second: number | null;
  /** Rows that at least one head has seen. */
  readonly either: number;
  /** Whether the comparison is without them. */
  readonly leftOut: boolean;
}

/** Rows that have to be left for the others to be left out, unless they are most of all. */
const LEAST_ROWS = 30;

/**
 * Which rows are compared: those with texts that no head was trained on, where these are enough.
 *
 * @param hashes  of the training texts of each head; undefined where they are not kept
 */
export function rowsNewToBoth(
  texts: readonly string[],
  hashes: readonly [first: Int32Array | undefined, second: Int32Array | undefined],
  isEnough: (rows: readonly number[]) => boolean = () => true,
): { readonly seen: SeenRows; readonly rows: readonly number[] } {
  const own = texts.map((text) => textHashes([text])[0]);
  const marks = hashes.map((known) => {
    const among = new Set(known);
    return own.map((hash) => among.has(hash));
  });
  const all = [...texts.keys()];
  const rest = all.filter((r) => !marks[0][r] && !marks[1][r]);
  const either = all.length - rest.length;
  const leftOut = either > 0 && rest.length >= Math.min(LEAST_ROWS, all.length / 2) && isEnough(rest);
  const [first, second] = marks.map((mark, h) => (hashes[h] === undefined ? null : mark.filter(Boolean).length));
  return { seen: { first, second, either, leftOut }, rows: leftOut ? rest : all };
}

/** Without a call where rows are compared whose labels a head has learned. */
export const judged = <C extends { readonly call: ComparisonCall }>(compared: C, { either, leftOut }: SeenRows): C =>
  either > 0 && !leftOut ? { ...compared, call: "unknown" } : compared;
