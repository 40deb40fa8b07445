import { DataType, type Data, type Schema } from "apache-arrow";

/** @throws Error saying, as a clause, that a column has no name, not even an empty one */
export function checkNames({ fields }: Schema): void {
  const nameless = fields.findIndex(({ name }) => typeof name !== "string");
  if (nameless >= 0) throw new Error(`column ${nameless + 1} of ${fields.length} has no name`);
}

/**
 * Checks that the memory of a column holds what its length, offsets and indices say, so that whoever reads or writes it
 * need not.
 *
 * @throws Error saying, as a clause, that it is damaged
 */
export function checkData(data: Data): void {
  const { type, length, offset } = data as {
    readonly type: DataType;
    readonly length: number;
    readonly offset: number;
  };
  const end = offset + length;
  if (!Number.isSafeInteger(length) || length < 0) throw damaged(type);
  // These two have no bitmap of what is missing.
  if (DataType.isNull(type)) return;
  if (DataType.isUnion(type)) return checkUnion(data);
  if (data.nullCount > 0 && (data.nullBitmap?.length ?? 0) * 8 < length) throw damaged(type);
  if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) return checkViews(data);
  if (hasOffsets(type)) checkOffsets(data, DataType.isList(type) || isLargeList(type) || DataType.isMap(type));
  else if (DataType.isFixedSizeList(type)) atLeast(data.children[0]?.length, end * type.listSize, type);
  else if (DataType.isStruct(type)) for (const child of data.children) atLeast(child.length, length, type);
  else if (DataType.isBool(type)) atLeast((data.values as ArrayLike<number>).length * 8, length, type);
  else atLeast((data.values as ArrayLike<number>).length, length * data.stride, type);
  if (DataType.isDictionary(type)) checkIndices(data);
  data.children.forEach(checkData);
}

const isLargeList = (type: DataType): boolean => DataType.isLargeList(type);

const hasOffsets = (type: DataType): boolean =>
  DataType.isUtf8(type) ||
  DataType.isLargeUtf8(type) ||
  DataType.isBinary(type) ||
  DataType.isLargeBinary(type) ||
  DataType.isList(type) ||
  isLargeList(type) ||
  DataType.isMap(type);

/** Offsets must not go back, nor beyond the end of what they point into. */
function checkOffsets(data: Data, nested: boolean): void {
  const offsets = data.valueOffsets as unknown as ArrayLike<number | bigint>;
  if (data.length === 0) return;
  atLeast(offsets.length, data.length + 1, data.type);
  let before: number | bigint = 0;
  for (let i = 0; i <= data.length; i++) {
    if (offsets[i] < before) throw damaged(data.type);
    before = offsets[i];
  }
  const held = nested ? data.children[0]?.length : (data.values as ArrayLike<number>).length;
  atLeast(held, Number(before), data.type);
}

function checkIndices(data: Data): void {
  const words = data.dictionary?.length ?? 0;
  const indices = data.values as ArrayLike<number | bigint>;
  for (let i = 0; i < data.length; i++) {
    if (data.getValid(i) && !(indices[i] >= 0 && indices[i] < words)) throw damaged(data.type);
  }
  data.dictionary?.data.forEach(checkData);
}

/** A view is its length, then up to 12 bytes themselves, or the number of a buffer and the place in it. */
function checkViews(data: Data): void {
  const bytes = data.values as Uint8Array;
  atLeast(bytes.length, data.length * 16, data.type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const buffers = data.variadicBuffers as readonly Uint8Array[];
  for (let i = 0; i < data.length; i++) {
    const length = view.getInt32(i * 16, true);
    if (!data.getValid(i) || (length >= 0 && length <= 12)) continue;
    const [buffer, start] = [view.getInt32(i * 16 + 8, true), view.getInt32(i * 16 + 12, true)];
    if (length < 0 || start < 0) throw damaged(data.type);
    atLeast(buffers[buffer]?.length, start + length, data.type);
  }
}

function checkUnion(data: Data): void {
  atLeast(data.typeIds?.length, data.length, data.type);
  data.children.forEach(checkData);
}

function atLeast(found: number | undefined, needed: number, type: DataType): void {
  if (found === undefined || !(found >= needed)) throw damaged(type);
}

const damaged = (type: DataType): Error =>
  new Error(`it is damaged: a column of ${String(type)} holds less than its rows need`);
