/** Numbers that are lent again and again, so that none have to be cleared and collected. */
export class Room {
  #numbers = new Float32Array(0);

  /** So many of them, with whatever was left there; they hold until the next are taken. */
  take(length: number): Float32Array {
    if (this.#numbers.length < length) this.#numbers = new Float32Array(length);
    return this.#numbers.subarray(0, length);
  }
}
