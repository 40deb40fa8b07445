import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HeadstartError } from "../../../src/errors.js";
import { seeded } from "../../../src/math/random.js";
import { encodeNpyHeader } from "../../../src/vectors/npy/header.js";
import { readVectors } from "../../../src/vectors/reader.js";
import { openVectorWriter } from "../../../src/vectors/writer.js";
import { COLUMNS, sampleValues, sampleVectors } from "./sample.js";
import { tempFolder } from "../files/tempFolder.js";

const FORMATS = ["parquet", "arrow", "npy", "jsonl"] as const;

async function fileOf(name: string, content: Uint8Array | string): Promise<string> {
  const path = join(await tempFolder(), name);
  await writeFile(path, content);
  return path;
}

async function written(format: string): Promise<string> {
  const path = join(await tempFolder(), `v.${format}`);
  const writer = await openVectorWriter(path, { width: 3, columns: COLUMNS, store: "fp32" });
  await writer.write(sampleVectors(20, 3), sampleValues(20));
  await writer.commit();
  return path;
}

/** An npy file with this header text (padded as numpy does) and these data. */
function npy(header: string, data: Uint8Array, version = 1): Buffer {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(header.length, 0, length.length);
  return Buffer.concat([
    Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, "latin1"),
    length,
    Buffer.from(header, "latin1"),
    data,
  ]);
}

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

describe.each(FORMATS)("readVectors() of .%s", (format) => {
  it("gives an error with a code, or a table, for any damage [B07]", async () => {
    const path = await written(format);
    const good = await readFile(path);
    const random = seeded(11);
    for (let i = 0; i < 300; i++) {
      await writeFile(path, mutant(good, random));
      const outcome: unknown = await readVectors(path).catch((error: unknown) => error);
      expect(outcome instanceof Error && !(outcome instanceof HeadstartError)).toBe(false);
    }
  }, 120_000);
});

/** Bytes flipped, cut, spliced, or overwritten by extremes. */
function mutant(good: Buffer, random: () => number): Buffer {
  const at = (n: number): number => Math.floor(random() * n);
  const bytes = Buffer.from(good);
  // Half of the damage goes to the last part, where Parquet and Arrow keep their structure.
  const place = (): number => (random() < 0.5 ? at(bytes.length) : bytes.length - 1 - at(Math.min(400, bytes.length)));
  switch (at(4)) {
    case 0:
      for (let k = 0; k <= at(4); k++) bytes[place()] ^= 1 << at(8);
      return bytes;
    case 1:
      return bytes.subarray(0, at(bytes.length));
    case 2:
      bytes.fill([0, 0xff, 0x7f][at(3)], place(), place());
      return bytes;
    default:
      bytes.copyWithin(place(), place(), place());
      return bytes;
  }
}

/** The bytes as another program would have written them, which knows of no checksum. */
function byAnother(bytes: Buffer): Buffer {
  const mark = bytes.lastIndexOf("HSCHECK1");
  const without = Buffer.concat([bytes.subarray(0, mark), bytes.subarray(mark + 24)]);
  const name = without.lastIndexOf("headstart");
  if (name >= 0) without.write("otherprog", name);
  return without;
}

describe.each(["parquet", "arrow"])("a .%s without a checksum, as other programs write it,", (format) => {
  it("gives an error with a code, or a table, soon, for any damage [B07]", async () => {
    const path = await written(format);
    const good = byAnother(await readFile(path));
    await writeFile(path, good);
    expect((await readVectors(path)).vectors.rows).toBe(20);
    const random = seeded(3);
    let refused = 0;
    for (let i = 0; i < (format === "arrow" ? 400 : 25); i++) {
      await writeFile(path, mutant(good, random));
      const outcome: unknown = await readVectors(path).catch((error: unknown) => error);
      expect(outcome instanceof Error && !(outcome instanceof HeadstartError)).toBe(false);
      if (outcome instanceof HeadstartError) refused++;
    }
    expect(refused).toBeGreaterThan(5);
  }, 120_000);
});

