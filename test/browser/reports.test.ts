import { describe, expect, it } from "vitest";
import { HOSTILE } from "../unit/report/html/pageTags.js";
import { CHROMIUM } from "./chromium.js";
import { visit, type Visit } from "./harness.js";
import { PAGES, type PageMaker } from "./pages.js";

const WIDTHS = [1280, 360] as const;
const SCHEMES = ["light", "dark"] as const;

/** Texts that a layout must survive. */
const UNWIELDY = ["x".repeat(10_000), "لا يعمل التطبيق \u202eabc", "👩‍👩‍👧‍👦 e\u0301", "a\u0000b\nc\td", " "];

const plain = (text: string): string => text;
const hostile = (text: string): string => `${HOSTILE.join(" ")} ${text}`;
const unwieldy = (text: string): string => `${UNWIELDY.join("")}${text}`;

async function pagesOf(change: (text: string) => string): Promise<ReadonlyMap<string, string>> {
  const made = Object.entries(PAGES).map(
    async ([name, make]: [string, PageMaker]) => [name, await make(change)] as const,
  );
  return new Map(await Promise.all(made));
}

/** What is wrong with the pages: wider than the window, against a rule of accessibility, fetched, opened, run. */
const problems = ({ seen, messages }: Visit): readonly string[] => [
  ...messages,
  ...seen.flatMap(({ name, width, overflow, widest, violations, requests, dialogs, title }) =>
    [
      ...(overflow > 0 ? [`${overflow} pixels too wide: ${widest}`] : []),
      ...violations,
      ...requests.map((address) => `asks for ${address}`),
      ...dialogs.map((dialog) => `opens ${dialog}`),
      ...(title === "run" ? ["runs a text"] : []),
    ].map((problem) => `${name} at ${width} pixels: ${problem}`),
  ),
];

describe.skipIf(CHROMIUM === undefined)("every page in a browser (skipped where there is no chromium)", () => {
  it.each(SCHEMES)(
    "is accessible, no wider than a desktop or a phone, and asks for nothing, in %s mode",
    async (scheme) => {
      const pages = await pagesOf(plain);
      const found = await visit(pages, { widths: WIDTHS, scheme });
      expect(problems(found)).toEqual([]);
      expect(found.seen).toHaveLength(pages.size * WIDTHS.length);
      const [red] = /\d+/.exec(found.seen[0].background) ?? [];
      expect(Number(red) < 128).toBe(scheme === "dark");
    },
  );

  it.each([
    ["hostile", hostile],
    ["unwieldy", unwieldy],
  ])("does nothing and stays in its place when all texts are %s [C16, F12]", async (_, change) => {
    const pages = await pagesOf(change);
    expect(problems(await visit(pages, { widths: WIDTHS, scheme: "light" }))).toEqual([]);
  });

  it("would notice a page that is too wide, runs a text, asks for a file, or has no name for a picture", async () => {
    const body = `<img src="x.png" onerror="alert(1); document.title = 'run'"><p style="width:2000px">wide</p>`;
    const page = `<html lang="en"><head><meta http-equiv="Content-Security-Policy" content=""></head>${body}</html>`;
    const found = problems(await visit(new Map([["bad", page]]), { widths: [360], scheme: "light" })).join("\n");
    for (const problem of ["too wide", "opens 1", "runs a text", "asks for", "image-alt", "CONSOLE"])
      expect(found).toContain(problem);
  });
});
