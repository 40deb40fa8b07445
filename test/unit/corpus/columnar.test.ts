import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  Bool,
  DateDay,
  Dictionary,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int32,
  Int64,
  Int8,
  List,
  Table,
  tableFromIPC,
  tableToIPC,
  TimestampMicrosecond,
  TimestampNanosecond,
  Uint64,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { openCorpus } from "../../../src/corpus/corpus.js";
import { HeadstartError } from "../../../src/errors.js";
import { matrix } from "../../../src/math/matrix.js";
import { seeded } from "../../../src/math/random.js";
import { openVectorWriter } from "../../../src/vectors/writer.js";
import { tempFolder } from "../files/tempFolder.js";
import { failure, readBytes, readFiles } from "./reading.js";

async function fileOf(name: string, content: Uint8Array | string): Promise<string> {
  const path = join(await tempFolder(), name);
  await writeFile(path, content);
  return path;
}

async function typesOf(files: readonly string[]): Promise<readonly unknown[]> {
  const corpus = await openCorpus(files, {});
  await corpus.close();
  return corpus.types;
}

/** Of 64 bits each, in the memory of a column, which a builder would round to milliseconds. */
const moments = (type: TimestampMicrosecond | TimestampNanosecond, values: readonly bigint[]) => {
  const column = vectorFromArray(values.map(Number), type);
  (column.data[0].values as unknown as BigInt64Array).set(values);
  return column;
};

const TYPED = new Table({
  text: vectorFromArray(["sun", "rain", "sea"], new Utf8()),
  label: vectorFromArray(["a", "b", null], new Dictionary(new Utf8(), new Int32())),
  small: vectorFromArray([-128, null, 127], new Int8()),
  long: vectorFromArray([2n ** 60n + 1n, null, -(2n ** 63n)], new Int64()),
  natural: vectorFromArray([2n ** 64n - 1n, 0n, null], new Uint64()),
  single: vectorFromArray([0.5, null, -1.25], new Float32()),
  double: vectorFromArray([0.1, Infinity, null], new Float64()),
  yes: vectorFromArray([true, false, null], new Bool()),
  day: vectorFromArray([new Date("2024-02-29"), null, new Date("1969-12-31")], new DateDay()),
  moment: moments(new TimestampMicrosecond(null), [1_709_168_523_456_789n, -1n, 0n]),
  utc: moments(new TimestampNanosecond("UTC"), [1_709_168_523_456_789_012n, -1n, 0n]),
});
const TYPED_JSON = [
  ["sun", "a", "-128", "1152921504606846977", "18446744073709551615", "0.5", "0.1", "true", "2024-02-29"],
  ["rain", "b", null, null, "0", null, "Infinity", "false", null],
  ["sea", null, "127", "-9223372036854775808", null, "-1.25", null, null, "1969-12-31"],
];
const MOMENTS = [
  ["2024-02-29T01:02:03.456789", "2024-02-29T01:02:03.456789012Z"],
  ["1969-12-31T23:59:59.999999", "1969-12-31T23:59:59.999999999Z"],
  ["1970-01-01T00:00:00", "1970-01-01T00:00:00Z"],
];

