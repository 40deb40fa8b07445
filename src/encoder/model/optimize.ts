import { z } from "zod";
import { HeadstartError } from "../../errors.js";
import { dependsOnBatch, hiddenStates, isQuantized, type EncoderPorts } from "../../onnx/model/encoderGraph.js";
import { FIRST_TOKENS, keepFirstTokens } from "../../onnx/rewrite/firstTokens.js";
import { foldBiases } from "../../onnx/rewrite/foldBiases.js";
import { mapWeights, type ModelSource } from "../../onnx/runtime/mappedModel.js";
import { changed, copyModel, distinctNames, valueInfo, writeModel, type OnnxModel } from "../../onnx/model/model.js";
import { productInputs, quantizeInt8 } from "../../onnx/quantize/quantize.js";
import { tokensFirst } from "../../onnx/rewrite/tokensFirst.js";
import type { EncoderPooling, Precision } from "../encoder.js";
import type { ModelStore } from "../modelCache.js";
import { sha256 } from "../../files/contentHash.js";

interface Wanted {
  /** As the user named it. */
  readonly file: string;
  /** Its content. */
  readonly bytes: Uint8Array;
  /** sha256 of the model file and of the weights beside it. */
  readonly hash: string;
  readonly ports: EncoderPorts;
  readonly layer: number | undefined;
  /** Layers whose token vectors are wanted instead of pooled ones. */
  readonly layers: readonly number[] | "spread" | undefined;
  readonly precision: Precision | undefined;
  /** Files that hold weights outside the model file. */
  readonly outside: readonly string[];
  readonly pooling: EncoderPooling;
  /** Keeps int8 models for the next run. */
  readonly store: ModelStore | undefined;
  /** Measures how near the vectors of two forms of the model are. */
  readonly compare: (one: Ready, other: Ready) => Promise<Cosines>;
}

/** A model as it goes to the runtime. */
export interface Ready {
  readonly source: ModelSource;
  readonly precision: Precision;
  /** Name of the output. */
  readonly hidden: string;
  /** Of how many tokens of a text, from the first, it gives vectors. */
  readonly tokens: number;
  /** Outputs with token vectors, those of `stateLayers`; the one to pool where no layers were asked for. */
  readonly states: readonly string[];
  readonly stateLayers: readonly number[] | undefined;
  /** What there is to say of it. */
  readonly remark: string;
}

/** Cosines between the vectors of sample texts. */
export interface Cosines {
  readonly mean: number;
  readonly min: number;
  readonly texts: number;
}

/** Changes whenever the rewriting does, so that what older versions kept is not taken. */
const REWRITE_VERSION = "3";

const About = z.object({
  hidden: z.string(),
  tokens: z.number().nullable(),
  states: z.array(z.string()),
  stateLayers: z.array(z.number()).nullable(),
  cosines: z.object({ mean: z.number(), min: z.number(), texts: z.number() }),
});

/**
 * The model as precision, layer and pooling ask for it, rewritten to be faster where its graph is built as expected.
 *
 * A model rewritten to int8 is kept in the store, with the cosine to fp32 on sample texts, and taken from there the next
 * time; a store that cannot be written to is passed over.
 *
 * @throws HeadstartError E_ENCODER_UNSUPPORTED, E_USAGE when the model cannot be had so
 */
export async function readyModel(model: OnnxModel, wanted: Wanted): Promise<Ready> {
  const { file, store, layer, layers, pooling, outside } = wanted;
  const toInt8 = refuseImpossible(model, wanted);
  const asItIs = async (): Promise<Ready> => {
    const { ready, ...rest } = rewrite(model, wanted, false);
    return {
      ...rest,
      source: outside.length > 0 ? file : await mapWeights(distinctNames(ready), wanted),
      remark: rest.precision,
    };
  };
  if (!toInt8) return asItIs();
  const madeInt8 = (): Ready & { readonly source: Uint8Array } => {
    const { ready, ...rest } = rewrite(model, wanted, true);
    return { ...rest, source: writeModel(distinctNames(ready)), remark: rest.precision };
  };
  if (store === undefined) return madeInt8();
  const output = pooling === "model" ? pooling : pooling === "cls";
  const choices = JSON.stringify([REWRITE_VERSION, wanted.hash, layer ?? null, layers ?? null, output]);
  const key = sha256(choices);
  const kept = await store.get(key);
  const about = About.safeParse(kept?.about);
  if (kept !== undefined && about.success) {
    const { tokens, stateLayers, cosines, ...rest } = about.data;
    const limits = { tokens: tokens ?? Infinity, stateLayers: stateLayers ?? undefined };
    return { ...rest, ...limits, source: kept.file, precision: "int8", remark: remarkOf(cosines) };
  }
  const fresh = madeInt8();
  const cosines = await wanted.compare(await asItIs(), fresh);
  const { hidden, tokens, states, stateLayers, source } = fresh;
  const limits = { tokens: Number.isFinite(tokens) ? tokens : null, stateLayers: stateLayers ?? null };
  const said = { hidden, states, ...limits, cosines };
  const put = await store.put(key, source, said).catch(() => undefined);
  return { ...fresh, source: put?.file ?? source, remark: remarkOf(cosines) };
}

const remarkOf = ({ mean, min, texts }: Cosines): string =>
  `int8, rewritten here: cosine to fp32 ${mean.toFixed(4)} on average, ${min.toFixed(4)} at least, on ${texts} texts`;

