import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { HeadstartError } from "../../../../src/errors.js";
import {
  chooseModelFile,
  describeBrokenFile,
  externalDataOf,
  modelFileDecision,
} from "../../../../src/encoder/folder/modelFile.js";

describe("chooseModelFile()", () => {
  it.each([
    [["model.onnx", "onnx/model_q4.onnx", "onnx/model.onnx"], "onnx/model.onnx"],
    [["onnx/model_quantized.onnx", "model.onnx"], "model.onnx"],
    [["config.json", "deep/down/encoder.onnx"], "deep/down/encoder.onnx"],
  ])("takes the first of onnx/model.onnx, model.onnx and the only one: %j", (files, expected) => {
    expect(chooseModelFile(files)).toBe(expected);
    expect(chooseModelFile(files, { precision: "fp32" })).toBe(expected);
    expect(chooseModelFile(files, { precision: "int8" })).toBe(expected);
  });

  it("does not guess between several, and names them", () => {
    const choose = (): string => chooseModelFile(["onnx/model_q4.onnx", "onnx/model_int8.onnx", "config.json"]);
    expect(choose).toThrow(HeadstartError);
    expect(choose).toThrow(/onnx\/model_q4\.onnx, onnx\/model_int8\.onnx\. Choose one with --model-file/);
    expect(() => chooseModelFile(["a.onnx", "b.onnx"], { precision: "int8" })).toThrow(
      "int8 is made from the fp32 file",
    );
  });

  const several = ["onnx/model.onnx", "onnx/model_quantized.onnx", "config.json"];

  it.each(["onnx/model_quantized.onnx", "./onnx/model_quantized.onnx", "onnx\\model_quantized.onnx"])(
    "takes the file that is asked for, as people write it: %s",
    (asked) => {
      expect(chooseModelFile(several, { asked })).toBe("onnx/model_quantized.onnx");
    },
  );

  it.each(["model_quantized.onnx", "onnx/model_quantised.onnx", "config.json", "../model.onnx", "x"])(
    "refuses to take %s, listing the ONNX files that there are",
    (asked) => {
      const choose = (): string => chooseModelFile(several, { asked });
      expect(choose).toThrow(expect.objectContaining({ code: "E_ENCODER_MISSING" }));
      expect(choose).toThrow("the encoder's ONNX files are onnx/model.onnx, onnx/model_quantized.onnx");
    },
  );

  it("says that there are others, and of one that was asked for that it was", () => {
    expect(modelFileDecision(["a.onnx"], "a.onnx", undefined)).toBe("model a.onnx");
    expect(modelFileDecision(several, several[0], undefined)).toMatch(/^model onnx\/model\.onnx \(of 2 .*--model-file/);
    expect(modelFileDecision(several, several[1], several[1])).toBe("model onnx/model_quantized.onnx (asked for)");
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
