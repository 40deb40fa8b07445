import { encoderPorts } from "../onnx/encoderGraph.js";
import { copyModel, valueInfo, writeModel, type OnnxModel } from "../onnx/model.js";
import { productInputs, type QuantizeOptions } from "../onnx/quantize.js";
import { openSession } from "../onnx/session.js";
import { encoderInputs, planBatches } from "./batches.js";
import type { Tokenizer } from "./tokenizer.js";

const BATCH_TOKENS = 1024;

/**
 * Runs an fp32 encoder on texts and notes, for every activation that a weight product takes, the largest magnitude of
 * each column over the real tokens; what `quantizeInt8` needs for fixed scales.
 */
export async function activationRanges(
  model: OnnxModel,
  texts: readonly string[],
  { tokenizer, ...options }: { readonly tokenizer: Tokenizer } & Pick<QuantizeOptions, "minWeights">,
): Promise<Map<string, Float32Array>> {
  const names = productInputs(model, options);
  const ports = encoderPorts(model, "the model");
  const tapped = copyModel(model);
  tapped.graph.output = names.map((name) => valueInfo(name, "float32", ["batch", "tokens", "width"]));
  const session = await openSession(writeModel(tapped));
  const tokens = texts.map((text) => tokenizer.tokenize(text));
  const ranges = new Map<string, Float32Array>();
  const lengths = tokens.map((t) => t.ids.length);
  for (const batch of planBatches(lengths, BATCH_TOKENS)) {
    const { mask, feeds } = encoderInputs(batch, tokens, { ports, padId: tokenizer.padId });
    for (const [name, { data, dims }] of await session.run(feeds, names)) {
      const width = dims[2];
      const range = ranges.get(name) ?? new Float32Array(width);
      ranges.set(name, range);
      for (let at = 0; at < data.length; at++) {
        if (mask[Math.floor(at / width)] === 1n) range[at % width] = Math.max(range[at % width], Math.abs(data[at]));
      }
    }
  }
  await session.close();
  return ranges;
}
