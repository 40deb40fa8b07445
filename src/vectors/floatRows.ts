/** Float32 rows of one width that are added one by one, in memory that grows by doubling. */
export class FloatRows {
  readonly width: number;
  #data: Float32Array;
  #length = 0;

  constructor(width: number) {
    this.width = width;
    this.#data = new Float32Array(width * 64);
  }

  /** Adds one row. @throws Error when it has another length */
  add(row: ArrayLike<number>): void {
    if (row.length !== this.width) throw new Error(`a vector of ${row.length} numbers among those of ${this.width}`);
    if (this.#length + this.width > this.#data.length) {
      const grown = new Float32Array(this.#data.length * 2);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data.set(row, this.#length);
    this.#length += this.width;
  }

  /** All rows, row-major; a fresh array. */
  all(): Float32Array {
    return this.#data.slice(0, this.#length);
  }
}
