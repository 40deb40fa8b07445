import { describe, expect, it } from "vitest";
import { advice } from "../../../../../src/report/html/transfer/advice.js";
import { besideBagOfWords, findings } from "../../../../../src/report/html/transfer/findings.js";
import { corpusNames } from "../../../../../src/report/html/transfer/sections/names.js";
import { dropOf } from "../../../../../src/transfer/experiment/drop.js";
import { renderTransferReport } from "../../../../../src/report/html/transfer/transferReport.js";
import { html, toText } from "../../../../../src/report/html/html.js";
import type { Evaluation } from "../../../../../src/metrics/classification.js";
import type { ScoredRecord } from "../../../../../src/report/html/transfer/sections/scored.js";
import { evaluationOf, sampleRecord, withoutTargetTrain } from "./sampleRecord.js";
import { richRecord } from "./richRecord.js";

const good = evaluationOf(
  [
    [450, 50],
    [50, 450],
  ],
  ["n", "p"],
);
const fair = evaluationOf(
  [
    [350, 150],
    [150, 350],
  ],
  ["n", "p"],
);
const small = evaluationOf(
  [
    [12, 3],
    [4, 11],
  ],
  ["n", "p"],
);
const scored = ({ macroF1, interval95 }: Evaluation) => ({ score: macroF1, interval95 });
const interval = ({ interval95 }: Evaluation): string => interval95.map((end) => end.toFixed(3)).join(" to ");
const between = (source: typeof good, target: typeof good): ScoredRecord =>
  sampleRecord({ labels: ["n", "p"], source, target, ...dropOf(scored(source), scored(target)) });
const text = (parts: readonly Parameters<typeof toText>[0][]): string =>
  toText(html`${parts}`)
    .replace(/<[^>]*>/g, "")
    .replace(/\n/g, " ")
    .replaceAll("\u00a0", " ")
    .replaceAll("&nbsp;", " ");

describe("findings()", () => {
  it.each([
    ["that it scores lower", good, fair, "+0.200 (95 % interval"],
    ["that it scores higher", fair, good, "−0.200 (95 % interval"],
    ["that it carries over", good, good, "so it carries over; a loss of more than 0.050 is excluded"],
    ["that too few rows leave it open", fair, small, "so these rows do not tell whether it scores lower there"],
  ] as const)("say %s only where the interval of the drop does", (_, source, target, words) => {
    const said = text(findings(between(source, target)));
    expect(said).toContain(words);
    const excluded = ["carries over", "do not tell"].filter((claim) => !words.includes(claim));
    for (const claim of excluded) expect(said).not.toContain(claim);
  });

  it("tell first of rows that were seen, and name n and interval of both scores", () => {
    const said = text(findings(sampleRecord()));
    expect(said).toContain(`(${interval(sampleRecord().source)}, n = 2,000)`);
    expect(said).toContain(`(${interval(sampleRecord().target)}, n = 800)`);
    expect(said).toMatch(/^14 of 814 target rows are also in the source:\s+scored without them \(n = 800\)/);
    expect(text(findings(withoutTargetTrain()))).toContain("is unknown");
    const { verdict } = withoutTargetTrain();
    const other = sampleRecord({ verdict: { ...verdict, comparable: false } });
    expect(text(findings(other))).not.toContain("is unknown");
    expect(renderTransferReport(other)).toContain("the labels do not match");
  });
});

describe("dropOf()", () => {
  it("contains the drop, is wider than either interval and mirrors when the sides change places", () => {
    const [low, high] = dropOf(scored(good), scored(fair)).dropInterval95;
    expect(low).toBeLessThan(0.2);
    expect(high).toBeGreaterThan(0.2);
    expect(high - low).toBeGreaterThan(fair.interval95[1] - fair.interval95[0]);
    const [mirroredLow, mirroredHigh] = dropOf(scored(fair), scored(good)).dropInterval95;
    expect([-mirroredHigh, -mirroredLow]).toEqual([expect.closeTo(low, 12), expect.closeTo(high, 12)]);
  });
});

/** An evaluation beside a bag of words, over which it has so much. */
const over = (macroF1: number, interval95: readonly [number, number]): Evaluation => ({
  ...fair,
  bagOfWords: { accuracy: fair.accuracy, macroF1: fair.macroF1 - macroF1 },
  overBagOfWords: { macroF1, interval95, mcnemarP: 0.5 },
});

