import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { HeadstartError, messageOf } from "../../errors.js";
import { isFile } from "../../files/exists.js";

/** A folder in Hugging Face layout: settings, tokenizer and an ONNX file, in the root or in `onnx/`. */
export interface EncoderFolder {
  /** As the user named it. */
  readonly name: string;
  readonly kind: "built-in" | "local" | "hub";
  /** Absolute path; of a hub encoder its snapshot in the cache. */
  readonly path: string;
  /** Commit of a hub encoder, 40 hex digits. */
  readonly revision?: string | undefined;
  /** Regular files in it, relative to `path`, with `/` on every system, sorted. */
  readonly files: readonly string[];
  /** What was decided on the way here that the name alone does not say, a short line each. */
  readonly decisions: readonly string[];
}

const MAX_DEPTH = 4; // deeper than any encoder on the hub; a home folder named by mistake must not be walked through
const MAX_FILES = 5000;

/**
 * The regular files below `path`, relative, with `/`, sorted.
 *
 * A link to a file counts as that file (the hub's cache is made of them); a link to a folder is not followed, and pipes
 * and devices are left out, so that nothing opens them later.
 *
 * @throws HeadstartError E_ENCODER_MISSING when it cannot be read or holds too much to be an encoder
 */
export async function listFiles(path: string): Promise<readonly string[]> {
  const files: string[] = [];
  let level: readonly string[] = [""];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const below: string[] = [];
    for (const folder of level) {
      for (const entry of await entriesOf(path, folder)) {
        const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory() && !entry.name.startsWith(".")) below.push(name);
        else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(join(path, name))))) files.push(name);
      }
      if (files.length > MAX_FILES) throw tooManyFiles(path);
    }
    level = below;
  }
  return files.sort();
}

async function entriesOf(path: string, folder: string) {
  try {
    return await readdir(join(path, folder), { withFileTypes: true });
  } catch (cause) {
    const reason = messageOf(cause);
    throw new HeadstartError("E_ENCODER_MISSING", `Cannot read the encoder folder ${path}: ${reason}`, {
      file: path,
      cause,
    });
  }
}

function tooManyFiles(path: string): HeadstartError {
  return new HeadstartError(
    "E_ENCODER_MISSING",
    `Cannot use ${path} as an encoder: it holds more than ${MAX_FILES} files. Name the folder that has the config.json`,
    { file: path },
  );
}

/** File names for a message: the first `most` of them, and how many more there are. */
export function someOf(files: readonly string[], most = 12): string {
  if (files.length === 0) return "nothing";
  const rest = files.length - most;
  return rest > 0 ? `${files.slice(0, most).join(", ")} and ${rest} more` : files.join(", ");
}
