import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { KeptModel, ModelStore } from "../../encoder/modelCache.js";
import { cacheHome } from "./vectorCache.js";
import { commitFolder } from "../../files/commitFolder.js";
import { PRIVATE_FILE } from "../../files/fileSystem.js";

const MODEL = "model.onnx";
/** Says what a kept model is; its time of change is when it was made. */
export const ABOUT = "about.json";

/** Where rewritten models are kept by default: `headstart/models` in the system's place for caches. */
export const defaultModelFolder = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  join(cacheHome(env), "models");

/**
 * Keeps rewritten models in `folder`, each in a folder of its own under its key; nothing is written before the first
 * `put`. A model whose checksum is wrong counts as not there, and the next `put` replaces it. What
 * is created is for this user alone.
 *
 * @param encoder  name of the encoder that the models are made of, for whoever lists them
 */
export function openModelStore(
  folder: string,
  { encoder }: { readonly encoder?: string | undefined } = {},
): ModelStore {
  const get = async (key: string): Promise<KeptModel | undefined> => {
    const file = join(folder, key, MODEL);
    try {
      const { sha256, about } = JSON.parse(await readFile(join(folder, key, ABOUT), "utf8")) as Kept;
      return (await sha256Of(file)) === sha256 ? { file, about } : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    get,
    async put(key, bytes, about) {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const kept: Kept = { ...(encoder === undefined ? {} : { encoder }), sha256, about };
      await commitFolder(
        join(folder, key),
        async (temp) => {
          await writeFile(join(temp, MODEL), bytes, { mode: PRIVATE_FILE });
          await writeFile(join(temp, ABOUT), `${JSON.stringify(kept, null, 2)}\n`, { mode: PRIVATE_FILE });
        },
        { isOurs: true, isPrivate: true },
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

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
