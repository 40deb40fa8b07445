import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCorpus } from "../../../src/corpus/corpus.js";
import { matrix } from "../../../src/math/matrix.js";
import { readVectors } from "../../../src/vectors/reader.js";
import { restoreVectors, storeVectors } from "../../../src/vectors/storedVectors.js";
import { openVectorStream, type VectorStreamOptions } from "../../../src/vectors/stream.js";
import { COLUMNS, sampleValues, sampleVectors } from "./sample.js";
import { tempFolder } from "../files/tempFolder.js";

const ROWS = 20;
const WIDTH = 3;
const VECTORS = sampleVectors(ROWS, WIDTH);
const VALUES = sampleValues(ROWS);
const STORES = ["fp32", "fp16", "int8"] as const;

/** What goes to the pipe, a piece for each call of `write` and one for `commit`. */
async function streamed(options: Partial<VectorStreamOptions>, step = 7): Promise<Buffer[]> {
  let now: Uint8Array[] = [];
  const target = { write: async (content: Uint8Array | string) => void now.push(Buffer.from(content)) };
  const writer = await openVectorStream(target, { width: WIDTH, columns: COLUMNS, ...options });
  const pieces: Buffer[] = [];
  const take = (): void => {
    pieces.push(Buffer.concat(now));
    now = [];
  };
  for (let start = 0; start < ROWS; start += step) {
    const end = Math.min(ROWS, start + step);
    await writer.write(
      matrix(end - start, WIDTH, VECTORS.data.slice(start * WIDTH, end * WIDTH)),
      VALUES.slice(start, end),
    );
    take();
  }
  const { rows, bytes, files } = await writer.commit();
  take();
  expect({ rows, bytes, files }).toEqual({ rows: ROWS, bytes: Buffer.concat(pieces).length, files: ["-"] });
  return pieces;
}

describe("openVectorStream()", () => {
  it.each(STORES.flatMap((store) => (["jsonl", "arrow"] as const).map((format) => [format, store] as const)))(
    "writes %s of %s that reads back as the file of that ending does",
    async (format, store) => {
      const path = join(await tempFolder(), `v.${format}`);
      await writeFile(path, Buffer.concat(await streamed({ format, store })));
      const { vectors, columns, values } = await readVectors(path);
      expect(columns).toEqual(COLUMNS);
      expect(values).toEqual(VALUES);
      expect([...vectors.data]).toEqual([...restoreVectors(storeVectors(VECTORS, store), WIDTH)]);
    },
  );

  it.each(STORES)("writes csv of %s: the columns, and the vector as JSON", async (store) => {
    const path = join(await tempFolder(), "v.csv");
    await writeFile(path, Buffer.concat(await streamed({ format: "csv", store })));
    const corpus = await openCorpus([path], { textColumn: "vector" });
    const scale = store === "int8" ? ["scale"] : [];
    expect(corpus.columns).toEqual([...COLUMNS, ...scale, "vector"]);
    const expected = restoreVectors(storeVectors(VECTORS, store), WIDTH);
    let r = 0;
    for await (const { values, text } of corpus.rows()) {
      expect(values.slice(0, COLUMNS.length)).toEqual(VALUES[r].map((value) => value ?? ""));
      const factor = store === "int8" ? Number(values[COLUMNS.length]) : 1;
      const numbers = (JSON.parse(text) as number[]).map((number) => Math.fround(number * factor));
      expect(numbers).toEqual([...expected.subarray(r * WIDTH, (r + 1) * WIDTH)]);
      r++;
    }
    expect(r).toBe(ROWS);
  });

  it.each(["csv", "jsonl", "arrow"] as const)("passes the rows of every call on, in %s", async (format) => {
    const pieces = await streamed({ format });
    expect(pieces.slice(0, 3).every((piece) => piece.length > 0)).toBe(true);
  });

  it("ends an Arrow stream with the mark that says it is complete", async () => {
    const end = (await streamed({ format: "arrow" })).at(-1);
    expect(end).toEqual(Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]));
  });

  it("refuses a column with the name of one of its own before it writes", async () => {
    const target = { write: () => Promise.reject(new Error("written")) };
    const options = { width: 1, columns: ["vector"], format: "csv" } as const;
    await expect(openVectorStream(target, options)).rejects.toMatchObject({ code: "E_COLUMN_AMBIGUOUS" });
  });

  it("waits for the reader, and fails as it fails", async () => {
    let [writing, done] = [0, 0];
    const slow = {
      write: async () => {
        expect(writing).toBe(done);
        writing++;
        await new Promise((resolve) => setTimeout(resolve, 1));
        done++;
        if (done === 3) throw new Error("gone");
      },
    };
    const writer = await openVectorStream(slow, { width: 1, columns: [] });
    const write = () => writer.write(matrix(1, 1, Float32Array.of(1)), [[]]);
    await write();
    await write();
    await expect(write()).rejects.toThrow("gone");
    expect([writing, done]).toEqual([3, 3]);
    await expect(write()).rejects.toThrow("already aborted");
  });
});
