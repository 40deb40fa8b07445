/** What every kind of head has to pass from rows to predictions: trained, saved, loaded, predicting, evaluated. */

import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadPipeline } from "../../src/pipeline/load.js";
import type { Pipeline, PipelineEvaluation } from "../../src/pipeline/pipeline.js";
import type { LabeledRow, TaggedRow } from "../../src/pipeline/rows.js";
import type { ClassifierModel } from "../../src/pipeline/train/classifier.js";
import type { MultiLabelModel } from "../../src/pipeline/train/multiLabel.js";
import type { TrainModelOptions } from "../../src/pipeline/train/options.js";
import type { TaggerModel } from "../../src/pipeline/train/tagger.js";
import { train } from "../../src/pipeline/train/train.js";
import { fixture } from "../unit/encoder/tinyBert.js";
import { tempFolder } from "../unit/files/tempFolder.js";

type Model = ClassifierModel | MultiLabelModel | TaggerModel;
type RowOfAny = LabeledRow | TaggedRow;
/** A path or rows, of whatever kind the head takes. */
type Given = string | readonly string[] | Iterable<RowOfAny> | AsyncIterable<RowOfAny>;

interface Kind {
  readonly name: string;
  readonly kind: Pipeline["kind"];
  readonly labels: readonly string[];
  readonly rows: readonly RowOfAny[];
  readonly learn: (rows: Given, options: TrainModelOptions<never>) => Promise<Model>;
  /** A row with a label that the head does not know, and what evaluating it gives: an error, or scores. */
  readonly strange: { readonly row: RowOfAny; readonly outcome: object };
}

const WORDS = ["good film", "bad food", "great service", "awful phone", "happy day", "sad night"];
const labeled = (rows: number, labelOf: (r: number) => string): LabeledRow[] =>
  Array.from({ length: rows }, (_, r) => ({ text: `the ${WORDS[r % 6]} was ${r}`, label: labelOf(r) }));

const tagged = (rows: number): TaggedRow[] =>
  Array.from({ length: rows }, (_, r) => {
    const [place, person] = [`Oslo${r % 3}`, `Ada${r % 4}`];
    if (r % 2 === 0) return { tokens: ["we", "love", place, "now"], ner_tags: ["O", "O", "B-place", "O"] };
    const text = `thanks ${person} Bell for ${place}`;
    const [from, to] = [text.indexOf(person), text.indexOf(" for")];
    return {
      text,
      entities: [
        { start: from, end: to, label: "__proto__" },
        { start: text.indexOf(place), end: text.length, label: "place" },
      ],
    };
  });

const classifier = (head: "logistic" | "mlp"): Kind => ({
  name: `classifier, ${head}`,
  kind: "classifier",
  labels: ["__proto__", 'a,"b"\nc', "zwölf 😀"],
  rows: labeled(42, (r) => ["zwölf 😀", 'a,"b"\nc', "__proto__"][r % 3]),
  learn: (rows, options) =>
    train(rows as LabeledRow[], {
      head,
      ...(head === "mlp" ? { mlp: { hidden: [4], epochs: 3 } } : { Cs: [0.1, 1] }),
      explainable: 5,
      ...options,
    }),
  strange: { row: { text: "the good film", label: "odd" }, outcome: { code: "E_LABEL_MAP" } },
});

const KINDS: readonly Kind[] = [
  classifier("logistic"),
  classifier("mlp"),
  {
    name: "multi-label",
    kind: "multi-label",
    labels: ["__proto__", "even, so", "zwölf 😀"],
    rows: labeled(
      36,
      (r) =>
        [r % 6 === 0 ? "zwölf 😀" : "", r % 2 === 0 ? "even, so" : "", r % 3 === 0 ? "__proto__" : ""]
          .filter(Boolean)
          .join("|") || "|",
    ),
    learn: (rows, options) => train(rows as LabeledRow[], { multiLabel: "|", Cs: [0.1, 1], ...options }),
    strange: { row: { text: "the good film", label: "__proto__|odd" }, outcome: { code: "E_LABEL_MAP" } },
  },
  {
    name: "tagger",
    kind: "tagger",
    labels: ["__proto__", "place"],
    rows: tagged(24),
    learn: (rows, options) =>
      train(rows as TaggedRow[], { task: "ner", hidden: 4, ensemble: 1, epochs: 4, batchWords: 30, ...options }),
    // Entities of another label are missed, as those are that nothing marks.
    strange: {
      row: { tokens: ["we", "love", "Rome"], ner_tags: ["O", "O", "B-odd"] },
      outcome: { perType: { odd: { recall: 0, support: 1 } } },
    },
  },
];

const TEXTS = ["the good film", "bad", "thanks Ada Bell for Oslo1", "Oslo0 love", "the good film", "日本語 £"];
const ODD = ["", " \t\n ", "day ".repeat(400), "x".repeat(5000), "👩‍👩‍👧 العربية e\u0301\u0301 \ud800 \0"];
const AT = "2026-01-02T03:04:05.000Z";
const CHECKED = /^(head\.safetensors|neighbors\.safetensors|headstart\.json)$/;

