import { BackwardBits, damagedZstd } from "./bits.js";
import { nextState, readFseTable } from "./fse.js";

const MOST_BITS = 11;
const MOST_SYMBOLS = 256;

/** For each string of `bits` bits the symbol that it starts with and how many bits that takes. */
export interface HuffmanTable {
  readonly bits: number;
  readonly symbols: Uint8Array;
  readonly lengths: Uint8Array;
}

/** Reads the description of a table. @returns the table and the bytes that describe it */
export function readHuffmanTable(bytes: Uint8Array): { readonly table: HuffmanTable; readonly length: number } {
  const [header] = bytes;
  if (header === undefined) throw damagedZstd();
  if (header < 128) return { table: huffmanTable(packedWeights(bytes.subarray(1, 1 + header))), length: 1 + header };
  const count = header - 127;
  const length = 1 + Math.ceil(count / 2);
  if (length > bytes.length) throw damagedZstd();
  const weights = Array.from({ length: count }, (_, i) =>
    i % 2 === 0 ? bytes[1 + i / 2] >> 4 : bytes[1 + (i >> 1)] & 15,
  );
  return { table: huffmanTable(weights), length };
}

/** Weights as two interleaved streams of states. */
function packedWeights(bytes: Uint8Array): number[] {
  const { table, length } = readFseTable(bytes, { mostLog: 6, mostSymbols: MOST_BITS + 2 });
  const stream = new BackwardBits(bytes.subarray(length));
  let [state, other] = [stream.read(table.log), stream.read(table.log)];
  const weights: number[] = [];
  while (weights.length < MOST_SYMBOLS) {
    weights.push(table.symbols[state]);
    if (stream.left < table.bits[state]) {
      weights.push(table.symbols[other]);
      return weights;
    }
    [state, other] = [other, nextState(table, state, stream)];
  }
  throw damagedZstd();
}

/** The last weight follows from the others. */
function huffmanTable(given: readonly number[]): HuffmanTable {
  const sum = given.reduce((total, weight) => total + (weight === 0 ? 0 : 1 << (weight - 1)), 0);
  const bits = 32 - Math.clz32(sum);
  const rest = (1 << bits) - sum;
  if (sum === 0 || bits > MOST_BITS || (rest & (rest - 1)) !== 0 || given.length >= MOST_SYMBOLS) throw damagedZstd();
  const weights = [...given, 32 - Math.clz32(rest)];
  const [symbols, lengths] = [new Uint8Array(1 << bits), new Uint8Array(1 << bits)];
  let at = 0;
  for (let weight = 1; weight <= bits; weight++) {
    weights.forEach((own, symbol) => {
      if (own !== weight) return;
      const end = at + (1 << (weight - 1));
      symbols.fill(symbol, at, end);
      lengths.fill(bits + 1 - weight, at, end);
      at = end;
    });
  }
  if (at !== symbols.length) throw damagedZstd();
  return { bits, symbols, lengths };
}

/** Decodes a stream of symbols until `target` is full. */
export function decodeHuffman(table: HuffmanTable, bytes: Uint8Array, target: Uint8Array): void {
  const stream = new BackwardBits(bytes);
  for (let i = 0; i < target.length; i++) {
    const next = stream.peek(table.bits);
    target[i] = table.symbols[next];
    stream.left -= table.lengths[next];
  }
  if (stream.left !== 0) throw damagedZstd();
}
