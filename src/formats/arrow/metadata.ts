import { LENGTH_BYTES, MOST_EXPANSION, registerCodecs } from "./codecs.js";

/*
 * The metadata of an Arrow message is a flatbuffer: tables whose fields are found by offsets. Decoders do not check the
 * offsets and counts, so that a damaged one can keep them busy for hours; here every one is checked before it is followed.
 *
 * https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format, https://flatbuffers.dev/internals/
 */

/** What a field of a table holds. Numbers that the table itself holds need no check but that they are there. */
type Slot =
  | { readonly kind: "inline"; readonly bytes: number }
  /** A string, or numbers or structs of so many bytes each. */
  | { readonly kind: "vector"; readonly bytes: number }
  | { readonly kind: "table"; readonly table: () => TableForm }
  | { readonly kind: "tables"; readonly table: () => TableForm };

type TableForm = readonly Slot[];

const inline = (bytes: number): Slot => ({ kind: "inline", bytes });
const vector = (bytes: number): Slot => ({ kind: "vector", bytes });
const table = (form: () => TableForm): Slot => ({ kind: "table", table: form });
const tables = (form: () => TableForm): Slot => ({ kind: "tables", table: form });

const STRING = vector(1);
const KEY_VALUE: TableForm = [STRING, STRING];
const INT: TableForm = [inline(4), inline(1)];
const DICTIONARY_ENCODING: TableForm = [inline(8), table(() => INT), inline(1), inline(2)];
const RECORD_BATCH: TableForm = [inline(8), vector(16), vector(16), table(() => [inline(1), inline(1)]), vector(8)];
const DICTIONARY_BATCH: TableForm = [inline(8), table(() => RECORD_BATCH), inline(1)];
const SCHEMA: TableForm = [inline(2), tables(() => FIELD), tables(() => KEY_VALUE), vector(8)];
const FIELD: TableForm = [
  STRING,
  inline(1),
  inline(1),
  table(() => []),
  table(() => DICTIONARY_ENCODING),
  tables(() => FIELD),
  tables(() => KEY_VALUE),
];
/** Parameters of a type that are more than numbers, by the number of the type: the time zone, the ids of a union. */
const TYPE_FORMS: ReadonlyMap<number, TableForm> = new Map([
  [10, [inline(2), STRING]],
  [14, [inline(2), vector(4)]],
]);
const HEADERS: ReadonlyMap<number, readonly [kind: ArrowHeader["kind"], form: TableForm]> = new Map([
  [1, ["schema", SCHEMA]],
  [2, ["dictionary", DICTIONARY_BATCH]],
  [3, ["batch", RECORD_BATCH]],
]);

const MOST_LEVELS = 64;
/** Columns of nothing but nulls take no bytes; all others take at least a bit a row. */
const ROWS_WITHOUT_BYTES = 2 ** 16;

/** Where a message of a file lies. */
export interface ArrowBlock {
  readonly start: number;
  /** With the length in front of it. */
  readonly metadataBytes: number;
  readonly bodyBytes: number;
}

/** What the footer of a file says. */
export interface ArrowFooter {
  /** Of the metadata. */
  readonly version: number;
  /** Where the schema lies in it. */
  readonly schemaAt: number;
  /** Where the file has its dictionaries, then its batches. */
  readonly blocks: readonly ArrowBlock[];
}

/** What the metadata of a message says about the bytes that follow it. */
export interface ArrowHeader {
  readonly kind: "schema" | "dictionary" | "batch";
  readonly bodyBytes: number;
}

/**
 * Checks the metadata of one message so that it can be decoded safely.
 *
 * @throws Error saying, as a clause, what is wrong
 */
export function checkMetadata(metadata: Uint8Array): ArrowHeader {
  return new MetadataCheck(metadata).message();
}

/**
 * Checks the footer of a file, as `checkMetadata` does a message.
 *
 * @throws Error saying, as a clause, what is wrong
 */
export function checkFooter(footer: Uint8Array): ArrowFooter {
  return new MetadataCheck(footer).footer();
}

