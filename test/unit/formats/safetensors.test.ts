import { describe, expect, it } from "vitest";
import { HeadstartError } from "../../../src/errors.js";
import { seeded } from "../../../src/math/random.js";
import { readSafetensors, readSafetensorsMetadata, writeSafetensors } from "../../../src/formats/safetensors.js";
import type { Tensor } from "../../../src/formats/safetensors.js";

const TENSORS = new Map<string, Tensor>([
  ["bytes", { dtype: "U8", shape: [3], data: Uint8Array.of(0, 1, 255) }],
  ["__proto__", { dtype: "F32", shape: [2, 2], data: Float32Array.of(-0, 0.1, 1e-40, NaN) }],
  ["constructor", { dtype: "F64", shape: [1], data: Float64Array.of(Math.PI) }],
  ['é\n"', { dtype: "I32", shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) }],
  ["big", { dtype: "I64", shape: [1], data: BigInt64Array.of(2n ** 62n) }],
  ["half", { dtype: "F16", shape: [3], data: Uint16Array.of(0x3c00, 0x8000, 0x7bff) }],
  ["scalar", { dtype: "F32", shape: [], data: Float32Array.of(7) }],
  ["none", { dtype: "F32", shape: [0, 5], data: new Float32Array(0) }],
]);

/** A file with this header text and so many bytes of data. */
function file(header: string, dataBytes = 0): Uint8Array {
  const json = Buffer.from(header, "utf8");
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

const tensor = (offsets: string, { shape = "[1]", dtype = '"F32"' } = {}): string =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;

describe("writeSafetensors()", () => {
  it("gives back every tensor bit for bit, whatever its name [B06]", () => {
    const back = readSafetensors(writeSafetensors(TENSORS, { a: "1" }));
    expect(back.size).toBe(TENSORS.size);
    for (const [name, given] of TENSORS) {
      expect(back.get(name)).toEqual(given);
      expect(Object.is(back.get("__proto__")?.data[0], -0)).toBe(true);
    }
    expect(({} as Record<string, unknown>)["dtype"]).toBeUndefined();
  });

  it("writes the same bytes for the same tensors in another order, with aligned data", () => {
    const bytes = writeSafetensors(TENSORS, { b: "2", a: "1" });
    expect(writeSafetensors(new Map([...TENSORS].reverse()), { a: "1", b: "2" })).toEqual(bytes);
    expect(Buffer.from(bytes).readBigUInt64LE() % 8n).toBe(0n);
    expect([...readSafetensorsMetadata(bytes)]).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
    expect(readSafetensorsMetadata(writeSafetensors(TENSORS)).size).toBe(0);
  });

  it("refuses data that does not fill its shape, and the reserved name", () => {
    const data = Float32Array.of(1);
    expect(() => writeSafetensors(new Map([["a", { dtype: "F32", shape: [2], data }]]))).toThrow(RangeError);
    expect(() => writeSafetensors(new Map([["__metadata__", { dtype: "F32", shape: [1], data }]]))).toThrow(RangeError);
  });
});

describe("readSafetensors() [B06]", () => {
  it("does not share memory with the file, at any alignment", () => {
    const bytes = writeSafetensors(TENSORS);
    const shifted = Buffer.concat([Buffer.alloc(1), bytes]).subarray(1);
    const back = readSafetensors(shifted);
    shifted.fill(0xff);
    expect(back.get("scalar")?.data[0]).toBe(7);
  });

  it("reads a header with spaces around, and one without tensors", () => {
    expect(readSafetensors(file(`{ "a" : ${tensor("[0, 4]")} }  \n`, 4)).get("a")?.data).toEqual(Float32Array.of(0));
    expect(readSafetensors(file("{}")).size).toBe(0);
  });

  it.each([
    ["fewer than 8 bytes", Buffer.alloc(7), "7 bytes, fewer"],
    ["a header longer than the file", file("{}").subarray(0, 9), "only 1 follow"],
    [
      "a header of 2^64 - 1 bytes",
      Buffer.concat([Buffer.alloc(8, 0xff), Buffer.from("{}")]),
      "18446744073709551615 bytes",
    ],
    ["no JSON", file("{x}"), 'unexpected "x" at character 1'],
    ["a list", file("[]"), "does not start with {"],
    ["leading space", file(" {}"), "does not start with {"],
    ["text after the header", file("{}{}"), "unexpected"],
    ["bytes that are not UTF-8", Buffer.concat([file("{}").subarray(0, 9), Buffer.of(0xff)]), "not UTF-8"],
    ["a malformed escape", file('{"\\x":1}'), "malformed escape"],
    ["an unfinished object", file('{"a":{"dtype":"F32"'), "it ends early"],
    ["a tensor twice", file(`{"a":${tensor("[0,4]")},"a":${tensor("[0,4]")}}`, 4), 'the name "a" comes twice'],
    ["a tensor twice, once escaped", file(`{"a":${tensor("[0,4]")},"\\u0061":${tensor("[0,4]")}}`, 4), "comes twice"],
    [
      "a field twice",
      file('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
      'the name "dtype" comes twice',
    ],
    ["__proto__ twice", file(`{"__proto__":${tensor("[0,4]")},"__proto__":${tensor("[0,4]")}}`, 4), "comes twice"],
    ["an unknown kind", file(`{"a":${tensor("[0,2]", { dtype: '"BF16"' })}}`, 2), '"BF16", not F32'],
    ["a kind of Object.prototype", file(`{"a":${tensor("[0,4]", { dtype: '"toString"' })}}`, 4), "has dtype"],
    ["no kind", file('{"a":{"shape":[1],"data_offsets":[0,4]}}', 4), "has dtype missing"],
    ["an unknown field", file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}', 4), 'unknown field "x"'],
    ["a tensor that is no object", file('{"a":1}'), "is no object"],
    ["metadata that is no object", file('{"__metadata__":[]}'), "__metadata__ is no object"],
    ["metadata that is no string", file('{"__metadata__":{"a":1}}'), 'metadata "a" is no string'],
    ["a shape that is no list", file(`{"a":${tensor("[0,4]", { shape: "1" })}}`, 4), "is no list"],
    ["a negative dimension", file(`{"a":${tensor("[0,4]", { shape: "[-1]" })}}`, 4), "has -1"],
    ["a dimension with a fraction", file(`{"a":${tensor("[0,4]", { shape: "[1.5]" })}}`, 4), "has 1.5"],
    ["a dimension as text", file(`{"a":${tensor("[0,4]", { shape: '["1"]' })}}`, 4), "has 1, not"],
    ["NaN", file(`{"a":${tensor("[0,4]", { shape: "[NaN]" })}}`, 4), "unexpected"],
    [
      "a product that overflows",
      file(`{"a":${tensor("[0,4]", { shape: "[4294967296,4294967296]" })}}`, 4),
      "by its shape",
    ],
    [
      "a product that is infinite",
      file(
        `{"a":${tensor("[0,4]", {
          shape: `[${Array(30)
            .fill(2 ** 50)
            .join()}]`,
        })}}`,
        4,
      ),
      "by its shape",
    ],
    ["an offset of 2^53 + 1", file(`{"a":${tensor("[0,9007199254740993]")}}`, 4), "not a whole number"],
    ["a negative offset", file(`{"a":${tensor("[-4,0]")}}`, 4), "has -4"],
    ["three offsets", file(`{"a":${tensor("[0,4,4]")}}`, 4), "no valid data_offsets"],
    ["an end before the start", file(`{"a":${tensor("[4,0]")}}`, 4), "no valid data_offsets"],
    ["fewer bytes than the shape takes", file(`{"a":${tensor("[0,3]")}}`, 3), "takes 4 bytes by its shape and 3"],
    ["offsets beyond the file", file(`{"a":${tensor("[0,4]")}}`, 3), "take 4 bytes, and it holds 3"],
    ["bytes after the last tensor", file(`{"a":${tensor("[0,4]")}}`, 5), "take 4 bytes, and it holds 5"],
    ["data without tensors", file("{}", 1), "take 0 bytes, and it holds 1"],
    ["a hole", file(`{"a":${tensor("[0,4]")},"b":${tensor("[5,9]")}}`, 9), "leaves 1 bytes before it unused"],
    ["an overlap", file(`{"a":${tensor("[0,4]")},"b":${tensor("[2,6]")}}`, 6), "overlaps another"],
    ["two tensors at one place", file(`{"a":${tensor("[0,4]")},"b":${tensor("[0,4]")}}`, 4), "overlaps another"],
    ["5 million brackets", file(`{"a":${"[".repeat(5_000_000)}`), "nested deeper than 4"],
  ])("refuses %s", (_, bytes, found) => {
    let error: unknown;
    try {
      readSafetensors(bytes, { file: "head.safetensors" });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(HeadstartError);
    expect(error).toMatchObject({ code: "E_HEAD_INVALID", exitCode: 4, place: { file: "head.safetensors" } });
    expect((error as Error).message).toContain(found);
  });

  it("gives the code and the advice that it was called with", () => {
    const options = { file: "x", code: "E_ENCODER_INVALID", advice: "Fetch it again" } as const;
    expect(() => readSafetensors(file("[]"), options)).toThrow(/does not start with \{\. Fetch it again$/);
    expect(() => readSafetensors(file("[]"), options)).toThrow(expect.objectContaining({ code: "E_ENCODER_INVALID" }));
  });

  it("gives E_HEAD_INVALID or tensors for any damage to the header [B07]", () => {
    const good = writeSafetensors(TENSORS, { a: "1" });
    const random = seeded(4);
    const header = Number(Buffer.from(good).readBigUInt64LE()) + 8;
    const codes: string[] = [];
    for (let i = 0; i < 5_000; i++) {
      const bytes = Buffer.from(good);
      for (let k = 0; k <= random() * 3; k++) bytes[Math.floor(random() * header)] = Math.floor(random() * 256);
      try {
        readSafetensors(bytes.subarray(0, random() < 0.2 ? Math.floor(random() * bytes.length) : bytes.length));
      } catch (error) {
        codes.push(error instanceof HeadstartError ? error.code : String(error));
      }
    }
    expect(new Set(codes)).toEqual(new Set(["E_HEAD_INVALID"]));
    expect(codes.length).toBeGreaterThan(2_500);
  });
});
