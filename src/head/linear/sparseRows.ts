import { hashFeatures, type TextFeatures } from "./textFeatures.js";
import { HashNumbers } from "./hashNumbers.js";

/** Features that are counted, and what each weighs. */
export interface TextVocabulary {
  /** What the hashes are of. */
  readonly features: TextFeatures;
  /** Hash of every feature, ascending. */
  readonly hashes: Int32Array;
  /** Inverse document frequency of every feature. */
  readonly idf: Float32Array;
}

interface VocabularyOptions {
  readonly features: TextFeatures;
  /** Rows that a feature must stand in. */
  readonly minRows: number;
  /** The most frequent ones are kept. */
  readonly maxFeatures: number;
}

/** Features that stand in enough of the texts, with their smoothed inverse document frequency. */
export function fitVocabulary(texts: readonly string[], options: VocabularyOptions): TextVocabulary {
  const { features, minRows, maxFeatures } = options;
  const { hashes, rows } = rowsOfFeatures(texts, features);
  const kept = Int32Array.from(hashes.keys()).filter((i) => rows[i] >= minRows);
  const frequent =
    kept.length <= maxFeatures
      ? kept
      : kept.sort((a, b) => rows[b] - rows[a] || hashes[a] - hashes[b]).slice(0, maxFeatures);
  const ordered = frequent.sort((a, b) => hashes[a] - hashes[b]);
  return {
    features,
    hashes: ordered.map((i) => hashes[i]),
    idf: Float32Array.from(ordered, (i) => Math.log((1 + texts.length) / (1 + rows[i])) + 1),
  };
}

/** Every feature with the number of texts that have it, in the order of first appearance. */
function rowsOfFeatures(
  texts: readonly string[],
  features: TextFeatures,
): { readonly hashes: Int32Array; readonly rows: readonly number[] } {
  const numbers = new HashNumbers();
  const rows: number[] = [];
  const lastRow: number[] = [];
  texts.forEach((text, r) =>
    hashFeatures(text, features, (hash) => {
      const i = numbers.add(hash);
      if (i === rows.length) {
        rows.push(0);
        lastRow.push(-1);
      }
      if (lastRow[i] === r) return;
      lastRow[i] = r;
      rows[i]++;
    }),
  );
  return { hashes: numbers.hashes(), rows };
}

/** Rows of a sparse matrix `[rows, cols]`: row r has the columns `columns[starts[r] .. starts[r + 1])` with their values. */
export interface SparseRows {
  readonly cols: number;
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

/** Sublinear term frequency times inverse document frequency, rows scaled to length 1. */
export function sparseRows(texts: readonly string[], { features, hashes, idf }: TextVocabulary): SparseRows {
  const numbers = HashNumbers.of(hashes);
  const counts = new Int32Array(hashes.length);
  const starts = new Int32Array(texts.length + 1);
  let columns = new Int32Array(1024);
  let values = new Float32Array(1024);
  texts.forEach((text, r) => {
    let end = starts[r];
    hashFeatures(text, features, (hash) => {
      const c = numbers.find(hash);
      if (c < 0 || counts[c]++ > 0) return;
      if (end === columns.length) [columns, values] = [grown(columns, Int32Array), grown(values, Float32Array)];
      columns[end++] = c;
    });
    let square = 0;
    for (let i = starts[r]; i < end; i++) square += (weigh(counts[columns[i]]) * idf[columns[i]]) ** 2;
    const length = Math.sqrt(square);
    for (let i = starts[r]; i < end; i++) {
      const c = columns[i];
      values[i] = (weigh(counts[c]) * idf[c]) / length;
      counts[c] = 0;
    }
    starts[r + 1] = end;
  });
  const total = starts[texts.length];
  return { cols: hashes.length, starts, columns: columns.subarray(0, total), values: values.subarray(0, total) };
}

const weigh = (count: number): number => 1 + Math.log(count);

function grown<T extends Int32Array | Float32Array>(array: T, Kind: new (length: number) => T): T {
  const larger = new Kind(2 * array.length);
  larger.set(array);
  return larger;
}
