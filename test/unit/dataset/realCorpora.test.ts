import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { duplicateGroups, duplicatesBetween } from "../../../src/dataset/duplicates.js";
import { checkLabels } from "../../../src/dataset/labelSet.js";
import { splitCorpus } from "../../../src/dataset/split.js";
import { readFiles } from "../corpus/reading.js";

const corpora = process.env.HEADSTART_CORPORA;

const read = (file: string) => readFiles([join(corpora ?? "", file)], { labelColumn: "label" });
const texts = async (file: string): Promise<string[]> => (await read(file)).rows.map((row) => row.text);

describe.skipIf(!corpora)("public corpora", () => {
  it.each([
    ["tweets/semeval-2013-2016.train.csv", 47_510, 3],
    ["tweets/tweeteval-sentiment.val.csv", 2_000, 3],
    ["tweets/tweeteval-sentiment.test.csv", 12_284, 3],
    ["movies/rt-polarity.csv", 10_662, 2],
    ["movies/sst2.train.csv", 6_920, 2],
    ["movies/sst2.val.csv", 872, 2],
    ["movies/sst2.test.csv", 1_821, 2],
    ["spam/sms-spam.csv", 5_574, 2],
  ])("openCorpus() reads all rows of %s", async (file, rows, classes) => {
    const got = await read(file);
    expect(got.counts).toMatchObject({ read: rows, accepted: rows, rejected: 0 });
    const { labels, warnings } = checkLabels(got.rows.map((row) => row.label ?? ""));
    expect([labels.length, warnings]).toEqual([classes, []]);
  });

  it("overlap() finds the sentences of SST-2 in rt-polarity [I02]", async () => {
    const source = await texts("movies/rt-polarity.csv");
    expect(duplicatesBetween(source, await texts("movies/sst2.test.csv")).normalized).toHaveLength(1_321);
    const { normalized, rows } = duplicatesBetween(source, await texts("movies/sst2.train.csv"));
    expect(normalized.length / rows).toBeCloseTo(0.718, 3);
  });

  it("duplicatesBetween() finds more of SST-2 in rt-polarity by near duplicates, and none where nothing is shared [I01]", async () => {
    const train = await texts("movies/sst2.train.csv");
    const { near, normalized } = duplicatesBetween(await texts("movies/rt-polarity.csv"), train);
    expect(near.length).toBeGreaterThan(normalized.length);
    expect(duplicatesBetween(await texts("domains/books.train.csv"), train).near).toHaveLength(0);
    expect(duplicatesBetween(undefined, await texts("spam/sms-spam.csv")).exact).toHaveLength(414);
  });

  it("overlap() finds no tweet of the test files in the training file", async () => {
    const source = await texts("tweets/semeval-2013-2016.train.csv");
    const target = [
      ...(await texts("tweets/tweeteval-sentiment.test.csv")),
      ...(await texts("tweets/tweeteval-sentiment.val.csv")),
    ];
    expect([...duplicatesBetween(source, target).normalized]).toEqual([]);
  });

  it("duplicateGroups() and splitCorpus() keep the copies in sms-spam on one side [I02, I03]", async () => {
    const { rows } = await read("spam/sms-spam.csv");
    const messages = rows.map((row) => row.text);
    expect(messages.length - new Set(messages).size).toBe(414);
    const labels = rows.map((row) => (row.label === "spam" ? 1 : 0));
    const { train, dev } = splitCorpus(labels, duplicateGroups(messages));
    const side = (indices: Int32Array): string[] => Array.from(indices, (i) => messages[i]);
    expect([...duplicatesBetween(side(train), side(dev)).normalized]).toEqual([]);
    expect(dev.length).toBeGreaterThan(500);
  });
});
