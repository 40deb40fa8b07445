/** What every format of vectors has to pass: what is written is read back, and nothing is there before it is whole. */

import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { matrix } from "../../src/math/matrix.js";
import { readVectors } from "../../src/vectors/reader.js";
import { cosineMeter, restoreVectors, storeVectors } from "../../src/vectors/storedVectors.js";
import { openVectorWriter } from "../../src/vectors/writer.js";
import { failingFiles } from "../unit/files/failingFiles.js";
import { tempFolder } from "../unit/files/tempFolder.js";
import { COLUMNS, sampleVectors } from "../unit/vectors/sample.js";
import { FORMATS, sample, STORES, writeAll } from "./vectorFormats.js";

describe.each(FORMATS)("vectors written to .$ending", ({ ending, endings, hasMetadata, ofNoRows, lines }) => {
  const named = async (): Promise<string> => join(await tempFolder(), `v.${ending}`);
  const filesOf = (path: string): string[] => endings.map((own) => path.replace(/\w+$/, own));

  it.each([
    [1, 1],
    [3, 1],
    [20, 3],
    [33, 8],
    [50, 13],
    [9, 130],
  ])("gives back %i rows of width %i bit for bit, with every column value", async (rows, width) => {
    const path = await named();
    const given = sample(rows, width);
    const { files, bytes, rows: written, storeCosine } = await writeAll(path, given);
    const back = await readVectors(path);
    expect(back.columns).toEqual(COLUMNS);
    expect(back.values).toEqual(given.values);
    expect(back.vectors.cols).toBe(width);
    expect(new Uint32Array(back.vectors.data.buffer)).toEqual(new Uint32Array(given.vectors.data.buffer));
    expect(written).toBe(rows);
    expect(storeCosine).toBeUndefined();
    expect(files).toEqual(filesOf(path));
    expect(bytes).toBe((await Promise.all(files.map((file) => readFile(file)))).reduce((sum, b) => sum + b.length, 0));
  });

  it.each(STORES)("restores %s exactly as rounded in memory, and tells how near that is", async (store) => {
    const path = await named();
    const given = sample(30, 20);
    const { storeCosine } = await writeAll(path, given, { store });
    const back = await readVectors(path);
    expect(back.columns).toEqual(COLUMNS);
    expect(back.vectors.data).toEqual(restoreVectors(storeVectors(given.vectors, store), 20));
    const meter = cosineMeter();
    meter.add(given.vectors, storeVectors(given.vectors, store));
    expect(storeCosine).toEqual(store === "fp32" ? undefined : meter.result());
  });

  it.each(STORES)("keeps the metadata, or has no place for it, in %s", async (store) => {
    const path = await named();
    const metadata = { encoder: "mini", "headstart.fingerprint": "äöü" };
    await writeAll(path, sample(2, 2), { metadata, store });
    expect((await readVectors(path)).metadata).toEqual(hasMetadata ? metadata : {});
  });

  it("gives every number as near as the store says: the same bits, half a unit of fp16, half a step of int8", async () => {
    const given = sample(40, 12);
    const largest = Array.from({ length: 40 }, (_, r) =>
      Math.max(...given.vectors.data.subarray(12 * r, 12 * r + 12).map(Math.abs)),
    );
    const most = {
      fp32: () => 0,
      fp16: (x: number) => Math.abs(x) * 2 ** -11 + 2 ** -25,
      int8: (_: number, r: number) => (largest[r] / 127) * 0.5001,
    };
    for (const store of STORES) {
      const path = await named();
      await writeAll(path, given, { store });
      const { vectors, values } = await readVectors(path);
      expect(values).toEqual(given.values);
      const far = vectors.data.filter((x, i) => {
        const own = given.vectors.data[i];
        return !(Math.abs(x - own) <= most[store](own, Math.floor(i / 12)));
      });
      expect([store, ...far]).toEqual([store]);
    }
  });

  it("is read the same by a second reader, and is written as the same bytes a second time", async () => {
    const [one, other] = [await named(), await named()];
    for (const path of [one, other]) await writeAll(path, sample(12, 4), { store: "int8" });
    expect(await readVectors(one)).toEqual(await readVectors(one));
    for (const [i, file] of filesOf(one).entries())
      expect(Buffer.compare(await readFile(file), await readFile(filesOf(other)[i]))).toBe(0);
  });

  it("gives a value that starts with a byte order mark with it, one or two", async () => {
    const path = await named();
    const values = [["\ufeffmark"], ["\ufeff"], ["\ufeff\ufeffmarks"], ["no \ufeff mark"], [""], [null], ["é\ufeff"]];
    await writeAll(path, { vectors: sampleVectors(7, 2), values, columns: ["text"] });
    expect((await readVectors(path)).values).toEqual(values);
  });

  it("gives columns of other types as text, and as they are where a row is a line of JSON", async () => {
    const path = await named();
    const values = [
      ["12345678901234567890", "true", '{"a":[1,null]}', "1.5", null],
      ["7", "false", "[]", "text", "7"],
    ];
    const json = [
      ["12345678901234567890", "true", '{"a":[1,null]}', "1.5", undefined],
      ["7", "false", "[]"],
    ];
    const columns = ["id", "is", "of", "n", "none"];
    await writeAll(path, { vectors: sampleVectors(2, 2), values, json, columns });
    expect(await readVectors(path)).toMatchObject({ columns, values });
    const wanted = [
      '{"id":12345678901234567890,"is":true,"of":{"a":[1,null]},"n":1.5,"none":null',
      '{"id":7,"is":false,"of":[],"n":"text","none":"7"',
    ];
    const written = lines === undefined ? wanted : (await readFile(path.replace(/\w+$/, lines), "utf8")).split("\n");
    wanted.forEach((start, r) => expect(written[r].slice(0, start.length)).toBe(start));
  });

  it.each(STORES)("writes one row, and none, in %s", async (store) => {
    const [one, none] = [await named(), await named()];
    const given = { ...sample(1, 3), columns: COLUMNS };
    expect(await writeAll(one, given, { store })).toMatchObject({ rows: 1 });
    const back = await readVectors(one);
    expect(back).toMatchObject({ columns: COLUMNS, values: given.values });
    expect(back.vectors.data).toEqual(restoreVectors(storeVectors(given.vectors, store), 3));
    const written = await writeAll(none, sample(0, 3), { store });
    expect([written.rows, written.storeCosine]).toEqual([0, undefined]);
    const { vectors, columns, values } = await readVectors(none);
    expect([vectors.rows, vectors.cols, vectors.data.length, values]).toEqual([0, ofNoRows.width ? 3 : 0, 0, []]);
    expect(columns).toEqual(ofNoRows.columns ? COLUMNS : []);
  });

  it("writes the same bytes however the rows are spread over calls", async () => {
    const folder = await tempFolder();
    const given = sample(40, 5);
    const hashes = new Set<string>();
    for (const step of [1, 7, 40]) {
      const path = join(folder, `v${step}.${ending}`);
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
    const path = await named();
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
    const path = await named();
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

  it("writes rows without columns", async () => {
    const path = await named();
    const vectors = sampleVectors(5, 4);
    await writeAll(path, { vectors, values: Array.from({ length: 5 }, () => []), columns: [] });
    expect(await readVectors(path)).toMatchObject({ vectors, columns: [] });
  });

  it("shows nothing under the final name before commit, and nothing at all after abort", async () => {
    const folder = await tempFolder();
    const writer = await openVectorWriter(join(folder, `v.${ending}`), { width: 2, columns: ["a"] });
    await writer.write(sampleVectors(3, 2), [["1"], ["2"], [null]]);
    expect((await readdir(folder)).every((name) => name.startsWith(".") && name.endsWith(".tmp"))).toBe(true);
    await writer.abort();
    await writer.abort();
    expect(await readdir(folder)).toEqual([]);
    await expect(writer.commit()).rejects.toThrow("aborted");
  });

  it("names the row of a number that is not finite and leaves nothing behind", async () => {
    const folder = await tempFolder();
    const path = join(folder, `v.${ending}`);
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
    const path = join(folder, `v.${ending}`);
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
      const npyAfter = endings.length > 1 && calls.filter((call) => call === "rename").length > 1;
      const after = await Promise.all(names.map((name) => readFile(join(folder, name))));
      const replaced = calls[at] === "fsyncDir" || npyAfter;
      expect(after.every((bytes, i) => bytes.equals(before[i]))).toBe(!replaced);
    }
    expect((await readVectors(path)).vectors.rows).toBe(5);
  });

  it("refuses existing output without force", async () => {
    const folder = await tempFolder();
    const path = join(folder, `v.${ending}`);
    await writeFile(filesOf(path)[0], "theirs");
    await expect(openVectorWriter(path, { width: 2, columns: [] })).rejects.toMatchObject({
      code: "E_OUTPUT_EXISTS",
    });
    await writeAll(path, sample(2, 2), { force: true });
    expect((await readVectors(path)).vectors.rows).toBe(2);
  });
});
