import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { matrix } from "../../../src/math/matrix.js";
import type { Matrix } from "../../../src/math/matrix.js";
import { readVectors } from "../../../src/vectors/reader.js";
import { cosineMeter, restoreVectors, storeVectors } from "../../../src/vectors/storedVectors.js";
import { openVectorWriter } from "../../../src/vectors/writer.js";
import type { VectorWriterOptions, WrittenVectors } from "../../../src/vectors/writer.js";
import { failingFiles } from "../files/failingFiles.js";
import { COLUMNS, sampleValues, sampleVectors } from "./sample.js";
import { tempFolder } from "../files/tempFolder.js";

const FORMATS = ["parquet", "arrow", "npy", "jsonl"] as const;
const STORES = ["fp32", "fp16", "int8"] as const;

interface Written {
  readonly vectors: Matrix;
  readonly values: readonly (readonly (string | null)[])[];
  readonly columns?: readonly string[];
  readonly step?: number;
}

/** Writes all rows, `step` at a time. */
async function writeAll(
  path: string,
  { vectors, values, columns = COLUMNS, step = 7 }: Written,
  options: Partial<VectorWriterOptions> = {},
): Promise<WrittenVectors> {
  const writer = await openVectorWriter(path, { width: vectors.cols, columns, ...options });
  for (let start = 0; start < vectors.rows; start += step) {
    const end = Math.min(vectors.rows, start + step);
    const part = vectors.data.subarray(start * vectors.cols, end * vectors.cols);
    await writer.write(matrix(end - start, vectors.cols, part), values.slice(start, end));
  }
  return writer.commit();
}

const sample = (rows: number, width: number): Written => ({
  vectors: sampleVectors(rows, width),
  values: sampleValues(rows),
});

