import type { ErrorCode, ErrorPlace } from "../../errors.js";
import type { BatchPooling } from "../../math/pooling.js";
import type { ModelSource } from "./mappedModel.js";
import type { SessionOutput, RunInputs, SessionOptions } from "./session.js";

/**
 * What a session worker is doing, in the one cell that it shares with the main thread. `ending` is busy for the last time: the main
 * thread waits for `stopped`, and no next job can begin in between.
 */
export const SESSION_WORKER = { idle: 0, busy: 1, stopped: 2, ending: 3 } as const;

/** What a session worker starts with. */
export interface WorkerSetup {
  readonly model: ModelSource;
  readonly options: SessionOptions;
  /** One of `SESSION_WORKER`. */
  readonly state: Int32Array;
}

export type WorkerJob =
  | {
      readonly id: number;
      readonly inputs: RunInputs;
      readonly wanted: readonly string[];
      readonly pool: BatchPooling | undefined;
    }
  | { readonly close: true };

/** An error on its way to another thread, where classes do not survive. */
export interface WorkerFailure {
  readonly code?: ErrorCode | undefined;
  readonly message: string;
  readonly place?: ErrorPlace | undefined;
}

/** The reply to a job; id 0 says whether the session could be opened. */
export interface WorkerReply {
  readonly id: number;
  readonly outputs?: Map<string, SessionOutput> | undefined;
  readonly failure?: WorkerFailure | undefined;
}
