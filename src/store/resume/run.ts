import { basename, dirname, join } from "node:path";
import { HeadstartError } from "../../errors.js";
import type { Matrix } from "../../math/matrix.js";
import { commitFile, ignoringFailure, nodeFiles, removeLeftovers } from "../../files/commit.js";
import type { FileSystem } from "../../files/fileSystem.js";
import { exists, refuseReplacingFile } from "../../files/replacing.js";
import { isClaim, lockFolder, type Owner, type RunLock } from "../../files/lock.js";
import { RunLog } from "./log.js";
import { refuseForeign, runFolder, shardName } from "./runFolder.js";
import { readManifest, type Manifest, type RunFields, type ShardRecord } from "./manifest.js";
import { hashTexts, readShard, shardBytes } from "./shard.js";
import { tempPath } from "../../files/tempName.js";
import { writing } from "../../files/writeError.js";
import { sha256 } from "../../files/contentHash.js";

export interface RunOptions {
  /** Who asks. */
  readonly owner: Owner;
  /** The files that the run will make. */
  readonly outputs: readonly string[];
  /** Replaces outputs, and starts anew where an earlier run cannot be gone on with; else goes on. @default false */
  readonly force?: boolean | undefined;
  /** Embeds what is damaged anew. @default what `force` is */
  readonly repair?: boolean | undefined;
  /** The disk. @default nodeFiles */
  readonly files?: FileSystem | undefined;
}

/** Vectors of consecutive rows, with the counts of their texts. */
export interface Shard extends Pick<ShardRecord, "tokens" | "truncated" | "empty" | "unknown"> {
  readonly vectors: Matrix;
}

/**
 * Claims `output` for one run: takes its lock, and refuses a finished output that is there.
 *
 * @throws HeadstartError E_LOCKED, E_OUTPUT_EXISTS, E_OUTPUT_WRITE; E_CHECKSUM for a damaged manifest
 */
export async function claimOutput(output: string, options: RunOptions): Promise<VectorRun> {
  const folder = runFolder(output);
  const files = options.files ?? nodeFiles;
  const refuse = async (): Promise<void> => {
    for (const path of options.outputs) await refuseReplacingFile(path, options);
  };
  // Before it refuses anything: what a run has left that was killed when all was done must not stay.
  await ignoringFailure(removeLeftovers(folder, files));
  if (!(await exists(folder))) await refuse();
  await refuseForeign(folder, { output, files });
  const lock = await lockFolder(folder, { output, owner: options.owner, files });
  const run = new VectorRun(output, { ...options, files, lock });
  try {
    await run.look();
    // With all rows in, an output that is there may be this run's own, and is compared before it is replaced.
    if (run.manifest?.ended !== true) await refuse();
    return run;
  } catch (error) {
    await run.leave();
    throw error;
  }
}

interface RunParts extends RunOptions {
  readonly files: FileSystem;
  readonly lock: RunLock;
}

/** A run that holds the lock of its output. It must end in `finish` or `leave`. */
export class VectorRun {
  /** Where what is not finished lies. */
  readonly folder: string;
  readonly #output: string;
  readonly #parts: RunParts;
  #manifest: Manifest | undefined;
  #log: RunLog | undefined;
  #open = true;
  #unreadable = false;
  /** Whether shards whose rows are others now are done anew. */
  #otherInput = false;

  constructor(output: string, parts: RunParts) {
    this.folder = runFolder(output);
    this.#output = output;
    this.#parts = parts;
  }

  /** What an earlier run left, if anything. */
  get manifest(): Manifest | undefined {
    return this.#manifest;
  }

