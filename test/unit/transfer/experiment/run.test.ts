import { describe, expect, it } from "vitest";
import type { LabeledCorpus } from "../../../../src/dataset/labeledCorpus.js";
import { vectorsOf } from "../../../../src/embedding/cachedEmbed.js";
import { parseLabelMap } from "../../../../src/dataset/labelMap.js";
import { seeded } from "../../../../src/math/random.js";
import { renderTransferReport } from "../../../../src/report/html/transfer/transferReport.js";
import type { ScoredRecord } from "../../../../src/report/html/transfer/sections/scored.js";
import type { TransferRecord } from "../../../../src/transfer/experiment/record.js";
import { runTransfer, type TransferOptions } from "../../../../src/transfer/experiment/run.js";
import type { TransferCorpora } from "../../../../src/transfer/experiment/embedCorpora.js";
import { counting, fixture, openEncoder } from "../../encoder/tinyBert.js";

const COUNTS = {
  rejected: 0,
  withNul: 0,
  replacedBytes: 0,
  loneSurrogates: 0,
  withUnknownFields: 0,
  withNonFinite: 0,
};

function corpus(file: string, rows: readonly (readonly [text: string, label: string])[]): LabeledCorpus {
  return {
    files: [file],
    texts: rows.map(([text]) => text),
    labels: rows.map(([, label]) => label),
    places: rows.map((_, i) => ({ file, line: i + 2 })),
    counts: { read: rows.length, accepted: rows.length, ...COUNTS },
    dropped: 0,
    seen: new Set(rows.map(([, label]) => label)),
    notices: [`${file} was read`],
  };
}

/** Texts about one thing, half of them good, half bad, no two alike. */
function toyCorpus(file: string, n: number, options: { readonly about: string; readonly seed: number }): LabeledCorpus {
  const random = seeded(options.seed);
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)];
  return corpus(
    file,
    Array.from({ length: n }, (_, i) => {
      const good = i % 2 === 0;
      const mood = good ? pick(["good", "great", "best"]) : pick(["bad", "slow", "worst"]);
      return [`the ${options.about} ${pick(["was", "is"])} ${mood} ${options.seed} ${i}`, good ? "good" : "bad"];
    }),
  );
}

const films = toyCorpus("films.csv", 80, { about: "film", seed: 1 });
const food = toyCorpus("food.csv", 60, { about: "food", seed: 2 });
const foodTrain = toyCorpus("food-train.csv", 60, { about: "food", seed: 3 });

const LONG = "we watched it twice because the cast is lovely and the ending came as a surprise";
const rowsOf = ({ texts, labels }: LabeledCorpus): (readonly [string, string])[] =>
  texts.map((text, i) => [text, labels[i]] as const);

/** Of a target with labels. */
const run = async (corpora: TransferCorpora, more: Partial<TransferOptions> = {}): Promise<ScoredRecord> =>
  (await runAny(corpora, more)) as ScoredRecord;

async function runAny(corpora: TransferCorpora, more: Partial<TransferOptions> = {}): Promise<TransferRecord> {
  const encoder = await openEncoder(fixture("tiny-bert"), { threads: 1 });
  let time = 0;
  return runTransfer(encoder, corpora, {
    threads: 1,
    vectorsOf: async (texts) => (await vectorsOf(encoder, texts)).vectors,
    createdAt: "2026-01-02T03:04:05.000Z",
    clock: () => (time += 500),
    report: "out/report.html",
    ...more,
  });
}

