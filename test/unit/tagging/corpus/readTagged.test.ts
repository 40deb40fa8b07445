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
    expect(notices.join()).toContain("counts as missed");
  });

  it("renames and drops labels by a map", async () => {
    const path = await file("d.conll", "a B-x\nb I-x\nc B-y\n");
    const { sentences } = await readTagged([path], { map: parseLabelMap("x=z,y=drop") });
    expect(sentences[0].tags).toEqual(["B-z", "I-z", "O"]);
  });

  it.each([
    ["from 1", "#\tsource\n1\tAna\tB-x\n2\truns\tO\n\n1\tBo\tB-x\n", ["Ana runs", "Bo"]],
    ["from 0", "0 Ana NN B-x\n1 runs VB O\n", ["Ana runs"]],
    ["in the first sentence alone", "1 CD B-x\n2 CD O\n\nBo NN B-x\n", ["1 2", "Bo"]],
    ["in single words", "1 CD O\n\n1 CD B-x\n", ["1", "1"]],
    ["with no column of words", "1 O\n2 B-x\n", ["1 2"]],
  ])("reads the second column where the first counts the words of every sentence: %s", async (_, content, texts) => {
    const { sentences, notices } = await readTagged([await file("counted.conll", content)]);
    expect(sentences.map(({ text }) => text)).toEqual(texts);
    expect(notices.join().includes("first column counts the words")).toBe(!/\d/.test(texts[0]));
  });

  it("counts an entity once, however often a row lists it", async () => {
    const entities = [
      [0, 3, "x"],
      [0, 3, "y"],
      [0, 3, "x"],
    ];
    const path = await file("twice.jsonl", JSON.stringify({ text: "Ana runs", entities }));
    const all = (await readTagged([path])).notices.join();
    expect(all).toContain("1 entity overlaps one as long or longer");
    const { sentences, notices } = await readTagged([path], { map: parseLabelMap("y=x") });
    expect([sentences[0].unaligned, notices]).toEqual([[], []]);
  });

  it("says of a row without words that it is left out, and nothing of annotators", async () => {
    const path = await file("none.jsonl", '{"tokens":[],"ner_tags":[]}\n{"tokens":["a"],"ner_tags":["O"]}\n');
    const { notices } = await readTagged([path]);
    expect(notices).toEqual([`${path}: 1 row left out, such as line 1: it has no words`]);
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

  it("names file and line of a tag that is none, or leaves out its sentence alone", async () => {
    const path = await file("g.conll", "Ana B-x\nleft O\n\n# a comment\nin O\nOslo y\n\nBea B-x\n");
    const place = { file: path, line: 6 };
    await expect(readTagged([path])).rejects.toMatchObject({
      code: "E_TAGS",
      place,
      message: expect.stringMatching(/"y" at .*:6/) as string,
    });
    const { sentences, rejected } = await readTagged([path], { badRows: "skip" });
    expect([sentences.map(({ line }) => line), rejected]).toEqual([[1, 8], 1]);
    const rows = [
      { tokens: ["a"], ner_tags: ["O"] },
      { tokens: ["b"], ner_tags: ["B-"] },
    ];
    const json = await file("g.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
    await expect(readTagged([json])).rejects.toMatchObject({ code: "E_TAGS", place: { file: json, line: 2 } });
  });

  it("reads an array, or where Rasa has its examples, as it reads its elements on lines of their own", async () => {
    const rows = [
      { text: "Ada runs", entities: [{ start: 0, end: 3, label: "x", note: '"],}' }] },
      { text: "to Paris", entities: [[3, 8, "y"]] },
    ];
    const { sentences: expected } = await readTagged([
      await file("h.jsonl", rows.map((row) => JSON.stringify(row)).join("\n")),
    ]);
    const tagsOf = expected.map(({ tags }) => tags);
    for (const [name, content] of [
      ["h.json", JSON.stringify(rows, undefined, 2)],
      ["h1.json", JSON.stringify(rows)],
      ["h2.jsonl", `\n[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`],
      ["h3.json", rows.map((row) => JSON.stringify(row)).join("\n")],
      ["h4.json", JSON.stringify({ rasa_nlu_data: { regex_features: ["]"], common_examples: rows } }, undefined, 1)],
      [
        "h5.json",
        JSON.stringify({ classes: ["x"], annotations: rows.map(({ text, entities }) => [text, { entities }]) }),
      ],
      ["h6.jsonl", rows.map(({ text, entities }) => JSON.stringify([text, { entities }])).join("\n")],
    ] as const)
      expect((await readTagged([await file(name, content)])).sentences.map(({ tags }) => tags)).toEqual(tagsOf);
    const { sentences } = await readTagged([join(folder, "h.json")]);
    expect(sentences.map(({ line }) => line)).toEqual([2, 13]);
  });

  it("reads rows with NaN in a field that it does not need", async () => {
    const row = '{"text": "NaN runs", "entities": [[0, 3, "x"]], "score": NaN}';
    for (const [name, content] of [
      ["s.jsonl", row],
      ["s.json", `[\n${row},\n${row}]`],
    ] as const) {
      const { sentences } = await readTagged([await file(name, content)]);
      expect([sentences[0].text, sentences[0].tags]).toEqual(["NaN runs", ["B-x", "O"]]);
    }
    const unusable = await file("t.jsonl", '{"text": "a", "entities": [[NaN, 1, "x"]]}');
    await expect(readTagged([unusable])).rejects.toMatchObject({ code: "E_JSONL", place: { line: 1 } });
  });

  it("reads numbers that JSON does not have as null, in lines and in an array", async () => {
    const rows = ['{"text": "a NaN", "entities": [], "score": NaN}', '{"text": "b", "entities": [], "x": [-Infinity]}'];
    for (const [name, content] of [
      ["nan.jsonl", rows.join("\n")],
      ["nan.json", `[${rows.join(",\n")}]`],
      ["nan2.json", `{"annotations": NaN, "annotations": [["a NaN", {"entities": []}], ["b", {"entities": []}]]}`],
    ] as const) {
      const { sentences } = await readTagged([await file(name, content)]);
      expect(sentences.map(({ words }) => words.map(({ text }) => text).join(" "))).toEqual(["a NaN", "b"]);
    }
  });

  it("names the line of an element that cannot be read, and refuses an array that is cut off", async () => {
    const path = await file("i.json", '[\n{"text": "a", "entities": []},\n\n{"text": 7}\n]');
    await expect(readTagged([path])).rejects.toMatchObject({ code: "E_JSONL", place: { file: path, line: 4 } });
    expect(await readTagged([path], { badRows: "skip" })).toMatchObject({ sentences: { length: 1 }, rejected: 1 });
    const cut = await file("j.json", '[\n{"text": "a", "entities": []},\n');
    await expect(readTagged([cut], { badRows: "skip" })).rejects.toMatchObject({ code: "E_JSONL" });
    const text = await file("k.json", '{"text": "a", "entities": []}\n{"text": \n');
    await expect(readTagged([text])).rejects.toMatchObject({ code: "E_JSONL", place: { line: 2 } });
  });

  it("leaves out rows that annotators rejected, counts them, and says so", async () => {
    const rows = ["accept", "reject", "ignore"].map((verdict) =>
      JSON.stringify({ text: "Ada runs", spans: [{ start: 0, end: 3, label: "x" }], ["answer"]: verdict }),
    );
    const { sentences, rejected, notices } = await readTagged([await file("l.jsonl", rows.join("\n"))]);
    expect([sentences.length, rejected]).toEqual([1, 2]);
    expect(notices).toEqual([expect.stringMatching(/2 rows left out, .* line 2: an annotator chose reject/)]);
  });

  it("takes white space off the edges of entities, and says of how many", async () => {
    const row = {
      text: " Ada  runs",
      entities: [
        [0, 5, "x"],
        [6, 10, "y"],
      ],
    };
    const { sentences, notices } = await readTagged([await file("m.jsonl", JSON.stringify(row))]);
    expect(sentences[0].tags).toEqual(["B-x", "B-y"]);
    expect(notices).toEqual([expect.stringContaining("edges of 1 entity")]);
    const blank = await file("n.jsonl", JSON.stringify({ text: "a  b", entities: [[1, 3, "x"]] }));
    await expect(readTagged([blank])).rejects.toMatchObject({ code: "E_JSONL", place: { line: 1 } });
  });

  it("takes offsets as its words fit, says so, and as it is asked to", async () => {
    const row = { text: "😀 Ada runs", entities: [[2, 5, "x"]] };
    const path = await file("o.jsonl", JSON.stringify(row));
    const { sentences, notices } = await readTagged([path]);
    expect(sentences[0].tags).toEqual(["O", "B-x", "O"]);
    expect(notices).toEqual([expect.stringMatching(/o\.jsonl: .*code points, which matters for 1.*--offsets utf16/)]);
    expect((await readTagged([path], { offsets: "utf16" })).sentences[0].tags).toEqual(["O", "O", "O"]);
    const bytes = await file("p.jsonl", JSON.stringify({ ...row, entities: [[5, 8, "x"]] }));
    expect((await readTagged([bytes], { offsets: "bytes" })).sentences[0].tags).toEqual(["O", "B-x", "O"]);
  });

  it("rejects a row whose entities lie outside its text as the file counts, and no other", async () => {
    const rows = [
      { text: "😀 Ada", entities: [[2, 5, "x"]] },
      { text: "😀 Ada", entities: [[2, 6, "x"]] },
    ];
    const path = await file("q.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
    await expect(readTagged([path])).rejects.toMatchObject({ code: "E_JSONL", place: { line: 2 } });
    expect(await readTagged([path], { badRows: "skip" })).toMatchObject({ sentences: { length: 1 }, rejected: 1 });
  });

  it("cuts texts by the rule that aligns most entities, or by the one it is given", async () => {
    const row = { text: "Oslo-based firms", entities: [[0, 4, "x"]] };
    const path = await file("r.jsonl", JSON.stringify(row));
    expect(await readTagged([path])).toMatchObject({
      wordRule: "parts",
      sentences: [{ tags: ["B-x", "O", "O", "O"] }],
    });
    const whole = await readTagged([path], { wordRule: "words" });
    expect(whole.sentences[0].words.map(({ text }) => text)).toEqual(["Oslo-based", "firms"]);
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
