import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { HeadstartError } from "../../errors.js";
import { segmentRows } from "./segment.js";
import { commitFile, nodeFiles } from "../../files/commit.js";
import type { FileSystem } from "../../files/commit.js";
import { withFile } from "../../files/readBytes.js";
import { parseTempName } from "../../files/tempName.js";
import { errnoOf, writeError } from "../../files/writeError.js";
import { jsonOrUndefined } from "../../formats/json.js";

/** Ending of a file of cached vectors. */
export const SEGMENT_ENDING = ".vectors";
/** Says whose vectors are in a folder of the cache; its time of change is when they were last used. */
const NOTE = "encoder.json";
const FORMAT = "headstart-cache";

/** What a cache has of one encoder with its settings. */
export interface CachedEncoder {
  /** Folder in the cache, made of the fingerprint. */
  readonly fingerprint: string;
  /** As it was named by whoever used it last; undefined where nothing says it. */
  readonly encoder: string | undefined;
  /** Vectors, without those that running programs have not finished. */
  readonly entries: number;
  /** Of whole files of vectors. */
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly lastUsed: string;
  /** Files of vectors that cannot be read. */
  readonly damaged: number;
}

interface CleanOptions {
  /** Only vectors of encoders of one of these names, or fingerprints or at least 8 characters of one. @default all */
  readonly encoders?: readonly string[] | undefined;
  /** Only vectors written before this moment, milliseconds since 1970. @default all */
  readonly before?: number | undefined;
  /** Removes the oldest until so many bytes are left in the whole cache. @default 0 */
  readonly maxBytes?: number | undefined;
  /** The disk. @default nodeFiles */
  readonly files?: FileSystem | undefined;
}

/** What was removed. */
export interface Cleaned {
  readonly files: number;
  readonly bytes: number;
}

interface Segment {
  readonly path: string;
  readonly bytes: number;
  /** When it was written. */
  readonly time: number;
}

/**
 * What is in the cache in `dir`, the encoder used last first; nothing where there is no such folder.
 *
 * @throws HeadstartError E_CACHE_INVALID when it cannot be read
 */
export async function listCache(dir: string): Promise<readonly CachedEncoder[]> {
  const found: CachedEncoder[] = [];
  for (const folder of await foldersOf(dir)) {
    const segments = await segmentsIn(folder);
    if (segments.length === 0) continue;
    const note = await noteOf(folder);
    const rows = await Promise.all(segments.map(({ path }) => rowsOf(path)));
    const time = Math.max(note?.time ?? 0, ...segments.map((segment) => segment.time));
    found.push({
      fingerprint: basename(folder),
      encoder: note?.encoder,
      entries: rows.reduce<number>((sum, count) => sum + (count ?? 0), 0),
      bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
      lastUsed: new Date(time).toISOString(),
      damaged: rows.filter((count) => count === undefined).length,
    });
  }
  return found.sort((a, b) => b.lastUsed.localeCompare(a.lastUsed));
}

/**
 * Removes whole files of vectors, the oldest first, until no more than `maxBytes` are left. What running programs are
 * writing is not touched, and those that read a removed file embed its texts again.
 *
 * @throws HeadstartError E_CACHE_INVALID, E_OUTPUT_WRITE
 */
export async function cleanCache(dir: string, options: CleanOptions = {}): Promise<Cleaned> {
  const { encoders, before = Infinity, maxBytes = 0, files = nodeFiles } = options;
  const all: (Segment & { readonly wanted: boolean })[] = [];
  for (const folder of await foldersOf(dir)) {
    const wanted = encoders === undefined || (await isOneOf(folder, encoders));
    for (const segment of await segmentsIn(folder, (name) => isSegment(name) || isLeftSegment(name)))
      all.push({ ...segment, wanted: wanted && segment.time < before });
  }
  all.sort((a, b) => a.time - b.time || (a.path < b.path ? -1 : 1));
  let left = all.reduce((sum, { bytes }) => sum + bytes, 0);
  let cleaned: Cleaned = { files: 0, bytes: 0 };
  for (const { path, bytes, wanted } of all) {
    if (left <= maxBytes) break;
    if (!wanted || !(await remove(path, files))) continue;
    left -= bytes;
    cleaned = { files: cleaned.files + 1, bytes: cleaned.bytes + bytes };
  }
  return cleaned;
}

/** Notes in a folder of the cache that `encoder` uses it, now. @throws HeadstartError E_OUTPUT_WRITE */
export async function noteUse(folder: string, encoder: string, files: FileSystem): Promise<void> {
  const note = JSON.stringify({ format: FORMAT, version: 1, encoder });
  await commitFile(join(folder, NOTE), (file) => file.write(`${note}\n`), { force: true, files, isPrivate: true });
}

async function foldersOf(dir: string): Promise<readonly string[]> {
  const entries = await reading(dir, () => readdir(dir, { withFileTypes: true }));
  const folders = (entries ?? []).filter((entry) => entry.isDirectory() && /^[0-9a-z_-]{8,100}$/.test(entry.name));
  return folders.map(({ name }) => join(dir, name)).sort();
}

/** Whether a file has this name that holds finished vectors. */
export const isSegment = (name: string): boolean => name.endsWith(SEGMENT_ENDING) && !name.startsWith(".");

/** Whether it has the name of one that a program left unfinished which is surely gone. */
export function isLeftSegment(name: string): boolean {
  const temp = parseTempName(name);
  return temp !== undefined && temp.stale && temp.name.endsWith(SEGMENT_ENDING);
}

async function segmentsIn(folder: string, wanted = isSegment): Promise<readonly Segment[]> {
  const names = (await reading(folder, () => readdir(folder))) ?? [];
  const segments: Segment[] = [];
  for (const name of names.filter(wanted)) {
    const path = join(folder, name);
    const found = await reading(path, () => stat(path));
    if (found?.isFile()) segments.push({ path, bytes: found.size, time: found.mtimeMs });
  }
  return segments;
}

/** @returns undefined for a file that is damaged or gone */
async function rowsOf(path: string): Promise<number | undefined> {
  return reading(path, () => withFile(path, segmentRows));
}

interface Note {
  readonly encoder: string | undefined;
  readonly time: number;
}

async function noteOf(folder: string): Promise<Note | undefined> {
  const path = join(folder, NOTE);
  const found = await reading(path, async () => ({
    text: await readFile(path, "utf8"),
    time: (await stat(path)).mtimeMs,
  }));
  if (found === undefined) return undefined;
  // It only helps people to find their way: without it the vectors are as good.
  const note = jsonOrUndefined(found.text);
  const known = typeof note === "object" && note !== null && "format" in note && note.format === FORMAT;
  const encoder = known && "encoder" in note && typeof note.encoder === "string" ? note.encoder : undefined;
  return { encoder, time: found.time };
}

async function isOneOf(folder: string, encoders: readonly string[]): Promise<boolean> {
  const fingerprint = basename(folder);
  const name = (await noteOf(folder))?.encoder;
  return encoders.some((one) => one === name || (one.length >= 8 && fingerprint.startsWith(one)));
}

/** @returns whether it was removed here: another program may have been faster */
async function remove(path: string, files: FileSystem): Promise<boolean> {
  try {
    await files.unlink(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw writeError(dirname(path), error);
  }
}

/** What a file or folder has; undefined where it is missing. */
export async function reading<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    const errno = errnoOf(error) ?? String(error);
    const message = `Cannot look into the cache at ${path}: ${errno}. Check its permissions, or name another one with --cache`;
    throw new HeadstartError("E_CACHE_INVALID", message, { file: path, cause: error });
  }
}
