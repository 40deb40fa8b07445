import type { Writable } from "node:stream";
import { escapeControls } from "../text/escape.js";
import { fitted } from "../report/text/width.js";
import { count } from "../text/numbers.js";

/** What a command says beside its result: remarks and progress on stderr. */
export interface Reporter {
  /** A line for the user. */
  say(line: string): void;
  /** Something that the user should know before believing the result. */
  warn(line: string): void;
  /** A progress meter for work of `total` steps, if that is known. */
  meter(what: string, total?: number): Meter;
  /** Removes a meter that work which failed has left, so that an error has a line of its own. */
  clear(): void;
}

export interface Meter {
  update(done: number, total?: number): void;
  /** Removes the meter; its last line stays only where lines cannot be overwritten. */
  end(): void;
}

const LINE_EVERY_MS = 5000;
const REDRAW_EVERY_MS = 100;

export interface ReporterOptions {
  readonly quiet: boolean;
  readonly stream: Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined };
  /** Milliseconds since some fixed moment. */
  readonly clock: () => number;
}

export function openReporter({ quiet, stream, clock }: ReporterOptions): Reporter {
  if (quiet) {
    return { say: () => {}, warn: () => {}, meter: () => ({ update: () => {}, end: () => {} }), clear: () => {} };
  }
  const tty = stream.isTTY === true;
  let drawn = false;
  const clear = (): void => {
    if (drawn) stream.write("\r\u001b[K");
    drawn = false;
  };
  const say = (line: string): void => {
    clear();
    stream.write(`${escapeControls(line)}\n`);
  };
  return {
    say,
    clear,
    warn: (line) => say(`warning: ${line}`),
    meter(what, initial) {
      const began = clock();
      let last = began;
      return {
        update(done, total = initial) {
          const now = clock();
          if (now - last < (tty ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
          last = now;
          const line = progressLine(what, { done, total, seconds: (now - began) / 1000 });
          if (!tty) return say(line);
          clear();
          stream.write(fitted(escapeControls(line), (stream.columns || 80) - 1));
          drawn = true;
        },
        end: clear,
      };
    },
  };
}

/** Such as `embedding: 12,288 of about 47,510 texts, 1,175/s, 30 s left`. */
export function progressLine(
  what: string,
  { done, total, seconds }: { readonly done: number; readonly total: number | undefined; readonly seconds: number },
): string {
  const rate = done / Math.max(seconds, 1e-3);
  const of = total === undefined ? "" : ` of ${count(Math.round(total))}`;
  const left = total === undefined || done === 0 ? "" : `, ${shortDuration(Math.max(0, total - done) / rate)} left`;
  return `${what}: ${count(Math.round(done))}${of}, ${rate < 10 ? rate.toFixed(1) : count(Math.round(rate))}/s${left}`;
}

/** A time for people: `40 s`, `12 min`, `3.5 h`. */
export function shortDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
