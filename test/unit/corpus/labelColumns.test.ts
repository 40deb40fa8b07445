import { describe, expect, it } from "vitest";
import { failure, readBytes } from "./reading.js";

const labelsOf = async (content: string, options: Parameters<typeof readBytes>[1]) =>
  (await readBytes(content, { from: "csv", ...options })).rows.map(({ label }) => label);

describe("openCorpus() with several columns of labels", () => {
  const MARKS = "text,a,b\nx,1,0\ny,0.0,1.0\nz,False,true\nw,no,Yes\nv,0,0\n";
  const lists = ['["a"]', '["b"]', '["b"]', '["b"]', "[]"];

  it("gives the list of those that a row has", async () => {
    expect(await labelsOf(MARKS, { labelColumn: ["a", "b"] })).toEqual(lists);
    expect(await labelsOf(MARKS, { labelColumn: "a, b" })).toEqual(lists);
    const jsonl = '{"text":"x","a":true,"b":0}\n{"text":"y","a":0.0,"b":1}\n';
    expect(await labelsOf(jsonl, { from: "jsonl", labelColumn: "a,b" })).toEqual(['["a"]', '["b"]']);
  });

  it("takes a column whose name has a comma as one", async () => {
    expect(await labelsOf('text,"a,b",a,b\nx,good,1,1\n', { labelColumn: "a,b" })).toEqual(["good"]);
  });

  it("names a column that is not there, and the cell that is neither yes nor no", async () => {
    expect(await failure(labelsOf(MARKS, { labelColumn: "a,c" }))).toMatchObject({ code: "E_COLUMN_MISSING" });
    const odd = "text,a,b\nx,1,0\ny,2,0\n,1,\n";
    const error = await failure(labelsOf(odd, { labelColumn: "a,b" }));
    expect(error).toMatchObject({ code: "E_LABELS", place: { line: 3 } });
    expect(error.message).toContain('column "a" is "2", neither 1 nor 0');
    const missing = await failure(labelsOf("text,a,b\nx,1,\n", { labelColumn: "a,b" }));
    expect(missing).toMatchObject({ code: "E_LABEL_MISSING", place: { column: "b" } });
  });

  it("counts every row that it leaves out", async () => {
    const { counts, rejections } = await readBytes("text,a,b\nx,1,0\ny,2,0\nz,,0\n", {
      from: "csv",
      labelColumn: "a,b",
      badRows: "skip",
      dropMissing: true,
    });
    expect(counts).toMatchObject({ read: 3, accepted: 1, rejected: 2 });
    expect(rejections.map(({ line }) => line)).toEqual([3, 4]);
  });
});

describe("openCorpus() with columns to read otherwise", () => {
  const otherwise = { textColumn: "text", labelColumn: "label" };
  const named = { textColumn: "v2", labelColumn: "v1", otherwise };

  it.each([
    ["csv", "text,label\nx,a\n"],
    ["csv", "v2,label\nx,a\n"],
    ["csv", "text,v2,v1,label\ny,x,a,b\n"],
    ["jsonl", '{"text":"x","v1":"a"}\n'],
    ["jsonl", '{"v2":"x","text":"y","label":"a"}\n'],
  ] as const)("reads them where the others are not there: %s %j", async (from, content) => {
    const { rows } = await readBytes(content, { from, ...named });
    expect(rows).toMatchObject([{ text: "x", label: "a" }]);
  });

  it("names the first choice where neither is there", async () => {
    const error = await failure(readBytes("a,b\nx,y\n", { from: "csv", ...named }));
    expect(error).toMatchObject({ code: "E_COLUMN_MISSING", place: { column: "v2" } });
  });
});
