import { HeadstartError } from "../errors.js";
import { encoderInputs, type Batch } from "./batches.js";
import type { EmbeddingEncoder } from "./encoder.js";
import type { Tokens } from "./tokenizer.js";

/**
 * Token vectors of a batch, for each of the wanted outputs `[texts, tokens, width]`, of no more tokens of a text than the
 * model gives.
 *
 * @throws HeadstartError E_ENCODER_INVALID when the model gives another shape
 */
export async function runBatch(
  encoder: EmbeddingEncoder,
  { batch, tokens }: { readonly batch: Batch; readonly tokens: readonly Pick<Tokens, "ids">[] },
  outputs: readonly string[],
): Promise<Float32Array[]> {
  const { ports, tokenizer, width, session } = encoder;
  const { feeds } = encoderInputs(batch, tokens, { ports, padId: tokenizer.padId });
  const found = await session.run(feeds, outputs);
  const wanted = [batch.texts.length, Math.min(batch.tokens, ports.tokens), width];
  return outputs.map((output) => {
    const { data, dims } = found.get(output)!;
    if (data instanceof Float32Array && wanted.every((size, i) => size === dims[i])) return data;
    throw new HeadstartError(
      "E_ENCODER_INVALID",
      `${encoder.name} gave token vectors of shape [${dims.join(", ")}] where [${wanted.join(", ")}] in float32 was ` +
        `expected. Its model and config.json do not belong together: fetch or export it again`,
      { file: encoder.path },
    );
  });
}
