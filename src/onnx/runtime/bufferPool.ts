import { releaseBytes } from "./releaseBytes.js";

/** Matrices in use at a time: two windows on their way, and one that is put together or written. */
const MOST_KEPT = 3;

/**
 * Memory for matrices that come and go, used again and again: the allocator would put the next one elsewhere as soon as
 * something small lies where the last one was, and the process would grow.
 */
export class ReusedRows {
  readonly #most: number;
  readonly #free: ArrayBufferLike[] = [];

  /** @param most  numbers of the largest matrix that is kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** Memory for so many numbers, with whatever was in it. */
  take(numbers: number): Float32Array {
    if (numbers === 0 || numbers > this.#most) return new Float32Array(numbers);
    return new Float32Array(this.#free.pop() ?? new ArrayBuffer(4 * this.#most), 0, numbers);
  }

  /** Takes memory back, from here or elsewhere, that nobody needs any more. */
  give(data: Float32Array): void {
    const fits = data.buffer.byteLength === 4 * this.#most;
    if (fits && this.#free.length < MOST_KEPT) this.#free.push(data.buffer);
    else releaseBytes([data]);
  }
}
