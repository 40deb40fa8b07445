import { HeadstartError } from "../../errors.js";
import { poolBatch } from "../../math/pooling.js";
import { sameShape, type SessionOutput } from "../../onnx/runtime/session.js";
import { encoderInputs, type Batch } from "./batches.js";
import type { EmbeddingEncoder } from "../encoder.js";
import type { Tokens } from "../tokenizer/tokenizer.js";

/** Texts that go through the encoder together, of those that `tokens` has. */
interface TokenBatch {
  readonly batch: Batch;
  readonly tokens: readonly Pick<Tokens, "ids">[];
}

/**
 * Token vectors of a batch, for each of the wanted outputs `[texts, tokens, width]`.
 *
 * @throws HeadstartError E_ENCODER_INVALID when the model gives another shape
 */
export async function tokenVectors(
  encoder: EmbeddingEncoder,
  { batch, tokens }: TokenBatch,
  outputs: readonly string[],
): Promise<Float32Array[]> {
  const { feeds } = encoderInputs(batch, tokens, { ports: encoder.ports, padId: encoder.tokenizer.padId });
  const found = await encoder.session.run(feeds, outputs);
  return outputs.map((output) => numbersOf(found.get(output)!, shapeOf(encoder, batch), encoder));
}

/**
 * Pooled vectors of a batch, `[texts, width]`.
 *
 * @throws HeadstartError E_ENCODER_INVALID when the model gives another shape
 */
export async function pooledVectors(encoder: EmbeddingEncoder, { batch, tokens }: TokenBatch): Promise<Float32Array> {
  const { ports, tokenizer, width, session, pooling } = encoder;
  const { feeds } = encoderInputs(batch, tokens, { ports, padId: tokenizer.padId });
  const ofTexts = [batch.texts.length, width];
  if (pooling === "model") {
    const output = (await session.run(feeds, [ports.hidden])).get(ports.hidden)!;
    return numbersOf(output, ofTexts, encoder);
  }
  const lengths = Int32Array.from(batch.texts, (text) => tokens[text].ids.length);
  const pool = { pooling, shape: shapeOf(encoder, batch), lengths };
  const output = (await session.run(feeds, [ports.hidden], pool)).get(ports.hidden)!;
  if (sameShape(output.dims, ofTexts)) return output.data as Float32Array;
  return poolBatch(numbersOf(output, pool.shape, encoder), pool);
}

/** Of the token vectors; no more tokens of a text than the model gives. */
const shapeOf = ({ ports, width }: EmbeddingEncoder, { texts, tokens }: Batch): [number, number, number] => [
  texts.length,
  Math.min(tokens, ports.tokens),
  width,
];

function numbersOf({ data, dims }: SessionOutput, wanted: readonly number[], encoder: EmbeddingEncoder): Float32Array {
  if (data instanceof Float32Array && sameShape(dims, wanted)) return data;
  throw new HeadstartError(
    "E_ENCODER_INVALID",
    `${encoder.name} gave vectors of shape [${dims.join(", ")}] where [${wanted.join(", ")}] in float32 was ` +
      `expected. Its model and config.json do not belong together: fetch or export it again`,
    { file: encoder.path },
  );
}
