/** What every reader of a corpus has to pass: of labeled rows, and of tagged sentences. */

import { readdir, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openCorpus, type CorpusOptions } from "../../src/corpus/corpus.js";
import { seeded } from "../../src/math/random.js";
import { readTagged, type TaggedOptions } from "../../src/tagging/corpus/readTagged.js";
import type { TaggedCorpus } from "../../src/tagging/corpus/sentence.js";
import { failure, readFiles, type Reading } from "../unit/corpus/reading.js";
import { tempFolder } from "../unit/files/tempFolder.js";
import { LABELED_FORMATS, TAGGED_FORMATS, type Format, type LabeledText, type TaggedWords } from "./corpusFormats.js";

const HARD = [
  "plain",
  "",
  " outer spaces ",
  'say "no", or; a|b',
  "two\nlines",
  "two\r\nlines\r",
  "a\ttab",
  "é 😀 नमस्ते e\u0301 \u2028 \u0085",
  "=1+1 \\ \\n 'x'",
  "\ufeffmark",
  "\u0000nul",
  "مرحبا \u202eday",
];
const LABELS = ["x", "zwölf 😀", 'a,"b"\nc', "NA", "__proto__"];
const ALL_ROWS: readonly LabeledText[] = HARD.map((text, i) => ({ text, label: LABELS[i % LABELS.length] }));
const SIMPLE: readonly LabeledText[] = ["a", "b", "c", "d"].map((text) => ({ text, label: "x" }));
const rowsIn = ({ rows }: Reading): unknown[] => rows.map(({ text, label }) => ({ text, label }));

/** A file of some bytes; several have several names. */
async function fileOf(
  { ending }: Pick<Format<unknown>, "ending">,
  ...contents: readonly Uint8Array[]
): Promise<string[]> {
  const folder = await tempFolder();
  return Promise.all(
    contents.map(async (content, i) => {
      const path = join(folder, `rows${i}.${ending}`);
      await writeFile(path, content);
      return path;
    }),
  );
}

/** Chunks of one size, then of a few sizes that differ. */
function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  const random = seeded(size);
  for (let at = 0, n = size; at < bytes.length; at += n, n = size > 50 ? 1 + Math.floor(2 * size * random()) : size)
    yield bytes.subarray(at, at + n);
}

