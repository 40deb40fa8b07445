import { damagedZstd, ForwardBits, type BackwardBits } from "./bits.js";

/** A table of finite state entropy: for each state its symbol, and how the next state is found. */
export interface FseTable {
  /** The table has `2 ** log` states. */
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** The table of counts of symbols, whose sum is `2 ** log`; -1 is a count of less than one. */
export function fseTable(counts: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const [symbols, bits, bases] = [new Uint8Array(size), new Uint8Array(size), new Uint16Array(size)];
  let high = size;
  counts.forEach((count, symbol) => {
    if (count !== -1) return;
    high--;
    symbols[high] = symbol;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  counts.forEach((count, symbol) => {
    for (let i = 0; i < count; i++) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  });
  if (at !== 0) throw damagedZstd();
  const next = counts.map((count) => (count === -1 ? 1 : count));
  for (let state = 0; state < size; state++) {
    const base = next[symbols[state]]++;
    bits[state] = log - (31 - Math.clz32(base));
    bases[state] = (base << bits[state]) - size;
  }
  return { log, symbols, bits, bases };
}

/** A table with one symbol alone. */
export const oneSymbol = (symbol: number): FseTable => {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), bases: new Uint16Array(1) };
};

/** Reads the description of a table. @returns the table and the bytes that describe it */
export function readFseTable(
  bytes: Uint8Array,
  { mostLog, mostSymbols }: { readonly mostLog: number; readonly mostSymbols: number },
): { readonly table: FseTable; readonly length: number } {
  const stream = new ForwardBits(bytes);
  const log = stream.read(4) + 5;
  if (log > mostLog) throw damagedZstd();
  const counts: number[] = [];
  for (let left = 1 << log; left > 0;) {
    if (counts.length >= mostSymbols) throw damagedZstd();
    const count = readCount(stream, left);
    counts.push(count);
    left -= Math.abs(count);
    if (count !== 0) continue;
    for (let more = 3; more === 3;) {
      more = stream.read(2);
      for (let i = 0; i < more; i++) counts.push(0);
    }
  }
  if (counts.length > mostSymbols) throw damagedZstd();
  return { table: fseTable(counts, log), length: stream.bytesRead };
}

/** Small values take a bit less, as not all of the larger ones can be. */
function readCount(stream: ForwardBits, left: number): number {
  const bits = 32 - Math.clz32(left + 1);
  const low = stream.read(bits - 1);
  const unused = (1 << bits) - 1 - (left + 1);
  if (low < unused) return low - 1;
  const value = low | (stream.read(1) << (bits - 1));
  return (value < 1 << (bits - 1) ? value : value - unused) - 1;
}

/** The next state of a table. */
export const nextState = (table: FseTable, state: number, stream: BackwardBits): number =>
  table.bases[state] + stream.read(table.bits[state]);
