import { describe, expect, it } from "vitest";
import { commonUse, idleFlags, type Parsed } from "../../../../src/cli/flags/commandUse.js";

const parsed = (command: string, more: Partial<Parsed>): Parsed => ({
  command,
  operands: [],
  flags: {},
  given: Object.keys(more.flags ?? {}),
  ...more,
});

describe("commonUse()", () => {
  it.each([
    ["embed", "store", "used"],
    ["train", "store", "none"],
    ["train", "labelColumn", "used"],
    ["embed", "labelColumn", "none"],
    ["predict", "pooling", "accepted"],
    ["distill", "batchTokens", "none"],
    ["distill", "encoder", "accepted"],
    ["encoders", "textColumn", "none"],
    ["encoders", "seed", "used"],
  ])("of headstart %s %s is %s", (command, name, use) => expect(commonUse(command, name)).toBe(use));
});

describe("idleFlags()", () => {
  it.each<[Parsed, string, RegExp, boolean]>([
    [parsed("distill", { flags: { allowBatchDependence: true } }), "allowBatchDependence", /for headstart dist/, false],
    [parsed("distill", { flags: { maxTokens: 5 } }), "maxTokens", /for headstart distill/, true],
    [parsed("encoders", { flags: { prompt: "x" } }), "prompt", /for headstart encoders/, false],
    [parsed("train", { flags: { tuneSeconds: 9 } }), "tuneSeconds", /without --tune/, false],
    [parsed("train", { flags: { tunePoolings: ["cls"] } }), "tunePoolings", /without --tune/, false],
    [parsed("embed", { flags: { output: "-", repair: true } }), "repair", /with -o -/, false],
    [parsed("embed", { operands: ["a.csv", "-"], flags: { dropMissing: true } }), "dropMissing", /for CSV/, false],
    [parsed("embed", { operands: ["a.txt"], flags: { from: "tsv", dropMissing: true } }), "dropMissing", /TSV/, false],
    [parsed("predict", { operands: ["head", "a"], flags: { maxField: 9 } }), "maxField", /without --input/, false],
    [parsed("predict", { operands: ["head", "a"], flags: { textColumn: "t" } }), "textColumn", /without --inp/, true],
    [parsed("predict", { operands: ["head", "a"], flags: { invalidUtf8: "fail" } }), "invalidUtf8", /are arg/, false],
    [parsed("cache", { operands: ["list"], flags: { olderThan: 3 } }), "olderThan", /without clean/, false],
    [parsed("doctor", { flags: { store: "fp16" } }), "store", /without a corpus/, true],
  ])("names what does nothing: %j", (line, name, because, isInContract) => {
    expect(idleFlags(line)).toEqual([{ name, because: expect.stringMatching(because) as string, isInContract }]);
  });

  it.each<Parsed>([
    parsed("distill", { flags: { precision: "int8", pooling: "cls", encoder: "same", cache: false } }),
    parsed("train", { operands: ["a.csv"], flags: { tune: true, tuneSeconds: 9, dropMissing: true } }),
    parsed("embed", { operands: ["-"], flags: { from: "csv", output: "-" } }),
    parsed("embed", { operands: ["README.md"], flags: { from: "csv", output: "a.npy", repair: true } }),
    parsed("embed", { operands: ["-"], flags: { from: "arrow", dropMissing: true } }),
    parsed("embed", { operands: ["a.csv", "b.jsonl"], flags: { dropMissing: true } }),
    parsed("embed", { operands: ["a.csv"], flags: { from: "tsv" } }),
    parsed("predict", { operands: ["head"], flags: { encoding: "latin1", invalidUtf8: "replace" } }),
    parsed("predict", { operands: ["head"], flags: { input: ["a.csv"], textColumn: "t", limit: 3, output: "o.csv" } }),
    parsed("evaluate", { operands: ["head.csv", "-"], flags: { from: "csv" } }),
    parsed("cache", { operands: ["clean"], flags: { all: true } }),
    parsed("doctor", { operands: ["a.csv"], flags: { bench: true, store: "fp16", textColumn: "t" } }),
  ])("lets pass what has an effect: %j", (line) => expect(idleFlags(line)).toEqual([]));

  it("counts only flags that were given", () => {
    expect(idleFlags(parsed("encoders", { flags: { badRows: "fail", prompt: "x" }, given: [] }))).toEqual([]);
  });
});
