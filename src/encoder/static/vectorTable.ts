/** Rows of float32 numbers of one width, which may take more than one array can hold. */
export interface WordVectorTable {
  readonly rows: number;
  readonly width: number;
  /** Row `index`, to be read alone: it may be a view. */
  row(index: number): Float32Array;
}

/** A table that rows are added to. */
interface GrowingTable extends WordVectorTable {
  /** Copies `numbers` into a row after the last. */
  add(numbers: Float32Array): void;
}

/** Large enough to be few, small enough that the last one wastes little. */
const BLOCK_BYTES = 4 * 1024 * 1024;

/** An empty table; it grows by blocks, so that nothing is ever copied to a larger array. */
export function openTable(width: number): GrowingTable {
  const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / (4 * width)));
  const blocks: Float32Array[] = [];
  let rows = 0;
  const rowOf = (index: number): Float32Array => {
    const start = (index % perBlock) * width;
    return blocks[Math.floor(index / perBlock)].subarray(start, start + width);
  };
  return {
    get rows() {
      return rows;
    },
    width,
    row: rowOf,
    add(numbers) {
      if (numbers.length !== width)
        throw new RangeError(`A row of ${width} numbers cannot be made of ${numbers.length}`);
      if (rows % perBlock === 0) blocks.push(new Float32Array(perBlock * width));
      rowOf(rows++).set(numbers);
    },
  };
}

/** A table over `data` (`[rows, width]`, row-major), not copied. */
export function tableOver(data: Float32Array, width: number): WordVectorTable {
  return {
    rows: data.length / width,
    width,
    row: (index) => data.subarray(index * width, (index + 1) * width),
  };
}
