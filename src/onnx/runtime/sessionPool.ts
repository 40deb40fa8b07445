import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { HeadstartError } from "../../errors.js";
import {
  SESSION_WORKER,
  type WorkerFailure,
  type WorkerJob,
  type WorkerReply,
  type WorkerSetup,
} from "./workerMessages.js";
import type { ModelSource } from "./mappedModel.js";
import { coreCount, turnTelemetryOff, type SessionOutput, type Session, type SessionOptions } from "./session.js";

/** Each further worker would hold the weights once more. */
const MOST_WORKERS = 4;

/** Megabytes for the young objects of a worker's own JavaScript. */
const YOUNG_MB = 4;

/** How long the end of the process waits for a run to leave native code. */
const LONGEST_RUN_MS = 10_000;

// By the package's own import map, so that the compiled file is found from the sources as well.
const WORKER_FILE = createRequire(import.meta.url).resolve("#sessionWorker");

interface Waiting {
  readonly resolve: (outputs: Map<string, SessionOutput>) => void;
  readonly reject: (error: unknown) => void;
}

interface PoolWorker {
  readonly worker: Worker;
  readonly state: Int32Array;
  readonly waiting: Map<number, Waiting>;
  /** Settles when the thread has ended. */
  readonly ended: Promise<void>;
  /** False once it has ended: nothing sent to it would get a reply. */
  isOpen: boolean;
}

const running = new Set<PoolWorker>();

/**
 * Makes an ONNX model ready to run off the main thread, on several threads side by side.
 *
 * onnxruntime-node runs on the thread that calls it. Here every worker is a thread with a session of its own, so the
 * caller can tokenize the next texts meanwhile, and two runs on one core each are faster than one run on two, whose
 * operators wait for each other. `threads` is the total; up to four workers share it, the first with one more where it does
 * not come out even.
 *
 * @param model  bytes are copied by every worker
 * @throws HeadstartError E_ENCODER_INVALID when onnxruntime does not accept it
 * @throws RangeError when `threads` is no whole number of 1 or more
 */
export async function openSessionPool(model: ModelSource, options: SessionOptions = {}): Promise<Session> {
  turnTelemetryOff();
  const threads = options.threads ?? coreCount();
  if (!Number.isInteger(threads) || threads < 1)
    throw new RangeError(`A session runs on one thread or more, not ${threads}`);
  const most = workerCount(threads);
  const each = Math.floor(threads / most);
  const starts = await Promise.allSettled(
    Array.from({ length: most }, (_, i) =>
      startPoolWorker({ model, options: { ...options, threads: each + (i < threads % most ? 1 : 0) } }),
    ),
  );
  const poolWorkers = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  const failure = starts.find((start) => start.status === "rejected");
  if (failure !== undefined) {
    await Promise.all(poolWorkers.map(closePoolWorker));
    throw failure.reason;
  }
  let id = 0;
  const leastBusy = (): PoolWorker | undefined =>
    poolWorkers
      .filter(({ isOpen }) => isOpen)
      .reduce<PoolWorker | undefined>(
        (best, poolWorker) => (best && best.waiting.size <= poolWorker.waiting.size ? best : poolWorker),
        undefined,
      );
  return {
    poolWorkers: most,
    threads: each,
    async run(inputs, wanted, pool) {
      const poolWorker = leastBusy();
      if (poolWorker === undefined) throw new Error("the encoder's threads have ended: it was closed, or they failed");
      return send(poolWorker, { id: ++id, inputs, wanted, pool });
    },
    async close() {
      await Promise.all(poolWorkers.splice(0).map(closePoolWorker));
    },
  };
}

/** Workers that share so many threads. */
const workerCount = (threads = coreCount()): number => Math.min(threads, MOST_WORKERS);

async function startPoolWorker(setup: Omit<WorkerSetup, "state">): Promise<PoolWorker> {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(WORKER_FILE, {
    workerData: { ...setup, state } satisfies WorkerSetup,
    // Without the flags of this process, some of which a thread does not stand.
    execArgv: [],
    // It makes few objects; with more room for young ones their memory only grows.
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const waiting: PoolWorker["waiting"] = new Map();
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const poolWorker: PoolWorker = { worker, state, waiting, ended, isOpen: true };
  running.add(poolWorker);
  if (running.size === 1) process.once("exit", waitForRuns);
  const fail = (error: unknown): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("error", fail);
  worker.once("exit", () => {
    poolWorker.isOpen = false;
    running.delete(poolWorker);
    if (running.size === 0) process.off("exit", waitForRuns);
    fail(new Error("an encoder's thread ended before its run did"));
  });
  worker.on("message", ({ id, outputs, failure }: WorkerReply) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    // An idle worker keeps no process alive.
    if (waiting.size === 0) worker.unref();
    if (failure === undefined) resolve?.(outputs ?? new Map());
    else reject?.(errorOf(failure));
  });
  await new Promise((resolve, reject) => waiting.set(0, { resolve, reject }));
  return poolWorker;
}

function send(poolWorker: PoolWorker, job: Extract<WorkerJob, { id: number }>): Promise<Map<string, SessionOutput>> {
  return new Promise((resolve, reject) => {
    poolWorker.waiting.set(job.id, { resolve, reject });
    poolWorker.worker.ref();
    poolWorker.worker.postMessage(job satisfies WorkerJob);
  });
}

async function closePoolWorker({ worker, ended }: PoolWorker): Promise<void> {
  worker.ref();
  worker.postMessage({ close: true } satisfies WorkerJob);
  await ended;
}

/** A process that ends while a thread is inside onnxruntime would crash: no new runs, and the last one is waited for. */
function waitForRuns(): void {
  for (const { state } of running) {
    // A worker may change between the two states from one load to the next.
    for (
      let now = Atomics.load(state, 0);
      now === SESSION_WORKER.idle || now === SESSION_WORKER.busy;
      now = Atomics.load(state, 0)
    ) {
      Atomics.compareExchange(state, 0, SESSION_WORKER.idle, SESSION_WORKER.stopped);
      Atomics.compareExchange(state, 0, SESSION_WORKER.busy, SESSION_WORKER.ending);
    }
    Atomics.wait(state, 0, SESSION_WORKER.ending, LONGEST_RUN_MS);
  }
}

function errorOf({ code, message, place }: WorkerFailure): Error {
  return code === undefined ? new Error(message) : new HeadstartError(code, message, place);
}
