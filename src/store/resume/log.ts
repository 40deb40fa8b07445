import { dirname } from "node:path";
import { commitFile, ignoringFailure } from "../../files/commit.js";
import type { FileSystem, OpenFile } from "../../files/fileSystem.js";
import {
  encodeManifest,
  encodeManifestRecord,
  type Manifest,
  type ManifestRecord,
  type RunFields,
} from "./manifest.js";

/** The manifest of a run while it grows. */
export class RunLog {
  readonly #file: OpenFile;
  #bytes: number;

  private constructor(file: OpenFile, bytes: number) {
    this.#file = file;
    this.#bytes = bytes;
  }

  /** Begins a manifest at `path`; when this returns, the disk has its first record, and its folder in that one's folder. */
  static async create(path: string, fields: RunFields, files: FileSystem): Promise<RunLog> {
    const log = new RunLog(await files.open(path), 0);
    try {
      await log.append({ kind: "run", format: 1, fields });
      const folder = dirname(path);
      for (const each of [folder, dirname(folder)]) await files.fsyncDir(each);
    } catch (error) {
      await log.close();
      throw error;
    }
    return log;
  }

  /** Goes on with the manifest at `path`, which held `manifest`. */
  static async goOn(path: string, manifest: Manifest, files: FileSystem): Promise<RunLog> {
    // Written anew: nobody knows whether the last line that a dead run wrote has reached the disk.
    const whole = encodeManifest(manifest);
    await commitFile(path, (file) => file.write(whole), { files, force: true });
    return new RunLog(await files.reopen(path, whole.length), whole.length);
  }

  /** Adds a record; when this returns, it is on the disk. */
  async append(record: ManifestRecord): Promise<void> {
    const bytes = encodeManifestRecord(record);
    await this.#file.write(bytes, this.#bytes);
    await this.#file.fsync();
    this.#bytes += bytes.length;
  }

  close(): Promise<void> {
    return ignoringFailure(this.#file.close());
  }
}
