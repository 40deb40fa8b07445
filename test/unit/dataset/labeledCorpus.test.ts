import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { countOf, labelCounts, readLabeled } from "../../../src/dataset/labeledCorpus.js";
import { parseLabelMap } from "../../../src/dataset/labelMap.js";
import { tempFolder } from "../files/tempFolder.js";

async function file(content: string): Promise<string> {
  const path = join(await tempFolder(), "rows.csv");
  await writeFile(path, content);
  return path;
}

describe("readLabeled", () => {
  it("reads texts, labels and where they stand, under a map that renames and drops", async () => {
    const path = await file('text,stars\nbad one,1\n"two\nlines",3\nfine,5\nbetter,4\n');
    const map = parseLabelMap("1=negative,3=drop,4=positive,5=positive");
    const found = await readLabeled([path], { labelColumn: "stars", map });
    expect(found).toMatchObject({
      files: [path],
      texts: ["bad one", "fine", "better"],
      labels: ["negative", "positive", "positive"],
      places: [2, 5, 6].map((line) => ({ file: path, line })),
      counts: { read: 4, accepted: 4, rejected: 0 },
      dropped: 1,
    });
    expect([...found.seen]).toEqual(["1", "3", "5", "4"]);
  });

  it("refuses a corpus of which nothing is left, and says why", async () => {
    const path = await file("text,label\na,x\nb,x\n");
    await expect(readLabeled([path], { map: parseLabelMap("x=drop") })).rejects.toMatchObject({
      code: "E_NO_ROWS",
      message: expect.stringContaining("the map drops all 2"),
    });
    await expect(readLabeled([await file("text,label\n")])).rejects.toMatchObject({
      code: "E_NO_ROWS",
      message: expect.stringMatching(/no row was read\. Give a corpus with rows$/),
    });
    await expect(readLabeled([await file("text,label\na\n")], { badRows: "skip" })).rejects.toMatchObject({
      code: "E_NO_ROWS",
      message: expect.stringContaining("all 1 were rejected"),
    });
  });
});

describe("labelCounts and countOf", () => {
  it("count labels of any name, and none where there are none", () => {
    const counts = labelCounts(["__proto__", "a", "__proto__", "toString"]);
    expect(["__proto__", "a", "toString", "constructor"].map((label) => countOf(counts, label))).toEqual([2, 1, 1, 0]);
    expect(countOf({ a: 3 }, "constructor")).toBe(0);
  });
});
