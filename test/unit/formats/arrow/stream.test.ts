import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import {
  DateMillisecond,
  Dictionary,
  Float32,
  Int32,
  Int64,
  List,
  Field,
  Table,
  Utf8,
  tableFromArrays,
  tableToIPC,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { openArrowStream } from "../../../../src/formats/arrow/stream.js";
import { textsOf } from "../../../../src/formats/arrow/text.js";
import { HeadstartError } from "../../../../src/errors.js";
import { openCorpus } from "../../../../src/corpus/corpus.js";
import { seeded } from "../../../../src/math/random.js";

const sample = new Table({
  text: vectorFromArray(["sun", null, "", "fog é", "rain"], new Utf8()),
  id: vectorFromArray([1n, 2n, null, 2n ** 60n, -5n], new Int64()),
  kind: vectorFromArray(["a", "b", "a", null, "b"], new Dictionary(new Utf8(), new Int32())),
  numbers: vectorFromArray([[1, 2], [], null, [3], [4, 5]], new List(new Field("item", new Float32(), true))),
  day: vectorFromArray(Array(5).fill(new Date(0)), new DateMillisecond()),
});
const stream = (table: Table): Buffer => Buffer.from(tableToIPC(table, "stream"));

async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Texts of every batch; what a batch holds is touched, all of it. */
async function read(bytes: Uint8Array, size = 1000): Promise<(string | null)[]> {
  const { batches } = await openArrowStream(piecesOf(bytes, size));
  const texts: (string | null)[] = [];
  for await (const batch of batches) {
    for (const row of batch) JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? 0 : value));
    texts.push(...textsOf(batch.getChildAt(0)!));
  }
  return texts;
}

describe("openArrowStream()", () => {
  it("reads streams in pieces of any size", async () => {
    const bytes = stream(sample);
    for (const size of [1, 7, 64, 1e6]) expect(await read(bytes, size)).toEqual(["sun", null, "", "fog é", "rain"]);
  });

  it("reads a stream without rows, and refuses one without columns", async () => {
    expect(await read(stream(sample.slice(0, 0)))).toEqual([]);
    await expect(read(stream(new Table()))).rejects.toThrow("no columns");
  });

  it("refuses columns without a name, and gives a corpus or an error with a code for any hole in its schema", async () => {
    const good = stream(sample);
    const found = new Set<string>();
    for (let at = 8; at < 600; at += 2) {
      const bytes = Buffer.from(good).fill(0, at, at + 2);
      const outcome: unknown = await openCorpus(["-"], { from: "arrow", stdin: Readable.from([bytes]) })
        .then((corpus) => corpus.close())
        .catch((error: unknown) => error);
      expect(outcome === undefined || outcome instanceof HeadstartError, `${at}: ${String(outcome)}`).toBe(true);
      if (outcome instanceof HeadstartError) found.add(outcome.message);
    }
    expect([...found].some((message) => /column \d of 5 has no name/.test(message))).toBe(true);
  });

  it("refuses a stream that is cut off at any byte, or goes on", async () => {
    const good = stream(sample);
    for (let end = 0; end < good.length; end++) {
      await expect(read(good.subarray(0, end)), `${end}`).rejects.toThrow(/it is (cut off|empty)/);
    }
    await expect(read(Buffer.concat([good, good]))).rejects.toThrow("goes on after its end mark");
  });

  it.each([
    ["text", Buffer.from("text,label\nsun,1\n"), "does not start as an Arrow stream"],
    ["zeros", Buffer.alloc(3), "cut off"],
    ["a stream of nothing", Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]), "no columns"],
    ["a file", Buffer.from(tableToIPC(sample, "file")), "an Arrow file, not a stream"],
    ["noise", Buffer.alloc(4096, 0xff), "does not start as an Arrow stream"],
  ])("refuses %s", async (_, bytes, says) => {
    await expect(read(bytes)).rejects.toThrow(says);
  });

  it("gives a batch or an error, soon, for any damage [B07]", async () => {
    const good = stream(new Table(sample.batches.concat(sample.slice(1, 4).batches)));
    const random = seeded(5);
    let refused = 0;
    for (let i = 0; i < 2000; i++) {
      const bad = Buffer.from(good);
      const at = Math.floor(random() * bad.length);
      if (i % 2 === 0) bad[at] ^= 1 << Math.floor(random() * 8);
      else bad.fill([0, 0x7f, 0x80, 0xff][Math.floor(random() * 4)], at, Math.min(bad.length, at + 8));
      await read(bad).catch((error: unknown) => {
        refused++;
        if (/allocation|call stack|Invalid array length/i.test(String(error))) throw error;
      });
    }
    expect(refused).toBeGreaterThan(500);
  }, 120_000);

  it("refuses counts that no bytes stand behind before it follows them", async () => {
    const good = stream(sample);
    for (const wild of [0x7fffffff, 0xfffffff0, 2 ** 31]) {
      for (let at = 8; at + 4 <= good.length; at += 4) {
        const bad = Buffer.from(good);
        bad.writeUInt32LE(wild, at);
        // Some are padding, or bounds that are not used.
        const outcome = await read(bad).catch((error: unknown) => error);
        expect(outcome instanceof Error || Array.isArray(outcome)).toBe(true);
      }
    }
  }, 60_000);

  it("closes its source when it is left early, and when it fails", async () => {
    let closed = 0;
    const source = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
      try {
        yield bytes;
      } finally {
        closed++;
      }
    };
    const { batches } = await openArrowStream(source(stream(sample)));
    for await (const batch of batches) if (batch.numRows > 0) break;
    await expect(openArrowStream(source(Buffer.from("no arrow here")))).rejects.toThrow("does not start");
    await (await openArrowStream(source(stream(sample)))).close();
    expect(closed).toBe(3);
  });
});

