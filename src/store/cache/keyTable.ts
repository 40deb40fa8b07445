/** Words of a slot: three of the key, and the place plus 1, which is 0 where the slot is free. */
const SLOT = 4;
const FIRST_SLOTS = 1024;
/** Share of the slots that may be taken. */
const FULL = 0.7;

/**
 * Places by key, for tens of millions of them: a Map takes a hundred bytes each and ends at sixteen million, this about
 * thirty. Keys are compared by 96 of their bits; whoever reads what is at a place sees the rest.
 */
export class KeyTable {
  #words = new Int32Array(FIRST_SLOTS * SLOT);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param key  at least 12 characters, one for each byte of a hash */
  get(key: string): number | undefined {
    const place = this.#words[this.#slotOf(wordsOf(key)) + 3];
    return place === 0 ? undefined : place - 1;
  }

  /** @param place  at most 2^31 - 2 */
  set(key: string, place: number): void {
    const words = wordsOf(key);
    const at = this.#slotOf(words);
    if (this.#words[at + 3] === 0) this.#size++;
    this.#words.set(words, at);
    this.#words[at + 3] = place + 1;
    if (this.#size * SLOT > FULL * this.#words.length) this.#rebuild(2 * this.#words.length, () => true);
  }

  /** Takes out the keys of the places that match. */
  remove(matches: (place: number) => boolean): void {
    this.#rebuild(this.#words.length, (place) => !matches(place));
  }

  /** Where the key is, or where it would go. A hash's bits are as good as random, so its first word is the slot's. */
  #slotOf([a, b, c]: readonly [number, number, number]): number {
    const last = this.#words.length - SLOT;
    const words = this.#words;
    for (let at = (a * SLOT) & last; ; at = (at + SLOT) & last) {
      if (words[at + 3] === 0 || (words[at] === a && words[at + 1] === b && words[at + 2] === c)) return at;
    }
  }

  #rebuild(length: number, stays: (place: number) => boolean): void {
    const old = this.#words;
    this.#words = new Int32Array(length);
    this.#size = 0;
    for (let at = 0; at < old.length; at += SLOT) {
      if (old[at + 3] === 0 || !stays(old[at + 3] - 1)) continue;
      this.#words.set(old.subarray(at, at + SLOT), this.#slotOf([old[at], old[at + 1], old[at + 2]]));
      this.#size++;
    }
  }
}

function wordsOf(key: string): [number, number, number] {
  const word = (from: number): number =>
    key.charCodeAt(from) |
    (key.charCodeAt(from + 1) << 8) |
    (key.charCodeAt(from + 2) << 16) |
    (key.charCodeAt(from + 3) << 24);
  return [word(0), word(4), word(8)];
}