class MetadataCheck {
  readonly #view: DataView;
  /** Tables that may still be visited: two offsets to one table are no error, but must not multiply the work. */
  #budget: number;
  #bodyBytes = 0;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#view = new DataView(buffer, byteOffset, byteLength);
    this.#budget = byteLength;
  }

  message(): ArrowHeader {
    const at = this.#target(0);
    const form: TableForm = [inline(2), inline(1), inline(4), inline(8), tables(() => KEY_VALUE)];
    this.#table(at, form, 0);
    const [, type, header, body] = this.#places(at, form.length);
    const found = HEADERS.get(type === 0 ? 0 : this.#view.getUint8(type));
    if (found === undefined) throw new Error("it holds a message that is neither schema nor rows");
    this.#bodyBytes = body === 0 ? 0 : Number(this.#view.getBigInt64(body, true));
    if (header === 0 || !(this.#bodyBytes >= 0 && this.#bodyBytes <= Number.MAX_SAFE_INTEGER)) throw damaged();
    const [kind, headerForm] = found;
    this.#table(this.#target(header), headerForm, 1);
    if (kind === "batch") this.#batch(this.#target(header));
    if (kind === "dictionary") this.#batch(this.#target(this.#place(this.#target(header), 1)));
    return { kind, bodyBytes: this.#bodyBytes };
  }

  footer(): ArrowFooter {
    const at = this.#target(0);
    const form: TableForm = [inline(2), table(() => SCHEMA), vector(24), vector(24), tables(() => KEY_VALUE)];
    this.#table(at, form, 0);
    const [version, schema, dictionaries, batches] = this.#places(at, form.length);
    if (schema === 0) throw damaged();
    return {
      version: version === 0 ? 0 : this.#view.getInt16(version, true),
      schemaAt: this.#target(schema),
      blocks: [...this.#blocks(dictionaries), ...this.#blocks(batches)],
    };
  }

  #blocks(place: number): ArrowBlock[] {
    if (place === 0) return [];
    const at = this.#target(place);
    return Array.from({ length: this.#uint32(at) }, (_, i) => {
      const block = at + 4 + 24 * i;
      return {
        start: this.#count(block),
        metadataBytes: this.#uint32(block + 8),
        bodyBytes: this.#count(block + 16),
      };
    });
  }

  /** Checks that the buffers of a batch lie in the body. */
  #batch(at: number): void {
    const [length, nodes, buffers, compression] = this.#places(at, 4);
    const packed = compression !== 0;
    if (packed) registerCodecs();
    const most = ROWS_WITHOUT_BYTES + 8 * this.#bodyBytes * (packed ? MOST_EXPANSION : 1);
    if (length !== 0 && this.#count(length) > most) throw damaged();
    this.#eachPair(nodes, (rows, nulls) => {
      if (nulls > rows || rows > most) throw damaged();
    });
    this.#eachPair(buffers, (start, bytes) => {
      if (start + bytes > this.#bodyBytes || (packed && bytes > 0 && bytes < LENGTH_BYTES)) throw damaged();
    });
  }

  #eachPair(place: number, check: (first: number, second: number) => void): void {
    if (place === 0) return;
    const at = this.#target(place);
    const count = this.#uint32(at);
    for (let i = 0; i < count; i++) check(this.#count(at + 4 + 16 * i), this.#count(at + 12 + 16 * i));
  }

  #count(at: number): number {
    const value = this.#view.getBigInt64(at, true);
    if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged();
    return Number(value);
  }

  #table(at: number, form: TableForm, level: number): void {
    if (level > MOST_LEVELS || this.#budget-- <= 0) throw damaged();
    const places = this.#places(at, form.length);
    form.forEach((slot, i) => {
      if (places[i] === 0) return;
      // The type of a field says what is in its parameters.
      const typed = form === FIELD && i === 3 && places[2] !== 0;
      const parameters = typed ? TYPE_FORMS.get(this.#view.getUint8(places[2])) : undefined;
      this.#slot(places[i], parameters === undefined ? slot : table(() => parameters), level);
    });
  }

  #slot(place: number, slot: Slot, level: number): void {
    if (slot.kind === "inline") return this.#inside(place, slot.bytes);
    const at = this.#target(place);
    if (slot.kind === "table") return this.#table(at, slot.table(), level + 1);
    const count = this.#uint32(at);
    this.#inside(at + 4, count * (slot.kind === "vector" ? slot.bytes : 4));
    if (slot.kind === "vector") return;
    for (let i = 0; i < count; i++) this.#table(this.#target(at + 4 + 4 * i), slot.table(), level + 1);
  }

  /** Where each of the first `count` fields of a table lies; 0 for one left out. */
  #places(at: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) => this.#place(at, i));
  }

  #place(at: number, index: number): number {
    this.#inside(at, 4);
    const fields = at - this.#view.getInt32(at, true);
    this.#inside(fields, 4);
    const [fieldBytes, tableBytes] = [this.#view.getUint16(fields, true), this.#view.getUint16(fields + 2, true)];
    this.#inside(fields, fieldBytes);
    this.#inside(at, tableBytes);
    if (4 + 2 * index + 2 > fieldBytes) return 0;
    const offset = this.#view.getUint16(fields + 4 + 2 * index, true);
    if (offset >= tableBytes && offset !== 0) throw damaged();
    return offset === 0 ? 0 : at + offset;
  }

  /** Follows the offset at `place`, which leads forward. */
  #target(place: number): number {
    const at = place + this.#uint32(place);
    this.#inside(at, 4);
    return at;
  }

  #uint32(at: number): number {
    this.#inside(at, 4);
    return this.#view.getUint32(at, true);
  }

  #inside(start: number, bytes: number): void {
    if (start < 0 || start + bytes > this.#view.byteLength) throw damaged();
  }
}

const damaged = (): Error => new Error("it is damaged: the description of its columns or rows makes no sense");
