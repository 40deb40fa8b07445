import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { reading, type Cleaned } from "./maintenance.js";
import { nodeFiles, type FileSystem } from "../../files/fileSystem.js";
import { ABOUT } from "./modelCache.js";
import { writing } from "../../files/writeError.js";
import { jsonOrUndefined } from "../../formats/json.js";

/** A rewritten model that is kept for the next run. */
export interface ListedModel {
  /** Name of its folder. */
  readonly key: string;
  /** The encoder that it was made of, as it was named; undefined where nothing says it. */
  readonly encoder: string | undefined;
  readonly bytes: number;
  /** When it was made, ISO 8601, UTC. */
  readonly made: string;
}

/** The rewritten models in `folder`, the newest first. @throws HeadstartError E_CACHE_INVALID when it cannot be read */
export async function listModels(folder: string): Promise<readonly ListedModel[]> {
  const names = (await reading(folder, () => readdir(folder))) ?? [];
  const found: ListedModel[] = [];
  for (const key of names.filter((name) => /^[0-9a-f]{64}$/.test(name))) {
    const model = await reading(join(folder, key), () => listed(folder, key));
    if (model !== undefined) found.push(model);
  }
  return found.sort((a, b) => b.made.localeCompare(a.made));
}

/** Whether `name` names a model: its encoder, or its key or at least 8 characters of it. */
export const isNamed = ({ key, encoder }: ListedModel, name: string): boolean =>
  name === encoder || (name.length >= 8 && key.startsWith(name));

interface RemoveModelsOptions {
  /** Only models that one of these names, see `isNamed`. @default all */
  readonly encoders?: readonly string[] | undefined;
  /** Only models made before this moment, milliseconds since 1970. @default all */
  readonly before?: number | undefined;
  /** The disk. @default nodeFiles */
  readonly files?: FileSystem | undefined;
}

/** Removes rewritten models; who needs one makes it anew. @throws HeadstartError E_CACHE_INVALID, E_OUTPUT_WRITE */
export async function removeModels(folder: string, options: RemoveModelsOptions = {}): Promise<Cleaned> {
  const { encoders, before = Infinity, files = nodeFiles } = options;
  let cleaned: Cleaned = { files: 0, bytes: 0 };
  for (const model of await listModels(folder)) {
    const wanted = encoders === undefined || encoders.some((name) => isNamed(model, name));
    if (!wanted || Date.parse(model.made) >= before) continue;
    await writing(folder, () => files.removeFolder(join(folder, model.key)));
    cleaned = { files: cleaned.files + 1, bytes: cleaned.bytes + model.bytes };
  }
  return cleaned;
}

async function listed(folder: string, key: string): Promise<ListedModel> {
  let bytes = 0;
  for (const name of await readdir(join(folder, key))) bytes += (await stat(join(folder, key, name))).size;
  const about = join(folder, key, ABOUT);
  return {
    key,
    encoder: encoderIn(await readFile(about, "utf8")),
    bytes,
    made: (await stat(about)).mtime.toISOString(),
  };
}

function encoderIn(text: string): string | undefined {
  const about = jsonOrUndefined(text);
  const named = typeof about === "object" && about !== null && "encoder" in about ? about.encoder : undefined;
  return typeof named === "string" ? named : undefined;
}