describe.each(FORMATS)("openVectorWriter() to .%s", (format) => {
  it.each([
    [1, 1],
    [3, 1],
    [20, 3],
    [33, 8],
    [50, 13],
    [9, 130],
  ])("gives back %i rows of width %i bit for bit, with every column value", async (rows, width) => {
    const path = join(await tempFolder(), `v.${format}`);
    const given = sample(rows, width);
    const { files, bytes, rows: written, storeCosine } = await writeAll(path, given);
    const back = await readVectors(path);
    expect(back.columns).toEqual(COLUMNS);
    expect(back.values).toEqual(given.values);
    expect(back.vectors.cols).toBe(width);
    expect(new Uint32Array(back.vectors.data.buffer)).toEqual(new Uint32Array(given.vectors.data.buffer));
    expect(written).toBe(rows);
    expect(storeCosine).toBeUndefined();
    expect(files).toEqual(format === "npy" ? [path.replace("npy", "jsonl"), path] : [path]);
    expect(bytes).toBe((await Promise.all(files.map((file) => readFile(file)))).reduce((sum, b) => sum + b.length, 0));
  });

  it.each(STORES)("restores %s exactly as rounded in memory, and tells how near that is", async (store) => {
    const path = join(await tempFolder(), `v.${format}`);
    const given = sample(30, 20);
    const { storeCosine } = await writeAll(path, given, { store });
    const back = await readVectors(path);
    expect(back.columns).toEqual(COLUMNS);
    expect(back.vectors.data).toEqual(restoreVectors(storeVectors(given.vectors, store), 20));
    const meter = cosineMeter();
    meter.add(given.vectors, storeVectors(given.vectors, store));
    expect(storeCosine).toEqual(store === "fp32" ? undefined : meter.result());
  });

  it("writes the same bytes however the rows are spread over calls", async () => {
    const folder = await tempFolder();
    const given = sample(40, 5);
    const hashes = new Set<string>();
    for (const step of [1, 7, 40]) {
      const path = join(folder, `v${step}.${format}`);
      await writeAll(path, { ...given, step });
      hashes.add(
        createHash("sha256")
          .update(await readFile(path))
          .digest("hex"),
      );
    }
    expect(hashes.size).toBe(1);
  });

  it("keeps rows in order over several groups", async () => {
    const path = join(await tempFolder(), `v.${format}`);
    const rows = 20_050;
    const vectors = matrix(
      rows,
      2,
      Float32Array.from({ length: rows * 2 }, (_, i) => i),
    );
    const values = Array.from({ length: rows }, (_, r) => [r % 10_000 === 9_999 ? null : String(r)]);
    await writeAll(path, { vectors, values, columns: ["n"], step: 3_000 });
    const back = await readVectors(path);
    expect(back.vectors.data).toEqual(vectors.data);
    expect(back.values).toEqual(values);
  });

  it("writes a group early when its text is long", async () => {
    const path = join(await tempFolder(), `v.${format}`);
    const values = Array.from({ length: 6 }, (_, r) => [String(r).repeat(2 ** 22)]);
    await writeAll(path, { vectors: sampleVectors(6, 2), values, columns: ["text"], step: 6 });
    expect((await readVectors(path)).values.map(([text]) => text?.slice(0, 2))).toEqual([
      "00",
      "11",
      "22",
      "33",
      "44",
      "55",
    ]);
  });

  it("writes no rows, and no columns", async () => {
    const folder = await tempFolder();
    const empty = join(folder, `empty.${format}`);
    expect(await writeAll(empty, sample(0, 4), { store: "int8" })).toMatchObject({ rows: 0 });
    expect((await readVectors(empty)).vectors.rows).toBe(0);
    const bare = join(folder, `bare.${format}`);
    const vectors = sampleVectors(5, 4);
    await writeAll(bare, { vectors, values: Array.from({ length: 5 }, () => []), columns: [] });
    expect(await readVectors(bare)).toMatchObject({ vectors, columns: [] });
  });

  it("shows nothing under the final name before commit, and nothing at all after abort", async () => {
    const folder = await tempFolder();
    const writer = await openVectorWriter(join(folder, `v.${format}`), { width: 2, columns: ["a"] });
    await writer.write(sampleVectors(3, 2), [["1"], ["2"], [null]]);
    expect((await readdir(folder)).every((name) => name.startsWith(".") && name.endsWith(".tmp"))).toBe(true);
    await writer.abort();
    await writer.abort();
    expect(await readdir(folder)).toEqual([]);
    await expect(writer.commit()).rejects.toThrow("aborted");
  });

  it("names the row of a number that is not finite and leaves nothing behind", async () => {
    const folder = await tempFolder();
    const path = join(folder, `v.${format}`);
    for (const [bad, store] of [
      [NaN, "fp32"],
      [Infinity, "int8"],
      [70_000, "fp16"],
    ] as const) {
      const writer = await openVectorWriter(path, { width: 2, columns: [], store });
      await writer.write(sampleVectors(3, 2), [[], [], []]);
      const failed = writer.write(matrix(2, 2, Float32Array.of(0, 0, 0, bad)), [[], []]);
      await expect(failed).rejects.toMatchObject({
        code: "E_NOT_FINITE",
        message: expect.stringContaining("row 5"),
      });
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("leaves nothing behind, and the old files whole, wherever the disk fails", async () => {
    const folder = await tempFolder();
    const path = join(folder, `v.${format}`);
    await writeAll(path, sample(4, 3));
    const before = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
    for (let at = 0; ; at++) {
      const { files, calls } = failingFiles("ENOSPC", at);
      const failed: unknown = await writeAll(path, sample(5, 3), { files, force: true }).catch(
        (error: unknown) => error,
      );
      if (calls.length <= at) break;
      expect(failed).toMatchObject({
        code: "E_OUTPUT_WRITE",
        message: expect.stringContaining("the disk is full (ENOSPC)"),
      });
      const names = await readdir(folder);
      expect(names).toHaveLength(before.length);
      // Of two files the first may be replaced already when the second rename fails.
      const npyAfter = format === "npy" && calls.filter((call) => call === "rename").length > 1;
      const after = await Promise.all(names.map((name) => readFile(join(folder, name))));
      const replaced = calls[at] === "fsyncDir" || npyAfter;
      expect(after.every((bytes, i) => bytes.equals(before[i]))).toBe(!replaced);
    }
    expect((await readVectors(path)).vectors.rows).toBe(5);
  });

  it("refuses existing output without force", async () => {
    const folder = await tempFolder();
    const path = join(folder, `v.${format}`);
    await writeFile(format === "npy" ? join(folder, "v.jsonl") : path, "theirs");
    await expect(openVectorWriter(path, { width: 2, columns: [] })).rejects.toMatchObject({
      code: "E_OUTPUT_EXISTS",
    });
    await writeAll(path, sample(2, 2), { force: true });
    expect((await readVectors(path)).vectors.rows).toBe(2);
  });
});

describe("openVectorWriter()", () => {
  it("keeps metadata in Parquet and Arrow", async () => {
    const folder = await tempFolder();
    const metadata = { encoder: "mini", "headstart.fingerprint": "äöü" };
    for (const [format, kept] of [
      ["parquet", metadata],
      ["arrow", metadata],
      ["jsonl", {}],
      ["npy", {}],
    ] as const) {
      const path = join(folder, `${format}-v.${format}`);
      await writeAll(path, sample(2, 2), { metadata });
      expect((await readVectors(path)).metadata).toEqual(kept);
    }
  });

  it("lists the four endings for any other", async () => {
    for (const name of ["v.csv", "v", "parquet", "v.parquet.gz"]) {
      await expect(openVectorWriter(name, { width: 1, columns: [] })).rejects.toMatchObject({
        code: "E_OUTPUT_ENDING",
        message: expect.stringContaining(".parquet, .arrow, .npy or .jsonl"),
      });
    }
  });

  it("refuses columns whose names are taken", async () => {
    const path = join(await tempFolder(), "v.parquet");
    const open = (columns: string[], store: "fp32" | "int8" = "fp32"): Promise<unknown> =>
      openVectorWriter(path, { width: 1, columns, store });
    for (const [columns, store] of [
      [["vector"], "fp32"],
      [["scale"], "int8"],
      [["a", "a"], "fp32"],
    ] as const) {
      await expect(open([...columns], store)).rejects.toMatchObject({
        code: "E_COLUMN_AMBIGUOUS",
        place: { column: columns[0] },
      });
    }
    await open(["scale", "Vector"]);
  });

  it("refuses shapes that do not fit", async () => {
    const writer = await openVectorWriter(join(await tempFolder(), "v.npy"), { width: 2, columns: ["a"] });
    await expect(writer.write(sampleVectors(1, 3), [["x"]])).rejects.toThrow(RangeError);
    await expect(writer.write(sampleVectors(1, 2), [])).rejects.toThrow(RangeError);
    await expect(writer.write(sampleVectors(1, 2), [["x", "y"]])).rejects.toThrow(RangeError);
    await writer.abort();
    await expect(openVectorWriter("v.npy", { width: 0, columns: [] })).rejects.toThrow(RangeError);
  });

  it("takes input values, not the caller's memory", async () => {
    const path = join(await tempFolder(), "v.arrow");
    const writer = await openVectorWriter(path, { width: 2, columns: [] });
    const data = Float32Array.of(1, 2);
    await writer.write(matrix(1, 2, data), [[]]);
    data.fill(9);
    await writer.commit();
    expect([...(await readVectors(path)).vectors.data]).toEqual([1, 2]);
  });
});
