import { describe, expect, it } from "vitest";
import { reproducingCommand } from "../../../../../../src/report/html/transfer/sections/reproduce.js";
import { richRecord } from "../richRecord.js";
import { sampleRecord } from "../sampleRecord.js";

describe("reproducingCommand()", () => {
  const { corpora } = sampleRecord();

  it("has the files, the map, what differs from the defaults, and no more", () => {
    const record = sampleRecord({
      map: { "1 star": "negative", spam: "drop" },
      options: {
        seed: 7,
        classWeights: "none",
        adapt: ["center", "prior"],
        header: false,
        dropMissing: true,
        cache: "x",
      },
    });
    expect(reproducingCommand(record)).toBe(
      "headstart transfer --source data/tweets.csv --target data/app-reviews.csv --target-train data/app-reviews-train.csv " +
        '--map "1 star=negative,spam=drop" --seed 7 --adapt center,prior --no-header --drop-missing --no-head -o out',
    );
  });

  it("names rows given to evaluate in-domain, and leaves out what was not given", () => {
    const given = { ...corpora.sourceDev, files: ["dev.csv"] };
    const record = richRecord({ corpora: { ...corpora, sourceDev: given, targetTrain: null }, map: {} });
    expect(reproducingCommand(record)).toBe(
      "headstart transfer --source data/tweets.csv --source-dev dev.csv --target data/app-reviews.csv -o out",
    );
  });

  it("is safe to paste whatever the names are", () => {
    const source = { ...corpora.source, files: ["$(touch x).csv", "it's; rm.csv"] };
    const command = reproducingCommand(sampleRecord({ corpora: { ...corpora, source } }));
    expect(command).toContain(`--source '$(touch x).csv' "it's; rm.csv" --source-dev`);
  });
});
