import type { EncoderPorts } from "../onnx/encoderGraph.js";
import type { RunInputs } from "../onnx/session.js";
import type { Tokens } from "./tokenizer.js";

/** Texts that go through the encoder together, padded to the longest. */
export interface Batch {
  /** Which of the given texts: `texts[i]` is row i of the batch. */
  readonly texts: Int32Array;
  /** Padded length of every row. */
  readonly tokens: number;
}

/**
 * Cuts texts into batches of similar length, each of at most `budget` tokens with padding (or of one text).
 *
 * The plan depends only on the lengths, so the same texts always meet in the same batches.
 */
export function planBatches(lengths: ArrayLike<number>, budget: number): Batch[] {
  const order = Int32Array.from({ length: lengths.length }, (_, i) => i);
  order.sort((a, b) => lengths[a] - lengths[b] || a - b);
  const batches: Batch[] = [];
  let start = 0;
  for (let i = 0; i < order.length; i++) {
    const longest = lengths[order[i]];
    if (i > start && (i + 1 - start) * longest > budget) {
      batches.push({ texts: order.slice(start, i), tokens: lengths[order[i - 1]] });
      start = i;
    }
  }
  if (start < order.length) batches.push({ texts: order.slice(start), tokens: lengths[order[order.length - 1]] });
  return batches;
}

/** A batch as the arrays that an encoder takes, each `[rows, tokens]`. */
export interface EncoderInputs {
  /** 1 = real token, 0 = padding, which stands at the end. */
  readonly mask: BigInt64Array;
  /** By the model's names for them. */
  readonly feeds: RunInputs;
}

/** Lays a batch out for the encoder whose inputs are `ports`. */
export function encoderInputs(
  batch: Batch,
  tokens: readonly Pick<Tokens, "ids">[],
  { ports, padId }: { readonly ports: EncoderPorts; readonly padId: number },
): EncoderInputs {
  const size = batch.texts.length * batch.tokens;
  const dims = [batch.texts.length, batch.tokens];
  const ids = new BigInt64Array(size).fill(BigInt(padId));
  // Ids go into the low halves: a BigInt for each token would be garbage at once.
  const halves = new Int32Array(ids.buffer);
  const mask = new BigInt64Array(size);
  for (let r = 0; r < batch.texts.length; r++) {
    const row = tokens[batch.texts[r]].ids;
    for (let t = 0; t < row.length; t++) halves[2 * (r * batch.tokens + t)] = row[t];
    mask.fill(1n, r * batch.tokens, r * batch.tokens + row.length);
  }
  const feeds = new Map([
    [ports.ids, { data: ids, dims }],
    [ports.mask, { data: mask, dims }],
  ]);
  if (ports.segments !== undefined) feeds.set(ports.segments, { data: new BigInt64Array(size), dims });
  return { mask, feeds };
}
