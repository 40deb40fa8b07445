import { closeSync, openSync, readSync } from "node:fs";
import { HeadstartError } from "../../errors.js";

/** Where a table `[rows, width]` of float32 lies in a file. */
export interface TablePlace {
  readonly file: string;
  /** Of the first row, bytes. */
  readonly offset: number;
  readonly rows: number;
  readonly width: number;
}

/** Rows that came first stay in memory up to this size: the words of a language that are used most. */
const KEPT_BYTES = 8 * 1024 * 1024;

/**
 * A table in a file, of which rows are read when they are first asked for.
 *
 * Mapped into memory it would be there as a whole after some thousand texts, since the system fetches what lies around a
 * row with it. Rows beyond those that are kept are read again each time, most often from the system's own memory.
 */
export class TableRows {
  readonly #place: TablePlace;
  readonly #file: number;
  readonly #kept: Float32Array;
  /** One more than the place in `#kept`, for each row; 0 where it is not there. */
  readonly #places: Int32Array;
  #keptRows = 0;
  /** The row that was read last. */
  readonly #last: Float32Array;

  /** @throws HeadstartError E_ENCODER_INVALID when the file cannot be opened */
  constructor(place: TablePlace) {
    this.#place = place;
    try {
      this.#file = openSync(place.file, "r");
    } catch (cause) {
      throw new HeadstartError("E_ENCODER_INVALID", `Cannot read ${place.file}. Fetch it again`, {
        file: place.file,
        cause,
      });
    }
    this.#kept = new Float32Array(Math.min(place.rows, Math.floor(KEPT_BYTES / (4 * place.width))) * place.width);
    this.#places = new Int32Array(place.rows);
    this.#last = new Float32Array(place.width);
  }

  /** Numbers of a row. */
  get width(): number {
    return this.#place.width;
  }

  /**
   * Copies rows by their numbers to `to`, one after the other, `[ids, width]`.
   *
   * @throws HeadstartError E_ENCODER_INVALID for a row that the table does not have, or where the file has become shorter
   */
  copyRows(ids: BigInt64Array, to: Float32Array): void {
    const { rows, width, file } = this.#place;
    // A BigInt for each would be garbage at once.
    const halves = new Int32Array(ids.buffer, ids.byteOffset, 2 * ids.length);
    for (let i = 0; i < ids.length; i++) {
      const id = halves[2 * i];
      if (halves[2 * i + 1] !== 0 || id < 0 || id >= rows) {
        throw new HeadstartError(
          "E_ENCODER_INVALID",
          `${file} has vectors of ${rows} tokens, so none of the token ${ids[i]}. ` +
            "Fetch it again, with the tokenizer that belongs to it",
          { file },
        );
      }
      const start = width * ((this.#places[id] || this.#read(id)) - 1);
      to.set(start < 0 ? this.#last : this.#kept.subarray(start, start + width), i * width);
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Reads a row into `#last`, and keeps it if there is room. @returns its entry in `#places` */
  #read(id: number): number {
    const { offset, width, file } = this.#place;
    const bytes = new Uint8Array(this.#last.buffer);
    if (readSync(this.#file, bytes, 0, bytes.length, offset + 4 * width * id) < bytes.length) {
      throw new HeadstartError("E_ENCODER_INVALID", `${file} has become shorter while it was in use. Fetch it again`, {
        file,
      });
    }
    if ((this.#keptRows + 1) * width > this.#kept.length) return 0;
    this.#kept.set(this.#last, this.#keptRows * width);
    return (this.#places[id] = ++this.#keptRows);
  }
}