describe("runTransfer", () => {
  it("makes a record that survives JSON, with n, baselines and intervals on both sides", async () => {
    const record = await run({ source: films, target: food });
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    expect(record).toMatchObject({
      format: "headstart-transfer",
      version: 1,
      createdAt: "2026-01-02T03:04:05.000Z",
      seed: 1,
      labels: ["bad", "good"],
      map: {},
      ceiling: null,
      joint: null,
      verdict: { call: "unknown", difference: null },
      report: "out/report.html",
    });
    expect(record.corpora).toMatchObject({
      source: { files: ["films.csv"], rows: 64, labels: { bad: 32, good: 32 } },
      sourceDev: { rows: 16, labels: { bad: 8, good: 8 }, how: expect.stringContaining("16 of the source's 80 rows") },
      target: { files: ["food.csv"], rows: 60, labels: { bad: 30, good: 30 } },
      targetTrain: null,
    });
    // All but the fifth that is held out.
    expect(record.sourceHead.n).toBe(64);
    expect([record.source.n, record.target.n]).toEqual([16, 60]);
    for (const evaluation of [record.source, record.target]) {
      expect(evaluation.majority.accuracy).toBe(0.5);
      expect(evaluation.bagOfWords).not.toBeNull();
    }
    expect(record.drop).toBeCloseTo(record.source.macroF1 - record.target.macroF1, 12);
    const none = { exact: 0, normalised: 0, near: 0, share: 0 };
    expect(record.leakage).toEqual({
      ...none,
      targetWithout: null,
      targetWith: null,
      examples: [],
      trainAndTarget: 0,
      pairs: [
        { from: "source", to: "source", ...none },
        { from: "source", to: "target", ...none },
        { from: "target", to: "target", ...none },
      ],
    });
    expect(record.mistakes.length).toBe(Math.min(25, Math.round(60 * (1 - record.target.accuracy))));
    expect(record.warnings).toEqual(["films.csv was read", "food.csv was read"]);
    expect(Object.keys(record.seconds)).toEqual(["embed", "train", "divergence", "duplicates", "all"]);
  });

  it("keeps the notices of all corpora", async () => {
    const dev = toyCorpus("dev.csv", 20, { about: "film", seed: 9 });
    const { warnings } = await run({ source: films, sourceDev: dev, target: food, targetTrain: foodTrain });
    expect(warnings.filter((line) => line.endsWith("was read"))).toEqual(
      ["films", "dev", "food", "food-train"].map((name) => `${name}.csv was read`),
    );
  });

  it("forecasts the accuracy alike with and without the target's labels, and scores it only with them", async () => {
    const unlabeled = { ...food, labels: null, seen: new Set<string>() };
    const record = await runAny({ source: films, target: unlabeled, targetTrain: foodTrain });
    const labeled = await run({ source: films, target: food, targetTrain: foodTrain });
    expect(record).toMatchObject({ target: null, drop: null, dropInterval95: null, ceiling: null, joint: null });
    expect(record).toMatchObject({ mistakes: [], leakage: { targetWith: null, targetWithout: null } });
    expect(record.verdict).toMatchObject({ call: "unknown", because: expect.stringContaining("has no labels") });
    expect(record.corpora.target).toMatchObject({ rows: 60, labels: {} });
    expect(record.source).toEqual(labeled.source);
    expect(record.divergence).toEqual(labeled.divergence);
    expect(labeled.forecast.truth).toBe(labeled.target.accuracy);
    expect(record.forecast).toEqual({ ...labeled.forecast, truth: null });
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    const page = renderTransferReport(record);
    expect(page).toContain("is only forecast");
    expect(page).not.toMatch(/undefined|NaN/);
  });

  it("leaves rows of the source out of the forecast of a target without labels too, and says so", async () => {
    const both = { ...food, texts: [...films.texts.slice(0, 9), ...food.texts], labels: null };
    const given = { source: films, sourceDev: foodTrain };
    const record = await runAny({ ...given, target: both });
    expect(record.leakage.normalised).toBe(9);
    expect(record.warnings).toContainEqual(
      expect.stringMatching(/^9 of 69 target rows are also in the source: the forecast is without them$/),
    );
    expect(record.forecast).toEqual((await runAny({ ...given, target: { ...food, labels: null } })).forecast);
  });

  it("is the same for the same seed", async () => {
    const [first, second] = [await run({ source: films, target: food }), await run({ source: films, target: food })];
    expect(second).toEqual(first);
    const other = await run({ source: films, target: food }, { seed: 2 });
    expect(other.source).not.toEqual(first.source);
  });

  it.each([
    ["labels turned round", { ...food, labels: food.labels.map((label) => (label === "good" ? "bad" : "good")) }],
    ["noise for texts", { ...food, texts: food.texts.map((_, i) => `${i} zq`) }],
  ])("learns nothing from the target: %s change no number of the head or of the source", async (_, target) => {
    const record = await run({ source: films, target, targetTrain: foodTrain });
    const usual = await run({ source: films, target: food, targetTrain: foodTrain });
    expect(record.head).toEqual(usual.head);
    expect(record.source).toEqual(usual.source);
    expect(record.target).not.toEqual(usual.target);
  });

  it("gives ceiling, joint score and verdict with training rows of the target", async () => {
    const record = await run({ source: films, target: food, targetTrain: foodTrain });
    expect(record.ceiling?.n).toBe(60);
    expect(record.joint?.n).toBe(60);
    expect(record.verdict.difference).toBeCloseTo((record.joint?.macroF1 ?? 0) - (record.ceiling?.macroF1 ?? 0), 12);
    const [low, high] = record.verdict.interval95 ?? [NaN, NaN];
    const call = low > 0 ? "positive" : high < 0 ? "negative" : "neutral";
    expect(record.verdict.call).toBe(call);
    expect(record.corpora.targetTrain?.rows).toBe(60);
    expect(Object.keys(record.seconds)).toContain("target");
  });

  it("finds target texts that are in the source, and scores the head without them [I01]", async () => {
    const leaked = films.texts
      .slice(0, 10)
      .map((text, i) => [i < 4 ? text : `${text.toUpperCase()} !`, films.labels[i]] as const);
    const target = corpus("leaky.csv", [...leaked, ...food.texts.map((text, i) => [text, food.labels[i]] as const)]);
    const held = toyCorpus("held-out.csv", 20, { about: "film", seed: 9 });
    const record = await run({
      source: films,
      sourceDev: held,
      target,
      targetTrain: corpus("own.csv", [
        ...foodTrain.texts.map((text, i) => [text, foodTrain.labels[i]] as const),
        [`${food.texts[0]}?`, "good"],
      ]),
    });
    expect(record.leakage).toMatchObject({ exact: 4, normalised: 10, trainAndTarget: 1 });
    expect([record.target.n, record.leakage.targetWith?.n]).toEqual([60, 70]);
    expect(record.leakage.targetWithout).toEqual(record.target);
    expect(record.warnings[0]).toBe("10 of 70 target rows are also in the source: scored without them");
    expect([record.verdict.n, record.ceiling?.n, record.joint?.n]).toEqual([59, 59, 59]);
    expect(record.leakage.examples).toHaveLength(5);
    expect(record.leakage.examples[4]).toEqual({ source: films.texts[4], target: `${films.texts[4].toUpperCase()} !` });
    expect(record.corpora.sourceDev).toMatchObject({ files: ["held-out.csv"], rows: 20, how: "given: held-out.csv" });
    expect(record.corpora.source.rows).toBe(80);
  });

  it("leaves near duplicates out of the scores, and above 5 % says in the verdict what they make of the pair [I01]", async () => {
    const [first, second, third] = [0, 1, 2].map((i) => `${LONG} ${"abc"[i]} ${films.texts[i]}`);
    const source = corpus("films.csv", [...rowsOf(films), [first, "good"], [second, "bad"], [third, "good"]]);
    const target = corpus("near.csv", [
      ...rowsOf(food),
      [first.replace("ending", "beginning"), "good"],
      [`${second}. And then we all went home, which took us an hour.`, "bad"],
      [`${third.toUpperCase()} https://example.org`, "good"],
    ]);
    const held = toyCorpus("held-out.csv", 20, { about: "film", seed: 9 });
    const dev = corpus("held-out.csv", [...rowsOf(held), [first.replace("cast", "crew"), "good"]]);
    const own = corpus("own.csv", [...rowsOf(foodTrain), [first.replace("cast", "crew"), "good"]]);
    const record = await run({ source, sourceDev: dev, target, targetTrain: own });
    const { leakage, verdict, warnings } = record;
    expect(leakage).toMatchObject({ exact: 0, normalised: 1, near: 3, share: 3 / 63, trainAndTarget: 3 });
    expect([record.target.n, leakage.targetWith?.n, verdict.n, record.source.n]).toEqual([60, 63, 60, 20]);
    expect(warnings[0]).toBe("3 of 63 target rows are also in the source (2 as near duplicates): scored without them");
    expect(verdict.because).not.toContain("not a transfer experiment");
    expect(leakage.pairs.map(({ from, to, near }) => [from, to, near])).toEqual(
      expect.arrayContaining([
        ["source", "sourceDev", 1],
        ["source", "targetTrain", 1],
        ["targetTrain", "target", 3],
        ["target", "target", 0],
      ]),
    );
    expect(leakage.pairs).toHaveLength(10);
    const smaller = await run({ source, target: corpus("near.csv", rowsOf(target).slice(20)), targetTrain: own });
    const sentence =
      "7.0 % of the target rows are in the source or near duplicates of its rows: the two overlap, and the rows left may still be closer to the source than new texts will be";
    expect(smaller.verdict.because.replaceAll("\u00a0", " ")).toContain(sentence);
    expect(smaller.warnings.map((line) => line.replaceAll("\u00a0", " "))).toContain(sentence);
  });

  it("looks for leakage in the rows that the head was trained on, not in those held out", async () => {
    const record = await run({ source: films, target: films });
    expect(record.leakage.exact).toBe(64);
    expect(record.leakage.targetWithout?.n).toBe(16);
    expect(record.divergence.jensenShannon).toBeLessThan(0.2);
  });

  it("refuses source dev rows that are all in the source, and gives no verdict where every target row is [I01]", async () => {
    await expect(run({ source: films, sourceDev: films, target: food })).rejects.toMatchObject({
      code: "E_NO_ROWS",
      message: expect.stringContaining("leave out --source-dev"),
    });
    const record = await run({ source: films, target: food, targetTrain: food });
    expect(record).toMatchObject({ verdict: { call: "unknown", difference: null }, ceiling: null, joint: null });
  });

  it("keeps the map in the record, dropped labels as drop", async () => {
    const map = parseLabelMap("great=good,meh=drop,__proto__=drop");
    const record = await run({ source: films, target: food }, { map });
    expect(JSON.stringify(record.map)).toBe('{"great":"good","meh":"drop","__proto__":"drop"}');
  });

  it.each(["target", "sourceDev", "targetTrain"] as const)(
    "refuses labels of the %s that the source has not, before anything is embedded",
    async (side) => {
      const strange = corpus("stars.csv", [
        ["five", "5"],
        ["one", "1"],
        ["fine", "good"],
      ]);
      const { encoder, runs } = counting(await openEncoder(fixture("tiny-bert")));
      const embedding = async (texts: readonly string[]) => (await vectorsOf(encoder, texts)).vectors;
      const corpora = { source: films, target: food, targetTrain: foodTrain, [side]: strange };
      await expect(run(corpora, { vectorsOf: embedding })).rejects.toMatchObject({
        code: "E_LABEL_MAP",
        message: expect.stringMatching(/stars\.csv.*"5", "1".*"good", "bad".*--map/),
      });
      expect(runs()).toBe(0);
    },
  );

  it("refuses, before anything is embedded, target labels that its own training rows have not, and labels too rare", async () => {
    const never = (): never => {
      throw new Error("it embedded");
    };
    const three = corpus("three.csv", [
      ...films.texts.map((text, i) => [text, films.labels[i]] as const),
      ["so so", "meh"],
      ["so it is", "meh"],
      ["so is it", "meh"],
    ]);
    const target = corpus("target.csv", [
      ...food.texts.map((text, i) => [text, food.labels[i]] as const),
      ["so so so", "meh"],
    ]);
    const run3 = run({ source: three, target, targetTrain: foodTrain }, { vectorsOf: never });
    await expect(run3).rejects.toMatchObject({
      code: "E_LABEL_MAP",
      message: expect.stringMatching(/food-train\.csv.*"meh"/),
    });
    const rare = corpus("rare.csv", [
      ...films.texts.map((text, i) => [text, films.labels[i]] as const),
      ["so so", "meh"],
    ]);
    await expect(run({ source: rare, target: food }, { vectorsOf: never })).rejects.toMatchObject({
      code: "E_LABELS",
    });
    const single = corpus(
      "single.csv",
      films.texts.map((text) => [text, "good"] as const),
    );
    const goods = corpus("goods.csv", [["fine", "good"]]);
    await expect(run({ source: single, target: goods }, { vectorsOf: never })).rejects.toMatchObject({
      code: "E_LABELS",
    });
  });

  it("judges no joint head that knows more labels than the target has, and says which map to give", async () => {
    const three = corpus(
      "three.csv",
      films.texts.map((text, i) => [text, i % 10 === 0 ? "meh" : films.labels[i]] as const),
    );
    const record = await run({ source: three, target: food, targetTrain: foodTrain });
    expect(record.verdict.because).toContain('--map "meh=drop"');
    expect(record.target.missing).toEqual([]);
    expect(record.warnings).toContainEqual(expect.stringContaining("no target row has the label meh"));
  });
});