/** Descriptors of this process that are open on a file; the system lists them on Linux. */
async function handlesOf(path: string): Promise<number> {
  const all = await readdir("/proc/self/fd");
  const targets = await Promise.all(all.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
  return targets.filter((target) => target === path).length;
}
async function expectClosed(path: string): Promise<void> {
  await expect.poll(() => handlesOf(path)).toBe(0);
}
const noHandles = process.platform !== "linux";

describe.each(LABELED_FORMATS)("openCorpus() on $name", (format) => {
  const { encode, from, lineOf, codes, isText, isOfLines = false, ending } = format;
  const ROWS = isOfLines ? ALL_ROWS.filter(({ text, label }) => !/[\r\n]/.test(text + label)) : ALL_ROWS;
  const isPacked = ending.endsWith(".gz");
  const how = { from, labelColumn: "label", ...format.options } as const;
  const read = async (content: Uint8Array, options: CorpusOptions = {}): Promise<Reading> =>
    readFiles(await fileOf(format, content), { ...how, ...options });

  it("gives the texts and labels that were written, and the columns in the file's order", async () => {
    const got = await read(encode(ROWS));
    expect(rowsIn(got)).toEqual(ROWS);
    expect(got.columns).toEqual(["label", "id", "text"]);
    expect(got.values).toEqual(ROWS.map(({ text, label }, i) => [label, `${i}`, text]));
    expect(got.counts).toMatchObject({ read: ROWS.length, accepted: ROWS.length, rejected: 0, withNul: 1 });
    expect((await read(encode(SIMPLE))).lines).toEqual(SIMPLE.map((_, i) => lineOf(i)));
  });

  it.skipIf(isPacked)("gives the same rows from a pipe, in chunks of any size", async () => {
    const bytes = encode(ROWS);
    const whole = await readFiles(["-"], { ...how, stdin: Readable.from([bytes]) });
    expect(rowsIn(whole)).toEqual(ROWS);
    for (const size of [1, 2, 3, 5, 7, 16, 61, 64, 100, 1000]) {
      const got = await readFiles(["-"], { ...how, stdin: Readable.from(chunksOf(bytes, size)) });
      expect([got.rows, got.counts, got.notices]).toEqual([whole.rows, whole.counts, whole.notices]);
    }
  });

  it.runIf(isText)("does not mind a byte order mark, line ends of Windows, and a last line without one", async () => {
    const plain = await read(encode(ROWS));
    for (const layout of [{ mark: "\ufeff" }, { eol: "\r\n" }, { mark: "\ufeff", eol: "\r\n" }])
      expect((await read(encode(ROWS, layout))).rows.map(({ values }) => values)).toEqual(plain.values);
    expect((await read(encode(SIMPLE, { eol: "\n\n" }))).values).toEqual((await read(encode(SIMPLE))).values);
  });

  it("ends after the limit of accepted rows, rejected ones not counted", async () => {
    const bytes = encode([SIMPLE[0], "bad", SIMPLE[1], SIMPLE[2]]);
    for (const [limit, counts] of [
      [0, { read: 0, accepted: 0, rejected: 0 }],
      [1, { read: 1, accepted: 1, rejected: 0 }],
      [2, { read: 3, accepted: 2, rejected: 1 }],
      [9, { read: 4, accepted: 3, rejected: 1 }],
    ] as const) {
      const got = await read(bytes, { limit, badRows: "skip" });
      expect(rowsIn(got)).toEqual(SIMPLE.slice(0, Math.min(3, limit)));
      expect(got.counts).toMatchObject(counts);
    }
  });

  it("fails at a bad row with file and line, or leaves it out and counts it", async () => {
    const [file] = await fileOf(format, encode([SIMPLE[0], "bad", SIMPLE[1], "bad"]));
    const error = await failure(readFiles([file], how));
    expect([error.code, error.exitCode, error.place.file, error.place.line]).toEqual([codes.bad, 3, file, lineOf(1)]);
    expect(error.message).toContain(`${file}:${lineOf(1)}`);
    const got = await readFiles([file], { ...how, badRows: "skip" });
    expect(rowsIn(got)).toEqual(SIMPLE.slice(0, 2));
    expect(got.counts).toMatchObject({ read: 4, accepted: 2, rejected: 2 });
    expect(got.rejections.map((one) => [one.file, one.line])).toEqual([1, 3].map((i) => [file, lineOf(i)]));
    expect(got.rejections.every(({ reason, raw }) => reason !== "" && raw !== "")).toBe(true);
  });

  it("fails at a missing label with file and line, or leaves its row out", async () => {
    const rows = [SIMPLE[0], { text: "b", label: "" }, { text: "c", label: " \t" }, SIMPLE[3]];
    const [file] = await fileOf(format, encode(rows));
    const error = await failure(readFiles([file], how));
    expect([error.code, error.place]).toEqual(["E_LABEL_MISSING", { file, line: lineOf(1), column: "label" }]);
    const got = await readFiles([file], { ...how, dropMissing: true });
    expect([got.rows.map(({ text }) => text), got.counts.rejected]).toEqual([["a", "d"], 2]);
  });

  it("refuses a column that is not there, of texts or of labels, naming the nearest", async () => {
    const [file] = await fileOf(format, encode(SIMPLE));
    for (const [options, column, flag] of [
      [{ textColumn: "Text" }, "Text", "--text-column"],
      [{ labelColumn: "labels" }, "labels", "--label-column"],
      [{ textColumn: "toString" }, "toString", "--text-column"],
    ] as const) {
      const error = await failure(openCorpus([file], { from, ...options }));
      expect([error.code, error.place]).toEqual(["E_COLUMN_MISSING", { file, line: 1, column }]);
      expect(error.message).toContain(flag);
      if (!noHandles) await expectClosed(file);
    }
  });

  it("refuses a file of no bytes, and no file", async () => {
    const none = Buffer.alloc(0);
    const [file, cut] = await fileOf(format, isPacked ? gzipSync(none) : none, none);
    expect((await failure(readFiles([cut], how))).code).toBe(isPacked ? "E_INPUT_UNREADABLE" : codes.empty);
    const error = await failure(readFiles([file], how));
    expect([error.code, error.exitCode]).toEqual([codes.empty, 3]);
    expect(error.message).toContain(file);
    expect((await failure(readFiles([`${file}x.${ending}`], how))).code).toBe("E_INPUT_MISSING");
  });

  it("reads several files one after the other, each row with its file and line, and one file twice", async () => {
    const files = await fileOf(format, encode(SIMPLE.slice(0, 2)), encode(SIMPLE.slice(2)));
    const got = await readFiles([...files, files[0]], how);
    expect(rowsIn(got)).toEqual([...SIMPLE, ...SIMPLE.slice(0, 2)]);
    expect(got.rows.map(({ file, line }) => [file, line])).toEqual(
      [0, 1, 0].flatMap((f) => [0, 1].map((i) => [files[f], lineOf(i)])),
    );
    const few = await readFiles(files, { ...how, limit: 3 });
    expect(rowsIn(few)).toEqual(SIMPLE.slice(0, 3));
  });

  it("refuses bytes that are cut off, where the format can tell", async () => {
    const bytes = encode(Array.from({ length: 400 }, (_, i) => ROWS[i % ROWS.length]));
    const code = isPacked ? "E_INPUT_UNREADABLE" : codes.bad;
    for (const left of isPacked || !isText ? [0.3, 0.7, 0.99] : []) {
      const error = await failure(read(bytes.subarray(0, Math.floor(left * bytes.length))));
      expect(error.code).toBe(code);
    }
    expect((await read(bytes)).counts.accepted).toBe(400);
  });

  it.skipIf(noHandles)("closes the file when its rows are left early, are not read, or fail", async () => {
    const random = seeded(1);
    const noise = (i: number): LabeledText => ({
      text: `${i} ${Array.from({ length: 9 }, random).join(" ")}`,
      label: "x",
    });
    const many = Array.from({ length: 3000 }, (_, i) => noise(i));
    const [file, broken] = await fileOf(format, encode(many), encode([SIMPLE[0], "bad", ...many]));
    const left = await openCorpus([file], how);
    for await (const row of left.rows()) if (row.line > lineOf(2)) break;
    await expectClosed(file);
    const unread = await openCorpus([file, file], how);
    // A small file may have been read whole by now.
    expect(await handlesOf(file)).toBeLessThan(2);
    await unread.close();
    await unread.close();
    await expectClosed(file);
    await readFiles([file], { ...how, limit: 2 });
    await expectClosed(file);
    expect((await failure(readFiles([broken], how))).code).toBe(codes.bad);
    await expectClosed(broken);
  });
});

const SENTENCES: readonly TaggedWords[] = [
  { words: ["Ada", "Bell", "lives", "in", "Oslo"], tags: ["B-person", "I-person", "O", "O", "B-place"] },
  { words: ["nothing"], tags: ["O"] },
  { words: ["Köln", "東"], tags: ["B-place", "B-place"] },
  { words: ["é", "😀", "مرحبا"], tags: ["O", "B-zwölf", "I-zwölf"] },
];
const ONE_WORD: readonly TaggedWords[] = ["a", "b", "c"].map((word) => ({ words: [word], tags: ["B-x"] }));
const sentencesIn = ({ sentences }: TaggedCorpus): TaggedWords[] =>
  sentences.map(({ words, tags }) => ({ words: words.map(({ text }) => text), tags: [...tags] }));

describe.each(TAGGED_FORMATS)("readTagged() on $name", (format) => {
  const { encode, from, lineOf, codes, skips, ending } = format;
  const isPacked = ending.endsWith(".gz");
  const read = async (content: Uint8Array, options: TaggedOptions = {}): Promise<TaggedCorpus> =>
    readTagged(await fileOf(format, content), options);

  it("gives the words and tags that were written, however they are laid out", async () => {
    for (const layout of [{}, { mark: "\ufeff" }, { eol: "\r\n" }, { mark: "\ufeff", eol: "\r\n" }]) {
      const got = await read(encode(SENTENCES, layout));
      expect(sentencesIn(got)).toEqual(SENTENCES);
      expect([...got.seen].sort()).toEqual(["person", "place", "zwölf"]);
      expect([got.repaired, got.rejected, got.notices]).toEqual([0, 0, []]);
    }
    const { sentences } = await read(encode(ONE_WORD));
    expect(sentences.map(({ line }) => line)).toEqual(ONE_WORD.map((_, i) => lineOf(i)));
  });

  it.skipIf(isPacked)("gives the same sentences from a pipe, in chunks of any size", async () => {
    const bytes = encode(SENTENCES);
    const { sentences } = await readTagged(["-"], { from, stdin: Readable.from([bytes]) });
    for (const size of [1, 2, 3, 7, 16, 64, 100])
      expect((await readTagged(["-"], { from, stdin: Readable.from(chunksOf(bytes, size)) })).sentences).toEqual(
        sentences,
      );
  });

  it("ends after the limit, and reads several files one after the other", async () => {
    const files = await fileOf(format, encode(SENTENCES.slice(0, 2)), encode(SENTENCES.slice(2)));
    for (const limit of [1, 2, 3, 9])
      expect(sentencesIn(await readTagged(files, { limit }))).toEqual(SENTENCES.slice(0, limit));
    const { sentences } = await readTagged([files[1], files[0]]);
    expect(sentences.map(({ file }) => file)).toEqual([files[1], files[1], files[0], files[0]]);
  });

  it("fails at a bad row with file and line, or leaves it out and counts it where that can be", async () => {
    const [file] = await fileOf(format, encode([ONE_WORD[0], "bad", ONE_WORD[1]]));
    const error = await failure(readTagged([file]));
    expect([error.code, error.place.file, error.place.line]).toEqual([codes.bad, file, lineOf(1)]);
    expect(error.message).toContain(`${file}:${lineOf(1)}`);
    const outcome: unknown = await readTagged([file], { badRows: "skip" }).catch((reason: unknown) => reason);
    expect(outcome).toMatchObject(skips ? { rejected: 1, sentences: { length: 2 } } : { code: codes.bad });
  });

  it("refuses a file without sentences, no file, and bytes that are cut off", async () => {
    const none = Buffer.alloc(0);
    const [file] = await fileOf(format, isPacked ? gzipSync(none) : none);
    expect((await failure(readTagged([file]))).code).toBe(codes.empty);
    expect((await failure(readTagged([`${file}x.${ending}`]))).code).toBe("E_INPUT_MISSING");
    const bytes = encode(Array.from({ length: 400 }, (_, i) => SENTENCES[i % 4]));
    for (const left of isPacked ? [0.3, 0.7, 0.99] : [])
      expect((await failure(read(bytes.subarray(0, Math.floor(left * bytes.length))))).code).toBe("E_INPUT_UNREADABLE");
  });

  it.skipIf(noHandles)("closes the file at the limit and where it fails", async () => {
    const many = Array.from({ length: 6000 }, (_, i) => ({ words: [`word${(i * 7919) % 6007}`], tags: ["B-x"] }));
    const [file, broken] = await fileOf(format, encode(many), encode([ONE_WORD[0], "bad", ...many]));
    await readTagged([file], { limit: 2 });
    await expectClosed(file);
    expect((await failure(readTagged([broken]))).code).toBe(codes.bad);
    await expectClosed(broken);
  });
});
