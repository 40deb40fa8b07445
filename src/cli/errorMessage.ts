import { CommanderError } from "commander";
import { type ErrorPlace, HeadstartError, messageOf } from "../errors.js";
import { escapeControls, jsonText } from "../text/escape.js";
import { count } from "../text/numbers.js";

/** How a run that did not succeed ends. */
export interface Failure {
  readonly exitCode: number;
  /** For stderr; empty where everything has been said already. */
  readonly message: string;
}

const DEFECT = 1;
const USAGE = 2;

export interface FailureOptions {
  readonly json: boolean;
  readonly debug: boolean;
  /** The command that was named, if it is one. */
  readonly command?: string | undefined;
}

/**
 * What to print and how to exit for anything that was thrown: one line `error[CODE] place: message`, which for wrong
 * usage ends with where the right one stands, or with `json` the same as one object.
 */
export function describeFailure(error: unknown, { json, debug, command }: FailureOptions): Failure {
  if (error instanceof CommanderError && error.exitCode === 0) return { exitCode: 0, message: "" };
  const { exitCode, code, message, line: shown, place } = describe(error);
  const help = command === undefined ? "headstart --help" : `headstart ${command} --help`;
  const line = exitCode === USAGE ? `${shown}. See ${help}` : shown;
  const stack = debug ? stackOf(error) : undefined;
  if (json) return { exitCode, message: jsonText({ error: { code, message, ...place, stack } }) };
  return { exitCode, message: `error[${code}] ${escapeControls(line)}${stack === undefined ? "" : `\n${stack}`}` };
}

/** Where it was thrown and what was thrown underneath, control characters escaped. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return escapeControls(String(error));
  const own = (error.stack ?? error.message).split("\n").map(escapeControls).join("\n");
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}

interface Described {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  /** The message with its place before it or advice behind it, as it goes to a terminal. */
  readonly line: string;
  readonly place: ErrorPlace;
}

function describe(error: unknown): Described {
  if (error instanceof HeadstartError) {
    const { exitCode, code, message, place } = error;
    return { exitCode, code, message, line: placeText(error) + message, place };
  }
  if (error instanceof CommanderError) {
    // Help for a command that there is not comes as an error without a message.
    const said = error.message === "(outputHelp)" ? "there is no such command" : error.message;
    const message = said
      .replace(/^error: /, "")
      .replaceAll("\n", " ")
      .replace(/\.$/, "");
    return { exitCode: USAGE, code: "E_USAGE", message, line: message, place: {} };
  }
  const message = messageOf(error);
  const line = `${message}. This is a defect of headstart; --debug shows where`;
  return { exitCode: DEFECT, code: "E_DEFECT", message, line, place: {} };
}

/** `file:line: `, where the message does not name the file itself. */
function placeText({ message, place }: HeadstartError): string {
  const { file, line, byte } = place;
  if (file === undefined || (line === undefined && message.includes(file))) return "";
  const at = line === undefined ? "" : `:${line}`;
  return `${file}${at}${byte === undefined ? "" : ` (byte ${count(byte)})`}: `;
}