describe("runTransfer, labels that the target lacks", () => {
  it("advises to drop none where too few would be left to train on", async () => {
    const good = corpus(
      "good.csv",
      rowsOf(food).filter(([, label]) => label === "good"),
    );
    const { warnings } = await run({ source: films, target: good });
    expect(warnings.find((one) => one.startsWith("no target row has the label bad"))).not.toContain("--map");
  });

  const mixed = corpus("mixed.csv", [
    ...films.texts.map((text, i) => [text, films.labels[i]] as const),
    ...films.texts.slice(0, 30).map((text) => [`${text} or so`, "so-so"] as const),
  ]);

  it("scores over the target's labels, compares the maps, and gives no verdict", async () => {
    const record = await run({ source: mixed, target: food, targetTrain: foodTrain });
    expect(Object.keys(record.target.perLabel).sort()).toEqual(["bad", "good"]);
    expect(Object.keys(record.joint!.perLabel).sort()).toEqual(["bad", "good"]);
    expect(record.verdict).toMatchObject({ call: "unknown", difference: null });
    expect(record.verdict.because).toContain('--map "so-so=drop"');
    expect(record.maps!.map(({ map, how }) => [map, how])).toEqual([
      ["so-so=so-so", "renormalize"],
      ["so-so=drop", "drop"],
      ["so-so=bad", "merge"],
      ["so-so=good", "merge"],
    ]);
    expect(record.maps![0].macroF1).toBe(record.target.macroF1);
  });

  it("takes the drop over the same labels on both sides", async () => {
    const rows = rowsOf(films).map(([text, label], i): [string, string] => [
      text + " once more",
      i % 3 ? label : "so-so",
    ]);
    const known = corpus(
      "known.csv",
      rows.filter(([, label]) => label !== "so-so"),
    );
    const [all, kept] = [corpus("all.csv", rows), known];
    const [withAll, withKept] = [
      await run({ source: mixed, sourceDev: all, target: food }),
      await run({ source: mixed, sourceDev: kept, target: food }),
    ];
    expect(withAll.drop).toBeCloseTo(withKept.drop, 12);
    expect(withAll.drop).not.toBeCloseTo(withAll.source.macroF1 - withAll.target.macroF1, 3);
    expect(withAll.warnings).toContainEqual(expect.stringContaining("the drop is over the target's own labels"));
  });

  it("gives a verdict where the map says that the label stays", async () => {
    const corpora = { source: mixed, target: food, targetTrain: foodTrain };
    const record = await run(corpora, { map: parseLabelMap("so-so=so-so") });
    expect(record.verdict.difference).not.toBeNull();
  });
});

