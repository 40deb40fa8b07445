import { describe, expect, it } from "vitest";
import {
  requireTokenOutput,
  sentenceOutput,
  tokenOutput,
  type StatedShape,
} from "../../../../src/onnx/model/encoderOutputs.js";
import { newModel, valueInfo, type OnnxModel } from "../../../../src/onnx/model/model.js";

type Outputs = readonly (readonly [name: string, dims: readonly (number | string)[]])[];

function modelWith(outputs: Outputs): OnnxModel {
  const model = newModel(13);
  model.graph.output = outputs.map(([name, dims]) => valueInfo(name, "float32", dims));
  return model;
}

const rank3 = (width: number | string): readonly (number | string)[] => ["b", "t", width];
const STATED: StatedShape = { widths: [["hidden_size", 32]], vocabulary: 500 };
const refused = (outputs: Outputs, stated = STATED): (() => unknown) => {
  const model = modelWith(outputs);
  return () => requireTokenOutput(model, "m.onnx", stated);
};

describe("tokenOutput()", () => {
  it.each<[Outputs, string]>([
    [
      [
        ["hidden_states.1", rank3(32)],
        ["last_hidden_state", rank3(32)],
      ],
      "last_hidden_state",
    ],
    [
      [
        ["logits", rank3(9)],
        ["token_embeddings", rank3(32)],
      ],
      "token_embeddings",
    ],
    [
      [
        ["logits", rank3(9)],
        ["encoder_out", rank3(32)],
      ],
      "encoder_out",
    ],
    [
      [
        ["pooler_output", ["b", 32]],
        ["output_0", rank3(32)],
      ],
      "output_0",
    ],
  ])("takes the token vectors of %j", (outputs, name) => {
    expect(tokenOutput(modelWith(outputs))?.value.name).toBe(name);
  });
});

describe("sentenceOutput()", () => {
  it.each(["sentence_embedding", "sentence_embeddings", "text_embeds", "embeddings"])("knows %s of rank 2", (name) => {
    expect(
      sentenceOutput(
        modelWith([
          ["last_hidden_state", rank3(8)],
          [name, ["b", 8]],
        ]),
      )?.value.name,
    ).toBe(name);
    expect(sentenceOutput(modelWith([[name, rank3(8)]]))).toBeUndefined();
  });

  it("takes neither the pooler's output nor scores for the vector of a text", () => {
    for (const name of ["pooler_output", "logits", "output_1"])
      expect(sentenceOutput(modelWith([[name, ["b", 8]]]))).toBeUndefined();
  });
});

describe("requireTokenOutput()", () => {
  it.each<[Outputs, RegExp]>([
    [
      [["logits", rank3(9)]],
      /"logits", 9 wide, and config\.json says hidden_size 32: it is a token classification model/,
    ],
    [[["logits", rank3(500)]], /"logits", 500 wide, and config\.json says hidden_size 32: it is a language model/],
    [[["prediction_logits", rank3("v")]], /"prediction_logits": it is a language model/],
    [[["logits", rank3(32)]], /"logits", 32 wide: it is a token classification model/],
    [[["logits", ["b", 2]]], /"logits", 2 wide, and .* it is a text classification model/],
    [
      [
        ["start_logits", ["b", "t"]],
        ["end_logits", ["b", "t"]],
      ],
      /"start_logits": it is a QA model/,
    ],
    [[["output_0", rank3(500)]], /"output_0", 500 wide, and .* it is a language model/],
    [[["last_hidden_state", rank3(64)]], /"last_hidden_state", 64 wide, and config\.json says hidden_size 32/],
  ])("refuses %j, saying what it is and how to export it", (outputs, message) => {
    expect(refused(outputs)).toThrow(expect.objectContaining({ code: "E_ENCODER_INVALID" }));
    expect(refused(outputs)).toThrow(message);
    expect(refused(outputs)).toThrow(/--task feature-extraction$/);
  });

  it("takes a width that is free, that nothing is said of, or that any of config.json's names fits", () => {
    const outputs: Outputs = [["last_hidden_state", rank3(32)]];
    expect(requireTokenOutput(modelWith([["x", rank3("w")]]), "m", STATED).width).toBeUndefined();
    expect(requireTokenOutput(modelWith(outputs), "m").width).toBe(32);
    const widths = [
      ["hidden_size", 64],
      ["word_embed_proj_dim", 32],
    ] as const;
    expect(requireTokenOutput(modelWith(outputs), "m", { widths }).width).toBe(32);
  });

  it("names what a model gives that has neither token vectors nor scores", () => {
    expect(refused([["pooler_output", ["b", 32]]])).toThrow(/gives no token vectors.*"pooler_output" of rank 2/);
  });
});
