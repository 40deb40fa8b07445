import { createHash } from "node:crypto";
import { z } from "zod";
import { HeadstartError } from "../errors.js";
import { dependsOnBatch, hiddenStates, isQuantized, type EncoderPorts } from "../onnx/encoderGraph.js";
import { FIRST_TOKENS, keepFirstTokens } from "../onnx/firstTokens.js";
import { copyModel, valueInfo, writeModel, type OnnxModel } from "../onnx/model.js";
import { quantizeInt8 } from "../onnx/quantize.js";
import type { Precision } from "./encoder.js";
import type { ModelStore } from "./keptModel.js";
import type { Pooling } from "./pooling.js";

export interface Wanted {
  /** As the user named it. */
  readonly file: string;
  /** sha256 of the model file and of the weights beside it. */
  readonly hash: string;
  readonly ports: EncoderPorts;
  readonly layer: number | undefined;
  readonly precision: Precision | undefined;
  /** Files that hold weights outside the model file. */
  readonly outside: readonly string[];
  readonly pooling: Pooling;
  /** Keeps int8 models for the next run. */
  readonly store: ModelStore | undefined;
  /** Measures how near the vectors of two forms of the model are. */
  readonly compare: (one: Ready, other: Ready) => Promise<Cosines>;
}

/** A model as it goes to the runtime. */
export interface Ready {
  /** Path or bytes. */
  readonly source: string | Uint8Array;
  readonly precision: Precision;
  /** Name of the output. */
  readonly hidden: string;
  /** Of how many tokens of a text, from the first, it gives vectors. */
  readonly tokens: number;
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
const REWRITE_VERSION = "1";

const About = z.object({
  hidden: z.string(),
  tokens: z.number().nullable(),
  cosines: z.object({ mean: z.number(), min: z.number(), texts: z.number() }),
});

/**
 * The model as precision, layer and pooling ask for it: the file itself where that serves, else rewritten.
 *
 * A model rewritten to int8 is kept in the store, with the cosine to fp32 on sample texts, and taken from there the next
 * time; a store that cannot be written to is passed over.
 *
 * @throws HeadstartError E_ENCODER_UNSUPPORTED, E_USAGE when the model cannot be had so
 */
export async function readyModel(model: OnnxModel, wanted: Wanted): Promise<Ready> {
  const { file, store, layer, pooling } = wanted;
  const toInt8 = refuseImpossible(model, wanted);
  const made = (int8: boolean): Ready => {
    const { ready, ...rest } = rewrite(model, wanted, int8);
    return { ...rest, source: ready === undefined ? file : writeModel(ready), remark: rest.precision };
  };
  if (!toInt8 || store === undefined) return made(toInt8);
  const choices = JSON.stringify([REWRITE_VERSION, wanted.hash, layer ?? null, pooling === "cls"]);
  const key = createHash("sha256").update(choices).digest("hex");
  const kept = await store.get(key);
  const about = About.safeParse(kept?.about);
  if (kept !== undefined && about.success) {
    const { hidden, tokens, cosines } = about.data;
    return { source: kept.file, precision: "int8", hidden, tokens: tokens ?? Infinity, remark: told(cosines) };
  }
  const fresh = made(true);
  const cosines = await wanted.compare(made(false), fresh);
  const { hidden, tokens, source } = fresh;
  const said = { hidden, tokens: Number.isFinite(tokens) ? tokens : null, cosines };
  const put = await store.put(key, source as Uint8Array, said).catch(() => undefined);
  return { ...fresh, source: put?.file ?? source, remark: told(cosines) };
}

const told = ({ mean, min, texts }: Cosines): string =>
  `int8, rewritten here: cosine to fp32 ${mean.toFixed(4)} on average, ${min.toFixed(4)} at least, on ${texts} texts`;

/** @returns whether the model is to be quantised */
function refuseImpossible(model: OnnxModel, { file, precision, layer, outside }: Wanted): boolean {
  const integer = isQuantized(model);
  if (precision === "fp32" && integer) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} holds int8 weights only, so it cannot run in fp32. Leave --precision out or name an fp32 encoder`,
      { file },
    );
  }
  const toInt8 = precision === "int8" && !integer;
  if ((toInt8 || layer !== undefined) && outside.length > 0) {
    throw new HeadstartError(
      "E_ENCODER_UNSUPPORTED",
      `${file} keeps its weights in a second file; --precision int8 and --layer need them in one`,
      { file },
    );
  }
  return toInt8;
}

interface Rewritten extends Pick<Ready, "precision" | "hidden" | "tokens"> {
  /** Undefined where the file serves as it is. */
  readonly ready: OnnxModel | undefined;
}

function rewrite(model: OnnxModel, { file, ports, layer, outside, pooling }: Wanted, toInt8: boolean): Rewritten {
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
  const made: Rewritten = {
    ready,
    precision: toInt8 || isQuantized(model) ? "int8" : "fp32",
    hidden,
    tokens: Infinity,
  };
  // Cutting would change what one scale for the whole batch is taken from; weights in a second file are not at hand.
  const isWhole = layer !== undefined || pooling !== "cls" || dependsOnBatch(model) || outside.length > 0;
  const cut = isWhole ? undefined : keepFirstTokens(ready ?? model, ports);
  return cut === undefined ? made : { ...made, ready: cut, tokens: FIRST_TOKENS };
}
