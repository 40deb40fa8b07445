/** Bytes that grow as they are written, up to a bound. */
export class GrowingBytes {
  #bytes: Uint8Array;
  #length = 0;
  readonly #most: number;
  readonly #refuse: () => Error;

  /**
   * @param expected  length that they may have
   * @param most      length that they cannot have more than
   * @param refuse    makes the error for what would be longer, or repeats what is not there
   */
  constructor(expected: number, most: number, refuse: () => Error) {
    this.#bytes = new Uint8Array(Math.min(expected, most));
    this.#most = most;
    this.#refuse = refuse;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  append(part: Uint8Array): void {
    this.#reserve(part.length);
    this.#bytes.set(part, this.#length);
    this.#length += part.length;
  }

  /** Repeats `count` bytes that begin `distance` before the end, which may be the ones that it writes. */
  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.#length) throw this.#refuse();
    this.#reserve(count);
    const bytes = this.#bytes;
    let at = this.#length;
    if (distance >= count) bytes.copyWithin(at, at - distance, at - distance + count);
    else for (const end = at + count; at < end; at++) bytes[at] = bytes[at - distance];
    this.#length += count;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    if (needed > this.#most) throw this.#refuse();
    const larger = new Uint8Array(Math.min(this.#most, Math.max(2 * this.#bytes.length, needed)));
    larger.set(this.bytes);
    this.#bytes = larger;
  }
}
