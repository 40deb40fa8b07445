import { describe, expect, it } from "vitest";
import { domainNames } from "../../../../src/transfer/matrix/domainNames.js";

describe("domainNames()", () => {
  it("names a file by itself, without folders and ending", () => {
    expect(domainNames(["data/books.csv", "music.train.csv", "tweets.jsonl.gz", "-"])).toEqual([
      "books",
      "music.train",
      "tweets",
      "-",
    ]);
  });

  it("takes as much more of the path as tells files apart, of those alone that are alike", () => {
    expect(domainNames(["a/train.csv", "b/train.csv", "c/dev.csv"])).toEqual(["a/train.csv", "b/train.csv", "dev"]);
    expect(domainNames(["x.csv", "x.jsonl"])).toEqual(["x.csv", "x.jsonl"]);
    expect(domainNames(["in/a/x.csv", "out/a/x.csv"])).toEqual(["in/a/x.csv", "out/a/x.csv"]);
  });

  it("never gives two different files one name", () => {
    const files = ["x.csv", "./y/x.csv", "y/x.csv/x.csv", "/x.csv", "a.csv", "b/a.csv", "b/a", "a", "..", "."];
    const names = domainNames(files);
    expect(new Set(names).size).toBe(files.length);
  });
});
