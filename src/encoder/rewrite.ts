import { HeadstartError } from "../errors.js";
import { dependsOnBatch, hiddenStates, isQuantized, type EncoderPorts } from "../onnx/encoderGraph.js";
import { FIRST_TOKENS, keepFirstTokens } from "../onnx/firstTokens.js";
import { copyModel, valueInfo, type OnnxModel } from "../onnx/model.js";
import { quantizeInt8 } from "../onnx/quantize.js";
import type { Precision } from "./encoder.js";
import type { Pooling } from "./pooling.js";

interface Preparation {
  readonly file: string;
  readonly ports: EncoderPorts;
  readonly layer: number | undefined;
  readonly precision: Precision | undefined;
  readonly outside: readonly string[];
  readonly pooling: Pooling;
}

interface Prepared {
  /** Undefined where the file serves as it is. */
  readonly ready: OnnxModel | undefined;
  readonly precision: Precision;
  readonly hidden: string;
  readonly tokens: number;
}

/** Rewrites the model where precision, layer or pooling ask for it. */
export function rewrite(model: OnnxModel, want: Preparation): Prepared {
  const { file, ports, layer, outside } = want;
  const integer = isQuantized(model);
  if (want.precision === "fp32" && integer) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} holds int8 weights only, so it cannot run in fp32. Leave --precision out or name an fp32 encoder`,
      { file },
    );
  }
  const toInt8 = want.precision === "int8" && !integer;
  if ((toInt8 || layer !== undefined) && outside.length > 0) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} keeps its weights in a second file; --precision int8 and --layer need them in one`,
      { file },
    );
  }
  let ready = toInt8 ? quantizeInt8(model) : undefined;
  let { hidden } = ports;
  if (layer !== undefined) {
    const states = hiddenStates(model);
    if (states.length === 0 || layer < 0 || layer >= states.length || !Number.isInteger(layer)) {
      const reach =
        states.length === 0 ? "its nodes do not name their layers" : `it has layers 0 to ${states.length - 1}`;
      throw new HeadstartError(
        "E_USAGE",
        `Cannot take layer ${layer} of ${file}: ${reach}. Choose --layer accordingly`,
        { file },
      );
    }
    hidden = states[layer];
    ready ??= copyModel(model);
    ready.graph.output = [valueInfo(hidden, "float32", ["batch", "tokens", ports.width ?? "width"])];
  }
  const made: Prepared = { ready, precision: integer || toInt8 ? "int8" : "fp32", hidden, tokens: Infinity };
  // Cutting would change what one scale for the whole batch is taken from; weights in a second file are not at hand.
  const isWhole = layer !== undefined || want.pooling !== "cls" || dependsOnBatch(model) || outside.length > 0;
  const cut = isWhole ? undefined : keepFirstTokens(ready ?? model, ports);
  return cut === undefined ? made : { ...made, ready: cut, tokens: FIRST_TOKENS };
}