describe("openCorpus() of typed columns", () => {
  it("writes numbers in full, times in ISO 8601 with all their digits, and tells what was no string", async () => {
    const got = await readFiles([await fileOf("typed.arrow", tableToIPC(TYPED, "file"))]);
    expect(got.values).toEqual(TYPED_JSON.map((row, r) => [...row, ...MOMENTS[r]]));
    const none = undefined;
    expect(got.rows[1].json).toEqual([none, none, none, none, "0", none, "null", "false", none, none, none]);
  });

  it.each(["arrow", "parquet"] as const)(
    "keeps the types and values of columns in .%s, and again from there",
    async (ending) => {
      let from = await fileOf("typed.feather", tableToIPC(TYPED, "stream"));
      const kept: (readonly unknown[])[] = [];
      const notices: (readonly string[])[] = [];
      for (let turn = 0; turn < 3; turn++) {
        const corpus = await openCorpus([from], {});
        const rows = [];
        for await (const { values } of corpus.rows()) rows.push(values);
        expect(rows).toEqual(TYPED_JSON.map((row, r) => [...row, ...MOMENTS[r]]));
        expect(corpus.columns).toEqual(TYPED.schema.fields.map(({ name }) => name));
        kept.push(corpus.types);
        notices.push(corpus.notices);
        from = join(await tempFolder(), `out.${ending}`);
        const writer = await openVectorWriter(from, {
          width: 2,
          columns: corpus.columns,
          types: corpus.types,
          store: "int8",
        });
        await writer.write(matrix(3, 2, Float32Array.of(1, 2, 3, 4, 5, 6)), rows);
        await writer.commit();
      }
      expect(kept).toEqual([kept[0], kept[0], kept[0]]);
      expect(kept[0].filter((type) => type === undefined)).toHaveLength(2);
      const left = ['vectors of an earlier embedding left out: "scale", "vector"'];
      expect(notices).toEqual([[], left, left]);
    },
  );

  it("takes a column as text where another file has another type", async () => {
    const other = new Table({ text: vectorFromArray(["x"], new Utf8()), n: vectorFromArray([1], new Int32()) });
    const first = new Table({ n: vectorFromArray([1.5], new Float64()), text: vectorFromArray(["x"], new Utf8()) });
    const files = [
      await fileOf("a.arrow", tableToIPC(first, "file")),
      await fileOf("b.arrow", tableToIPC(other, "file")),
    ];
    expect(await typesOf(files)).toEqual([undefined, undefined]);
    expect(await typesOf([files[0], files[0]])).toEqual([{ kind: "float", bits: 64 }, undefined]);
    expect(await typesOf([files[0], await fileOf("c.csv", "n,text\n1,x\n")])).toEqual([undefined, undefined]);
  });

  it("leaves lists of so many floating point numbers out, and carries other lists as JSON", async () => {
    const list = (values: readonly number[][]) =>
      vectorFromArray(values, new FixedSizeList(2, new Field("item", new Float32(), true)));
    const table = new Table({
      text: vectorFromArray(["a"], new Utf8()),
      embedding: list([[1, 2]]),
      tags: vectorFromArray([["x", "y"]], new List(new Field("item", new Utf8(), true))),
    });
    const got = await readFiles([await fileOf("v.arrow", tableToIPC(table, "file"))]);
    expect([got.columns, got.values]).toEqual([["text", "tags"], [["a", '["x","y"]']]]);
    expect(got.notices).toEqual(['vectors of an earlier embedding left out: "embedding"']);
  });

  it("reads decimals of Parquet to the last digit, and bytes in base64 beside text", async () => {
    const columnData = [
      { name: "text", data: ["a", "b"], type: "STRING" as const },
      { name: "price", data: [1999n, -5n] },
      { name: "raw", data: [Uint8Array.of(0, 255), Uint8Array.of(97)], type: "BYTE_ARRAY" as const },
    ];
    const schema = [
      { name: "root", num_children: 3 },
      {
        name: "text",
        type: "BYTE_ARRAY" as const,
        converted_type: "UTF8" as const,
        repetition_type: "OPTIONAL" as const,
      },
      {
        name: "price",
        type: "INT64" as const,
        converted_type: "DECIMAL" as const,
        scale: 2,
        precision: 18,
        repetition_type: "OPTIONAL" as const,
      },
      { name: "raw", type: "BYTE_ARRAY" as const, repetition_type: "OPTIONAL" as const },
    ];
    const bytes = new Uint8Array(
      parquetWriteBuffer({ columnData: columnData.map(({ name, data }) => ({ name, data })), schema }),
    );
    const got = await readFiles([await fileOf("d.parquet", bytes)]);
    expect(got.values).toEqual([
      ["a", "19.99", "AP8="],
      ["b", "-0.05", "YQ=="],
    ]);
    expect(got.rows[0].json).toEqual([undefined, "19.99", undefined]);
  });
});

