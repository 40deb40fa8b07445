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
  readonly layers?: readonly number[] | "spread" | undefined;
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
  /** Outputs with token vectors, those of `stateLayers`; the one to pool where no layers were asked for. */
  readonly states: readonly string[];
  readonly stateLayers: readonly number[] | undefined;
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
  if ((toInt8 || layer !== undefined || want.layers !== undefined) && outside.length > 0) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} keeps its weights in a second file; --precision int8 and --layer need them in one`,
      { file },
    );
  }
  let ready = toInt8 ? quantizeInt8(model) : undefined;
  const made = { precision: integer || toInt8 ? "int8" : "fp32", tokens: Infinity, stateLayers: undefined } as const;
  if (want.layers !== undefined) {
    const chosen = statesOf(ready ?? model, want.layers, want);
    ready ??= copyModel(model);
    ready.graph.output = chosen.states.map((name) => tokenOutput(name, ports));
    return { ...made, ready, hidden: chosen.states[0], ...chosen };
  }
  let { hidden } = ports;
  if (layer !== undefined) {
    hidden = statesOf(ready ?? model, [layer], want).states[0];
    ready ??= copyModel(model);
    ready.graph.output = [tokenOutput(hidden, ports)];
  }
  const whole: Prepared = { ...made, ready, hidden, states: [hidden] };
  // Cutting would change what one scale for the whole batch is taken from; weights in a second file are not at hand.
  const isWhole = layer !== undefined || want.pooling !== "cls" || dependsOnBatch(model) || outside.length > 0;
  const cut = isWhole ? undefined : keepFirstTokens(ready ?? model, ports);
  return cut === undefined ? whole : { ...whole, ready: cut, tokens: FIRST_TOKENS };
}

const tokenOutput = (name: string, { width }: EncoderPorts): ReturnType<typeof valueInfo> =>
  valueInfo(name, "float32", ["batch", "tokens", width ?? "width"]);

/** Names of the hidden states after `layers`, and the layers counted from the embeddings. */
function statesOf(
  model: OnnxModel,
  layers: readonly number[] | "spread",
  { file, ports }: Preparation,
): { readonly states: readonly string[]; readonly stateLayers: readonly number[] } {
  const all = hiddenStates(model);
  const last = all.length - 1;
  if (all.length === 0 && layers === "spread") return { states: [ports.hidden], stateLayers: [-1] };
  const stateLayers = layers === "spread" ? [...new Set([last, Math.floor(last / 2), 0])] : layers;
  const strange = stateLayers.find((layer) => !Number.isInteger(layer) || layer < 0 || layer > last);
  if (strange === undefined && stateLayers.length > 0)
    return { states: stateLayers.map((layer) => all[layer]), stateLayers };
  const reach = all.length === 0 ? "its nodes do not name their layers" : `it has layers 0 to ${last}`;
  throw new HeadstartError(
    "E_USAGE",
    `Cannot take layer ${strange ?? "none"} of ${file}: ${reach}. Choose --layer accordingly`,
    { file },
  );
}
