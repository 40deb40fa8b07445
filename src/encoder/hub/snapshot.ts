import { readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { hasContent, isContentHash } from "../../files/contentHash.js";
import { listFiles } from "../folder/folder.js";
import { absenceMarker, snapshotFolder } from "./cache.js";
import {
  OPTIONAL_FILES,
  TOKENIZER_FILE,
  USUAL_FILES,
  VOCABULARY_FILE,
  isSafePath,
  neededFiles,
} from "../folder/requiredFiles.js";
import { PREFERRED_MODEL_FILES, chooseModelFile, externalDataOf, isModelFile } from "../folder/modelFile.js";
import { jsonOrUndefined } from "../../formats/json.js";
import { isFile, isFolder } from "../../files/exists.js";

/** What the cache has of one commit. */
export interface Snapshot {
  readonly path: string;
  readonly files: readonly string[];
  /** The ONNX file that is asked for. */
  readonly modelFile: string | undefined;
  /** First needed file that it lacks; undefined when it can be used. */
  readonly missing: string | undefined;
  /** Files of which the cache does not say whether the commit has them; empty when nothing need be asked. */
  readonly unknown: readonly string[];
}

interface SnapshotOptions {
  readonly commit: string;
  /** The ONNX file that is asked for. @default one with a usual name */
  readonly modelFile?: string | undefined;
}

/** What the cache has of a commit; undefined when it has nothing. */
export async function readSnapshot(
  repository: string,
  { commit, modelFile }: SnapshotOptions,
): Promise<Snapshot | undefined> {
  const path = snapshotFolder(repository, commit);
  if (!(await isFolder(path))) return undefined;
  const files = await listFiles(path);
  const unknown: string[] = [];
  const isAbsent = (file: string): Promise<boolean> => isFile(absenceMarker(repository, commit, file));
  for (const file of undecided(files, modelFile)) if (!(await isAbsent(file))) unknown.push(file);
  const lacking: string[] = [];
  for (const file of USUAL_FILES) if (!files.includes(file) && (await isAbsent(file))) lacking.push(file);
  return { path, files, modelFile, missing: await firstMissing(path, files, { lacking, modelFile }), unknown };
}

/** Files that are not here and would change how the encoder is read: settings, a better model file, its second file. */
function undecided(files: readonly string[], asked: string | undefined): readonly string[] {
  const model = modelOf(files, asked);
  const rank = PREFERRED_MODEL_FILES.findIndex((name) => name === model);
  const better = asked !== undefined ? [] : rank === -1 ? PREFERRED_MODEL_FILES : PREFERRED_MODEL_FILES.slice(0, rank);
  const data = model === undefined || externalDataOf(model, files).length > 0 ? [] : [`${model}_data`];
  return [...OPTIONAL_FILES.filter((file) => !files.includes(file)), ...better, ...data];
}

/** The model file that would be chosen, or undefined where the choice cannot be made yet. */
function modelOf(files: readonly string[], asked: string | undefined): string | undefined {
  if (asked !== undefined) return files.find((file) => file === asked);
  const preferred = PREFERRED_MODEL_FILES.some((name) => files.includes(name));
  return preferred || files.filter(isModelFile).length === 1 ? chooseModelFile(files) : undefined;
}

async function firstMissing(
  path: string,
  files: readonly string[],
  { lacking, modelFile }: { readonly lacking: readonly string[]; readonly modelFile: string | undefined },
): Promise<string | undefined> {
  const pooling = files.includes("modules.json") ? await poolingFolders(join(path, "modules.json")) : [];
  const usual = USUAL_FILES.filter((file) => !lacking.includes(file));
  const vocabulary = lacking.includes(TOKENIZER_FILE) ? [VOCABULARY_FILE] : [];
  const needed = [...usual, ...vocabulary, ...pooling.map((folder) => `${folder}/config.json`)];
  const missing = needed.find((file) => !files.includes(file));
  return missing ?? (modelOf(files, modelFile) === undefined ? (modelFile ?? "onnx/model.onnx") : undefined);
}

const ModulePaths = z.array(z.object({ path: z.string() }));

/** Folders of the modules that need settings; a modules.json that cannot be read is judged where it is used. */
async function poolingFolders(file: string): Promise<readonly string[]> {
  const modules = ModulePaths.safeParse(jsonOrUndefined(await readFile(file, "utf8").catch(() => "")));
  const paths = modules.success ? modules.data.map((module) => module.path) : [];
  return paths.filter((path) => path.endsWith("_Pooling") && isSafePath(path));
}

/** The first file of a usable snapshot whose bytes are not those its blob is named by; undefined when all are. */
export async function damagedFile(snapshot: Snapshot): Promise<string | undefined> {
  for (const file of neededFiles(snapshot.files, { name: snapshot.path, modelFile: snapshot.modelFile })) {
    const blob = await realpath(join(snapshot.path, file));
    const hash = basename(blob); // a copy, made where links are not permitted, has no hash in its name
    if (isContentHash(hash) && !(await hasContent(blob, { hash }))) return blob;
  }
  return undefined;
}
