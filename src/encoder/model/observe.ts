import type { Complete } from "../../defaults.js";
import { encoderPorts } from "../../onnx/model/encoderGraph.js";
import { copyModel, valueInfo, writeModel, type OnnxModel } from "../../onnx/model/model.js";
import { productInputs, type QuantizeOptions } from "../../onnx/quantize/quantize.js";
import type { Moments } from "../../onnx/quantize/int8Rounding.js";
import { openRowProducts } from "../../onnx/runtime/gemm.js";
import { openSession } from "../../onnx/runtime/session.js";
import { encoderInputs, planBatches } from "../embed/batches.js";
import { cutTogether, type Tokenizer } from "../tokenizer/tokenizer.js";

const BATCH_TOKENS = 1024;

/** What `quantizeInt8` can know of the activations of a model, each by its name. */
export type Activations = Complete<Pick<QuantizeOptions, "ranges" | "moments">>;

/**
 * Runs an fp32 encoder on texts and notes, for every activation that a weight product takes, the largest magnitude of
 * each column over the real tokens, and the sum of x x' over them.
 */
export async function observeActivations(
  model: OnnxModel,
  texts: readonly string[],
  { tokenizer, ...options }: { readonly tokenizer: Tokenizer } & Pick<QuantizeOptions, "minWeights">,
): Promise<Activations> {
  const names = productInputs(model, options);
  const ports = encoderPorts(model, "the model");
  const tapped = copyModel(model);
  tapped.graph.output = names.map((name) => valueInfo(name, "float32", ["batch", "tokens", "width"]));
  const session = await openSession(writeModel(tapped));
  const tokens = cutTogether(tokenizer, texts, (text) => tokenizer.tokenize(text));
  const products = await openRowProducts("float32");
  const ranges = new Map<string, Float32Array>();
  const moments = new Map<string, Moments>();
  const lengths = tokens.map((t) => t.ids.length);
  for (const batch of planBatches(lengths, BATCH_TOKENS)) {
    const { mask, feeds } = encoderInputs(batch, tokens, { ports, padId: tokenizer.padId });
    for (const [name, { data, dims }] of await session.run(feeds, names)) {
      const width = dims[2];
      const range = ranges.get(name) ?? new Float32Array(width);
      ranges.set(name, range);
      mask.forEach((real, token) => {
        if (real === 0n) data.fill(0, token * width, (token + 1) * width);
      });
      for (let at = 0; at < data.length; at++) range[at % width] = Math.max(range[at % width], Math.abs(data[at]));
      const own = await products.backward(data, width, { rows: mask.length, cols: width, data });
      const sum = moments.get(name) ?? new Float64Array(width * width);
      moments.set(
        name,
        sum.map((value, i) => value + own[i]),
      );
    }
  }
  await Promise.all([session.close(), products.close()]);
  return { ranges, moments };
}
