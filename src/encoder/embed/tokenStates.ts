import { HeadstartError } from "../../errors.js";
import { planBatches } from "./batches.js";
import type { EmbedOptions } from "./embedded.js";
import type { Encoder } from "../encoder.js";
import { tokenVectors } from "./forward.js";
import { batchBudget, BATCHES_PER_WORKER, inParallel } from "./window.js";

/** Token vectors of one sequence: those of every layer in turn, `[tokens, width]` each. */
export type TokenStates = readonly Float32Array[];

/**
 * Runs sequences of token ids, special ones included, through the encoder and hands the token vectors of its
 * `layers` to `take`, in no particular order.
 *
 * A sequence's vectors depend on it alone, not on its neighbors in a batch. The arrays are views that `take` may read
 * while it runs.
 *
 * @throws HeadstartError E_USAGE for an encoder that computes too few tokens; E_NOT_FINITE when it gives NaN or infinity
 */
export async function tokenStates(
  encoder: Encoder,
  sequences: readonly (readonly number[])[],
  { take, ...options }: EmbedOptions & { readonly take: (sequence: number, states: TokenStates) => void },
): Promise<void> {
  const lengths = sequences.map((ids) => ids.length);
  const tokens = sequences.map((ids) => ({ ids }));
  if (lengths.some((length) => length > encoder.ports.tokens)) throw tooFew(encoder);
  let done = 0;
  await inParallel(
    planBatches(lengths, batchBudget(encoder, options)),
    BATCHES_PER_WORKER * encoder.session.poolWorkers,
    async (batch) => {
      options.signal?.throwIfAborted();
      const states = await tokenVectors(encoder, { batch, tokens }, encoder.ports.states);
      batch.texts.forEach((sequence, r) => {
        const start = r * batch.tokens * encoder.width;
        const own = states.map((state) => state.subarray(start, start + lengths[sequence] * encoder.width));
        if (!own.every((state) => state.every(Number.isFinite))) throw notFinite(encoder);
        take(sequence, own);
      });
      options.onProgress?.({ done: (done += batch.texts.length) });
    },
  );
}

/** An encoder whose vector is the first token's leaves the others out where nobody asked for them. */
const tooFew = ({ name, path, ports }: Encoder): HeadstartError =>
  new HeadstartError(
    "E_USAGE",
    `${name} was loaded for vectors of whole texts and gives those of the first ${ports.tokens} tokens only. ` +
      `Load it with the option layers, such as layers: "spread"`,
    { file: path },
  );

const notFinite = ({ name, path }: Encoder): HeadstartError =>
  new HeadstartError("E_NOT_FINITE", `${name} gave a token vector that is not finite. Check its weights`, {
    file: path,
  });
