import { CommanderError } from "commander";
import { HeadstartError } from "../errors.js";
import { visible } from "./talk.js";

/** How a run that did not succeed ends. */
export interface Failure {
  readonly exitCode: number;
  /** For stderr; empty where everything has been said already. */
  readonly message: string;
}

const DEFECT = 1;
const USAGE = 2;

/**
 * What to print and how to exit for anything that was thrown: one line `error[CODE] place: message`, or with `json` the
 * same as one object.
 */
export function describeFailure(
  error: unknown,
  { json, debug }: { readonly json: boolean; readonly debug: boolean },
): Failure {
  if (error instanceof CommanderError) return usage(error, json);
  const stack = debug && error instanceof Error ? `\n${error.stack ?? ""}` : "";
  if (error instanceof HeadstartError) {
    const { code, message, place } = error;
    const line = `error[${code}] ${placeText(error)}${visible(message)}`;
    return { exitCode: error.exitCode, message: (json ? asJson(code, message, place) : line) + stack };
  }
  const message = error instanceof Error ? error.message : String(error);
  const advice = "This is a defect of headstart; --debug shows where";
  return {
    exitCode: DEFECT,
    message: (json ? asJson("E_DEFECT", message, {}) : `error[E_DEFECT] ${visible(message)}. ${advice}`) + stack,
  };
}

function usage(error: CommanderError, json: boolean): Failure {
  if (error.exitCode === 0) return { exitCode: 0, message: "" };
  const message = error.message.replace(/^error: /, "").split("\n")[0];
  const line = `error[E_USAGE] ${visible(message)} See headstart --help`;
  return { exitCode: USAGE, message: json ? asJson("E_USAGE", message, {}) : line };
}

const asJson = (code: string, message: string, place: object): string =>
  JSON.stringify({ error: { code, message, ...place } });

/** `file:line: `, where the message does not name the file itself. */
function placeText({ message, place }: HeadstartError): string {
  const { file, line, byte } = place;
  if (file === undefined || (line === undefined && message.includes(file))) return "";
  const at = line === undefined ? "" : `:${line}`;
  return `${visible(file)}${at}${byte === undefined ? "" : ` (byte ${byte.toLocaleString("en")})`}: `;
}
