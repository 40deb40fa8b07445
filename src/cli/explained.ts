import { explain, type Explanation } from "../classify/explain.js";
import { vectorsOf } from "../classify/vectors.js";
import type { Matrix } from "../math/matrix.js";
import type { Context } from "./context.js";
import { defined, embedOptions } from "./options.js";
import type { Answering } from "./predictCorpus.js";

/** Explanations of the answers for texts, or none where they are not asked for. */
export async function explained(
  { signal }: Context,
  texts: readonly string[],
  { answering, vectors }: { readonly answering: Answering; readonly vectors: Matrix },
): Promise<readonly (Explanation | undefined)[]> {
  const { head, encoder, cache, flags, neighbours, explains } = answering;
  if (!explains) return texts.map(() => undefined);
  const embed = async (parts: readonly string[]): Promise<Matrix> =>
    (await vectorsOf(encoder, parts, { ...embedOptions(flags), ...defined({ cache }), signal })).vectors;
  return explain(texts, { head, vectors, neighbours, embed, ...defined({ threads: flags.threads }) });
}