describe("besideBagOfWords()", () => {
  it.each([
    [0.1, [0.02, 0.18], "below", "+0.100 (+0.020 to +0.180) over it: here, the head does better"],
    [0.1, [-0.02, 0.2], "unsure", "(−0.020 to +0.200) over it: these rows do not show which of the two is better"],
    [-0.1, [-0.2, 0], "unsure", "do not show which"],
    [-0.1, [-0.18, -0.02], "above", "−0.100 (−0.180 to −0.020) over it: here, the bag of words does better"],
  ] as const)("goes by the interval of the difference: %f, %j is %s", (macroF1, interval95, place, words) => {
    const target = over(macroF1, interval95);
    expect(besideBagOfWords(target)).toBe(place);
    expect(text(findings(between(good, target))).replace(/\s+/g, " ")).toContain(words);
  });

  it("is none without one, and no finding speaks of it", () => {
    expect(besideBagOfWords(fair)).toBe("none");
    expect(text(findings(between(good, fair)))).not.toContain("bag of words");
  });
});

describe("corpusNames()", () => {
  const named = (source: readonly string[], target: readonly string[], train?: readonly string[]): unknown => {
    const { corpora } = sampleRecord();
    return corpusNames(
      sampleRecord({
        corpora: {
          ...corpora,
          source: { ...corpora.source, files: source },
          target: { ...corpora.target, files: target },
          targetTrain: train === undefined ? null : { ...corpora.target, files: train },
        },
      }),
    );
  };
  const own = { targetTrain: "the target’s own rows" };
  it("drops folders unless two names would be the same", () => {
    expect(named(["a/tweets.csv"], ["b\\movies.csv", "c.csv"])).toEqual({
      ...own,
      source: "tweets.csv",
      target: "movies.csv and 1 more",
    });
    expect(named(["a/train.csv"], ["b/train.csv"])).toEqual({ ...own, source: "a/train.csv", target: "b/train.csv" });
    expect(named(["-"], ["x/"])).toEqual({ ...own, source: "the pipe", target: "x/" });
    expect(named(["a/train.csv"], ["b/test.csv"], ["b/train.csv"])).toEqual({
      source: "a/train.csv",
      target: "b/test.csv",
      targetTrain: "b/train.csv",
    });
  });
});

describe("advice()", () => {
  const advised = (changes: Partial<ScoredRecord>): string => text(advice(sampleRecord(changes)));

  it("begins with the advice of the record, its reasons as sentences", () => {
    const said = text(advice(richRecord()));
    expect(said).toMatch(/^Train on both\. With 16 target labels the source adds 15 points\./);
    expect(said).toContain("Label rows of the target. 200 more labels would bring +0.012.");
  });

  it("names the label distribution, the weakest label, duplicates and overlap where they matter", () => {
    expect(advised({})).toContain("“neutral” makes up 42 % of the source but 22 % of the target");
    expect(advised({})).toContain("Read the mistakes on “neutral”");
    expect(advised({})).toContain("3 test rows are also among the training rows");
    const { corpora } = sampleRecord();
    const calm = text(
      advice({
        ...withoutTargetTrain(),
        target: sampleRecord().source,
        corpora: { ...corpora, target: corpora.source },
      }),
    );
    for (const topic of [
      "label distribution",
      "Read the mistakes",
      "duplicates",
      "Separate the target",
      "Test on more",
    ]) {
      expect(calm).not.toContain(topic);
    }
  });

  it("names no label that is merely less frequent: its F1 falls, its recall does not", () => {
    const counts = [
      [180, 20],
      [20, 180],
    ];
    const rare = [
      [900, 100],
      [2, 18],
    ];
    const [source, target] = [counts, rare].map((cells) => evaluationOf(cells, ["n", "p"]));
    expect(target.perLabel["p"].f1).toBeLessThan(0.3);
    expect(text(advice(between(source, target)))).not.toContain("Read the mistakes");
  });

  it("asks for more rows where the interval is wide, by the square root law", () => {
    const width = small.interval95[1] - small.interval95[0];
    const needed = Math.ceil((30 * (width / 0.05) ** 2) / 100) * 100;
    expect(text(advice(between(fair, small)))).toContain(`about ${needed.toLocaleString("en")} labeled rows`);
  });

  it("names labels that are not tested", () => {
    const target = evaluationOf([
      [9, 1, 0],
      [1, 9, 0],
      [0, 0, 0],
    ]);
    expect(advised({ target })).toContain("None of the target’s 20 rows is labeled “positive”");
  });

  it("names a bag of words only where it is shown to do better", () => {
    expect(text(advice(between(good, over(-0.1, [-0.18, -0.02]))))).toContain("Try another encoder");
    expect(text(advice(between(good, over(-0.1, [-0.2, 0.02]))))).not.toContain("Try another encoder");
  });
});
