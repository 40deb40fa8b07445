import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { embedTexts } from "../../src/encoder/embed/embed.js";
import { loadEncoder } from "../../src/encoder/load.js";
import { readVectors } from "../../src/vectors/reader.js";
import { csv, jsonOf, sandbox, succeeded, TINY, type Finished } from "./runCli.js";

const COLUMNS = ["id", "text", "note"];
const ROWS = [
  ["1", "the sun is up", "a"],
  ["2", 'she said "no", twice', ""],
  ["3", "", "an empty text"],
  ["4", "two\nlines 😀", "b,c"],
  ["5", "sun ".repeat(100), "cut"],
  ["6", "the sun is up", "the first again"],
  ["7", "=1+1", "no formula"],
];
const ENDINGS = ["parquet", "arrow", "npy", "jsonl"] as const;
const WITH_TINY = ["--encoder", TINY];

/** Vectors of the texts by the library, float32, row-major. */
let expected: Float32Array;
beforeAll(async () => {
  const encoder = await loadEncoder(TINY);
  expected = (
    await embedTexts(
      encoder,
      ROWS.map((row) => row[1]),
    )
  ).vectors.data;
  await encoder.close();
});

const bits = (data: Float32Array): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

describe("headstart embed", () => {
  it.each(ENDINGS)(
    "writes .%s that reads back: rows in input order, all columns, the library's vectors",
    async (end) => {
      const box = await sandbox();
      await box.write("in.csv", csv(COLUMNS, ROWS));
      const json = jsonOf(await box.run(["embed", "in.csv", "-o", `out.${end}`, "--json", ...WITH_TINY]));
      expect(json).toMatchObject({
        rows: 7,
        rejected: 0,
        empty: 1,
        truncated: 1,
        encoder: TINY,
        width: 32,
        output: `out.${end}`,
        cached: 0,
        resumed: 0,
      });
      for (const field of ["seconds", "textsPerSecond", "tokens"]) expect(json[field]).toBeGreaterThan(0);
      const { vectors, columns, values, metadata } = await readVectors(box.path(`out.${end}`));
      expect(columns).toEqual(COLUMNS);
      expect(values).toEqual(ROWS);
      expect(vectors.cols).toBe(32);
      expect(bits(vectors.data)).toEqual(bits(expected));
      // npy and JSON lines have no place for it.
      expect(metadata["headstart.encoder"]).toBe(end === "parquet" || end === "arrow" ? TINY : undefined);
      const beside = end === "npy" ? ["out.jsonl"] : [];
      expect(await box.files()).toEqual(["in.csv", ...beside, `out.${end}`]);
    },
  );

  it("says how many rows went in and out, and where to, on stdout; the rest on stderr", async () => {
    const box = await sandbox();
    await box.write("in.csv", csv(COLUMNS, ROWS));
    const { code, stdout, stderr } = await box.run(["embed", "in.csv", "-o", "deep/er/out.npy", ...WITH_TINY]);
    expect(code).toBe(0);
    expect(stdout).toContain("7 rows in = 7 out + 0 rejected (1 empty, 1 cut at 64 tokens)");
    expect(stdout).toContain("deep/er/out.jsonl and deep/er/out.npy: 7 x 32");
    expect(stderr).toContain(`encoder ${TINY}: model onnx/model.onnx`);
  });

  it("says nothing on stderr with --quiet", async () => {
    const box = await sandbox();
    await box.write("in.csv", "text\n");
    const { code, stderr } = await box.run(["embed", "in.csv", "-o", "out.npy", "--quiet", ...WITH_TINY]);
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("takes several corpora of several formats as one, in their order", async () => {
    const box = await sandbox();
    await box.write("a.csv", csv(COLUMNS, ROWS.slice(0, 2)));
    await box.write("b.tsv", "note\tid\ttext\nan empty text\t3\t\n");
    await box.write("c.jsonl.gz", gzipSync(ROWS.slice(3, 5).map(jsonRow).join("")));
    await box.write("d.csv.gz", gzipSync(csv(COLUMNS, ROWS.slice(5))));
    const files = ["a.csv", "b.tsv", "c.jsonl.gz", "d.csv.gz"];
    expect(jsonOf(await box.run(["embed", ...files, "-o", "out.arrow", "--json", ...WITH_TINY])).rows).toBe(7);
    const { vectors, columns, values } = await readVectors(box.path("out.arrow"));
    expect([columns, values]).toEqual([COLUMNS, ROWS]);
    expect(bits(vectors.data)).toEqual(bits(expected));
  });

  it.each([
    ["csv", [], csv(COLUMNS, ROWS)],
    ["jsonl", ["--from", "jsonl"], ROWS.map(jsonRow).join("")],
  ])("reads %s from a pipe", async (_, flags, input) => {
    const box = await sandbox();
    const finished = await box.run(["embed", "-", ...flags, "-o", "out.jsonl", "--json", ...WITH_TINY], { input });
    expect(jsonOf(finished).rows).toBe(7);
    expect((await readVectors(box.path("out.jsonl"))).values).toEqual(ROWS);
  });

  it.each([
    ["out.jsonl", "out.jsonl"],
    ["out.npy", "out.jsonl"],
  ])("keeps the types of JSONL in JSONL, for -o %s", async (output, lines) => {
    const box = await sandbox();
    const rows = ['"id":12345678901234567890,"text":"a","score":1.5,"tags":["x"],"none":null', '"id":2,"text":"b"'];
    await box.write("in.jsonl", rows.map((fields) => `{${fields}}\n`).join(""));
    succeeded(await box.run(["embed", "in.jsonl", "-o", output, ...WITH_TINY]));
    const written = (await readFile(box.path(lines), "utf8")).trimEnd().split("\n");
    expect(written[0].startsWith(`{${rows[0]}`)).toBe(true);
    expect(written[1].startsWith(`{${rows[1]},"score":null,"tags":null,"none":null`)).toBe(true);
  });

  it.each(ENDINGS)("writes a .%s that loads for a corpus of nothing but a header, and warns [C10]", async (end) => {
    const box = await sandbox();
    await box.write("in.csv", "text,label\n");
    const finished = await box.run(["embed", "in.csv", "-o", `out.${end}`, "--json", ...WITH_TINY]);
    expect(jsonOf(finished)).toMatchObject({ rows: 0, rejected: 0, tokens: 0 });
    expect(finished.stderr).toContain("warning: the corpus has no rows");
    expect((await readVectors(box.path(`out.${end}`))).vectors.rows).toBe(0);
  });

  it("reads the column and the rows that the flags name", async () => {
    const box = await sandbox();
    await box.write(
      "in.csv",
      csv(
        ["id", "message"],
        [
          ["1", "the sun is up"],
          ["2", "x"],
          ["3", "y"],
        ],
      ),
    );
    const args = ["embed", "in.csv", "-o", "out.npy", "--text-column", "message", "--limit", "1", "--json"];
    expect(jsonOf(await box.run([...args, ...WITH_TINY])).rows).toBe(1);
    const { vectors, columns } = await readVectors(box.path("out.npy"));
    expect(columns).toEqual(["id", "message"]);
    expect(bits(vectors.data)).toEqual(bits(expected.slice(0, 32)));
  });

  it("stores halves and bytes, and says how near they are", async () => {
    const box = await sandbox();
    await box.write("in.csv", csv(COLUMNS, ROWS));
    for (const store of ["fp16", "int8"]) {
      const args = ["embed", "in.csv", "-o", `${store}.parquet`, "--store", store, "--json"];
      const { storeCosine } = jsonOf(await box.run([...args, ...WITH_TINY])) as { storeCosine: { min: number } };
      expect(storeCosine.min).toBeGreaterThan(0.999);
      const { vectors } = await readVectors(box.path(`${store}.parquet`));
      expect(vectors.data[0]).toBeCloseTo(expected[0], 2);
      expect(vectors.data[0]).not.toBe(expected[0]);
    }
  });
});

describe("headstart embed --bad-rows skip", () => {
  it("leaves bad rows out, says where they are, and counts them [C06, R45]", async () => {
    const box = await sandbox();
    await box.write("in.csv", 'id,text\n1,one\n2\n3,three\n4,"fo"ur"\n5,five,more\n6,six\n');
    const args = ["embed", "in.csv", "-o", "out.jsonl", "--bad-rows", "skip"];
    const finished = await box.run([...args, "--json", ...WITH_TINY]);
    expect(jsonOf(finished)).toMatchObject({ rows: 3, rejected: 3 });
    expect(finished.stderr).toContain("3 rows were rejected; out.jsonl.rejects.jsonl tells which and why");
    const { values } = await readVectors(box.path("out.jsonl"));
    expect(values).toEqual([
      ["1", "one"],
      ["3", "three"],
      ["6", "six"],
    ]);
    const rejectedRows = await box.run([
      "embed",
      "out.jsonl.rejects.jsonl",
      "--text-column",
      "raw",
      "-o",
      "-",
      ...WITH_TINY,
    ]);
    const kept = rejectedRows.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(kept.map(({ file, line, raw }) => [file, line, raw])).toEqual([
      ["in.csv", 3, "2"],
      ["in.csv", 5, '4,"fo"ur"'],
      ["in.csv", 6, "5,five,more"],
    ]);
    const { stdout } = await box.run([...args, "--force", ...WITH_TINY]);
    expect(stdout).toContain("6 rows in = 3 out + 3 rejected");
  });

  it("writes no file of rejects when there are none", async () => {
    const box = await sandbox();
    await box.write("in.csv", csv(COLUMNS, ROWS));
    jsonOf(await box.run(["embed", "in.csv", "-o", "out.npy", "--bad-rows", "skip", "--json", ...WITH_TINY]));
    expect(await box.files()).toEqual(["in.csv", "out.jsonl", "out.npy"]);
  });

  it("leaves no list of an output that was there before", async () => {
    const box = await sandbox();
    await box.write("in.csv", `${csv(COLUMNS, ROWS)}short\n`);
    const args = ["embed", "in.csv", "-o", "out.npy", "--bad-rows", "skip", ...WITH_TINY];
    succeeded(await box.run(args));
    expect(await box.files()).toContain("out.npy.rejects.jsonl");
    await box.write("in.csv", csv(COLUMNS, ROWS));
    succeeded(await box.run([...args, "--force"]));
    expect(await box.files()).toEqual(["in.csv", "out.jsonl", "out.npy"]);
  });
});

describe("headstart embed -o -", () => {
  const piped = async (flags: readonly string[], corpus = csv(COLUMNS, ROWS)): Promise<Finished> => {
    const box = await sandbox();
    await box.write("in.csv", corpus);
    const finished = await box.run(["embed", "in.csv", "-o", "-", ...flags, ...WITH_TINY]);
    expect(finished.code).toBe(0);
    expect(await box.files()).toEqual(["in.csv"]);
    return finished;
  };

  it("writes JSON lines to stdout, and the summary to stderr", async () => {
    const finished = await piped([]);
    expect(finished.stderr).toContain("7 rows in = 7 out + 0 rejected");
    const box = await sandbox();
    await box.write("back.jsonl", finished.bytes);
    const { vectors, values } = await readVectors(box.path("back.jsonl"));
    expect(values).toEqual(ROWS);
    expect(bits(vectors.data)).toEqual(bits(expected));
  });

  it.each([
    [7, csv(COLUMNS, ROWS)],
    [0, "id,text,note\n"],
  ])("writes an Arrow stream of %i rows with --to arrow", async (rows, corpus) => {
    const finished = await piped(["--to", "arrow"], corpus);
    const box = await sandbox();
    await box.write("back.arrow", finished.bytes);
    const { vectors, columns, values } = await readVectors(box.path("back.arrow"));
    expect([columns, values]).toEqual([COLUMNS, ROWS.slice(0, rows)]);
    expect(bits(vectors.data)).toEqual(bits(expected.slice(0, 32 * rows)));
  });

  it("writes CSV with --to csv, the vector as JSON, which embed itself can read", async () => {
    const finished = await piped(["--to", "csv"]);
    const box = await sandbox();
    await box.write("back.csv", finished.bytes);
    const again = await box.run(["embed", "back.csv", "-o", "-", "--text-column", "id", "--limit", "2", ...WITH_TINY]);
    expect(again.stderr).toContain('error[E_COLUMN_AMBIGUOUS] Cannot write -: the input has a column "vector" too');
    await box.write("back.csv", finished.stdout.replace("vector", "numbers"));
    const { stdout } = await box.run(["embed", "back.csv", "-o", "-", ...WITH_TINY]);
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(rows.map(({ id, text, note }) => [id, text, note])).toEqual(ROWS);
    const numbers = rows.flatMap((row) => JSON.parse(row.numbers) as number[]);
    expect(bits(Float32Array.from(numbers))).toEqual(bits(expected));
  });

  it("says on stderr where the first rejected row is, as there is no place for a file of them", async () => {
    const { stdout, stderr } = await piped(["--bad-rows", "skip"], "id,text\n1,one\n2\n");
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain("1 row was rejected, the first at in.csv:3: it has 1 field where the header has 2");
  });
});

function jsonRow([id, text, note]: readonly string[]): string {
  return `${JSON.stringify({ id, text, note })}\n`;
}
