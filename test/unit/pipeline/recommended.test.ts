import { expect, it } from "vitest";
import type { LabeledCorpus } from "../../../src/dataset/labeledCorpus.js";
import { vectorsOf } from "../../../src/embedding/cachedEmbed.js";
import { trainRecommended } from "../../../src/pipeline/train/recommended.js";
import type { Verdict } from "../../../src/transfer/experiment/record.js";
import { fixture, openEncoder } from "../encoder/tinyBert.js";

const NONE = { rejected: 0, withNul: 0, replacedBytes: 0, loneSurrogates: 0, withUnknownFields: 0, withNonFinite: 0 };

function corpus(about: string, n: number): LabeledCorpus {
  const file = `${about}.csv`;
  const texts = Array.from({ length: n }, (_, i) => `the ${about} was ${i % 2 === 0 ? "good" : "bad"} ${i}`);
  const labels = texts.map((text) => (text.includes("good") ? "good" : "bad"));
  const counts = { ...NONE, read: n + 1, accepted: n, rejected: 1 };
  const places = texts.map((_, i) => ({ file, line: i + 2 }));
  return { files: [file], texts, labels, places, counts, dropped: 2, seen: new Set(labels), notices: [] };
}

const OWN = { n: 30, files: ["food.csv"], rejected: 1, dropped: 2 };
const BOTH = { n: 70, files: ["film.csv", "food.csv"], rejected: 2, dropped: 4 };
const SOURCE = { n: 40, files: ["film.csv"], rejected: 1, dropped: 2 };
const verdict = (call: Verdict["call"], difference: number | null, low = 0, high = 0): Verdict => ({
  call,
  difference,
  interval95: difference === null ? null : [low, high],
  because: "of the rows",
});

it.each([
  ["both where the source helps", verdict("positive", 0.04, 0.02, 0.06), BOTH],
  ["the target's own rows where it harms", verdict("negative", -0.04, -0.06, -0.02), OWN],
  ["both where they are the better guess", verdict("neutral", 0.02, -0.03, 0.07), BOTH],
  ["the target's own rows where neither is shown", verdict("neutral", -0.002, -0.04, 0.03), OWN],
  ["the source where there is no verdict", verdict("unknown", null), SOURCE],
])("trainRecommended() trains on %s", async (_, call, trained) => {
  const encoder = await openEncoder(fixture("tiny-bert"), { threads: 1 });
  const corpora = { source: corpus("film", 40), targetTrain: corpus("food", 30) };
  const embedded = async ({ texts, labels }: LabeledCorpus) => ({
    texts,
    labels,
    vectors: (await vectorsOf(encoder, texts)).vectors,
  });
  const rows = {
    source: await embedded(corpora.source),
    targetTrain: await embedded(corpora.targetTrain),
    target: (await embedded(corpora.targetTrain)).vectors,
  };
  const record = { verdict: call, createdAt: "2026-01-02T03:04:05.000Z" };
  const { file, page } = await trainRecommended(record, rows, { corpora, encoder, threads: 1 });
  expect(file.training).toMatchObject(trained);
  expect(file.createdAt).toBe(record.createdAt);
  expect(page).toMatch(/^<!doctype html>/i);
});
