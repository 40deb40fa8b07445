import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { HeadstartError } from "../../errors.js";
import { row } from "../../math/matrix.js";
import type { Matrix } from "../../math/matrix.js";
import { SEGMENT_ROWS, bytesOfRow, SegmentReader, readSealedKeys, salvageRecords, textKey } from "./segment.js";
import type { CacheRecord, SegmentKind } from "./segment.js";
import { OpenSegment } from "./openSegment.js";
import { ignoringFailure, nodeFiles } from "../../files/commit.js";
import type { FileSystem } from "../../files/commit.js";
import { PRIVATE_FOLDER } from "../../files/fileSystem.js";
import { cleanCache, isLeftSegment, isSegment, noteUse } from "./maintenance.js";
import { KeyTable } from "./keyTable.js";
import { withFile } from "../../files/readBytes.js";
import { errnoOf, writing } from "../../files/writeError.js";
import { sha256 } from "../../files/contentHash.js";

export interface VectorCacheOptions {
  /** Identity of the vectors: of the encoder and of everything else that changes them. */
  readonly fingerprint: string;
  readonly width: number;
  /** Name of the encoder, for whoever lists the cache; also notes that it was used. @default none, nothing is noted */
  readonly encoder?: string | undefined;
  /** Bytes that all encoders' vectors in the cache may take; beyond it the oldest go. @default no limit */
  readonly maxBytes?: number | undefined;
  /** The disk. @default nodeFiles */
  readonly files?: FileSystem | undefined;
}

/** Vectors by the content of their text, kept between runs. */
export interface VectorCache {
  /** Texts that have a vector here. */
  readonly size: number;
  /**
   * The vector of each text, or undefined, bit for bit as it was put; fresh arrays. A text is looked up by the sha256 of
   * its UTF-8. What was removed meanwhile, by a limit or by hand, is undefined.
   *
   * @throws HeadstartError E_CACHE_INVALID naming the file when a vector does not match its checksum
   */
  get(texts: readonly string[]): (Float32Array | undefined)[];
  /**
   * Adds vectors; texts that already have one keep it.
   *
   * @param vectors [texts, width]; copied
   * @throws HeadstartError E_OUTPUT_WRITE, E_NOT_FINITE
   * @throws RangeError when the shapes do not fit
   */
  put(texts: readonly string[], vectors: Matrix): Promise<void>;
  /** Makes what was put visible to other processes; the cache cannot be used any more. @throws HeadstartError E_OUTPUT_WRITE */
  close(): Promise<void>;
}

/** Segments open for reading at a time. */
const OPEN_SEGMENTS = 64;
/** So many fit into a cache with a limit. */
const LEAST_SEGMENTS = 8;
/** Of a segment: a file for less is not worth it. */
const FEWEST_ROWS = 64;

/** The folder of `--cache` without a name: in the user's cache folder as the operating system has it. */
export function defaultCacheFolder(env: Environment = process.env): string {
  return join(cacheHome(env), "vectors");
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `headstart` in the system's place for caches. */
export function cacheHome(env: Environment): string {
  const home = homedir();
  const systems: Partial<Record<NodeJS.Platform, string>> = {
    darwin: join(home, "Library", "Caches"),
    win32: env["LOCALAPPDATA"] || join(home, "AppData", "Local"),
  };
  return join(env["XDG_CACHE_HOME"] || systems[process.platform] || join(home, ".cache"), "headstart");
}

/**
 * Opens the cache of one fingerprint in its own folder under `dir`, which is created if it is missing. What is created is
 * for this user alone, since vectors tell much of their texts.
 *
 * Several processes can use one cache at a time: each appends to a segment of its own, which the others see once it is
 * sealed and they open the cache anew. What a process that died had written but not sealed is taken over; a record that
 * it did not finish is dropped. In memory are the keys alone; vectors are read when asked for.
 *
 * @throws HeadstartError E_CACHE_INVALID naming a file that is damaged, or of another width or fingerprint; E_OUTPUT_WRITE
 * @example
 * const cache = await openVectorCache("vector-cache", { fingerprint: "my encoder, mean pooling", width: 2 });
 * await cache.put(["a text"], matrix(1, 2, Float32Array.of(3, 4)));
 * console.log(cache.get(["a text"])[0]); // Float32Array(2) [ 3, 4 ]
 * await cache.close();
 */
export async function openVectorCache(dir: string, options: VectorCacheOptions): Promise<VectorCache> {
  const { fingerprint, width } = options;
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`A vector has at least one number, not ${width}`);
  const folder = join(dir, folderName(fingerprint));
  const files = options.files ?? nodeFiles;
  await writing(folder, () => files.mkdir(folder, PRIVATE_FOLDER));
  if (options.encoder !== undefined) await noteUse(folder, options.encoder, files);
  const cache = new SegmentedCache({ dir, folder }, options);
  const names = (await readdir(folder)).sort();
  for (const name of names) {
    if (isSegment(name)) await cache.addSealed(join(folder, name));
  }
  for (const name of names) if (isLeftSegment(name)) await cache.takeOver(join(folder, name));
  return cache;
}

/** A fingerprint that is safe as the name of a folder is used as it is. */
function folderName(fingerprint: string): string {
  if (/^[0-9a-z_-]{8,100}$/.test(fingerprint)) return fingerprint;
  return sha256(fingerprint);
}