/** @returns whether the model is to be quantized */
function refuseImpossible(model: OnnxModel, { file, precision, layer, layers, outside }: Wanted): boolean {
  const integer = isQuantized(model);
  if (precision === "fp32" && integer) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} holds int8 weights only, so it cannot run in fp32. Leave --precision out or name an fp32 encoder`,
      { file },
    );
  }
  const toInt8 = precision === "int8" && !integer;
  if (toInt8 && model.functions.length > 0) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} is made of functions of its own, which are not rewritten to int8. Leave --precision int8 out, or export ` +
        `it with functions inlined`,
      { file },
    );
  }
  if ((toInt8 || layer !== undefined || layers !== undefined) && outside.length > 0) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} keeps its weights in a second file; --precision int8 and --layer need them in one`,
      { file },
    );
  }
  if (toInt8 && productInputs(model, { minWeights: 1 }).length === 0) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} has no product with fp32 weights that int8 could take over. Leave --precision int8 out, or export it with ` +
        `its weights as initializers of MatMul`,
      { file },
    );
  }
  return toInt8;
}

interface Rewritten extends Omit<Ready, "source" | "remark"> {
  readonly ready: OnnxModel;
}

function rewrite(model: OnnxModel, wanted: Wanted, toInt8: boolean): Rewritten {
  const { ports, layer, layers, outside, pooling } = wanted;
  const precision: Precision = toInt8 || isQuantized(model) ? "int8" : "fp32";
  const whole = { precision, tokens: Infinity, stateLayers: undefined, hidden: ports.hidden, states: [ports.hidden] };
  // Weights in a second file are not at hand.
  if (outside.length > 0) return { ...whole, ready: model };
  const chosen = layers ?? (layer === undefined ? undefined : [layer]);
  if (chosen !== undefined) {
    const { states, stateLayers } = statesOf(model, chosen, wanted);
    const ready = copyModel(isPlain(model) ? simplified(model, toInt8) : model);
    ready.graph.output = states.map((name) => tokenOutput(name, ports));
    const namedLayers = layers === undefined ? undefined : stateLayers;
    const laidOut = isPlain(model) ? turned(ready, states) : ready;
    return { ...whole, ready: laidOut, hidden: states[0], states, stateLayers: namedLayers };
  }
  if (!isPlain(model)) return { ...whole, ready: model };
  const ready = simplified(model, toInt8);
  if (pooling === "model") return { ...whole, ready: onlyOutput(ready, ports.hidden) };
  // Cutting would change what one scale for the whole batch is taken from.
  const cut = pooling !== "cls" || dependsOnBatch(model) ? undefined : keepFirstTokens(ready, ports);
  const tokens = cut === undefined ? Infinity : FIRST_TOKENS;
  return { ...whole, ready: turned(cut ?? ready, whole.states), tokens };
}

/** Whether the operators are those of their names: a function of the model's own may be called like one of them. */
const isPlain = (model: OnnxModel): boolean => model.functions.length === 0;

function simplified(model: OnnxModel, toInt8: boolean): OnnxModel {
  if (toInt8) return quantizeInt8(model);
  // Vectors of models that hold int8 stay those of the file, also where some of their products are fp32.
  return isQuantized(model) ? model : foldBiases(model);
}

/** A model that computes what one of its outputs needs. */
const onlyOutput = (model: OnnxModel, name: string): OnnxModel =>
  changed(model, { graph: changed(model.graph, { output: model.graph.output.filter((o) => o.name === name) }) });

const turned = (model: OnnxModel, states: readonly string[]): OnnxModel => tokensFirst(model, states) ?? model;

const tokenOutput = (name: string, { width }: EncoderPorts): ReturnType<typeof valueInfo> =>
  valueInfo(name, "float32", ["batch", "tokens", width ?? "width"]);

/** Names of the hidden states after `layers`, and the layers counted from the embeddings. */
function statesOf(
  model: OnnxModel,
  layers: readonly number[] | "spread",
  { file, ports }: Wanted,
): { readonly states: readonly string[]; readonly stateLayers: readonly number[] } {
  const all = hiddenStates(model);
  const last = all.length - 1;
  if (all.length === 0 && layers === "spread") return { states: [ports.hidden], stateLayers: [-1] };
  const stateLayers = layers === "spread" ? [...new Set([last, Math.floor(last / 2), 0])] : layers;
  const twice = stateLayers.find((layer, i) => stateLayers.includes(layer, i + 1) && !Number.isNaN(layer));
  if (twice !== undefined)
    throw new HeadstartError("E_USAGE", `Cannot take layer ${twice} of ${file} twice. Name it once`, { file });
  const strange = stateLayers.find((layer) => !Number.isInteger(layer) || layer < 0 || layer > last);
  if (strange === undefined && stateLayers.length > 0)
    return { states: stateLayers.map((layer) => all[layer]), stateLayers };
  const reach = all.length === 0 ? "its nodes have no names that tell its layers" : `it has layers 0 to ${last}`;
  const advice = all.length === 0 ? "Leave --layer out, or export it with the names" : "Choose --layer accordingly";
  throw new HeadstartError("E_USAGE", `Cannot take layer ${strange ?? "none"} of ${file}: ${reach}. ${advice}`, {
    file,
  });
}
