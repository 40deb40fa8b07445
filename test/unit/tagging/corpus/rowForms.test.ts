import { describe, expect, it } from "vitest";
import { readRow } from "../../../../src/tagging/corpus/rowForms.js";

const TEXT = "Ana lives in Oslo";
const PLACES = [
  { start: 0, end: 3, label: "x" },
  { start: 13, end: 17, label: "y" },
];
const offsets = PLACES.map(({ start, end, label }, id) => ({ id, start_offset: start, end_offset: end, label }));
const triples = PLACES.map(({ start, end, label }) => [start, end, label]);
const studio = PLACES.map(({ start, end, label }) => ({ start, end, text: TEXT.slice(start, end), labels: [label] }));
const task = (...annotations: object[]) => ({ id: 1, data: { text: TEXT }, annotations, predictions: [] });
const result = studio.map((value) => ({ type: "labels", from_name: "label", to_name: "text", value }));

const FORMS: readonly (readonly [name: string, row: unknown])[] = [
  ["headstart's own predictions", { text: TEXT, entities: PLACES.map((place) => ({ ...place, score: 0.5 })) }],
  ["entities as lists", { text: TEXT, entities: triples }],
  ["Prodigy", { text: TEXT, spans: PLACES.map((place) => ({ ...place, token_start: 0 })), answer: "accept" }],
  ["doccano, label", { id: 1, text: TEXT, label: triples }],
  ["doccano, labels", { id: 1, text: TEXT, labels: triples }],
  ["doccano, data", { id: 1, data: TEXT, label: triples }],
  ["doccano with relations", { id: 1, text: TEXT, entities: offsets, relations: [], Comments: [] }],
  ["spaCy's documents", { text: TEXT, ents: PLACES, spans: {}, tokens: [{ id: 0, start: 0, end: 3 }] }],
  ["spaCy's training pairs", [TEXT, { entities: triples }]],
  [
    "Rasa",
    {
      text: TEXT,
      intent: "a",
      entities: PLACES.map(({ label, ...place }) => ({ ...place, value: "?", entity: label })),
    },
  ],
  ["Label Studio", task({ id: 2, result, was_cancelled: false })],
  ["Label Studio, short", { text: TEXT, id: 1, kinds: studio, annotator: 1, annotation_id: 2 }],
];

