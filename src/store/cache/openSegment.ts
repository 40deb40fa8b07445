import { basename, join } from "node:path";
import { commitTogether, openPending, type PendingFile } from "../../files/commit.js";
import type { FileSystem } from "../../files/fileSystem.js";
import { tempPath } from "../../files/tempName.js";
import { SEGMENT_ENDING } from "./maintenance.js";
import { encodeHeader, encodeVector, encodeSeal, type SegmentKind } from "./segment.js";

/** What one process writes: its vectors can be read here at once, and by all who open the cache once they are sealed. */
export class OpenSegment {
  readonly #folder: string;
  readonly #kind: SegmentKind;
  readonly #files: FileSystem;
  #vectors = new Map<string, Float32Array>();
  /** Records that are not in the file yet. */
  #unwritten: Buffer[] = [];
  #pending: PendingFile | undefined;

  /** @param folder  of the cache's fingerprint; the file is created with the first record */
  constructor(folder: string, kind: SegmentKind, files: FileSystem) {
    this.#folder = folder;
    this.#kind = kind;
    this.#files = files;
  }

  get rows(): number {
    return this.#vectors.size;
  }

  get(key: string): Float32Array | undefined {
    return this.#vectors.get(key);
  }

  /** Adds a record; it comes into the file with the next `write`. */
  add(key: string, vector: Float32Array): void {
    this.#vectors.set(key, vector);
    this.#unwritten.push(encodeVector(key, vector));
  }

  /** @throws HeadstartError E_OUTPUT_WRITE; then nothing that was not sealed is left */
  async write(): Promise<void> {
    if (this.#unwritten.length === 0) return;
    try {
      this.#pending ??= await this.#open();
      await this.#pending.write(Buffer.concat(this.#unwritten));
      this.#unwritten = [];
    } catch (error) {
      await this.#drop();
      throw error;
    }
  }

  /**
   * Ends the file and makes it visible to other processes; another one is begun by the next record.
   *
   * @param onSealed  is called with its path and its keys in order before they are gone from here; not where nothing was added
   * @throws HeadstartError E_OUTPUT_WRITE; then nothing that was not sealed is left
   */
  async seal(onSealed: (path: string, keys: readonly string[]) => void): Promise<void> {
    await this.write();
    const pending = this.#pending;
    if (pending === undefined) return;
    const keys = [...this.#vectors.keys()];
    try {
      await pending.write(encodeSeal(keys));
      await commitTogether([pending], { files: this.#files });
    } catch (error) {
      await this.#drop();
      throw error;
    }
    onSealed(pending.path, keys);
    this.#pending = undefined;
    this.#vectors = new Map();
  }

  async #open(): Promise<PendingFile> {
    // Temporary names never come twice, so neither do names made of them.
    const name = basename(tempPath("segment")).replace(/^\.segment\.|\.tmp$/g, "");
    const path = join(this.#folder, `${name}${SEGMENT_ENDING}`);
    const segment = await openPending(path, { files: this.#files, isPrivate: true });
    this.#pending = segment;
    await segment.write(encodeHeader(this.#kind));
    return segment;
  }

  /** After a failed write nobody knows which records are in the file: all of it is given up. */
  async #drop(): Promise<void> {
    await this.#pending?.discard();
    this.#pending = undefined;
    this.#vectors = new Map();
    this.#unwritten = [];
  }
}