describe("openCorpus() of Parquet", () => {
  const sample = (): Uint8Array =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: "text", data: Array.from({ length: 300 }, (_, i) => `row ${i % 50}`), type: "STRING" },
          { name: "n", data: Array.from({ length: 300 }, (_, i) => i), type: "INT32" },
        ],
        rowGroupSize: 100,
      }),
    );

  it.each([
    ["an empty file", "x.parquet", "", /looks like an empty file/],
    ["text", "x.parquet", "text,label\na,b\n", /looks like no Parquet file/],
    ["a zip archive", "x.parquet", Buffer.from("PK\x03\x04abcdefghijkl"), /looks like a zip archive/],
    ["a file that is compressed as a whole", "x.parquet.gz", gzipSync("x"), /compressed as a whole/],
    ["the marks alone", "x.parquet", "PAR1PAR1", /Cannot read Parquet from/],
  ])("refuses %s", async (_, name, content, says) => {
    const file = await fileOf(name, content);
    const error = await failure(readFiles([file], { from: "parquet" }));
    expect([error.code, error.exitCode, error.place.file]).toEqual(["E_PARQUET", 3, file]);
    expect(error.message).toMatch(says);
  });

  it("refuses a pipe, and a column of texts that holds something else", async () => {
    expect((await failure(readBytes(sample(), { from: "parquet" }))).message).toMatch(
      /from the pipe.*Save it as a file/,
    );
    const error = await failure(readFiles([await fileOf("n.parquet", sample())], { textColumn: "n" }));
    expect([error.code, error.message]).toEqual(["E_PARQUET", expect.stringContaining("it holds int")]);
  });

  it("gives rows or an error with a code for any damage", async () => {
    const good = sample();
    const random = seeded(2);
    const codes = new Set<string>();
    for (let i = 0; i < 25; i++) {
      const bad = Buffer.from(i % 5 === 0 ? good.subarray(0, Math.floor(random() * good.length)) : good);
      for (let n = 0; n < 3; n++) bad[Math.floor(random() * bad.length)] ^= 1 << Math.floor(random() * 8);
      const outcome: unknown = await readFiles([await fileOf("bad.parquet", bad)]).catch((error: unknown) => error);
      if (outcome instanceof HeadstartError) codes.add(outcome.code);
      else if (outcome instanceof Error) throw outcome;
    }
    expect(codes.has("E_PARQUET")).toBe(true);
  }, 60_000);
});

describe("openCorpus() of an Arrow file", () => {
  const table = new Table({
    text: vectorFromArray(
      Array.from({ length: 100 }, (_, i) => `row ${i}`),
      new Utf8(),
    ),
  });

  it("reads it from a pipe and compressed, where its end is known last", async () => {
    const bytes = tableToIPC(table, "file");
    const expected = table.toArray().map((row) => [(row as { readonly text: string }).text]);
    for (const size of [1, 7, 100_000])
      expect((await readBytes(bytes, { from: "arrow" }, size)).values).toEqual(expected);
    expect((await readFiles([await fileOf("x.ipc.gz", gzipSync(bytes))])).values).toEqual(expected);
    expect(tableFromIPC(bytes).numRows).toBe(100);
  });

  it("refuses one of ours whose checksum does not match, or is lost", async () => {
    const path = join(await tempFolder(), "ours.arrow");
    const writer = await openVectorWriter(path, { width: 2, columns: ["text"] });
    await writer.write(matrix(1, 2, Float32Array.of(1, 2)), [["a"]]);
    await writer.commit();
    const good = await readFile(path);
    const mark = good.lastIndexOf("HSCHECK1");
    for (const bad of [good.with(mark - 40, good[mark - 40] ^ 1), Buffer.from(good).fill(0, mark, mark + 24)]) {
      await writeFile(path, bad);
      const error = await failure(readFiles([path]));
      expect([error.code, error.message]).toEqual(["E_ARROW", expect.stringMatching(/checksum/)]);
    }
  });
});