describe("readRow()", () => {
  it.each(FORMS)("reads the entities of %s", (_, row) => {
    const read = readRow(row, 4, undefined);
    expect(read).toMatchObject({ sentence: { line: 4, text: TEXT, spans: PLACES } });
  });

  it("reads the entities of the field that has some, where another is empty", () => {
    for (const row of [
      { text: TEXT, entities: [], label: triples },
      { text: TEXT, spans: [], annotations: PLACES },
      { text: TEXT, label: [], kinds: studio },
    ])
      expect(readRow(row, 4, undefined)).toMatchObject({ sentence: { spans: PLACES } });
    expect(readRow({ text: TEXT, entities: [], spans: [] }, 4, undefined)).toMatchObject({ sentence: { spans: [] } });
  });

  it("takes of several texts in a task of Label Studio the one that holds its entities", () => {
    const data = { title: "Another text here", body: TEXT, url: "https://example.org/a" };
    expect(readRow({ ...task({ result }), data }, 4, undefined)).toMatchObject({
      sentence: { text: TEXT, spans: PLACES },
    });
    expect(readRow({ ...task({ result }), data: { ...data, copy: TEXT } }, 4, undefined)).toHaveProperty("fault");
    expect(readRow({ ...task({ result: [] }), data }, 4, undefined)).toHaveProperty("fault");
  });

  it("takes tags of entities before tags that may be of other kinds", () => {
    const row = { tokens: ["Ana", "left"], tags: ["NNP", "VBD"], ner: ["B-x", "O"] };
    expect(readRow(row, 1, undefined)).toMatchObject({ sentence: { tags: ["B-x", "O"] } });
  });

  it.each([
    ["tokens", "ner_tags"],
    ["tokens", "tags"],
    ["tokens", "labels"],
    ["words", "ner"],
  ])("reads words in %s with tags in %s", (words, tags) => {
    const sentence = { line: 1, words: ["Ana", "left"], tags: ["B-x", "O"] };
    expect(readRow({ [words]: sentence.words, [tags]: sentence.tags }, 1, undefined)).toEqual({ sentence });
  });

  it("asks for the names of tags that are numbers", () => {
    const row = { tokens: ["Ana", "left"], ner_tags: [1, 0] };
    expect(readRow(row, 1, undefined)).toMatchObject({
      fault: "its ner_tags are numbers",
      advice: expect.stringContaining("--tag-names O,B-PER,I-PER") as string,
    });
    expect(readRow(row, 1, ["O", "B-x"])).toMatchObject({ sentence: { tags: ["1", "0"] } });
    expect(readRow(row, 1, ["O"])).toMatchObject({ fault: expect.stringContaining("tag 1") as string });
  });

  it.each([
    ["reject", { text: TEXT, spans: PLACES, answer: "reject" }],
    ["ignore", { text: TEXT, spans: [], answer: "ignore" }],
    ["canceled", task({ result, was_cancelled: true })],
    ["no annotation", task()],
    ["no words", { text: " ", entities: [] }],
    ["null", null],
  ])("leaves out a row that was not annotated: %s", (why, row) => {
    expect(readRow(row, 1, undefined)).toEqual({ leftOut: expect.stringContaining(why) as string });
  });

  it("takes the first annotation that counts, and of several labels the first, and says so", () => {
    const skipped = { result: [], was_cancelled: true };
    const [first, second] = result;
    const both = { ...first, value: { ...first.value, labels: ["x", "z"] } };
    const row = task(
      skipped,
      { result: [both, { type: "choices", value: { choices: ["good"] } }] },
      { result: [second] },
    );
    expect(readRow(row, 1, undefined)).toMatchObject({
      sentence: { spans: [PLACES[0]], remarks: ["annotations", "labels"] },
    });
  });

  it.each([
    ["nothing marked", { text: TEXT, answer: "accept" }],
    ["nothing marked", { text: TEXT, id: 1, annotator: 1, annotation_id: 2 }],
    ["an annotation without results", task({ result: [] })],
  ])("reads a text with %s as one without entities", (_, row) => {
    expect(readRow(row, 1, undefined)).toMatchObject({ sentence: { text: TEXT, spans: [] } });
  });

  it("marks rows that speak of one entity alone", () => {
    const row = { text: TEXT, spans: PLACES, answer: "accept", _is_binary: true };
    expect(readRow(row, 1, undefined)).toMatchObject({ sentence: { remarks: ["binary"] } });
  });

  it.each([
    [{ text: TEXT, label: "good", n: [1] }, "it has text (a string), label (a string), n (a list of numbers)"],
    [{ text: TEXT, label: ["good"] }, "label (a list of strings)"],
    [{}, "it has no field"],
    [7, "it is a number"],
    [{ text: TEXT, entities: [{ start: 0, end: 3 }] }, "label of an entity is missing"],
    [{ text: TEXT, entities: [[0, 3, 5]] }, "label of an entity is a number"],
    [{ text: TEXT, entities: [{ start: 0.5, end: 3, label: "x" }] }, "start 0.5 and end 3"],
    [{ text: TEXT, entities: [{ start: "/p[1]", end: "/p[1]", label: "x" }] }, "start (a string)"],
    [{ text: TEXT, entities: [[0, 99, "x"]] }, "from 0 to 99 is not inside"],
    [{ text: TEXT, entities: [[3, 3, "x"]] }, "from 3 to 3 is empty"],
    [{ tokens: ["a"], ner_tags: ["O", "O"] }, "1 token and 2 tags"],
    [{ tokens: ["a", "\u00a0"], ner_tags: ["O", "O"] }, "white space"],
    [task({ result: [{ value: { x: 1, y: 2, rectanglelabels: ["a"] } }] }), "start (missing)"],
    [{ ...task({ result }), data: { a: "x", b: "y" } }, "no text"],
  ])("says of %j what was found", (row, found) => {
    expect(readRow(row, 1, undefined)).toMatchObject({ fault: expect.stringContaining(found) as string });
  });
});
