import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { embedTexts } from "../../../../src/encoder/embed/embed.js";
import type { EncoderOptions } from "../../../../src/encoder/encoder.js";
import { HeadstartError } from "../../../../src/errors.js";
import { rowReader } from "../../../../src/encoder/static/wordVectorRows.js";
import { sniffWordVectors } from "../../../../src/encoder/static/wordVectorFormat.js";
import { tempFolder } from "../../files/tempFolder.js";
import { openEncoder } from "../tinyBert.js";

const WORDS: readonly (readonly [word: string, ...numbers: number[]])[] = [
  ["the", 1, 0, 0],
  ["cat", 0, 2, 0],
  ["Cat", 0, 0, 4],
  ["do", 0.5, 0.25, 0],
  ["n't", -1, 0, 0.125],
  ["café", 3, 0, 4],
];
const lines = WORDS.map((row) => row.join(" "));
const HEADER = `${WORDS.length} 3\n`;

const binary = (end: string): Buffer =>
  Buffer.concat([
    Buffer.from(HEADER),
    ...WORDS.map(([word, ...numbers]) =>
      Buffer.concat([Buffer.from(`${word} `), Buffer.from(Float32Array.from(numbers).buffer), Buffer.from(end)]),
    ),
  ]);

const FORMATS: readonly (readonly [string, string | Buffer])[] = [
  ["GloVe", lines.join("\n")],
  ["GloVe with Windows line ends", `${lines.join("\r\n")}\r\n`],
  ["word2vec text", `${HEADER}${lines.join("\n")}\n`],
  ["fastText .vec, a space at the end of lines", `${HEADER}${lines.join(" \n")} \n`],
  ["tabs", lines.join("\n").replaceAll(" ", "\t")],
  ["word2vec binary", binary("")],
  ["word2vec binary with line ends", binary("\n")],
];

async function fileOf(content: string | Buffer, name = "vectors.any"): Promise<string> {
  const file = join(await tempFolder(), name);
  await writeFile(file, content);
  return file;
}

const open = async (content: string | Buffer, options: EncoderOptions = {}) =>
  openEncoder(await fileOf(content), options);
async function failure(action: Promise<unknown>): Promise<HeadstartError> {
  const error: unknown = await action.catch((reason: unknown) => reason);
  if (error instanceof HeadstartError) return error;
  throw new Error(`expected a HeadstartError, got ${String(error)}`);
}

const refused = async (content: string | Buffer, name?: string): Promise<HeadstartError> =>
  failure(openEncoder(await fileOf(content, name)));

