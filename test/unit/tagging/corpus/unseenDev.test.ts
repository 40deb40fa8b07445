import { describe, expect, it } from "vitest";
import { joinWords } from "../../../../src/tagging/corpus/joinWords.js";
import type { TaggedCorpus } from "../../../../src/tagging/corpus/sentence.js";
import { unseenDev } from "../../../../src/tagging/corpus/unseenDev.js";

const corpus = (file: string, ...texts: string[]): TaggedCorpus => ({
  files: [file],
  sentences: texts.map((text, i) => {
    const tags = text.split(" ").map(() => "O");
    return { ...joinWords(text.split(" ")), file, line: i + 1, tags, written: tags, unaligned: [] };
  }),
  seen: new Set(),
  repaired: 0,
  rejected: 0,
  wordRule: "words",
  notices: [],
});

const train = corpus("train.conll", "Ada went home", "Bob stayed");

describe("unseenDev()", () => {
  it("leaves out dev sentences that are training sentences but for case and signs, and says how many", () => {
    const dev = corpus("dev.conll", "Cy left", "ada went home !", "Dee sang");
    const { devCorpus, remark } = unseenDev(train, dev);
    expect(devCorpus!.sentences.map(({ line }) => line)).toEqual([1, 3]);
    expect(remark).toBe("dev.conll: 1 of 3 dev sentences is among the training sentences, and left out");
  });

  it("changes nothing where all are new, or none is given", () => {
    const dev = corpus("dev.conll", "Cy left");
    expect(unseenDev(train, dev)).toEqual({ devCorpus: dev, remark: undefined });
    expect(unseenDev(train, undefined)).toEqual({ devCorpus: undefined, remark: undefined });
  });

  it.each([
    [["Bob stayed"], "its dev sentence is among the training sentences"],
    [["Bob stayed", "Ada went home"], "all 2 dev sentences are among the training sentences"],
  ])("refuses dev sentences of which none is new: %o", (texts, says) => {
    expect(() => unseenDev(train, corpus("dev.conll", ...texts))).toThrow(says);
  });
});