describe("readVectors() of Parquet", () => {
  it("ends where a run of levels fills all memory", async () => {
    const path = await written("parquet");
    const bytes = byAnother(await readFile(path));
    // The repetition levels of lists of three: a run of 2^31 - 1 in their place.
    bytes.set([0xfe, 0xff, 0xff, 0xff, 0x0f, 0], bytes.indexOf(Uint8Array.of(3, 0xb6)));
    await writeFile(path, bytes);
    await expect(readVectors(path)).rejects.toMatchObject({ code: "E_VECTORS_INVALID", exitCode: 4 });
  }, 120_000);
});

describe("readVectors()", () => {
  it("lists the four endings for any other", async () => {
    await expect(readVectors("v.pkl")).rejects.toMatchObject({
      code: "E_INPUT_ENDING",
      message: expect.stringContaining(".parquet, .arrow, .npy or .jsonl") as unknown,
    });
  });

  it("names the row of a number that is not finite", async () => {
    const path = await fileOf("v.npy", Buffer.concat([encodeNpyHeader("f4", 2, 2), floats(1, 2, 3, Infinity)]));
    await expect(readVectors(path)).rejects.toMatchObject({
      code: "E_NOT_FINITE",
      message: expect.stringContaining("row 2") as unknown,
    });
  });
});

