import { describe, expect, it } from "vitest";
import { renderTransferReport } from "../../../../../src/report/html/transfer/transferReport.js";
import { HOSTILE, tagsOf, unbalanced } from "../pageTags.js";
import { evaluationOf, sampleRecord, withoutTargetTrain } from "./sampleRecord.js";
import { richRecord, withTexts } from "./richRecord.js";

describe("renderTransferReport()", () => {
  const page = renderTransferReport(sampleRecord());

  it("stands alone: no script, nothing fetched, a policy that forbids both [F12]", () => {
    expect(page).toContain("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    expect(page).not.toMatch(/<script|<iframe|<img|<object|\son[a-z]+=|https?:\/\/(?!t\.co)|@import|url\(/i);
    for (const [, address] of page.matchAll(/(?:href|src)="([^"]*)"/g)) expect(address).toMatch(/^(#[a-z]+|data:,)$/);
  });

  it("is well formed, and its chapters are all there and named once", () => {
    expect(unbalanced(page)).toEqual([]);
    expect(unbalanced("<p><b></p>")).not.toEqual([]);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
  });

  it("gives the same page for the same record and does not write to it", () => {
    const record = sampleRecord();
    const before = JSON.stringify(record);
    expect(renderTransferReport(record)).toBe(page);
    expect(renderTransferReport(JSON.parse(before))).toBe(page);
    expect(JSON.stringify(record)).toBe(before);
  });

  it("shows every score with its interval and n", () => {
    for (const score of ["source", "target", "ceiling", "joint"] as const) {
      const { macroF1, interval95, n } = sampleRecord()[score] ?? sampleRecord().target;
      const [value, low, high] = [macroF1, ...interval95].map((x) => x.toFixed(3));
      expect(page).toContain(`macro-F1 ${value}, 95 % interval ${low} to ${high}, n = ${n.toLocaleString("en")}`);
    }
    expect(page).toContain("macro-F1 0.594, n = 800"); // bag of words
  });

  it("says what is not known without training rows of the target", () => {
    const bare = renderTransferReport(withoutTargetTrain());
    expect(unbalanced(bare)).toEqual([]);
    expect(bare).toContain("is unknown");
    for (const absent of ["Ceiling", "Both together", "target train", 'class="warnings"']) {
      expect(bare).not.toContain(absent);
    }
  });

  it.each(HOSTILE)("has the same tags whether texts are tame or %j [C16, F12]", (hostile) => {
    const tame = renderTransferReport(withTexts(richRecord(), (text) => `tame ${text}`));
    const wild = renderTransferReport(withTexts(richRecord(), (text) => `${hostile} ${text}`));
    expect(tagsOf(wild)).toEqual(tagsOf(tame));
    expect(unbalanced(wild)).toEqual([]);
    expect(wild).not.toMatch(/[\0\ud800-\udbff](?![\udc00-\udfff])/);
  });

  it("shows texts as they are [F12]", () => {
    const wild = renderTransferReport(withTexts(richRecord(), (text) => `<b>&amp; ${text}`));
    expect(wild).toContain('<p class="quote" dir="auto">&lt;b&gt;&amp;amp; text</p>');
    expect(wild).toContain("<bdi>&lt;b&gt;&amp;amp; a.csv</bdi>");
  });

  it("keeps bidi controls out of the title and inside isolated elements elsewhere", () => {
    const wild = renderTransferReport(withTexts(richRecord(), (text) => `\u202e${text}`));
    expect(/<title>(.*?)<\/title>/.exec(wild)?.[1]).not.toContain("\u202e");
    // Tags first: attributes are not laid out, so they have no direction.
    const marked = wild.replace(/<(bdi)[^>]*>|<(\w+)[^>]* dir="auto"[^>]*>/g, "⟦").replace(/<[^⟦]*?>/g, "⟧");
    for (const [, before] of marked.matchAll(/([⟦⟧])[^⟦⟧]*\u202e/g)) expect(before).toBe("⟦");
    expect(marked.split("\u202e").length).toBeGreaterThan(30);
  });

  it("can show labels named like parts of an object, and an evaluation without them", () => {
    const names = ["__proto__", "constructor", "toString"];
    const record = withTexts(sampleRecord(), (text) => text);
    const evaluation = evaluationOf(
      [
        [9, 1, 2],
        [3, 9, 1],
        [0, 2, 9],
      ],
      names,
    );
    const odd = { ...record, labels: names, source: evaluation, target: sampleRecord().target };
    const rendered = renderTransferReport(JSON.parse(JSON.stringify(odd)));
    expect(rendered).toContain("<h3><bdi>constructor</bdi></h3>");
    expect(rendered).not.toMatch(/NaN|undefined|\[object|native code/);
  });

  it("has no number that is not one", () => {
    expect(page.replace(/<style>.*<\/style>/s, "")).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });
});
