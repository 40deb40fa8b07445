const FEWEST_SLOTS = 1024;

/**
 * Numbers 32-bit hashes from 0, in the order in which they are added: what a Map does, several times as fast where there
 * are millions.
 */
export class HashNumbers {
  /** By slot: number + 1, 0 for none. Open addressing, at most half full. */
  #slots = new Int32Array(FEWEST_SLOTS);
  #hashes = new Int32Array(FEWEST_SLOTS / 2);
  #size = 0;

  static of(hashes: Int32Array): HashNumbers {
    const numbers = new HashNumbers();
    for (const hash of hashes) numbers.add(hash);
    return numbers;
  }

  /** The number of a hash, a new one where it has none. */
  add(hash: number): number {
    const slot = this.#slotOf(hash);
    if (this.#slots[slot] > 0) return this.#slots[slot] - 1;
    if (this.#size === this.#hashes.length) {
      this.#grow();
      return this.add(hash);
    }
    this.#hashes[this.#size] = hash;
    this.#slots[slot] = ++this.#size;
    return this.#size - 1;
  }

  /** The number of a hash; -1 where it has none. */
  find(hash: number): number {
    return this.#slots[this.#slotOf(hash)] - 1;
  }

  /** All hashes by their numbers. */
  hashes(): Int32Array {
    return this.#hashes.slice(0, this.#size);
  }

  /** Where a hash is, or the free slot where it belongs. */
  #slotOf(hash: number): number {
    const last = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & last;
    while (this.#slots[slot] > 0 && this.#hashes[this.#slots[slot] - 1] !== hash) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const known = this.#hashes;
    this.#hashes = new Int32Array(2 * known.length);
    this.#hashes.set(known);
    this.#slots = new Int32Array(4 * known.length);
    for (let i = 0; i < this.#size; i++) this.#slots[this.#slotOf(known[i])] = i + 1;
  }
}
