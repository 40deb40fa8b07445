import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HeadstartError, excerpt, nearestName } from "../errors.js";
import { listFiles, type EncoderFolder } from "./folder/folder.js";
import { fetchEncoder, type HubOptions } from "./hub/fetchEncoder.js";
import { parseHubId } from "./hub/id.js";
import { expandHome } from "./hub/access.js";
import { describeBrokenFile } from "./folder/modelFile.js";
import { firstBytes } from "./static/fileBytes.js";
import { SNIFFED_BYTES, sniffWordVectors, type EncoderFile } from "./static/wordVectorFormat.js";
import { isFile, isFolder } from "../files/exists.js";

export type { EncoderFolder } from "./folder/folder.js";
export type { EncoderFile } from "./static/wordVectorFormat.js";

/**
 * Name of the encoder that comes with the package.
 *
 * @example
 * const encoder = await loadEncoder(BUILT_IN_ENCODER, { maxTokens: 64 });
 * await encoder.close();
 */
export const BUILT_IN_ENCODER = "headstart-mini";

/** Folder of the built-in encoders; src/encoder and dist/encoder both lie two below the package's root. */
export const BUILT_IN_FOLDER = fileURLToPath(new URL("../../data/encoders", import.meta.url));

export interface LocateOptions extends HubOptions {
  /** Folder whose sub-folders are the built-in encoders. @default the package's own */
  readonly builtInFolder?: string | undefined;
}

const MAX_NAME = 200; // the longest id and revision that the hub allows are shorter
const ACCEPTED = `${BUILT_IN_ENCODER} (built in), a local folder, a file of word vectors, or a hub id such as owner/name or owner/name@revision`;

/** Formats whose readers run code that the file brings along. */
const RUNS_CODE = [".pkl", ".pickle", ".bin", ".pt", ".pth", ".ckpt", ".joblib"];

/**
 * Finds the folder of an encoder, fetching it from the hub where it must, or the file of word vectors that is one.
 *
 * A name is tried as a built-in encoder, then as a local folder or file, then as a hub id. What looks like a path (it starts with
 * `.`, `/`, `~` or a drive letter) is never sent to the hub.
 *
 * @throws HeadstartError E_ENCODER_MISSING when nothing of that name is found; E_ENCODER_UNSUPPORTED for a file
 *   that holds no word vectors; for hub
 *   ids also E_OFFLINE, E_HUB, E_CHECKSUM and E_OUTPUT_WRITE
 */
export async function locateEncoder(name: string, options: LocateOptions = {}): Promise<EncoderFolder | EncoderFile> {
  const builtIn = options.builtInFolder ?? BUILT_IN_FOLDER;
  const known = [...new Set([BUILT_IN_ENCODER, ...(await builtInNames(builtIn))])];
  if (name.trim() === "" || name.includes("\0")) throw unknownName(name, name, known);
  if (known.includes(name)) return builtInEncoder(name, builtIn);
  const path = expandHome(name, options.env ?? process.env);
  const hub = looksLikePath(name) || name.length > MAX_NAME ? undefined : parseHubId(name);
  if (await isFolder(path)) return localEncoder(name, path, hub !== undefined);
  if (await isFile(path)) return wordVectorFile(name, path);
  refuseToFetch(name);
  if (hub === undefined) throw unknownName(name, path, known);
  const { decisions, ...found } = await fetchEncoder(hub, options);
  return { name, kind: "hub", ...found, files: await listFiles(found.path), decisions };
}

/** Names of the encoders in `folder`, sorted; none where it does not exist. */
export async function builtInNames(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

async function builtInEncoder(name: string, folder: string): Promise<EncoderFolder> {
  const path = join(folder, name);
  if (await isFolder(path)) return { name, kind: "built-in", path, files: await listFiles(path), decisions: [] };
  throw new HeadstartError(
    "E_ENCODER_MISSING",
    `Cannot find the built-in encoder ${name}: ${path} is missing. Install the package again`,
    { file: path },
  );
}

async function localEncoder(name: string, path: string, alsoHubId: boolean): Promise<EncoderFolder> {
  const decisions = alsoHubId ? [`${name} is the local folder ${path}, not the hub's model of that name`] : [];
  return { name, kind: "local", path, files: await listFiles(path), decisions };
}

const looksLikePath = (name: string): boolean => /^(?:[./\\~]|[A-Za-z]:[\\/])/.test(name);

/** Tells a file by its content, whatever its name. */
async function wordVectorFile(name: string, path: string): Promise<EncoderFile> {
  const head = await firstBytes(path, SNIFFED_BYTES);
  const sniffed = sniffWordVectors(head);
  if (sniffed !== undefined && "format" in sniffed) {
    return { name, kind: "file", path, format: sniffed.format, decisions: [] };
  }
  if (sniffed !== undefined) throw unusable(name, `${sniffed.found}. ${sniffed.advice}`);
  if (extname(name).toLowerCase() === ".onnx") {
    const advice = "Name the folder that holds it, config.json and tokenizer.json";
    throw unusable(name, `an ONNX file alone lacks tokenizer and settings. ${advice}`);
  }
  refuseToFetch(name);
  const broken = describeBrokenFile(head, head.length);
  const found = broken === undefined ? "it is a file, and holds no word vectors" : `the file ${broken}`;
  throw unusable(
    name,
    `${found}. Name a folder with config.json, tokenizer.json and an ONNX file, ` +
      "or word vectors as text (GloVe, word2vec, fastText .vec) or in word2vec's binary form",
  );
}

/** Refuses names of files whose readers run code, there or not: no hub id ends like that. */
function refuseToFetch(name: string): void {
  const ending = extname(name).toLowerCase();
  if (!RUNS_CODE.includes(ending)) return;
  throw unusable(name, `${ending} files can run code when loaded. Export the encoder to ONNX and name its folder`);
}

function unusable(name: string, reason: string): HeadstartError {
  const shown = excerpt(name);
  return new HeadstartError("E_ENCODER_UNSUPPORTED", `Cannot use ${shown} as an encoder: ${reason}`, { file: shown });
}

function unknownName(name: string, path: string, known: readonly string[]): HeadstartError {
  const nearest = nearestName(name.slice(0, MAX_NAME), known);
  const hint = nearest === undefined ? "" : `. Did you mean ${nearest}?`;
  const what = looksLikePath(name) ? `there is no folder ${excerpt(path)}` : "it is neither a folder here nor a hub id";
  return new HeadstartError(
    "E_ENCODER_MISSING",
    `Cannot find encoder "${excerpt(name)}": ${what}. Give ${ACCEPTED}${hint}`,
    { file: excerpt(name) },
  );
}
