import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainPrediction, removals } from "../../../src/classification/explain.js";
import { predictProbabilities, type Head } from "../../../src/head/head.js";
import { matrix, type Matrix } from "../../../src/math/matrix.js";

describe("removals()", () => {
  it("leaves out each word in turn, signs by themselves, and says where it stood", () => {
    const text = "Don't stop, now! 😀";
    const parts = removals(text);
    expect(parts.map(({ text: word }) => word)).toEqual(["Don't", "stop", ",", "now", "!", "😀"]);
    expect(parts[1].rest).toBe("Don't , now! 😀");
    for (const { start, end, text: word } of parts) expect(text.slice(start, end)).toBe(word);
    expect(removals("one").map(({ rest }) => rest)).toEqual([""]);
    expect(removals("  ")).toEqual([]);
  });

  it("takes at most 64 runs from any text, which cover its words in order", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 300 }), (words) => {
        const parts = removals(words.join(" "));
        expect(parts.length).toBeLessThanOrEqual(64);
        expect(parts.map(({ text }) => text).join(" ")).toBe(words.join(" "));
      }),
    );
  });
});

/** Two numbers a text: how many good and how many bad words it has. */
const embed = async (texts: readonly string[]): Promise<Matrix> =>
  matrix(
    texts.length,
    2,
    Float32Array.from(texts.flatMap((text) => [text.split("good").length - 1, text.split("bad").length - 1])),
  );

const head: Head = {
  kind: "logistic",
  labels: ["bad", "good"],
  standardizer: { mean: new Float32Array(2), factor: Float32Array.of(1, 1) },
  weights: matrix(1, 2, Float32Array.of(2, -1)),
  bias: new Float32Array(1),
  temperature: 2,
};

describe("explain()", () => {
  it("gives each word what the probability loses without it, the largest change first", async () => {
    const texts = ["a good film, not bad", "bad"];
    const calls: (readonly string[])[] = [];
    const vectors = await embed(texts);
    const [first, second] = await explainPrediction(texts, {
      head,
      vectors,
      embed: (parts) => {
        calls.push(parts);
        return embed(parts);
      },
    });
    expect(calls).toHaveLength(1); // every removal of every text at once
    expect(calls[0]).toHaveLength(6 + 1);
    expect(first.words.slice(0, 2).map(({ text }) => text)).toEqual(["good", "bad"]);
    const p = predictProbabilities(head, vectors);
    const without = predictProbabilities(head, await embed(["a film, not bad"]));
    expect(first).toMatchObject({
      label: "good",
      probability: p[1],
      calibrated: true,
      neighbors: null,
      distance: null,
    });
    expect(first.words[0].change).toBeCloseTo(p[1] - without[1], 12);
    expect(first.words[1].change).toBeLessThan(0);
    expect(second).toMatchObject({ label: "bad", words: [{ text: "bad", start: 0, end: 3 }] });
  });

  it("explains a text without words", async () => {
    const [only] = await explainPrediction([""], { head, vectors: await embed([""]), embed });
    expect(only.words).toEqual([]);
  });
});
