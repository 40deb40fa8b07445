import { HeadstartError } from "../../errors.js";
import { parseStrictJson, type StrictJson } from "../../formats/strictJson.js";
import { sha256 } from "../../files/contentHash.js";

/*
 * `headstart.json` is the seal of a head's folder: its `checksum` is over all of its other fields together, labels and
 * settings and the sha256 of every other file. So two labels cannot change places, nor can weights go with the settings
 * of another head, without notice.
 */

/** Of the file: a head of 10,000 long labels takes a tenth of it. */
export const MOST_JSON_BYTES = 2 ** 24;
const MOST_VALUES = 1_000_000;
const MAX_DEPTH = 16;

/** What is written from now on. Files of version 1 have no checksum. */
export const ARTIFACT_VERSION = 2;

/**
 * The text of `headstart.json` for these fields, with version and checksum.
 *
 * @throws HeadstartError E_DIVERGED naming a field that is NaN or infinite; E_LABELS where labels and settings take more
 *   than can be read again
 */
export function sealedJson(fields: object): string {
  const ordered = { format: undefined, version: undefined };
  const all = Object.assign(ordered, fields, { version: ARTIFACT_VERSION, checksum: undefined });
  const unsealed = JSON.stringify(all, finite);
  try {
    // What is read again counts: JSON knows no undefined and no -0.
    const checksum = checksumOf(parseStrictJson(unsealed, MAX_DEPTH, MOST_VALUES));
    const text = `${JSON.stringify({ ...(JSON.parse(unsealed) as object), checksum }, null, 2)}\n`;
    const bytes = Buffer.byteLength(text);
    if (bytes > MOST_JSON_BYTES) throw new SyntaxError(`it has ${bytes} bytes, more than ${MOST_JSON_BYTES}`);
    return text;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const message = `Cannot save the head: headstart.json could not be read again, ${cause.message}. Use fewer or shorter labels`;
    throw new HeadstartError("E_LABELS", message, { cause });
  }
}

function finite(field: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  throw new HeadstartError("E_DIVERGED", `Cannot save the head: its "${field}" is ${value}. Train it again`);
}

/**
 * The fields of a `headstart.json`, as `JSON.parse` would give them. Of version 2 the checksum must fit.
 *
 * @param file  for messages
 * @throws HeadstartError E_HEAD_INVALID for what is no strict JSON; E_CHECKSUM where the checksum is missing or does not fit
 */
export function openJson(bytes: Uint8Array, file: string): unknown {
  const json = parsed(bytes, file);
  if (json instanceof Map) verify(json, file);
  return plainJson(json);
}

function verify(json: ReadonlyMap<string, StrictJson>, file: string): void {
  const [version, checksum] = [json.get("version"), json.get("checksum")];
  if (version === 1 && checksum === undefined) return;
  if (version !== 1 && version !== ARTIFACT_VERSION) return; // refused by its schema
  if (version === ARTIFACT_VERSION && checksum === checksumOf(json)) return;
  const found = checksum === undefined ? "is missing" : "does not fit";
  throw new HeadstartError(
    "E_CHECKSUM",
    `Cannot load the head: ${file} was changed after it was saved, its checksum ${found}. ` +
      `Take the head from where it came, or train it again`,
    { file },
  );
}

function parsed(bytes: Uint8Array, file: string): StrictJson {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return parseStrictJson(text, MAX_DEPTH, MOST_VALUES);
  } catch (cause) {
    const found = cause instanceof SyntaxError ? cause.message : "it is not UTF-8";
    const message = `Cannot load the head: ${file} is not valid JSON: ${found}. Train it again`;
    throw new HeadstartError("E_HEAD_INVALID", message, { file, cause });
  }
}

/** sha256 of all fields but the checksum: names in the order of their UTF-16 units, no space, numbers as doubles. */
function checksumOf(json: StrictJson): string {
  const fields = json instanceof Map ? [...json].filter(([name]) => name !== "checksum") : [];
  return sha256(canonical(new Map(fields)));
}

function canonical(value: StrictJson): string {
  if (value instanceof Map) {
    const fields = [...(value as ReadonlyMap<string, StrictJson>)].sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, of]) => `${JSON.stringify(name)}:${canonical(of)}`).join(",")}}`;
  }
  if (Array.isArray(value)) return `[${(value as readonly StrictJson[]).map(canonical).join(",")}]`;
  // JSON.stringify would make null of a number that is too large, and 0 of -0.
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  return JSON.stringify(value);
}

/** Maps as objects; a field called `__proto__` stays a field. */
function plainJson(value: StrictJson): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, of]) => [name, plainJson(of)]));
  return Array.isArray(value) ? value.map(plainJson) : value;
}
