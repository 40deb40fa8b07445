/** The thread of one session worker: opens a session and runs what it is sent, one run at a time. */

import { parentPort, workerData } from "node:worker_threads";
import { HeadstartError, messageOf } from "../../errors.js";
import { poolBatch, type BatchPooling } from "../../math/pooling.js";
import {
  SESSION_WORKER,
  type WorkerFailure,
  type WorkerJob,
  type WorkerReply,
  type WorkerSetup,
} from "./workerMessages.js";
import { releaseBytes } from "./releaseBytes.js";
import { openSession, sameShape, type SessionOutput, type Session } from "./session.js";

const { model, options, state } = workerData as WorkerSetup;
const port = parentPort!;

/** Marks the worker as inside native code, which must not be torn down there; false when the process is ending. */
function enter(): boolean {
  return Atomics.compareExchange(state, 0, SESSION_WORKER.idle, SESSION_WORKER.busy) === SESSION_WORKER.idle;
}

function leave(): void {
  if (Atomics.compareExchange(state, 0, SESSION_WORKER.busy, SESSION_WORKER.idle) !== SESSION_WORKER.busy)
    Atomics.store(state, 0, SESSION_WORKER.stopped);
  Atomics.notify(state, 0);
}

function failureOf(error: unknown): WorkerFailure {
  if (error instanceof HeadstartError) return { code: error.code, message: error.message, place: { ...error.place } };
  return { message: messageOf(error) };
}

/** Pools what has the shape for it, and gives the memory of what is pooled back. */
function pooled(outputs: Map<string, SessionOutput>, pool: BatchPooling | undefined): Map<string, SessionOutput> {
  if (pool === undefined) return outputs;
  const [texts, , width] = pool.shape;
  const poolOne = (output: SessionOutput): SessionOutput => {
    const { data, dims } = output;
    if (!(data instanceof Float32Array) || !sameShape(dims, pool.shape)) return output;
    const vectors = poolBatch(data, pool);
    releaseBytes([data]);
    return { data: vectors, dims: [texts, width] };
  };
  return new Map([...outputs].map(([name, output]) => [name, poolOne(output)]));
}

const reply = (message: WorkerReply): void => port.postMessage(message);

async function work(session: Session, job: WorkerJob): Promise<void> {
  if ("close" in job) {
    await session.close();
    port.close();
  } else if (enter()) {
    const message: WorkerReply = await session.run(job.inputs, job.wanted).then(
      (outputs) => ({ id: job.id, outputs: pooled(outputs, job.pool) }),
      (error: unknown) => ({ id: job.id, failure: failureOf(error) }),
    );
    leave();
    reply(message);
  }
}

if (enter()) {
  try {
    const session = await openSession(model, options);
    let last: Promise<void> = Promise.resolve();
    port.on("message", (job: WorkerJob) => {
      last = last.then(() => work(session, job));
    });
    leave();
    reply({ id: 0 });
  } catch (error) {
    leave();
    reply({ id: 0, failure: failureOf(error) });
    port.close();
  }
}
