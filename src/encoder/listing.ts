import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { listFiles } from "./folder/folder.js";
import { isCommit, parseHubId } from "./hub/id.js";
import { hubCacheFolder } from "./hub/access.js";
import { BUILT_IN_FOLDER, builtInNames } from "./locate.js";
import { isModelFile } from "./folder/modelFile.js";
import { isFile, isFolder } from "../files/exists.js";

/** An encoder that can be used without a download. */
export interface ListedEncoder {
  /** What `--encoder` takes; with `@commit` where the cache has a state that `main` is not. */
  readonly name: string;
  readonly kind: "built-in" | "hub";
  /** All of its files on this disk, bytes. */
  readonly bytes: number;
  /** As its README.md names it, such as `mit`; `unknown` when that is missing or does not say. */
  readonly license: string;
  readonly path: string;
  /** Commit of a hub encoder, 40 hex digits. */
  readonly revision?: string | undefined;
}

export interface ListOptions {
  /** Folder whose sub-folders are the built-in encoders. @default the package's own */
  readonly builtInFolder?: string | undefined;
}

/**
 * The encoders on this machine: the built-in ones, then those in the hub's cache that have an ONNX file, by name.
 *
 * @example
 * for (const { name, kind, bytes } of await listEncoders()) console.log(name, kind, bytes);
 */
export async function listEncoders(
  env: NodeJS.ProcessEnv = process.env,
  { builtInFolder = BUILT_IN_FOLDER }: ListOptions = {},
): Promise<readonly ListedEncoder[]> {
  const found: ListedEncoder[] = [];
  for (const name of await builtInNames(builtInFolder)) {
    found.push(...(await describe(join(builtInFolder, name), { name, kind: "built-in" })));
  }
  const cache = hubCacheFolder(env);
  for (const folder of await namesIn(cache)) {
    const hub = parseHubId(folder.replace(/^models--/, "").replace("--", "/"));
    if (folder.startsWith("models--") && hub !== undefined)
      found.push(...(await snapshotsOf(join(cache, folder), hub.id)));
  }
  return found;
}

async function snapshotsOf(repository: string, id: string): Promise<readonly ListedEncoder[]> {
  const main = (await readFile(join(repository, "refs", "main"), "utf8").catch(() => "")).trim();
  const found: ListedEncoder[] = [];
  for (const revision of (await namesIn(join(repository, "snapshots"))).filter(isCommit)) {
    const name = revision === main ? id : `${id}@${revision}`;
    found.push(...(await describe(join(repository, "snapshots", revision), { name, kind: "hub", revision })));
  }
  return found;
}

type Named = Pick<ListedEncoder, "name" | "kind" | "revision">;

/** The encoder in a folder, or nothing when it has no ONNX file. */
async function describe(path: string, named: Named): Promise<readonly ListedEncoder[]> {
  if (!(await isFolder(path))) return [];
  const files = await listFiles(path);
  if (!files.some(isModelFile)) return [];
  let bytes = 0;
  for (const file of files) bytes += (await stat(join(path, file))).size;
  return [{ ...named, bytes, license: await licenseOf(join(path, "README.md")), path }];
}

/** `license:` in the front matter of a model card: one name, or a list of them. */
async function licenseOf(file: string): Promise<string> {
  if (!(await isFile(file))) return "unknown";
  const front = /^\ufeff?---\r?\n([\s\S]*?)\r?\n---/.exec(await readFile(file, "utf8"))?.[1] ?? "";
  const [, inline, list] = /^license:[ \t]*([^\r\n]*)((?:\r?\n[ \t]*- [^\r\n]*)*)/m.exec(front) ?? [];
  const names = [inline ?? "", ...(list ?? "").split(/\r?\n[ \t]*- /)].map(plain).filter((name) => name !== "");
  return names.length === 0 ? "unknown" : names.join(", ");
}

const plain = (text: string): string => text.replace(/(?:^|\s)#.*$/, "").replace(/^["'[\s]+|["'\]\s]+$/g, "");

/** Names of the folders in `path`, sorted; none where it cannot be read. */
async function namesIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}
