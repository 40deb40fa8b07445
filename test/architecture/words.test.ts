import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { oddWords, readProse } from "./words.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const found = (text: string, path = "src/a.ts"): readonly string[] => oddWords(new Map([[path, text]]));

describe("oddWords()", () => {
  it("finds none in sources, scripts and documentation", () => {
    const files = readProse(ROOT);
    expect(files.has("README.md")).toBe(true);
    expect(files.has("src/errors.ts")).toBe(true);
    expect(oddWords(files)).toEqual([]);
  });

  it("names file, line and the word to use", () => {
    expect(found("/** One\n * likeliest label. */")).toEqual(['src/a.ts:2: "likeliest"; write most probable, argmax']);
  });

  it.each(["const LIKELIEST = 1;", "likeliestLabel(x)", "isLikeliest", "most_likeliest", "The Likeliest one"])(
    "sees a word in %s",
    (text) => expect(found(text)).toHaveLength(1),
  );

  it.each([
    "async function f(): Promise<void> {}",
    'import { open } from "node:fs/promises";',
    'import { connect } from "node:net";',
    "a linear-chain CRF",
    "temperature, network, planet",
  ])("leaves alone: %s", (text) => expect(found(text)).toEqual([]));

  it("knows a word only whole, and an exception only in its file", () => {
    expect(found("slopes", "src/math/lbfgs.ts")).toEqual([]);
    expect(found("slopes", "src/math/adamw.ts")).toHaveLength(1);
  });
});
