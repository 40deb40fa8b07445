import { describe, expect, it } from "vitest";
import { observeActivations } from "../../../../src/encoder/model/observe.js";
import { productInputs } from "../../../../src/onnx/quantize/quantize.js";
import { fixture, fixtureModel, openEncoder } from "../tinyBert.js";

const texts = ["a good day", "rain, again and again and again", "ok"];
const model = fixtureModel("tiny-bert");
const { tokenizer } = await openEncoder(fixture("tiny-bert"));
const OPTIONS = { tokenizer, minWeights: 256 };

describe("observeActivations()", () => {
  it("gives every activation of a product one positive number a column", async () => {
    const { ranges } = await observeActivations(model, texts, OPTIONS);
    expect([...ranges.keys()].sort()).toEqual(productInputs(model, OPTIONS).sort());
    for (const range of ranges.values()) expect(range.every((value) => value > 0 && Number.isFinite(value))).toBe(true);
  });

  it("never shrinks ranges with more texts, and does not see padding", async () => {
    const few = await observeActivations(model, texts.slice(0, 1), OPTIONS);
    const more = await observeActivations(model, texts, OPTIONS);
    for (const [name, range] of few.ranges) {
      expect(range.every((value, c) => value <= more.ranges.get(name)![c])).toBe(true);
    }
    const apart = await Promise.all(texts.map((text) => observeActivations(model, [text], OPTIONS)));
    for (const [name, range] of more.ranges) {
      expect([...range]).toEqual(
        Array.from(range, (_, c) => Math.max(...apart.map((one) => one.ranges.get(name)![c]))),
      );
    }
  });

  it("sums x x' over the real tokens of all texts", async () => {
    const { ranges, moments } = await observeActivations(model, texts, OPTIONS);
    const apart = await Promise.all(texts.map((text) => observeActivations(model, [text], OPTIONS)));
    const tokens = texts.reduce((sum, text) => sum + tokenizer.tokenize(text).ids.length, 0);
    expect([...moments.keys()]).toEqual([...ranges.keys()]);
    for (const [name, sums] of moments) {
      const range = ranges.get(name)!;
      const width = range.length;
      expect(sums).toHaveLength(width * width);
      sums.forEach((sum, i) => {
        const [a, b] = [Math.floor(i / width), i % width];
        expect(Math.abs(sum)).toBeLessThanOrEqual(tokens * range[a] * range[b] * 1.00001);
        expect(sum).toBeCloseTo(sums[b * width + a], 4);
        expect(sum).toBeCloseTo(
          apart.reduce((all, one) => all + one.moments.get(name)![i], 0),
          4,
        );
      });
      range.forEach((largest, c) => expect(sums[c * width + c]).toBeGreaterThanOrEqual(largest ** 2 * 0.99999));
    }
  });
});
