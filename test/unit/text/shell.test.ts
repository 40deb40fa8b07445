import { describe, expect, it } from "vitest";
import { shellWord } from "../../../src/text/shell.js";

describe("shellWord()", () => {
  it.each([
    ["out/head-1", "out/head-1"],
    ["4=positive,2=drop", "4=positive,2=drop"],
    ["my head", '"my head"'],
    ["a;b", '"a;b"'],
    ["", '""'],
    ['say "x"', "'say \"x\"'"],
    ["it's $HOME", "'it'\\''s $HOME'"],
  ])("writes %j as %s", (word, written) => expect(shellWord(word)).toBe(written));
});
