import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Rejection } from "../../../src/corpus/row.js";
import { readLabeled, type LabeledOptions } from "../../../src/dataset/labeledCorpus.js";
import { parseLabelMap } from "../../../src/dataset/labelMap.js";
import { readMaybeLabeled } from "../../../src/dataset/unlabeledCorpus.js";
import { tempFolder } from "../files/tempFolder.js";

async function file(content: string, name = "rows.csv"): Promise<string> {
  const path = join(await tempFolder(), name);
  await writeFile(path, content);
  return path;
}

const TEXTS = ["slow train", "warm soup", "new shoes"];

describe("readMaybeLabeled()", () => {
  it.each([
    ["rows.csv", "text\nslow train\nwarm soup\nnew shoes\n"],
    ["rows.csv", "id,text\n1,slow train\n2,warm soup\n3,new shoes\n"],
    ["rows.csv", "text,label\nslow train,\nwarm soup,  \nnew shoes,\n"],
    ["rows.tsv", "label\ttext\n\tslow train\n\twarm soup\n\tnew shoes\n"],
    ["rows.jsonl", TEXTS.map((text) => JSON.stringify({ text })).join("\n")],
    ["rows.jsonl", TEXTS.map((text) => JSON.stringify({ text, label: null })).join("\n")],
    ["rows.txt", TEXTS.join("\n")],
  ])("reads texts without labels, all of them, and says so (%s, %j)", async (name, content) => {
    const corpus = await readMaybeLabeled([await file(content, name)], { map: parseLabelMap("a=b") });
    expect(corpus).toMatchObject({ texts: TEXTS, labels: null, dropped: 0, seen: new Set() });
    expect(corpus.counts).toMatchObject({ read: 3, accepted: 3, rejected: 0 });
    expect(corpus.places.length).toBe(3);
    expect(corpus.notices.at(-1)).toMatch(/without labels/);
  });

  it("names the other columns, which may hold the labels", async () => {
    const { notices } = await readMaybeLabeled([await file("text,mood,day\na,glad,1\n")]);
    expect(notices.at(-1)).toMatch(
      /no column "label".*if one of "mood", "day" holds them, name it with --label-column$/,
    );
  });

  it.each([
    ["text,label\na,x\nb,y\n", {}],
    ["text,mood\na,x\nb,y\n", { labelColumn: "mood" }],
    ["text,label\na,x\nb,\nc,y\n", { dropMissing: true }],
    ["text,label\na,\nb,\nc,y\nd,\n", { dropMissing: true }],
    ["text,label\na,\nb,x\nc,y\nd,z\n", { dropMissing: true, limit: 2 }],
    ["text,label\na,x\nb,y\nc,z\n", { limit: 2, map: parseLabelMap("y=drop") }],
  ] as readonly (readonly [string, LabeledOptions])[])(
    "reads a corpus with labels as readLabeled() does, and rejects the same rows (%j)",
    async (content, options) => {
      const path = await file(content);
      const both = [readLabeled, readMaybeLabeled].map(async (read) => {
        const rejected: Rejection[] = [];
        const corpus = await read([path], { ...options, onReject: (one) => rejected.push(one) });
        return { corpus, rejected };
      });
      const [labeled, maybe] = await Promise.all(both);
      expect(maybe).toEqual(labeled);
      const { read, accepted, rejected } = maybe.corpus.counts;
      expect([read, rejected]).toEqual([accepted + rejected, maybe.rejected.length]);
    },
  );

  it.each([
    ["text,label\na,\nb,x\n", {}, "E_LABEL_MISSING", /:2:.*--drop-missing/],
    ["text,label\na,x\nb,\n", {}, "E_LABEL_MISSING", /:3:/],
    ["text,Label\na,x\n", {}, "E_COLUMN_MISSING", /Did you mean "Label"/],
    ["text,labels\na,x\n", {}, "E_COLUMN_MISSING", /Did you mean "labels"/],
    ["text,day\na,x\n", { labelColumn: "mood" }, "E_COLUMN_MISSING", /"mood".*without labels need that column too/],
    ["text\n", {}, "E_NO_ROWS", /no labeled rows/],
    ["name\na\n", {}, "E_COLUMN_MISSING", /"text"/],
  ] as const)("refuses %j with %j", async (content, options, code, message) => {
    await expect(readMaybeLabeled([await file(content)], options)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("reads several files as one, and stops at the limit", async () => {
    const files = [await file("text,label\na,\nb,\n", "1.csv"), await file("text,label\nc,\nd,\n", "2.csv")];
    expect((await readMaybeLabeled(files)).texts).toEqual(["a", "b", "c", "d"]);
    expect((await readMaybeLabeled(files, { limit: 3 })).texts).toEqual(["a", "b", "c"]);
    const later = [files[0], await file("text,label\nc,x\nd,y\n", "3.csv")];
    await expect(readMaybeLabeled(later)).rejects.toMatchObject({ code: "E_LABEL_MISSING", place: { line: 2 } });
    expect(await readMaybeLabeled(later, { dropMissing: true })).toMatchObject({
      texts: ["c", "d"],
      labels: ["x", "y"],
    });
  });
});
