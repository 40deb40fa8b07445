import { GrowingBytes } from "../growingBytes.js";
import { damagedZstd } from "./bits.js";
import { decodeHuffman, readHuffmanTable, type HuffmanTable } from "./huffman.js";
import { readSequences, type SequenceTables } from "./sequences.js";

const FRAME_MARK = 0xfd2fb528;
const MOST_BLOCK = 2 ** 17;
/** Where no size is known: more than that is not unpacked. */
const MOST_UNPACKED = 2 ** 31 - 1;

/**
 * Unpacks zstd data, of one frame or several.
 *
 * @param size  of what it holds, where that is known
 * @throws Error saying, as a clause, what is wrong
 */
export function unpackZstd(data: Uint8Array, size?: number): Uint8Array {
  const output = new GrowingBytes(size ?? 4 * data.length, size ?? MOST_UNPACKED, damagedZstd);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at < data.length;) {
    if (at + 8 > data.length) throw damagedZstd();
    const mark = view.getUint32(at, true);
    if ((mark & 0xfffffff0) >>> 0 === 0x184d2a50) at += 8 + view.getUint32(at + 4, true);
    else if (mark === FRAME_MARK) at = new Frame(data, output).unpack(at + 4);
    else throw damagedZstd();
  }
  return output.bytes;
}

class Frame {
  readonly #data: Uint8Array;
  readonly #output: GrowingBytes;
  #huffman: HuffmanTable | undefined;
  #tables: SequenceTables = [];
  /** Offsets used last. */
  #offsets: [number, number, number] = [1, 4, 8];
  readonly #start: number;

  constructor(data: Uint8Array, output: GrowingBytes) {
    this.#data = data;
    this.#output = output;
    this.#start = output.length;
  }

  /** Unpacks the frame whose header starts at `at`. @returns its end */
  unpack(at: number): number {
    const data = this.#data;
    const flags = data[at];
    const isSingle = (flags & 0x20) !== 0;
    if ((flags & 0x03) !== 0) throw new Error("its zstd data needs a dictionary, which cannot be read");
    at += 1 + (isSingle ? 0 : 1) + [isSingle ? 1 : 0, 2, 4, 8][flags >> 6];
    for (let isLast = false; !isLast;) {
      if (at + 3 > data.length) throw damagedZstd();
      const header = data[at] | (data[at + 1] << 8) | (data[at + 2] << 16);
      const [kind, size] = [(header >> 1) & 3, header >> 3];
      isLast = (header & 1) !== 0;
      at += 3;
      const length = kind === 1 ? 1 : size;
      if (at + length > data.length || size > MOST_BLOCK) throw damagedZstd();
      const block = data.subarray(at, at + length);
      if (kind === 0) this.#output.append(block);
      else if (kind === 1) this.#output.append(new Uint8Array(size).fill(block[0]));
      else if (kind === 2) this.#block(block);
      else throw damagedZstd();
      at += length;
    }
    // The checksum is passed over: files have their own.
    return at + ((flags & 0x04) === 0 ? 0 : 4);
  }

  #block(block: Uint8Array): void {
    const { literals, length } = this.#literals(block);
    let used = 0;
    this.#tables = readSequences(block.subarray(length), this.#tables, (sequence) => {
      const end = used + sequence.literals;
      if (end > literals.length) throw damagedZstd();
      this.#output.append(literals.subarray(used, end));
      used = end;
      const offset = this.#offset(sequence.offset, sequence.literals);
      if (offset > this.#output.length - this.#start) throw damagedZstd();
      this.#output.repeat(offset, sequence.match);
    });
    this.#output.append(literals.subarray(used));
  }

  /** The distance that a value stands for: 1 to 3 are offsets used before, where no literals come one further. */
  #offset(value: number, literals: number): number {
    const [first, second, third] = this.#offsets;
    const index = value > 3 ? 3 : value - 1 + (literals === 0 ? 1 : 0);
    if (index === 0) return first;
    const offset = value > 3 ? value - 3 : [first, second, third, first - 1][index];
    this.#offsets = index === 1 ? [offset, first, third] : [offset, first, second];
    return offset;
  }

  #literals(block: Uint8Array): { readonly literals: Uint8Array; readonly length: number } {
    const [kind, form] = [block[0] & 3, (block[0] >> 2) & 3];
    const header = block[0] + (block[1] ?? 0) * 2 ** 8 + (block[2] ?? 0) * 2 ** 16 + (block[3] ?? 0) * 2 ** 24;
    if (kind < 2) {
      const [shift, bits, start] = form === 1 ? [4, 12, 2] : form === 3 ? [4, 20, 3] : [3, 5, 1];
      const size = Math.floor(header / 2 ** shift) % 2 ** bits;
      const literals = kind === 0 ? block.subarray(start, start + size) : new Uint8Array(size).fill(block[start]);
      if (literals.length < size || size > MOST_BLOCK) throw damagedZstd();
      return { literals, length: start + (kind === 0 ? size : 1) };
    }
    const [bits, start] = [[10, 3] as const, [10, 3] as const, [14, 4] as const, [18, 5] as const][form];
    const all = header + (block[4] ?? 0) * 2 ** 32;
    const size = Math.floor(all / 16) % 2 ** bits;
    const packed = Math.floor(all / 2 ** (4 + bits)) % 2 ** bits;
    const section = block.subarray(start, start + packed);
    if (section.length < packed || size > MOST_BLOCK) throw damagedZstd();
    return {
      literals: this.#huffmanLiterals(section, { size, kind, streams: form === 0 ? 1 : 4 }),
      length: start + packed,
    };
  }

  #huffmanLiterals(
    section: Uint8Array,
    { size, kind, streams }: { readonly size: number; readonly kind: number; readonly streams: number },
  ): Uint8Array {
    let at = 0;
    if (kind === 2) {
      const { table, length } = readHuffmanTable(section);
      this.#huffman = table;
      at = length;
    }
    const table = this.#huffman;
    if (table === undefined) throw damagedZstd();
    const literals = new Uint8Array(size);
    if (streams === 1) {
      decodeHuffman(table, section.subarray(at), literals);
      return literals;
    }
    const sizes = [0, 2, 4].map((i) => (section[at + i] ?? 0) | ((section[at + i + 1] ?? 0) << 8));
    at += 6;
    const share = Math.ceil(size / 4);
    for (let i = 0; i < 4; i++) {
      const end = i === 3 ? section.length : at + sizes[i];
      decodeHuffman(table, section.subarray(at, end), literals.subarray(i * share, i === 3 ? size : (i + 1) * share));
      at = end;
    }
    return literals;
  }
}
