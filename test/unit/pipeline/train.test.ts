import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { loadPipeline } from "../../../src/pipeline/load.js";
import { train } from "../../../src/pipeline/train/train.js";
import type { Rows, TaggedRows } from "../../../src/pipeline/rows.js";
import { tempFolder } from "../files/tempFolder.js";
import { oneByOne, QUICK, toyRows, toySentences, writeCsv } from "./toyRows.js";

const TEXTS = ["a lovely sun", "the worst rain", ""];
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** Whatever is opened, closed after the test. */
function closing<T extends { close(): Promise<void> }>(one: T): T {
  opened.push(one);
  return one;
}

describe("train()", () => {
  it("gives the same model of a path, a list of paths, an iterable and an async iterable", async () => {
    const folder = await tempFolder();
    const rows = toyRows();
    const halves = [
      await writeCsv(folder, "a.csv", rows.slice(0, 20)),
      await writeCsv(folder, "b.csv", rows.slice(20)),
    ];
    const forms: Rows[] = [await writeCsv(folder, "all.csv", rows), halves, new Set(rows), oneByOne(rows)];
    const [first, ...others] = await Promise.all(forms.map(async (form) => closing(await train(form, QUICK))));
    const predictions = await first.predict(TEXTS);
    expect(predictions).toHaveLength(TEXTS.length);
    for (const other of others) {
      expect(other.evaluation).toEqual(first.evaluation);
      expect(await other.predict(TEXTS)).toEqual(predictions);
    }
  });

  it("gives the same tagger of an iterable and an async iterable", async () => {
    const how = { ...QUICK, task: "ner", epochs: 2 } as const;
    const rows = toySentences();
    const [one, other] = [closing(await train(rows, how)), closing(await train(oneByOne(rows), how))];
    expect(other.evaluation).toEqual(one.evaluation);
    expect(await other.predict(["Ada was here"])).toEqual(await one.predict(["Ada was here"]));
  });

  it("refuses rows that are none, naming the first of them", async () => {
    const rows = toyRows(4);
    const wrong: readonly (readonly [rows: unknown, says: RegExp])[] = [
      [42, /rows from a number/],
      [undefined, /rows from undefined/],
      [{ text: "a", label: "b" }, /rows from an object/],
      [[...rows, { text: "no label" }], /row 5: its label is undefined/],
      [[...rows.slice(0, 2), { text: 3, label: "good" }], /row 3: its text is a number/],
      [[rows[0], null], /row 2: its text is undefined/],
      [[rows[0], "a path among rows"], /row 2/],
    ];
    for (const [given, says] of wrong)
      await expect(train(given as Rows, QUICK)).rejects.toMatchObject({
        code: "E_USAGE",
        message: expect.stringMatching(says) as string,
      });
    await expect(train([{ text: "a", label: " " }], QUICK)).rejects.toMatchObject({ code: "E_LABEL_MISSING" });
    await expect(train([], QUICK)).rejects.toMatchObject({ code: "E_NO_ROWS" });
  });

  it("refuses sentences that are none, naming the first of them", async () => {
    const wrong = [...toySentences(2), { text: "Ada", entities: [{ start: 0, end: 9, label: "person" }] }];
    const how = { ...QUICK, task: "ner" } as const;
    const message = expect.stringMatching(/row 3: an entity from 0 to 9/) as string;
    await expect(train(wrong, how)).rejects.toMatchObject({ code: "E_USAGE", message });
    const neither = [{ text: "Ada" }] as unknown as TaggedRows;
    await expect(train(neither, how)).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringMatching(/row 1/) as string,
    });
  });

  it("gives the same predictions with a cache, which then has the vectors", async () => {
    const cache = join(await tempFolder(), "cache");
    const plain = closing(await train(toyRows(), QUICK));
    const cached = closing(await train(toyRows(), { ...QUICK, cache }));
    const counts: number[] = [];
    const onEncoded = ({ cached: known }: { readonly cached: number }): unknown => counts.push(known);
    expect(await cached.predict(TEXTS, { onEncoded })).toEqual(await plain.predict(TEXTS));
    await cached.close();
    const folder = join(await tempFolder(), "head");
    await cached.save(folder);
    const loaded = closing(await loadPipeline(folder, { cache, threads: 1, offline: true }));
    if (loaded.kind !== "classifier") throw new Error(loaded.kind);
    expect(await loaded.predict(TEXTS, { onEncoded })).toEqual(await plain.predict(TEXTS));
    expect(counts).toEqual([0, 3]);
  });

  it("counts the texts that have vectors, and stops when it is aborted", async () => {
    const seen: (readonly [done: number, total: number])[] = [];
    closing(await train(toyRows(), { ...QUICK, onProgress: ({ done, total }) => seen.push([done, total]) }));
    expect(seen.at(-1)).toEqual([40, 40]);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(train(toyRows(), { ...QUICK, signal })).rejects.toThrow("enough");
  });
});
