import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";

/** For a file of no size; a sound one is read at many times this rate. */
const LEAST_MS = 30_000;
const BYTES_A_MS = 256;
/** Lists of numbers take about three times their bytes as JavaScript values, compressed ones more. */
const LEAST_MB = 512;
const MB_A_BYTE = 64 / 2 ** 20;
const MOST_MB = 4096;

/**
 * A process of its own that decodes a file, with bounds on memory and on the time of each of its replies in proportion to
 * the file: a few wrong bytes can make a decoder fill all memory, which ends the whole process, or go on for hours.
 */
export class BoundedProcess {
  readonly #child: ChildProcess;
  readonly #megabytes: number;
  readonly #milliseconds: number;

  /**
   * @param program  compiled file that it runs
   * @param bytes    size of the file that it decodes
   */
  constructor(program: string, args: readonly string[], bytes: number) {
    this.#megabytes = Math.min(MOST_MB, Math.ceil(LEAST_MB + bytes * MB_A_BYTE));
    this.#milliseconds = LEAST_MS + bytes / BYTES_A_MS;
    this.#child = fork(program, args, {
      serialization: "advanced",
      execArgv: [`--max-old-space-size=${this.#megabytes}`],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
  }

  /** What it says next, after `question` where it waits for one. @throws Error saying, as a clause, that it gives none */
  async reply(question?: string): Promise<unknown> {
    const end = new AbortController();
    try {
      const message = once(this.#child, "message", end).then(([said]) => said as unknown);
      const hasEnded = this.#child.exitCode !== null || this.#child.signalCode !== null;
      const exit = (hasEnded ? Promise.resolve() : once(this.#child, "exit", end)).then(() => {
        throw new Error(`it is damaged, or needs more than ${this.#megabytes} MB to be read`);
      });
      const late = setTimeout(this.#milliseconds, undefined, end).then(() => {
        throw new Error("it is damaged: reading it goes on and on");
      });
      // A process that has ended by now is what `exit` tells.
      if (question !== undefined) this.#child.send(question, () => {});
      return await Promise.race([message, exit, late]);
    } finally {
      end.abort();
    }
  }

  /** Ends it, whatever it does. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
