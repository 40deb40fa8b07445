import { BackwardBits, damagedZstd } from "./bits.js";
import { fseTable, nextState, oneSymbol, readFseTable, type FseTable } from "./fse.js";

/** A code of a length: its least value, and the bits that are added. */
interface Codes {
  readonly bases: readonly number[];
  readonly bits: readonly number[];
  readonly predefined: FseTable;
  readonly mostLog: number;
}

const repeated = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

/** Codes whose ranges follow one another. */
function codes(
  bits: readonly number[],
  first: number,
  table: readonly [counts: readonly number[], log: number],
): Codes {
  let next = first;
  const bases = bits.map((count) => {
    const base = next;
    next += 2 ** count;
    return base;
  });
  return { bases, bits, predefined: fseTable(...table), mostLog: 9 };
}

const LITERALS = codes([...repeated(16, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], 0, [
  [4, 3, ...repeated(11, 2), 1, 1, 1, ...repeated(9, 2), 3, 2, ...repeated(5, 1), ...repeated(4, -1)],
  6,
]);
const MATCHES = codes([...repeated(32, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], 3, [
  [1, 4, 3, ...repeated(6, 2), ...repeated(37, 1), ...repeated(7, -1)],
  6,
]);
const OFFSETS: Codes = {
  ...codes(
    Array.from({ length: 32 }, (_, i) => i),
    1,
    [[...repeated(6, 1), 2, 2, 2, ...repeated(15, 1), ...repeated(5, -1)], 5],
  ),
  mostLog: 8,
};
const KINDS = [LITERALS, OFFSETS, MATCHES] as const;

/** Tables of a block, which the next one may use again: of literal lengths, offsets and match lengths. */
export type SequenceTables = readonly (FseTable | undefined)[];

/** What to copy: literals, then bytes from `offset` back, where 1 to 3 are ones used before. */
interface Sequence {
  readonly literals: number;
  readonly offset: number;
  readonly match: number;
}

/** Gives the sequences of a block to `use`. @returns the tables for the next block */
export function readSequences(bytes: Uint8Array, before: SequenceTables, use: (one: Sequence) => void): SequenceTables {
  const { count, length } = countOf(bytes);
  if (count === 0) return before;
  const modes = bytes[length];
  if (modes === undefined || (modes & 3) !== 0) throw damagedZstd();
  let at = length + 1;
  const tables = KINDS.map((kind, i) => {
    const mode = (modes >> (6 - 2 * i)) & 3;
    if (mode === 0) return kind.predefined;
    if (mode === 3) return before[i] ?? raise();
    if (mode === 1) return oneSymbol(bytes[at++]);
    const read = readFseTable(bytes.subarray(at), { mostLog: kind.mostLog, mostSymbols: kind.bits.length });
    at += read.length;
    return read.table;
  });
  decode(new BackwardBits(bytes.subarray(at)), { count, tables, use });
  return tables;
}

function raise(): never {
  throw damagedZstd();
}

function countOf(bytes: Uint8Array): { readonly count: number; readonly length: number } {
  const [first, second = 0, third = 0] = bytes;
  if (first === undefined) throw damagedZstd();
  if (first < 128) return { count: first, length: 1 };
  if (first < 255) return { count: ((first - 128) << 8) + second, length: 2 };
  return { count: second + (third << 8) + 0x7f00, length: 3 };
}

interface Decoding {
  readonly count: number;
  readonly tables: readonly FseTable[];
  readonly use: (one: Sequence) => void;
}

function decode(stream: BackwardBits, { count, tables: [literals, offsets, matches], use }: Decoding): void {
  let literal = stream.read(literals.log);
  let offset = stream.read(offsets.log);
  let match = stream.read(matches.log);
  for (let i = 0; i < count; i++) {
    const back = valueOf(OFFSETS, offsets.symbols[offset], stream);
    const matched = valueOf(MATCHES, matches.symbols[match], stream);
    use({ literals: valueOf(LITERALS, literals.symbols[literal], stream), offset: back, match: matched });
    if (i + 1 === count) break;
    literal = nextState(literals, literal, stream);
    match = nextState(matches, match, stream);
    offset = nextState(offsets, offset, stream);
    if (stream.left < 0) throw damagedZstd();
  }
  if (stream.left !== 0) throw damagedZstd();
}

function valueOf({ bases, bits }: Codes, code: number, stream: BackwardBits): number {
  if (code >= bits.length) throw damagedZstd();
  return bases[code] + stream.read(bits[code]);
}
