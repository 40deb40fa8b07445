/** No reader loses a row uncounted: every line of a file belongs to one row, one rejected record, or to none for a reason. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CorpusOptions } from "../../../src/corpus/corpus.js";
import { openCsv } from "../../../src/corpus/csvTable.js";
import { decodeText } from "../../../src/corpus/decode/decode.js";
import type { TableRecord } from "../../../src/corpus/table.js";
import { HeadstartError } from "../../../src/errors.js";
import { readBytes } from "./reading.js";

/** Text in which whatever means something to a reader comes often. */
const pieces = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        "\n",
        "\r\n",
        "\r",
        "\n\n",
        '"',
        '""',
        "a",
        "b,c",
        "d\te",
        ",",
        "\t",
        '"x"',
        "text,label",
      ),
    },
    fc.constantFrom(
      ";",
      "|",
      " ",
      "\0",
      "\ufeff",
      "é",
      "日",
      "\u2028",
      "sep=;",
      '"a\nb"',
      '\n"c","d"\n',
      "{",
      '{"text":"a"}',
    ),
  ),
  { maxLength: 60 },
);
const bytes = fc.oneof(
  pieces.map((all) => Buffer.from(all.join(""))),
  pieces.map((all) => Buffer.from(`text,label\n${all.join("")}`)),
  pieces.map((all) => Buffer.from(`text\tlabel\r\n${all.join("")}`)),
  pieces.map((all) => Buffer.from(`\ufefftext;label\r${all.join("")}`)),
  fc.uint8Array({ maxLength: 60 }).map((all) => Buffer.from(all)),
);
const linesOf = (text: string): string[] => text.split(/\r\n|\n|\r/);

async function* chunksOf(content: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

/** All records of a file, the rejected ones among them; undefined where it is an error. */
async function recordsOf(content: Buffer, options: CorpusOptions, size: number): Promise<TableRecord[] | undefined> {
  const { quote = "auto", delimiter, header = true } = options;
  try {
    const chunks = decodeText(chunksOf(content, size), "-", { invalidUtf8: "replace", encoding: "utf-8" });
    const table = await openCsv(chunks, { file: "-", quote, delimiter, header, maxFieldBytes: 2 ** 20 });
    const records: TableRecord[] = [];
    for await (const record of table.records) records.push(record);
    return records;
  } catch (error) {
    if (error instanceof HeadstartError) return undefined;
    throw error;
  }
}

/** The lines that no record has, which stand where they stood; the others are blank. */
function linesLeft(text: string, records: readonly TableRecord[]): string[] {
  const left = linesOf(text);
  for (const { raw, position } of records) {
    for (const [i, line] of linesOf(raw).entries()) {
      expect(left[position.line - 1 + i]).toBe(line);
      left[position.line - 1 + i] = "";
    }
  }
  return left.filter((line) => line !== "");
}

const QUOTES = ["auto", "none", '"'] as const;

describe("openCsv()", () => {
  it.each(QUOTES.flatMap((quote) => [undefined, "\t", ";"].map((delimiter) => [quote, delimiter] as const)))(
    "has every line in one record, with quotes %j and the delimiter %j, but for blank ones, a sep= line and the header",
    async (quote, delimiter) => {
      await fc.assert(
        fc.asyncProperty(bytes, fc.boolean(), fc.integer({ min: 1, max: 20 }), async (content, header, size) => {
          const records = await recordsOf(content, { quote, delimiter, header }, size);
          if (records === undefined) return;
          const text = new TextDecoder("utf-8").decode(content);
          const left = linesLeft(text, records);
          const [first = ""] = linesOf(text.replace(/^[\r\n]+/, ""));
          const isSeparator = /^"?sep=[^"]"?$/i.test(first);
          // A header in quotes may have several lines.
          const most =
            (isSeparator ? 1 : 0) + (header ? (quote === "none" || !text.includes('"') ? 1 : left.length) : 0);
          expect(left.length).toBeLessThanOrEqual(most);
          expect(text.replace(/^[\r\n]+/, "").startsWith(left[0] ?? "")).toBe(true);
          expect(await recordsOf(content, { quote, delimiter, header }, 1000)).toMatchObject(
            records.map(({ raw, cells, position: { line } }) => ({ raw, cells, position: { line } })),
          );
        }),
        { numRuns: 200 },
      );
    },
  );
});

describe("openCorpus()", () => {
  it.each(["csv", "tsv"] as const)("counts every record of %s once, as a row or as rejected", async (from) => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom(...QUOTES), async (content, quote) => {
        const delimiter = from === "tsv" ? "\t" : undefined;
        const records = await recordsOf(content, { quote, delimiter, header: false }, 1000);
        if (records === undefined) return;
        const how = { from, quote, header: false, textColumn: "1", encoding: "utf-8" } as const;
        const got = await readBytes(content, { ...how, badRows: "skip", invalidUtf8: "replace" });
        expect(got.counts.read).toBe(records.length);
        const lines = [...got.lines, ...got.rejections.map(({ line }) => line)].sort((a, b) => a - b);
        expect(lines).toEqual(records.map(({ position }) => position.line));
      }),
      { numRuns: 200 },
    );
  });

  it("has every line of JSONL in one row or one rejection, but for blank ones", async () => {
    const line = fc.oneof(
      fc.constantFrom('{"text":"a"}', '{"text":1,"b":[]}', '{"text":null}', "{}", "[1]", "", " ", '{"text":"a', "\0"),
      fc.string({ unit: "grapheme" }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.constantFrom("\n", "\r\n"), async (lines, end) => {
        const text = ['{"text":"first"}', ...lines].join(end);
        const got = await readBytes(text, { from: "jsonl", badRows: "skip" });
        const found = [...got.lines, ...got.rejections.map((rejection) => rejection.line)].sort((a, b) => a - b);
        const filled = text.split("\n").flatMap((one, i) => (one.trim() === "" ? [] : [i + 1]));
        expect(found).toEqual(filled);
      }),
      { numRuns: 200 },
    );
  });
});
