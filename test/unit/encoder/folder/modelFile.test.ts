import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { HeadstartError } from "../../../../src/errors.js";
import { chooseModelFile, describeBrokenFile, externalDataOf } from "../../../../src/encoder/folder/modelFile.js";

describe("chooseModelFile()", () => {
  it.each([
    [["model.onnx", "onnx/model_q4.onnx", "onnx/model.onnx"], "onnx/model.onnx"],
    [["onnx/model_quantized.onnx", "model.onnx"], "model.onnx"],
    [["config.json", "deep/down/encoder.onnx"], "deep/down/encoder.onnx"],
  ])("takes the first of onnx/model.onnx, model.onnx and the only one: %j", (files, expected) => {
    expect(chooseModelFile(files)).toBe(expected);
    expect(chooseModelFile(files, "fp32")).toBe(expected);
    expect(chooseModelFile(files, "int8")).toBe(expected);
  });

  it("does not guess between several, and names them", () => {
    const choose = (): string => chooseModelFile(["onnx/model_q4.onnx", "onnx/model_int8.onnx", "config.json"]);
    expect(choose).toThrow(HeadstartError);
    expect(choose).toThrow(/onnx\/model_q4\.onnx, onnx\/model_int8\.onnx\. Keep one/);
    expect(() => chooseModelFile(["a.onnx", "b.onnx"], "int8")).toThrow("int8 is made from the fp32 file");
  });

  it("says what is there when no file is ONNX", () => {
    expect(() => chooseModelFile(["config.json", "model.safetensors"])).toThrow(/but config\.json, model\.safetensors/);
    expect(() => chooseModelFile([])).toThrow(expect.objectContaining({ code: "E_ENCODER_MISSING" }));
  });
});

describe("externalDataOf()", () => {
  it("finds the second files of this model, not of another", () => {
    const files = [
      "onnx/model.onnx",
      "onnx/model.onnx_data",
      "onnx/model.onnx_data_1",
      "onnx/model_q4.onnx_data",
      "m.onnx.data",
    ];
    expect(externalDataOf("onnx/model.onnx", files)).toEqual(["onnx/model.onnx_data", "onnx/model.onnx_data_1"]);
    expect(externalDataOf("m.onnx", files)).toEqual(["m.onnx.data"]);
  });
});

describe("describeBrokenFile()", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12345\n`;

  it.each<[Uint8Array, string]>([
    [new Uint8Array(), "is empty"],
    [bytes(pointer), "is a git-lfs pointer (run git lfs pull)"],
    [bytes("<!DOCTYPE html><html>404"), "is an HTML page"],
    [bytes("\ufeff\n <HTML lang='en'>"), "is an HTML page"],
    [gzipSync("x"), "is gzip data"],
    [bytes("PK\u0003\u0004rest"), "is a zip archive"],
  ])("knows what a broken file really is (%#) [B04]", (content, expected) => {
    expect(describeBrokenFile(content, content.length)).toBe(expected);
  });

  it("has nothing to say of an ONNX file, of JSON, or of one odd byte", () => {
    for (const content of [Uint8Array.of(8, 7, 18, 7), bytes('{"a": "<html>"}'), Uint8Array.of(0x1f), bytes("P")]) {
      expect(describeBrokenFile(content, content.length)).toBeUndefined();
    }
  });
});