describe("runTransfer, adapted heads", () => {
  it("are scored on no row that one of them is trained on", async () => {
    const half = corpus("half.csv", [...rowsOf(food).slice(0, 40), ...rowsOf(foodTrain)]);
    const adapt = ["easyadapt", "center"] as const;
    const found = await run({ source: films, target: food, targetTrain: half }, { adapt });
    const rest = corpus("rest.csv", rowsOf(food).slice(40));
    const alone = await run({ source: films, target: rest, targetTrain: half }, { adapt: ["easyadapt"] });
    const easy = ({ adaptation }: ScoredRecord) => adaptation?.find(({ name }) => name === "easyadapt");
    expect(easy(found)).toMatchObject({ macroF1: easy(alone)!.macroF1, difference: easy(alone)!.difference });

    const all = await run({ source: films, target: food, targetTrain: food }, { adapt });
    expect(all.adaptation!.map(({ macroF1, difference }) => [macroF1, difference])).toEqual(
      Array.from({ length: 3 }, () => [null, null]),
    );
    expect(renderTransferReport(all)).toContain("every row of it is also one of its training rows");
  });
});

describe("runTransfer, rows to label first", () => {
  it("suggests so many rows of the target, none whose text is in the source or labeled, and keeps what was asked for", async () => {
    const targetTrain = corpus(
      "labeled.csv",
      food.texts.slice(0, 20).map((text, i) => [text, food.labels[i]]),
    );
    const { suggestions, options } = await run(
      { source: corpus("films.csv", [...rowsOf(films), ...rowsOf(food).slice(30, 50)]), target: food, targetTrain },
      { suggest: 12, asked: { limit: 60 } },
    );
    const known = [...targetTrain.texts, ...food.texts.slice(30, 50)];
    const texts = suggestions!.rows.map(({ text }) => text);
    expect(new Set(texts).size).toBe(12);
    expect(texts.filter((text) => known.includes(text))).toEqual([]);
    expect(suggestions!.rows.every(({ line, text }) => food.texts[line - 2] === text)).toBe(true);
    expect(options).toEqual({ seed: 1, classWeights: "none", limit: 60 });
  });
});