describe("loadEncoder() on word vectors", () => {
  it.each(FORMATS)("reads %s, plain and gzipped, whatever its name", async (_, content) => {
    const encoder = await open(content, { normalize: false });
    const packed = await openEncoder(await fileOf(gzipSync(content), "x.bin"), { normalize: false });
    expect([encoder.kind, encoder.width, encoder.isStatic, encoder.precision]).toEqual(["file", 3, true, "fp32"]);
    expect(packed.fingerprint).toBe(encoder.fingerprint);
    for (const one of [encoder, packed]) {
      const { vectors } = await embedTexts(
        one,
        WORDS.map(([word]) => word),
      );
      expect([...vectors.data]).toEqual(WORDS.flatMap(([, ...numbers]) => numbers));
    }
  });

  it("gives the mean of the words' vectors, by hand, of length 1 unless asked otherwise", async () => {
    const plain = await open(lines.join("\n"), { normalize: false });
    const text = "The cat, the Cat: don't!"; // 1 0 0, 0 2 0, 1 0 0, 0 0 4, .5 .25 0, -1 0 .125
    const { vectors } = await embedTexts(plain, [text]);
    expect([...vectors.data]).toEqual([1.5 / 6, 2.25 / 6, 4.125 / 6].map(Math.fround));
    const scaled = await embedTexts(await open(lines.join("\n")), [text]);
    const length = Math.hypot(1.5, 2.25, 4.125);
    [1.5, 2.25, 4.125].forEach((x, d) => expect(scaled.vectors.data[d]).toBeCloseTo(x / length, 6));
    const largest = await embedTexts(await open(lines.join("\n"), { pooling: "max", normalize: false }), [text]);
    expect([...largest.vectors.data]).toEqual([1, 2, 4]);
  });

  it("counts unknown words, not punctuation, and gives zeros where nothing is known", async () => {
    const encoder = await open(lines.join("\n"));
    const texts = ["the cat", "a cat?!", "", "what is... this", "what is... this", "don't CAFÉ"];
    const { vectors, unknown, empty, tokens } = await embedTexts(encoder, texts);
    expect({ unknown, empty, tokens }).toEqual({ unknown: 7, empty: 3, tokens: 6 });
    expect([...vectors.data.subarray(6, 15)]).toEqual(Array(9).fill(0));
  });

  it("cuts at the tokens asked for, and puts a prompt before every text", async () => {
    const cut = await embedTexts(await open(lines.join("\n"), { maxTokens: 3 }), ["cat cat cat cat", "cat cat cat"]);
    expect([cut.truncated, cut.tokens]).toEqual([1, 6]);
    expect([...cut.vectors.data]).toEqual([0, 1, 0, 0, 1, 0]);
    const prompted = await embedTexts(await open(lines.join("\n"), { prompt: "the ", normalize: false }), ["cat", ""]);
    expect([...prompted.vectors.data]).toEqual([0.5, 1, 0, 1, 0, 0]);
    expect(prompted.empty).toBe(1);
  });

  it("keeps the first vector of a word that comes twice, and says so", async () => {
    const encoder = await open(`${lines.join("\n")}\ncat 9 9 9\n`, { normalize: false });
    expect([...(await embedTexts(encoder, ["cat"])).vectors.data]).toEqual([0, 2, 0]);
    expect(encoder.decisions.join("; ")).toContain("6 word vectors (GloVe); 1 repeated words left out");
  });

  it("takes spaces into a word of GloVe, where no part of it is a number", async () => {
    const encoder = await open(`${lines.join("\n")}\n. . . 7 7 7\n`, { normalize: false });
    expect(encoder.decisions.join("; ")).toContain("7 word vectors");
  });

  it.each([
    ["too few numbers", "a 1 2 3\nb 1 2\n", 2, "line 2 has 3 fields where a word and 3 numbers belong"],
    ["too many numbers", "a 1 2 3\nb 1 2 3 4\n", 2, "line 2 has more than 3 numbers after its word"],
    ["NaN", "2 3\na 1 2 3\nb 1 nan 3\n", 3, 'line 3 has "nan" where a finite number belongs'],
    ["a number beyond float32", "a 1 2 3\nb 1 1e39 3\n", 2, '"1e39"'],
    ["letters", "a 1 2 3\nb 1 x 3\n", 2, '"x"'],
    ["no word", "a 1 2 3\n 1 2 3\n", 2, "line 2 has no word"],
    ["fewer rows than announced", "3 3\na 1 2 3\nb 1 2 3\n", 4, "ends after 2 of the 3 rows"],
    ["more rows than announced", "1 3\na 1 2 3\nb 1 2 3\n", 3, "more rows than the 1"],
    ["a cut binary", binary("").subarray(0, -1), undefined, "row 6 is cut"],
    ["a missing binary row", binary("").subarray(0, -18), undefined, "ends after 5 of the 6 rows"],
    [
      "NaN in a binary",
      Buffer.concat([Buffer.from("1 1\na "), Buffer.from([0, 0, 0xc0, 0x7f])]),
      undefined,
      "row 1 has NaN",
    ],
    ["damaged gzip", gzipSync(lines.join("\n").repeat(9)).subarray(0, -9), undefined, "ends too early"],
  ])("refuses %s, with the line", async (_, content, line, found) => {
    const { code, message, place } = await refused(content);
    expect(code).toBe("E_ENCODER_INVALID");
    expect(message).toContain(found);
    expect(message).toMatch(/Fetch the file again$/);
    expect(place.line).toBe(line);
  });

  it.each([
    [
      "a fastText binary",
      Buffer.from([0xba, 0x16, 0x4f, 0x2f, 12, 0, 0, 0]),
      "crawl.bin",
      /fastText binary model\. Give its \.vec file/,
    ],
    [
      "a zip",
      Buffer.from("PK\u0003\u0004xxxx"),
      "pytorch_model.bin",
      /zip archive.*can run code.*Export the encoder to ONNX/,
    ],
    ["a pickle", Buffer.from([0x80, 4, 0x95, 0]), "vectors.bin", /pickle, which can run code.*word2vec's format/],
    ["an unknown .bin", Buffer.from("what"), "x.bin", /can run code when loaded. Export the encoder to ONNX/],
    ["a text", "text,label\na 1,b\n", "x.txt", /holds no word vectors\. Name a folder .* or word vectors as text/],
    ["an empty file", "", "x.vec", /is empty/],
    ["a page", "<!doctype html><p>", "glove.txt", /is an HTML page/],
    ["a pointer", "version https://git-lfs.github.com/spec/v1\n", "glove.txt", /git lfs pull/],
    ["no rows announced", "0 300\n", "x.vec", /announces 0 vectors of 300 numbers/],
    ["an ONNX file", Buffer.from([8, 7, 18, 0]), "model.onnx", /Name the folder that holds it/],
  ])("refuses %s and says what to give instead", async (_, content, name, says) => {
    const { code, message } = await refused(content, name);
    expect(code).toBe("E_ENCODER_UNSUPPORTED");
    expect(message).toMatch(says);
  });
});

describe("rowReader()", () => {
  it("reads the same however the bytes are cut", () => {
    for (const [, given] of FORMATS) {
      const content = Buffer.from(given);
      const sniffed = sniffWordVectors(content);
      if (sniffed === undefined || !("format" in sniffed)) throw new Error("no format found");
      const read = (cuts: readonly number[]) => {
        const reader = rowReader(sniffed.format, "f");
        const ends = [...new Set([...cuts.filter((at) => at < content.length), content.length])].sort((a, b) => a - b);
        let from = sniffed.format.headerBytes;
        for (const end of ends.filter((at) => at > from)) {
          reader.read(content.subarray(from, end), false);
          from = end;
        }
        reader.read(Buffer.alloc(0), true);
        const { words, table } = reader.done();
        return [...words].map(([word, row]) => [word, ...table.row(row)]);
      };
      expect(read([])).toEqual(WORDS);
      fc.assert(
        fc.property(fc.array(fc.nat(200), { maxLength: 20 }), (cuts) => {
          expect(read(cuts)).toEqual(WORDS);
        }),
        { numRuns: 30 },
      );
    }
  });
});