  /** Rows in shards. */
  get rows(): number {
    let rows = 0;
    for (const shard of this.#manifest?.shards.values() ?? []) rows += shard.rows;
    return rows;
  }

  /** Reads what an earlier run left. */
  async look(): Promise<void> {
    const { force = false, repair = force } = this.#parts;
    try {
      this.#manifest = await readManifest(this.#path("manifest"), { repair });
    } catch (error) {
      this.#unreadable = !force;
      if (!force) throw error;
    }
  }

  /**
   * Goes on with what an earlier run left, or starts where there is none; without `fields`, for an input that cannot be
   * read again, keeps nothing.
   *
   * @param ofVectors  names of the fields that vectors of given texts depend on: after a run whose input was wrong only
   *   those have to be as they were, and what is kept of rows that are the same is gone on with
   * @throws HeadstartError E_RESUME_MISMATCH naming the field that has changed, unless `force` starts anew
   */
  async begin(fields: RunFields | undefined, ofVectors?: readonly string[]): Promise<void> {
    if (this.#manifest !== undefined) {
      const { wrongInput, shards } = this.#manifest;
      const now = fields ?? { input: "a pipe, which cannot be read again" };
      this.#otherInput = wrongInput && fields !== undefined && ofVectors !== undefined;
      const changed = differing(this.#manifest.fields, now, this.#otherInput ? ofVectors : undefined);
      if (changed !== undefined && this.#parts.force !== true) throw this.#mismatch(changed);
      if (changed !== undefined) this.#manifest = undefined;
      else if (this.#otherInput) this.#manifest = { fields: now, shards, ended: false, wrongInput: false };
    }
    await this.#removeUnused();
    if (fields !== undefined) await writing(this.#output, () => this.#openLog(fields));
  }

  /**
   * The vectors of shard `n`, if they are there.
   *
   * @param texts  those of its rows
   * @throws HeadstartError E_CHECKSUM unless `repair`, E_RESUME_MISMATCH where the rows are others than they were; neither
   *   with `force`
   */
  async restore(n: number, texts: readonly string[], width: number): Promise<Shard | undefined> {
    const record = this.#manifest?.shards.get(n);
    if (record === undefined) return undefined;
    const { force = false, repair = force } = this.#parts;
    if (record.rows !== texts.length || record.texts !== hashTexts(texts)) {
      if (force || this.#otherInput) return undefined;
      const before = `rows with sha256 ${record.texts.slice(0, 12)}`;
      throw this.#mismatch({ field: `part ${n + 1} of the input`, before, now: "other rows" });
    }
    try {
      const { rows, sha256: wanted, tokens, truncated, empty, unknown } = record;
      const vectors = await readShard(this.#shardPath(n), { rows, width, wanted });
      return { vectors, tokens, truncated, empty, unknown };
    } catch (error) {
      if (repair) return undefined;
      throw error;
    }
  }

  /** Commits shard `n`; does nothing for an input that cannot be read again. @throws HeadstartError E_OUTPUT_WRITE */
  async add(n: number, texts: readonly string[], { vectors, tokens, truncated, empty, unknown }: Shard): Promise<void> {
    if (this.#manifest === undefined) return;
    const bytes = shardBytes(vectors);
    const options = { files: this.#parts.files, force: true };
    await commitFile(this.#shardPath(n), (file) => file.write(bytes), options);
    const counts = { tokens, truncated, empty, unknown };
    const record = { shard: n, rows: vectors.rows, texts: hashTexts(texts), sha256: sha256(bytes), ...counts };
    await writing(this.#output, async () => this.#log?.append({ kind: "shard", ...record }));
    this.#manifest.shards.set(n, record);
  }

  /** Notes that all rows are in: from now on an output that is there may be this run's. */
  async end(): Promise<void> {
    if (this.#manifest === undefined || this.#manifest.ended) return;
    await writing(this.#output, async () => this.#log?.append({ kind: "end", rows: this.rows }));
    this.#manifest = { ...this.#manifest, ended: true };
  }

  /** Notes that the run ends as its input is wrong: the next one may go on with another. */
  async endWrong(): Promise<void> {
    if (this.#log !== undefined) await ignoringFailure(this.#log.append({ kind: "wrong input" }));
  }

  /** Removes the folder, all at once for anyone who looks, and with it the lock. */
  async finish(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#closeLog();
    const { files } = this.#parts;
    const aside = tempPath(this.folder);
    await writing(this.#output, () => files.rename(this.folder, aside));
    await writing(this.#output, () => files.fsyncDir(dirname(this.folder)));
    await ignoringFailure(files.removeFolder(aside));
  }

  /** Gives the lock back and keeps what is there for a run that goes on; where there is nothing, removes the folder. */
  async leave(): Promise<void> {
    if (!this.#open) return;
    if (this.rows === 0 && !this.#unreadable) return ignoringFailure(this.finish());
    this.#open = false;
    await this.#closeLog();
    await this.#parts.lock.release();
  }

  async #openLog(fields: RunFields): Promise<void> {
    const path = this.#path("manifest");
    const { files } = this.#parts;
    if (this.#manifest !== undefined) this.#log = await RunLog.goOn(path, this.#manifest, files);
    else {
      this.#log = await RunLog.create(path, fields, files);
      this.#manifest = { fields, shards: new Map(), ended: false, wrongInput: false };
    }
  }

  /** Whatever the manifest does not name: what was being written when a run died, or all of one that is not gone on with. */
  async #removeUnused(): Promise<void> {
    const { files } = this.#parts;
    const used = new Set<string>();
    if (this.#manifest !== undefined) {
      used.add("manifest");
      for (const n of this.#manifest.shards.keys()) used.add(basename(this.#shardPath(n)));
    }
    const names = await writing(this.#output, () => files.list(this.folder));
    // The manifest first: while it is there, so is what it names.
    const unused = names
      .filter(({ name }) => !used.has(name) && !isClaim(name))
      .sort((a, b) => rank(a.name) - rank(b.name));
    for (const { name, folder } of unused) {
      const path = this.#path(name);
      await writing(this.#output, () => (folder ? files.removeFolder(path) : files.unlink(path)));
      if (name === "manifest") await writing(this.#output, () => files.fsyncDir(this.folder));
    }
  }

  async #closeLog(): Promise<void> {
    await this.#log?.close();
    this.#log = undefined;
  }

  #path(name: string): string {
    return join(this.folder, name);
  }

  #shardPath(n: number): string {
    return this.#path(shardName(n));
  }

  #mismatch({ field, before, now }: Changed): HeadstartError {
    const message =
      `Cannot go on with ${this.#output}: ${field} was ${before} when the run began and is ${now} now. ` +
      `Repeat the old command to go on, or start anew with --force`;
    return new HeadstartError("E_RESUME_MISMATCH", message, { file: this.#output });
  }
}

const rank = (name: string): number => (name === "manifest" ? 0 : 1);

interface Changed {
  readonly field: string;
  readonly before: string;
  readonly now: string;
}

/** The first of the fields, or of `names` among them, that is not what it was. */
function differing(before: RunFields, now: RunFields, names?: readonly string[]): Changed | undefined {
  const fields = new Set(names ?? [...Object.keys(now), ...Object.keys(before)]);
  const field = [...fields].find((name) => before[name] !== now[name]);
  if (field === undefined) return undefined;
  return { field, before: before[field] ?? "not given", now: now[field] ?? "not given" };
}
