import { describe, expect, it } from "vitest";
import { matrixReport } from "../../../../../src/report/html/transfer/matrixReport.js";
import { matrixLines } from "../../../../../src/report/text/matrix.js";
import type { MatrixRecord } from "../../../../../src/transfer/matrix/record.js";
import { HOSTILE, tagsOf, unbalanced } from "../pageTags.js";
import { matrixRecord } from "./matrixRecord.js";

/** Of the pairs that can be compared. */
const scoresOf = ({ cells }: MatrixRecord): string[] =>
  cells.flatMap(({ macroF1 }) => (macroF1 === null ? [] : [macroF1.toFixed(3)]));

describe("matrixReport()", () => {
  it("is well formed, stands alone, and has a text value in every cell", async () => {
    const record = await matrixRecord(["books", "music", "tweets"]);
    const page = matrixReport(record);
    expect(unbalanced(page)).toEqual([]);
    expect(page).not.toMatch(/<script|<iframe|<img|<object|\son[a-z]+=|https?:\/\/|@import|url\(|undefined|NaN/i);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
    for (const [, cell] of page.matchAll(/<td[^>]*>(.*?)<\/td>/gs)) expect(cell.trim()).not.toBe("");
    for (const score of scoresOf(record)) expect(page).toContain(score);
    expect(page).toContain("not comparable");
  });

  it("lets names and labels do nothing, whatever is in them", async () => {
    const plain = matrixReport(await matrixRecord(["books", "music", "tweets"]));
    const hostile = (i: number): string => `${HOSTILE}${i}`;
    const page = matrixReport(await matrixRecord([0, 1, 2].map(hostile), (label) => `${HOSTILE}${label}`));
    expect(unbalanced(page)).toEqual([]);
    expect(tagsOf(page)).toEqual(tagsOf(plain));
  });
});

describe("matrixLines()", () => {
  it("has the scores of all pairs with what is called, and no number of what cannot be compared", async () => {
    const record = await matrixRecord(["books", "music", "tweets"]);
    const text = matrixLines(record).join("\n");
    for (const score of scoresOf(record)) expect(text).toContain(score);
    expect(text).toMatch(/^tweets +no source can be compared \(not comparable: /m);
    expect(text).not.toMatch(/undefined|NaN|null/);
  });
});
