import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeptModel, ModelStore } from "../../encoder/modelCache.js";
import { cacheHome } from "./vectorCache.js";
import { commitFolder } from "../../files/commitFolder.js";
import { createFile, nodeFiles, PRIVATE_FILE, type FileSystem } from "../../files/fileSystem.js";
import { hasContent, sha256 } from "../../files/contentHash.js";

const MODEL = "model.onnx";
/** Says what a kept model is; its time of change is when it was made. */
export const ABOUT = "about.json";

/** Where rewritten models are kept by default: `headstart/models` in the system's place for caches. */
export const defaultModelFolder = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  join(cacheHome(env), "models");

interface ModelStoreOptions {
  /** Name of the encoder that the models are made of, for whoever lists them. */
  readonly encoder?: string | undefined;
  /** The disk. @default nodeFiles */
  readonly files?: FileSystem | undefined;
}

/**
 * Keeps rewritten models in `folder`, each in a folder of its own under its key; nothing is written before the first
 * `put`. A model whose checksum is wrong counts as not there, and the next `put` replaces it. What
 * is created is for this user alone.
 */
export function openModelStore(folder: string, { encoder, files = nodeFiles }: ModelStoreOptions = {}): ModelStore {
  const get = async (key: string): Promise<KeptModel | undefined> => {
    const file = join(folder, key, MODEL);
    try {
      const { sha256: hash, about } = JSON.parse(await readFile(join(folder, key, ABOUT), "utf8")) as Kept;
      return (await hasContent(file, { hash })) ? { file, about } : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    get,
    async put(key, bytes, about) {
      const kept: Kept = { encoder, sha256: sha256(bytes), about };
      await commitFolder(
        join(folder, key),
        async (temp) => {
          await createFile(files, join(temp, MODEL), [bytes], { mode: PRIVATE_FILE });
          const text = `${JSON.stringify(kept, null, 2)}\n`;
          await createFile(files, join(temp, ABOUT), [Buffer.from(text)], { mode: PRIVATE_FILE });
        },
        { files, isOurs: true, isPrivate: true },
      );
      return { file: join(folder, key, MODEL), about };
    },
  };
}

interface Kept {
  readonly encoder?: string | undefined;
  readonly sha256: string;
  readonly about: unknown;
}
