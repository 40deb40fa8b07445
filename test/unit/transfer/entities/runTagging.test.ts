import { beforeAll, describe, expect, it } from "vitest";
import { parseLabelMap } from "../../../../src/dataset/labelMap.js";
import { joinWords } from "../../../../src/tagging/corpus/joinWords.js";
import type { EmbeddedSentences } from "../../../../src/tagging/vectors/embeddedSentences.js";
import type { TaggingTransfer } from "../../../../src/transfer/entities/record.js";
import { runTaggingTransfer } from "../../../../src/transfer/entities/runTagging.js";
import { taggedCorpus } from "../../tagging/taggedCorpus.js";

/** Sentences of which no two are equal; their type x under another name. */
function corpusOf(n: number, seed: number, x = "x"): EmbeddedSentences {
  const data = taggedCorpus(n, seed);
  const sentences = data.sentences.map((sentence, s) => {
    const [, ...words] = sentence.words.map(({ text }) => text);
    const tags = sentence.tags.map((tag) => tag.replace(/x$/, x));
    return { ...sentence, ...joinWords([`w${seed}n${s}`, ...words]), tags, written: tags };
  });
  return { ...data, sentences };
}

const FAST = { epochs: 2, ensemble: 1, kind: "linear", threads: 1, seed: 1 } as const;
const [source, target, targetTrain] = [corpusOf(30, 1), corpusOf(30, 2), corpusOf(20, 3)];

describe("runTaggingTransfer()", () => {
  const counts: (readonly [number, number])[] = [];
  let found: TaggingTransfer;
  beforeAll(async () => {
    const onTagger = (done: number, atMost: number) => counts.push([done, atMost]);
    found = await runTaggingTransfer({ source, sourceDev: undefined, target, targetTrain }, { ...FAST, onTagger });
  });

  it("counts the taggers that it trains, to the last", () => {
    expect(counts.map(([done]) => done)).toEqual(counts.map((_, i) => i + 1));
    expect(counts.at(-1)![0]).toBe(counts.at(-1)![1]);
  });

  it("ends the verdict by tagged sentences at the verdict itself", () => {
    const { verdict, curveTaggers, advice, divergence } = found;
    expect(verdict.byLabels!.at(-1)).toMatchObject({ n: 20, difference: verdict.difference });
    expect([verdict.says, curveTaggers, advice.because].every((text) => text !== "")).toBe(true);
    expect(divergence.entities.stringsSeen).toBe(1);
    expect(found.suggestedMap).toBeNull();
  });

  it("has no curves without training sentences of the target", async () => {
    const alone = await runTaggingTransfer({ source, sourceDev: undefined, target, targetTrain: undefined }, FAST);
    expect(alone).toMatchObject({
      curves: [],
      curveTaggers: null,
      shape: null,
      worth: null,
      next: null,
      ceiling: null,
    });
    expect(alone.target).toEqual(found.target);
  });

  it("compares no types that one side lacks, but scores them, until a map names them", async () => {
    const own = { target: corpusOf(30, 2, "z"), targetTrain: corpusOf(20, 3, "z") };
    const open = await runTaggingTransfer({ source, sourceDev: undefined, ...own }, FAST);
    expect(open.verdict).toMatchObject({ call: "unknown", difference: null, comparable: false });
    expect(open.curves).toEqual([]);
    expect(open.joint!.n).toBe(30);
    expect(Object.keys(open.target.perType).sort()).toEqual(["y", "z"]);
    const map = parseLabelMap("x=x,z=z");
    const named = await runTaggingTransfer({ source, sourceDev: undefined, ...own }, { ...FAST, map });
    expect(named.verdict.difference).not.toBeNull();
    expect(named.target).toEqual(open.target);
  });
});
