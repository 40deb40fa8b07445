import { beforeAll, describe, expect, it } from "vitest";
import { parseLabelMap } from "../../../../src/dataset/labelMap.js";
import type { TaggingTransfer } from "../../../../src/transfer/entities/record.js";
import { runTaggingTransfer } from "../../../../src/transfer/entities/runTagging.js";
import { distinctCorpus } from "../../tagging/taggedCorpus.js";

const FAST = { epochs: 2, ensemble: 1, kind: "linear", threads: 1, seed: 1 } as const;
const [source, target, targetTrain] = [distinctCorpus(30, 1), distinctCorpus(30, 2), distinctCorpus(20, 3)];

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
    const own = { target: distinctCorpus(30, 2, "z"), targetTrain: distinctCorpus(20, 3, "z") };
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