const evaluating = (pipeline: Pipeline, rows: Given): Promise<PipelineEvaluation> => pipeline.evaluate(rows as never);
type Predicted = Awaited<ReturnType<Pipeline["predict"]>>[number];
const labelsIn = (one: Predicted): (string | null)[] => {
  if ("entities" in one) return one.entities.map(({ label }) => label);
  return one.labels === undefined ? [one.label] : [...one.labels];
};
/** Its probabilities and scores. */
const sharesIn = (one: Predicted): readonly number[] =>
  "entities" in one ? one.entities.map(({ score }) => score) : [one.probability, ...Object.values(one.probabilities)];
const contents = async (folder: string): Promise<Map<string, Buffer>> =>
  new Map(
    await Promise.all(
      (await readdir(folder)).sort().map(async (name) => [name, await readFile(join(folder, name))] as const),
    ),
  );

describe.each(KINDS)("a pipeline of kind $name", ({ kind, labels, rows, learn, strange }) => {
  const options = { encoder: fixture("tiny-bert"), threads: 1 };
  let [folder, model, loaded]: [string, Model, Pipeline] = [] as never;

  beforeAll(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "headstart-pipelines-")), "head");
    model = await learn(rows, options);
    await model.save(folder, { createdAt: AT });
    loaded = await loadPipeline(folder, { threads: 1 });
  });
  afterAll(async () => {
    await Promise.all([model, loaded].map((own) => own?.close()));
    await rm(join(folder, ".."), { recursive: true, force: true });
  });

  it("says its kind and the names of its labels in the head's order, loaded or not", async () => {
    for (const own of [model, loaded]) expect([own.kind, own.labels]).toEqual([kind, labels]);
    for (const prediction of await loaded.predict(TEXTS)) {
      expect(labels).toEqual("entities" in prediction ? labels : Object.keys(prediction.probabilities));
      expect(labels).toEqual(expect.arrayContaining(labelsIn(prediction)));
    }
    expect((await loaded.predict(TEXTS)).flatMap(labelsIn)).not.toEqual([]);
    const other = kind === "tagger" ? "classifier" : "tagger";
    await expect(loadPipeline(folder, { kind: other })).rejects.toMatchObject({ code: "E_HEAD_MISMATCH" });
  });

  it("predicts and evaluates the same to the bit after saving and loading", async () => {
    expect(await loaded.predict([...TEXTS, ...ODD])).toEqual(await model.predict([...TEXTS, ...ODD]));
    expect(await evaluating(loaded, rows)).toEqual(await evaluating(model, rows));
  });

  it("predicts a text alone as among others, in any order, once or twice, with a cache or without", async () => {
    const texts = [...TEXTS, ...ODD];
    const together = await loaded.predict(texts);
    for (const [i, text] of texts.entries()) expect(await loaded.predict([text])).toEqual([together[i]]);
    expect(await loaded.predict([...texts].reverse())).toEqual([...together].reverse());
    const caching = await loadPipeline(folder, { threads: 2, batchTokens: 64, cache: await tempFolder() });
    for (let time = 0; time < 2; time++) expect(await caching.predict(texts)).toEqual(together);
    await caching.close();
    await expect(caching.predict(texts)).rejects.toThrow("closed");
  });

  it("predicts nothing for no texts, and something for empty, endless and odd ones", async () => {
    expect(await loaded.predict([])).toEqual([]);
    for (const prediction of await loaded.predict(ODD)) {
      expect(sharesIn(prediction).every((p) => p >= 0 && p <= 1)).toBe(true);
    }
  });

  it.each([["a text"], [undefined], [["a", null]], [[1]], [{ 0: "a", length: 1 }]])(
    "refuses %j, which is no list of texts, with E_USAGE",
    async (texts) => {
      await expect(loaded.predict(texts as never)).rejects.toMatchObject({ code: "E_USAGE" });
    },
  );

  it("evaluates rows of a file, of several, given one by one or awaited alike", async () => {
    const where = await tempFolder();
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`);
    const file = join(where, "all.jsonl");
    await writeFile(file, lines.join(""));
    await writeFile(join(where, "a.jsonl"), lines.slice(0, 9).join(""));
    await writeFile(join(where, "b.jsonl"), "\n".repeat(9) + lines.slice(9).join(""));
    async function* awaited(): AsyncGenerator<RowOfAny> {
      for (const row of rows) yield await Promise.resolve(row);
    }
    const wanted = await evaluating(loaded, file);
    expect(wanted).toMatchObject({ kind, rejected: 0 });
    // A classifier is scored without rows of its own training, unless there are no others.
    const { n, allRows } = wanted;
    expect(allRows?.n ?? n).toBe(rows.length);
    const several = ["a", "b"].map((name) => join(where, `${name}.jsonl`));
    for (const given of [[file], several, rows, new Set(rows), awaited()]) {
      const { mistakes, ...scores } = await evaluating(loaded, given);
      expect({ ...scores, mistakes: mistakes.map((one) => ({ ...one, file })) }).toEqual(wanted);
    }
  });

  it("refuses to evaluate no rows, and labels that it does not know", async () => {
    await expect(evaluating(loaded, [])).rejects.toMatchObject({ code: "E_NO_ROWS" });
    await expect(evaluating(loaded, 7 as never)).rejects.toMatchObject({ code: "E_USAGE" });
    await expect(evaluating(loaded, [{ text: 1, label: "a" }] as never)).rejects.toMatchObject({ code: "E_USAGE" });
    const outcome: unknown = await evaluating(loaded, [...rows, strange.row]).catch((error: unknown) => error);
    expect(outcome).toMatchObject(strange.outcome);
  });

  it("learns the same to the bit from the same rows and seed, and saves the same bytes", async () => {
    const again = await learn(rows, options);
    expect(again.trained).toEqual(model.trained);
    expect(again.evaluation).toEqual(model.evaluation);
    const copy = join(await tempFolder(), "head");
    await again.save(copy, { createdAt: AT });
    expect(await contents(copy)).toEqual(await contents(folder));
    await again.close();
    const other = await learn(rows, { ...options, seed: 2 });
    expect(other.trained).not.toEqual(model.trained);
    await other.close();
  });

  it("is ended by a signal, at training and at prediction, with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(learn(rows, { ...options, signal })).rejects.toThrow("enough");
    await expect(loaded.predict(TEXTS, { signal })).rejects.toThrow("enough");
    await expect(loaded.evaluate(rows as never, { signal })).rejects.toThrow("enough");
    expect(await loaded.predict(TEXTS)).toEqual(await model.predict(TEXTS));
  });

  it("may be closed twice, and then says that it is closed", async () => {
    const own = await loadPipeline(folder, { threads: 1 });
    await own.close();
    await own.close();
    await expect(own.predict(["the good film"])).rejects.toThrow("closed");
    const used = await loadPipeline(folder, { threads: 1 });
    await used.predict(["the good film"]);
    await used.close();
    await used.close();
    await expect(used.predict(["the good film"])).rejects.toThrow("closed");
  });

  it("is refused with E_CHECKSUM where a byte of its files has changed, whole or not", async () => {
    const copy = join(await tempFolder(), "head");
    await model.save(copy, { createdAt: AT });
    const files = [...(await contents(copy))].filter(([name]) => CHECKED.test(name));
    expect(files.length).toBe(kind === "classifier" ? 3 : 2);
    const used = async (): Promise<void> => {
      const own = await loadPipeline(copy, { threads: 1 });
      // What explains is read when it is first asked for.
      try {
        if (own.kind === "classifier") await own.explain("the good film");
      } finally {
        await own.close();
      }
    };
    await used();
    for (const [name, bytes] of files) {
      // Of JSON a digit of the time, so that it stays JSON.
      const at = name.endsWith(".json") ? bytes.indexOf("2026") : bytes.length - 3;
      await writeFile(join(copy, name), bytes.with(at, bytes[at] ^ 1));
      await expect(used()).rejects.toMatchObject({ code: "E_CHECKSUM" });
      await writeFile(join(copy, name), bytes.subarray(0, -5));
      await expect(used()).rejects.toMatchObject({ code: expect.stringMatching(/^E_(CHECKSUM|HEAD_INVALID)$/) });
      await writeFile(join(copy, name), bytes);
    }
    await used();
  });

  it("is not saved over a folder of others, and over its own only with force", async () => {
    const place = await tempFolder();
    const foreign = join(place, "foreign");
    await mkdir(foreign);
    await writeFile(join(foreign, "theirs.txt"), "theirs");
    for (const force of [false, true]) {
      await expect(model.save(foreign, { force })).rejects.toMatchObject({ code: "E_OUTPUT_EXISTS" });
      expect(await contents(foreign)).toEqual(new Map([["theirs.txt", Buffer.from("theirs")]]));
    }
    const own = join(place, "own");
    await model.save(own, { createdAt: AT });
    const before = await contents(own);
    await expect(model.save(own)).rejects.toMatchObject({ code: "E_OUTPUT_EXISTS" });
    expect(await contents(own)).toEqual(before);
    await model.save(own, { createdAt: AT, force: true });
    expect(await contents(own)).toEqual(before);
    await writeFile(join(own, "notes.txt"), "theirs");
    await expect(model.save(own, { force: true })).rejects.toMatchObject({ code: "E_OUTPUT_EXISTS" });
  });

  it("is refused where its folder is missing, or its encoder is another one", async () => {
    await expect(loadPipeline(join(folder, "none"))).rejects.toMatchObject({ code: "E_HEAD_MISSING" });
    await expect(loadPipeline(folder, { encoder: fixture("tiny-bert-output-names") })).rejects.toMatchObject({
      code: "E_HEAD_MISMATCH",
    });
  });
});