class SegmentedCache implements VectorCache {
  readonly #dir: string;
  readonly #maxBytes: number;
  readonly #segmentRows: number;
  readonly #kind: SegmentKind;
  readonly #files: FileSystem;
  /** Sealed segments, and the place of each key in them: `segment * SEGMENT_ROWS + record`. */
  readonly #segments: string[] = [];
  readonly #places = new KeyTable();
  readonly #readers = new Map<number, SegmentReader>();
  /** What this process wrote since it last sealed a segment. */
  readonly #recent: OpenSegment;
  /** The end of the writes so far: writes take turns. */
  #turn: Promise<void> = Promise.resolve();
  #closed = false;

  constructor({ dir, folder }: { readonly dir: string; readonly folder: string }, options: VectorCacheOptions) {
    const { fingerprint, width, maxBytes = Infinity, files = nodeFiles } = options;
    this.#dir = dir;
    this.#maxBytes = maxBytes;
    // Whole segments go, so they are small where little may stay.
    const most = Math.floor(maxBytes / LEAST_SEGMENTS / bytesOfRow(width));
    this.#segmentRows = Math.max(FEWEST_ROWS, Math.min(SEGMENT_ROWS, most));
    this.#kind = { fingerprint, width };
    this.#files = files;
    this.#recent = new OpenSegment(folder, this.#kind, files);
  }

  get size(): number {
    return this.#places.size + this.#recent.rows;
  }

  get(texts: readonly string[]): (Float32Array | undefined)[] {
    this.#checkOpen();
    return texts.map((text) => {
      const key = textKey(text);
      const place = this.#places.get(key);
      if (place === undefined) return this.#recent.get(key)?.slice();
      return this.#read(place, key);
    });
  }

  put(texts: readonly string[], vectors: Matrix): Promise<void> {
    this.#checkOpen();
    if (vectors.rows !== texts.length || vectors.cols !== this.#kind.width) {
      throw new RangeError(
        `${texts.length} texts of width ${this.#kind.width} need other vectors than ${vectors.rows} x ${vectors.cols}`,
      );
    }
    if (!vectors.data.every(Number.isFinite)) {
      throw new HeadstartError("E_NOT_FINITE", `Cannot cache vectors that are not finite. Take another encoder`);
    }
    // Copied at once: the caller may use its memory again before the turn comes.
    const records = texts.map((text, r) => ({ key: textKey(text), vector: row(vectors, r).slice() }));
    return this.#inTurn(() => this.#append(records));
  }

  close(): Promise<void> {
    if (this.#closed) return this.#turn;
    this.#closed = true;
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
    return this.#inTurn(async () => {
      await this.#seal();
      await this.#keepToLimit();
    });
  }

  async addSealed(path: string): Promise<void> {
    try {
      const keys = await withFile(path, (file) => readSealedKeys(path, file, this.#kind));
      this.#index(path, keys);
    } catch (error) {
      // Someone deleted it since the folder was listed: its texts are not in the cache, which is no error.
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }

  /** Copies what a dead process left unsealed, then removes it. Two processes that do so at once do no harm. */
  async takeOver(path: string): Promise<void> {
    try {
      const records = await withFile(path, (file) => salvageRecords(file, this.#kind));
      await this.#inTurn(() => this.#append(records));
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
    await ignoringFailure(this.#files.unlink(path));
  }

  async #append(records: readonly CacheRecord[]): Promise<void> {
    for (const { key, vector } of records) {
      if (this.#recent.get(key) !== undefined || this.#places.get(key) !== undefined) continue;
      this.#recent.add(key, vector);
      if (this.#recent.rows < this.#segmentRows) continue;
      await this.#seal();
      await this.#keepToLimit();
    }
    await this.#recent.write();
  }

  #seal(): Promise<void> {
    return this.#recent.seal((path, keys) => this.#index(path, keys));
  }

  #index(path: string, keys: readonly string[]): void {
    const first = this.#segments.push(path) * SEGMENT_ROWS - SEGMENT_ROWS;
    keys.forEach((key, i) => this.#places.set(key, first + i));
  }

  async #keepToLimit(): Promise<void> {
    if (this.#maxBytes === Infinity) return;
    await cleanCache(this.#dir, { maxBytes: this.#maxBytes, files: this.#files });
  }

  #read(place: number, key: string): Float32Array | undefined {
    const segment = Math.floor(place / SEGMENT_ROWS);
    try {
      return this.#reader(segment).read(place % SEGMENT_ROWS, key);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
      this.#places.remove((at) => Math.floor(at / SEGMENT_ROWS) === segment);
      return undefined;
    }
  }

  #reader(segment: number): SegmentReader {
    let reader = this.#readers.get(segment);
    if (reader !== undefined) return reader;
    if (this.#readers.size === OPEN_SEGMENTS) this.#closeOldest();
    reader = new SegmentReader(this.#segments[segment], this.#kind.width);
    this.#readers.set(segment, reader);
    return reader;
  }

  #closeOldest(): void {
    const [oldest] = this.#readers;
    oldest[1].close();
    this.#readers.delete(oldest[0]);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    // A write that failed must not fail those after it, which meet the disk themselves.
    this.#turn = done.catch(() => {});
    return done;
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error("The vector cache is closed");
  }
}
