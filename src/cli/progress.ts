import type { Writable } from "node:stream";
import { escapeControls } from "../text/escape.js";
import { fitted } from "../report/text/width.js";
import { count } from "../text/numbers.js";

/** What a command says beside its result: remarks and progress on stderr. */
export interface Reporter {
  /** A line for the user. */
  info(line: string): void;
  /** A line for those who asked for more (--verbose). */
  detail(line: string): void;
  /** Something that the user should know before believing the result. */
  warn(line: string): void;
  /** A progress meter for work of `total` steps, if that is known. */
  meter(what: string, total?: number): Meter;
  /** Removes a meter that work which failed has left, so that an error has a line of its own. */
  clear(): void;
}

/** How many steps there are: a number, a guess of it, or as many as there can be where work may end before. */
export type Total = number | { readonly about: number } | { readonly atMost: number } | undefined;

export interface Meter {
  update(done: number, total?: Total): void;
  /** Removes the meter; its last line stays only where lines cannot be overwritten. */
  end(): void;
}

/** A total that is a guess, if there is one. */
export const about = (total: number | undefined): Total => (total === undefined ? undefined : { about: total });

const LINE_EVERY_MS = 5000;
const REDRAW_EVERY_MS = 100;

export interface ReporterOptions {
  readonly quiet: boolean;
  /** @default false */
  readonly verbose?: boolean | undefined;
  readonly stream: Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined };
  /** Milliseconds since some fixed moment. */
  readonly clock: () => number;
  /** NO_COLOR and TERM are looked at. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

export function openReporter({ quiet, verbose = false, stream, clock, env = {} }: ReporterOptions): Reporter {
  if (quiet) {
    const nothing = (): void => {};
    return {
      info: nothing,
      detail: nothing,
      warn: nothing,
      meter: () => ({ update: nothing, end: nothing }),
      clear: nothing,
    };
  }
  // A dumb terminal knows no escape sequences, so it gets lines.
  const tty = stream.isTTY === true && env["TERM"] !== "dumb";
  const warning = tty && !env["NO_COLOR"] ? "\u001b[33mwarning:\u001b[39m" : "warning:";
  let drawn = false;
  const clear = (): void => {
    if (drawn) stream.write("\r\u001b[K");
    drawn = false;
  };
  const write = (line: string): void => {
    clear();
    stream.write(`${line}\n`);
  };
  const info = (line: string): void => write(escapeControls(line));
  return {
    info,
    detail: verbose ? info : () => {},
    clear,
    warn: (line) => write(`${warning} ${escapeControls(line)}`),
    meter(what, initial) {
      const began = clock();
      let last = began;
      return {
        update(done, total = initial) {
          const now = clock();
          if (now - last < (tty ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
          last = now;
          const at = { done, total, seconds: (now - began) / 1000 };
          if (!tty) return info(progressLine(what, at));
          clear();
          stream.write(progressBar(escapeControls(what), at, (stream.columns || 80) - 1));
          drawn = true;
        },
        end: clear,
      };
    },
  };
}

/** How far some work is. */
export interface Progress {
  readonly done: number;
  readonly total: Total;
  readonly seconds: number;
}

/** Such as `embedding: 12,288 of about 48,000, 1,175/s, 30 s left`. */
export function progressLine(what: string, progress: Progress): string {
  return `${what}: ${numbersText(progress)}`;
}

/** Cells of a bar, at most and at least; where there is room for fewer there is none. */
const [WIDEST_BAR, NARROWEST_BAR] = [30, 8];

/** The same in at most `columns`, with a bar where the total is known: `embedding [######....]  60 % 12,288 of 20,480, ...`. */
export function progressBar(what: string, progress: Progress, columns: number): string {
  const share = shareOf(progress);
  if (share === undefined) return fitted(progressLine(what, progress), columns);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const numbers = numbersText(progress);
  // The brackets and the spaces around.
  const room = Math.min(WIDEST_BAR, columns - what.length - percent.length - numbers.length - 5);
  if (room < NARROWEST_BAR) return fitted(`${what}: ${numbers}`, columns);
  const full = Math.floor(share * room);
  return `${what} [${"#".repeat(full)}${".".repeat(room - full)}] ${percent} ${numbers}`;
}

function shareOf({ done, total }: Progress): number | undefined {
  const steps = stepsOf(total);
  return steps === undefined || steps <= 0 ? undefined : Math.min(1, done / steps);
}

function stepsOf(total: Total): number | undefined {
  if (typeof total !== "object") return total;
  return "about" in total ? total.about : total.atMost;
}

function numbersText({ done, total, seconds }: Progress): string {
  const rate = done / Math.max(seconds, 1e-3);
  const steps = stepsOf(total);
  const of = steps === undefined ? "" : ` of ${totalText(total!)}`;
  const most = typeof total === "object" && "atMost" in total ? "at most " : "";
  const left =
    steps === undefined || done === 0 ? "" : `, ${most}${shortDuration(Math.max(0, steps - done) / rate)} left`;
  return `${whole(done)}${of}, ${rate < 10 ? rate.toFixed(1) : whole(rate)}/s${left}`;
}

function totalText(total: Exclude<Total, undefined>): string {
  if (typeof total !== "object") return whole(total);
  return "about" in total ? `about ${whole(rounded(total.about))}` : `at most ${whole(total.atMost)}`;
}

const whole = (n: number): string => count(Math.round(n));

/** To two digits: a guess is no better than that. */
const rounded = (guess: number): number => Number(guess.toPrecision(2));

/** A time for people: `40 s`, `12 min`, `3.5 h`. */
export function shortDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
