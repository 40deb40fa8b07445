import { describe, expect, it } from "vitest";
import { activationRanges } from "../../../src/encoder/calibrate.js";
import { productInputs } from "../../../src/onnx/quantize.js";
import { fixture, fixtureModel, openEncoder } from "./tinyBert.js";

const OPTIONS = { minWeights: 256 };
const texts = ["a good day", "rain, again and again and again", "ok"];

describe("activationRanges()", () => {
  it("gives every activation of a product one positive number a column", async () => {
    const model = fixtureModel("tiny-bert");
    const { tokenizer } = await openEncoder(fixture("tiny-bert"));
    const ranges = await activationRanges(model, texts, { tokenizer, ...OPTIONS });
    expect([...ranges.keys()].sort()).toEqual(productInputs(model, OPTIONS).sort());
    for (const range of ranges.values()) expect(range.every((value) => value > 0 && Number.isFinite(value))).toBe(true);
  });

  it("never shrinks with more texts, and does not see padding", async () => {
    const model = fixtureModel("tiny-bert");
    const { tokenizer } = await openEncoder(fixture("tiny-bert"));
    const [few, more] = [
      await activationRanges(model, texts.slice(0, 1), { tokenizer, ...OPTIONS }),
      await activationRanges(model, texts, { tokenizer, ...OPTIONS }),
    ];
    for (const [name, range] of few) expect(range.every((value, c) => value <= more.get(name)![c])).toBe(true);
    const apart = await Promise.all(texts.map((text) => activationRanges(model, [text], { tokenizer, ...OPTIONS })));
    for (const [name, range] of more) {
      expect([...range]).toEqual(Array.from(range, (_, c) => Math.max(...apart.map((one) => one.get(name)![c]))));
    }
  });
});
