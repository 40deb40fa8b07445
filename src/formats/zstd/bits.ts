/*
 * Zstandard, RFC 8878. Streams of bits are read from their end, where the highest bit that is set marks the start.
 */

/** What is thrown for data that makes no sense. */
export const damagedZstd = (): Error => new Error("its zstd data is damaged");

/** Bits of a stream, the last first; beyond its start there are zeros. */
export class BackwardBits {
  readonly #bytes: Uint8Array;
  /** Bits that are left; negative once zeros were read. */
  left: number;

  constructor(bytes: Uint8Array) {
    const last = bytes.at(-1) ?? 0;
    if (last === 0) throw damagedZstd();
    this.#bytes = bytes;
    this.left = 8 * bytes.length - Math.clz32(last) + 23;
  }

  /** The next `count` bits, up to 31. */
  read(count: number): number {
    if (count > 16) return this.read(count - 16) * 65_536 + this.read(16);
    const value = this.peek(count);
    this.left -= count;
    return value;
  }

  /** The next `count` bits, up to 16, which stay. */
  peek(count: number): number {
    const start = this.left - count;
    const at = start >> 3;
    const bytes = this.#bytes;
    const three = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    return (three >>> (start & 7)) & ((1 << count) - 1);
  }
}

/** Bits of a stream from its start, the lowest of a byte first. */
export class ForwardBits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes that were begun. */
  get bytesRead(): number {
    return Math.ceil(this.#at / 8);
  }

  /** The next `count` bits, up to 16. */
  read(count: number): number {
    const at = this.#at >> 3;
    if (this.#at + count > 8 * this.#bytes.length) throw damagedZstd();
    const bytes = this.#bytes;
    const three = bytes[at] | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    const value = (three >>> (this.#at & 7)) & ((1 << count) - 1);
    this.#at += count;
    return value;
  }

  /** Gives the last bit back. */
  back(): void {
    this.#at--;
  }
}