describe("readVectors() of npy [B08]", () => {
  const DATA = floats(1, 2, 3, 4, 5, 6);
  const F4 = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n";

  it("reads headers of versions 1 to 3 and with fields in another order", async () => {
    const other = "{'shape': (2, 3,), 'fortran_order':False,\t'descr':'<f4'}";
    for (const bytes of [npy(F4, DATA), npy(F4, DATA, 2), npy(F4, DATA, 3), npy(other, DATA)]) {
      expect([...(await readVectors(await fileOf("v.npy", bytes))).vectors.data]).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  it("converts Fortran order and big-endian numbers", async () => {
    const swapped = Buffer.from(DATA).swap32();
    const big = npy(F4.replace("<f4", ">f4").replace("False", "True"), swapped);
    const { vectors } = await readVectors(await fileOf("v.npy", big));
    expect([...vectors.data]).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it.each([
    ["an object dtype", F4.replace("'<f4'", "'|O'"), "pickle that can run code"],
    ["a record dtype", F4.replace("'<f4'", "[('a', '<f4')]"), "record of several fields"],
    ["integers", F4.replace("<f4", "<i8"), "its dtype is <i8"],
    ["complex numbers", F4.replace("<f4", "<c8"), "its dtype is <c8"],
    ["one dimension", F4.replace("(2, 3)", "(6,)"), "its shape is (6,)"],
    ["three dimensions", F4.replace("(2, 3)", "(1, 2, 3)"), "its shape is (1, 2, 3)"],
    ["no dimension", F4.replace("(2, 3)", "()"), "its shape is ()"],
    ["a negative dimension", F4.replace("(2, 3)", "(-2, 3)"), "malformed"],
    ["2^63 rows", F4.replace("(2, 3)", `(${2n ** 63n}, 3)`), "larger than any file"],
    ["an overflowing product", F4.replace("(2, 3)", "(4503599627370496, 4503599627370496)"), "larger than any file"],
    ["more rows than bytes", F4.replace("(2, 3)", "(900000000000, 3)"), "bytes too few"],
    ["trailing bytes", F4.replace("(2, 3)", "(1, 3)"), "12 bytes too many"],
    ["code", F4.replace("(2, 3)", "(__import__('os').getpid(), 3)"), "malformed"],
    ["a field twice", F4.replace("{", "{'shape': (9, 9), "), "names 'shape' twice"],
    ["no dictionary", "hello", "not a dictionary"],
    ["no shape", F4.replace("'shape': (2, 3), ", ""), "its shape is missing"],
    ["no order", F4.replace("'fortran_order': False, ", ""), "lacks fortran_order"],
    ["no dtype", F4.replace("'descr': '<f4', ", ""), "names no dtype"],
    ["an empty dictionary and junk", "{} x", "malformed"],
  ])("refuses %s", async (_, header, found) => {
    const failed = readVectors(await fileOf("v.npy", npy(header, DATA)));
    await expect(failed).rejects.toMatchObject({
      code: "E_VECTORS_INVALID",
      message: expect.stringContaining(found) as unknown,
    });
  });

  it("refuses rows without numbers, however many the header says there are", async () => {
    for (const shape of ["(4294967295, 0)", "(50000000, 0)", "(1, 0)"]) {
      const header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + "\n";
      const path = await fileOf("v.npy", npy(header, new Uint8Array(0)));
      await expect(readVectors(path)).rejects.toMatchObject({
        code: "E_VECTORS_INVALID",
        message: expect.stringContaining("rows without numbers") as unknown,
      });
    }
  });

  it("refuses a header of 4 GiB, a cut one, and an unknown version", async () => {
    const huge = npy(F4, DATA, 2);
    huge.writeUInt32LE(0xffffffff, 8);
    for (const [bytes, found] of [
      [huge, "declares 4294967295 bytes"],
      [npy(F4, DATA).subarray(0, 30), "cut off in its header"],
      [npy(F4, DATA).subarray(0, 8), "cut off in its header"],
      [npy(F4, DATA, 9), "npy version 9"],
    ] as const) {
      await expect(readVectors(await fileOf("v.npy", bytes))).rejects.toThrow(found);
    }
  });

  it("needs a companion of as many rows, if there is one, and the scales of int8 in it", async () => {
    const path = await fileOf("v.npy", npy(F4, DATA));
    expect((await readVectors(path)).values).toEqual([[], []]);
    const companion = path.replace("npy", "jsonl");
    await writeFile(companion, '{"a":"x"}\n');
    await expect(readVectors(path)).rejects.toThrow("2 rows, but");
    await writeFile(companion, '{"a":"x"}\n{"b":1}');
    expect(await readVectors(path)).toMatchObject({
      columns: ["a", "b"],
      values: [
        ["x", null],
        [null, "1"],
      ],
    });
    await writeFile(path, npy(F4.replace("<f4", "|i1"), Uint8Array.of(1, 2, 3, 4, 5, 255)));
    await expect(readVectors(path)).rejects.toThrow('no "scale" for row 1');
    await writeFile(companion, '{"scale":0.5}\n{"scale":2}\n');
    expect([...(await readVectors(path)).vectors.data]).toEqual([0.5, 1, 1.5, 8, 10, -2]);
  });
});

describe("readVectors() of JSON lines", () => {
  it("refuses a value that is nested too deep, in whatever column", async () => {
    const path = await fileOf("v.jsonl", `{"vector":[1],"x":${"[".repeat(5000)}${"]".repeat(5000)}}\n`);
    await expect(readVectors(path)).rejects.toMatchObject({
      code: "E_VECTORS_INVALID",
      message: expect.stringContaining("nested deeper than 1000 levels") as unknown,
    });
  });

  it("takes values of other kinds as text, and columns that come late", async () => {
    const lines = '\n{"a":1,"vector":[1,2],"2":true,"1":null}\r\n{"vector":[3,4],"b":{"c":[1]},"scale":"x"}';
    expect(await readVectors(await fileOf("v.jsonl", lines))).toMatchObject({
      columns: ["a", "2", "1", "b", "scale"],
      values: [
        ["1", "true", null, null, null],
        [null, null, null, '{"c":[1]}', "x"],
      ],
      vectors: { rows: 2, cols: 2 },
    });
  });

  it.each([
    ['{"vector":[1]}\n[1]', "line 2 cannot be read: it is not a JSON object"],
    ['{"vector":[1]}\n{"vector":', "line 2 cannot be read: it is not a JSON object"],
    ['{"vector":[1]}\n\n{"vector":[1,2]}', "line 3 has a vector of 2 numbers among those of 1"],
    ['{"vector":["1"]}', 'line 1 has no "vector"'],
    ['{"vector":[]}', 'line 1 has no "vector"'],
    ['{"a":1}', 'line 1 has no "vector"'],
  ])("refuses %j", async (lines, found) => {
    await expect(readVectors(await fileOf("v.jsonl", lines))).rejects.toMatchObject({
      code: "E_VECTORS_INVALID",
      message: expect.stringContaining(found) as unknown,
    });
  });
});