describe("openCorpus() of an Arrow stream", () => {
  const open = (table: Table, options = {}) =>
    openCorpus(["-"], { from: "arrow", stdin: Readable.from([stream(table)]), ...options });

  it("has the rows as text: integers with all digits, dates, lists as JSON, dictionaries as their words", async () => {
    const corpus = await open(sample, { badRows: "skip" });
    expect(corpus.columns).toEqual(["text", "id", "kind", "numbers", "day"]);
    const rows = [];
    for await (const { line, values } of corpus.rows()) rows.push([line, ...values]);
    const day = "1970-01-01T00:00:00";
    expect(rows).toEqual([
      [1, "sun", "1", "a", "[1,2]", day],
      [3, "", null, "a", null, day],
      [4, "fog é", String(2n ** 60n), null, "[3]", day],
      [5, "rain", "-5", "b", "[4,5]", day],
    ]);
    expect(corpus.counts).toMatchObject({ read: 5, accepted: 4, rejected: 1 });
  });

  it("fails at a text that is null, names the row; --drop-missing and --bad-rows leave it out", async () => {
    const all = async (options: object): Promise<number> => {
      let rows = 0;
      for await (const row of (await open(sample, options)).rows()) rows += row.line > 0 ? 1 : 0;
      return rows;
    };
    await expect(all({})).rejects.toMatchObject({
      code: "E_ARROW",
      exitCode: 3,
      message: expect.stringMatching(/-:2: its text in column "text" is null\. .*--drop-missing/) as unknown,
    });
    expect(await all({ dropMissing: true })).toBe(4);
    expect(await all({ badRows: "skip" })).toBe(4);
  });

  it("names what is wrong and what to do", async () => {
    const failing = async (bytes: Uint8Array, options = {}): Promise<void> => {
      const corpus = await openCorpus(["-"], { from: "arrow", stdin: Readable.from([bytes]), ...options });
      for await (const row of corpus.rows()) expect(row).toBeDefined();
    };
    await expect(failing(stream(sample).subarray(0, 700))).rejects.toMatchObject({
      code: "E_ARROW",
      message: expect.stringMatching(/^Cannot read Arrow from -: it is cut off.*closed at its end/) as unknown,
    });
    await expect(failing(readFileSync(import.meta.filename))).rejects.toMatchObject({ code: "E_ARROW" });
    await expect(failing(stream(sample), { textColumn: "id" })).rejects.toThrow('column "id" of -: it is Int64. Cast');
    await expect(failing(stream(sample), { textColumn: "txt" })).rejects.toMatchObject({
      code: "E_COLUMN_MISSING",
    });
    await expect(failing(stream(tableFromArrays({ n: [1] })))).rejects.toMatchObject({ code: "E_COLUMN_MISSING" });
  });
});
