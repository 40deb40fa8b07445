/** More normalizers, pre-tokenizers or post-processors than any tokenizer has; each may make a text longer. */
export const MOST_PARTS = 100;
const MOST_LEVELS = 8;

/**
 * The parts of a normalizer, pre-tokenizer or post-processor with where they stand, those of sequences one by one.
 *
 * @param list  name of the list that sequences have
 * @throws SyntaxError for a sequence without a list, for too many parts, and for sequences nested too deep
 */
export function partsOf(part: unknown, at: string, list: string): (readonly [at: string, part: unknown])[] {
  const parts: (readonly [string, unknown])[] = [];
  const take = (own: unknown, place: string, level: number): void => {
    if (own === null || own === undefined) return;
    if (level > MOST_LEVELS) throw new SyntaxError(`"${at}" has sequences nested deeper than ${MOST_LEVELS} levels`);
    parts.push([place, own]);
    if (parts.length > MOST_PARTS) throw new SyntaxError(`"${at}" has more than ${MOST_PARTS} parts`);
    const { type, [list]: inner } = own as Readonly<Record<string, unknown>>;
    if (type !== "Sequence") return;
    if (!Array.isArray(inner)) throw new SyntaxError(`"${place}.${list}" is no list`);
    inner.forEach((one, i) => take(one, `${place}.${list}.${i}`, level + 1));
  };
  take(part, at, 0);
  return parts;
}
