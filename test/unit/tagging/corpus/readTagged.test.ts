import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseLabelMap } from "../../../../src/dataset/labelMap.js";
import { alignWords } from "../../../../src/tagging/vectors/align.js";
import { readTagged } from "../../../../src/tagging/corpus/readTagged.js";
import { goldSpans } from "../../../../src/tagging/corpus/spans.js";
import { splitWords } from "../../../../src/tagging/corpus/splitWords.js";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "headstart-tagged-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

describe("readTagged()", () => {
  it("parts sentences at lines of white space and repairs what BIO forbids", async () => {
    const path = await file("a.conll", "Ada NN B-x\nruns VB O\n \t \nParis\tI-y\nB\tB-x\n");
    const { sentences, repaired } = await readTagged([path]);
    expect(sentences.map(({ tags }) => tags)).toEqual([
      ["B-x", "O"],
      ["B-y", "B-x"],
    ]);
    expect(repaired).toBe(1);
    expect(goldSpans(sentences[1]).strict).toEqual([{ start: 6, end: 7, label: "x" }]);
    expect(goldSpans(sentences[1]).conlleval).toHaveLength(2);
  });

  it("reads tokens with tags and texts with spans to the same sentences", async () => {
    const rows = [
      { tokens: ["Ada", "runs"], ner_tags: ["B-x", "O"] },
      { text: "Ada runs", entities: [{ start: 0, end: 3, label: "x" }] },
    ];
    const path = await file("b.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
    const [first, second] = (await readTagged([path])).sentences;
    expect(second.tags).toEqual(first.tags);
    expect(second.words).toEqual(first.words);
  });

  it("leaves out a row that is nested too deep, in whatever field, where that is asked for", async () => {
    const row = '{"tokens":["a"],"ner_tags":["O"]';
    const path = await file("deep.jsonl", `${row},"x":${"[".repeat(5000)}${"]".repeat(5000)}}\n${row}}\n`);
    await expect(readTagged([path])).rejects.toMatchObject({ code: "E_JSONL", place: { line: 1 } });
    expect((await readTagged([path], { badRows: "skip" })).sentences).toHaveLength(1);
  });

  it("keeps an entity that begins inside a word as one that cannot be predicted", async () => {
    const path = await file("c.jsonl", JSON.stringify({ text: "preParis", entities: [[3, 8, "x"]] }));
    const { sentences, notices } = await readTagged([path]);
    expect(sentences[0].tags).toEqual(["O"]);
    expect(goldSpans(sentences[0]).strict).toEqual([{ start: 3, end: 8, label: "x" }]);
    expect(notices.join()).toContain("count as missed");
  });

  it("renames and drops labels by a map", async () => {
    const path = await file("d.conll", "a B-x\nb I-x\nc B-y\n");
    const { sentences } = await readTagged([path], { map: parseLabelMap("x=z,y=drop") });
    expect(sentences[0].tags).toEqual(["B-z", "I-z", "O"]);
  });

  it("takes the first of several tags of a word, and says how many words have them", async () => {
    const { sentences, notices } = await readTagged([await file("f.conll", "a B-x,B-y\nb I-x,I-y\n")]);
    expect(sentences[0].tags).toEqual(["B-x", "I-x"]);
    expect(notices.join()).toContain("2 words have several tags");
  });

  it("refuses a sentence that does not end, saying where it begins and what is missing", async () => {
    const words = 10_001;
    await writeFile(join(folder, "endless.conll"), `Oslo B-LOC\n\n${"is O\n".repeat(words)}`);
    await expect(readTagged([join(folder, "endless.conll")])).rejects.toMatchObject({
      code: "E_CONLL",
      message: expect.stringMatching(/endless\.conll:3: it has more than 10,000 words.*an empty line/) as string,
    });
    const long = { tokens: Array<string>(words).fill("is"), ner_tags: Array<string>(words).fill("O") };
    const spanned = { text: "is ".repeat(words), entities: [] };
    const short = { tokens: ["Oslo"], ner_tags: ["B-LOC"] };
    const rows = [long, spanned, short].map((row) => JSON.stringify(row)).join("\n");
    await writeFile(join(folder, "endless.jsonl"), rows);
    const { sentences, rejected } = await readTagged([join(folder, "endless.jsonl")], { badRows: "skip" });
    expect([sentences.length, rejected]).toEqual([1, 2]);
  });

  it("names the line of a word without a tag", async () => {
    const path = await file("e.conll", "a O\nb\n");
    await expect(readTagged([path])).rejects.toMatchObject({ code: "E_CONLL", place: { line: 2 } });
  });
});

describe("alignWords()", () => {
  const tokenizer = {
    room: 8,
    lead: 1,
    padId: 0,
    wordPieces: (word: string) => Array.from(word, (c) => c.charCodeAt(0)),
    frame: (ids: readonly number[]) => [1, ...ids, 2],
    tokenize: () => ({ ids: [], truncated: false, empty: false, unknown: 0 }),
  };

  it("finds every word whole in the window it names, and cuts only a word longer than a window", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,10}$/), { minLength: 1 }), (texts) => {
        const words = splitWords(texts.join(" "));
        const { windows, words: places } = alignWords(words, tokenizer);
        places.forEach(({ window, first, last, cut }, i) => {
          const found = windows[window].ids.slice(first, last + 1).map((id) => String.fromCharCode(id));
          expect(found.join("")).toBe(texts[i].slice(0, 8));
          expect(cut).toBe(texts[i].length > 8);
        });
        for (const { ids } of windows) expect(ids.length).toBeLessThanOrEqual(10);
      }),
    );
  });
});
