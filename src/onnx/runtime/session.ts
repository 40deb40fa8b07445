import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { HeadstartError } from "../../errors.js";
import type { BatchPooling } from "../../math/pooling.js";
import type { MappedModel, ModelSource } from "./mappedModel.js";

type Runtime = typeof import("onnxruntime-node");

/** Version of onnxruntime-node, which the last digits of a vector depend on. */
export const RUNTIME_VERSION: string = (
  createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string }
).version;

export type NumberArray = Float32Array | Float64Array | BigInt64Array | Int32Array;

export interface SessionOptions {
  /** Threads inside one operator. @default as many as the machine has cores */
  readonly threads?: number | undefined;
  /** Named in messages. */
  readonly file?: string | undefined;
}

/** What a run gives for one output: its numbers, row-major, and their shape. */
export interface SessionOutput {
  readonly data: Float32Array | Float64Array;
  readonly dims: readonly number[];
}

export const sameShape = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((size, i) => size === other[i]);

/** What a run takes for one input. In shared memory it is not copied on its way to another thread. */
export interface SessionInput {
  readonly data: NumberArray;
  readonly dims: readonly number[];
}

/** Arrays by the names of the model's inputs. */
export type RunInputs = ReadonlyMap<string, SessionInput>;

/** An ONNX model made ready to run. */
export interface Session {
  /** Runs that go on side by side. */
  readonly poolWorkers: number;
  /** Threads inside one run. */
  readonly threads: number;
  /**
   * Runs the model; inputs are not written. Only the outputs in `wanted` are computed, each into memory of its own,
   * which is the caller's from then on.
   *
   * A session on other threads gives outputs of the shape that `pool` names pooled, `[texts, width]`, since that is far
   * less to hand over; others take no notice of it.
   *
   * @throws HeadstartError E_ENCODER_INVALID when the model cannot take these inputs
   */
  run(inputs: RunInputs, wanted: readonly string[], pool?: BatchPooling): Promise<Map<string, SessionOutput>>;
  close(): Promise<void>;
}

/** The runtime's joint operator for a bias and GELU takes longer than one for each: 1 to 2 % of MiniLM's time. */
const EXTRA = { optimization: { disable_specified_optimizers: "BiasGeluFusion" } };

/** Cores that this process may use; said to the runtime outright, which is faster than leaving it to find out. */
export const coreCount = (): number => availableParallelism();

let runtime: Promise<Runtime> | undefined;

/** To be said before the native module loads, on the main thread, whose environment alone is the process's own. */
export function turnTelemetryOff(): void {
  process.env["ORT_DISABLE_TELEMETRY"] = "1";
}

/** onnxruntime, loaded on first use. */
function onnxruntime(): Promise<Runtime> {
  turnTelemetryOff();
  runtime ??= import("onnxruntime-node");
  return runtime;
}

/**
 * Makes an ONNX model ready to run on the CPU, on the thread that calls.
 *
 * @param model  its path where the weights lie in a second file beside it
 * @throws HeadstartError E_ENCODER_INVALID when onnxruntime does not accept it
 */
export async function openSession(model: ModelSource, options: SessionOptions = {}): Promise<Session> {
  const ort = await onnxruntime();
  const threads = options.threads ?? coreCount();
  const settings: InferenceSession.SessionOptions = {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    // What goes wrong comes back as an error; a line of the runtime's own on stderr says nothing more.
    logSeverityLevel: 4,
    intraOpNumThreads: threads,
    // A plan of the memory for every shape of batch is kept and never met again: 17 MB, and no time won.
    enableMemPattern: false,
    extra: { ...EXTRA, ...weightsFolder(model) },
  };
  const file = options.file ?? (typeof model === "string" ? model : "the model");
  const refuse = (verb: "load" | "run", cause: unknown): HeadstartError => {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    const advice = verb === "load" ? "Export it again" : "Fetch it again, with the tokenizer that belongs to it";
    return new HeadstartError("E_ENCODER_INVALID", `onnxruntime cannot ${verb} ${file}: ${reason}. ${advice}`, {
      file,
      cause,
    });
  };
  let session: InferenceSession;
  try {
    session = await createSession(ort, model, settings);
  } catch (cause) {
    throw refuse("load", cause);
  }
  let closed: Promise<void> | undefined;
  const own = new Map<string, Float32Array>();
  return {
    poolWorkers: 1,
    threads,
    async run(inputs, wanted) {
      const feeds: Record<string, Tensor> = {};
      for (const [name, { data, dims }] of inputs) feeds[name] = tensorOf(ort, unshared(own, name, data), dims);
      const results = await session.run(feeds, wanted).catch((cause: unknown) => {
        throw refuse("run", cause);
      });
      return new Map(
        wanted.map((name) => [name, { data: results[name].data as Float32Array, dims: results[name].dims }]),
      );
    },
    close: () => (closed ??= session.release()),
  };
}

function createSession(
  ort: Runtime,
  model: ModelSource,
  settings: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  if (typeof model === "string") return ort.InferenceSession.create(model, settings);
  return ort.InferenceSession.create(isMapped(model) ? model.bytes : model, settings);
}

export const isMapped = (model: ModelSource): model is MappedModel =>
  typeof model !== "string" && !(model instanceof Uint8Array);

/** Where the runtime finds the weights of a model that left them in its file. */
function weightsFolder(model: ModelSource): object {
  if (!isMapped(model)) return {};
  return { session: { model_external_initializers_file_folder_path: model.folder } };
}

/** The runtime does not take shared memory: numbers in it are copied to memory of this input's own, the same each time. */
function unshared(own: Map<string, Float32Array>, name: string, data: NumberArray): NumberArray {
  if (!(data instanceof Float32Array) || data.buffer instanceof ArrayBuffer) return data;
  let memory = own.get(name);
  if (memory === undefined || memory.length < data.length) {
    memory = new Float32Array(data.buffer.byteLength / data.BYTES_PER_ELEMENT);
    own.set(name, memory);
  }
  const copy = memory.subarray(0, data.length);
  copy.set(data);
  return copy;
}

function tensorOf(ort: Runtime, data: NumberArray, dims: readonly number[]): Tensor {
  if (data instanceof Float32Array) return new ort.Tensor("float32", data, dims);
  if (data instanceof Float64Array) return new ort.Tensor("float64", data, dims);
  if (data instanceof Int32Array) return new ort.Tensor("int32", data, dims);
  return new ort.Tensor("int64", data, dims);
}
