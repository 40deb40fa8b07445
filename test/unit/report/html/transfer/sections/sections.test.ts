import { describe, expect, it } from "vitest";
import { toText, type Html } from "../../../../../../src/report/html/html.js";
import { adaptation } from "../../../../../../src/report/html/transfer/sections/adaptation.js";
import { calibration } from "../../../../../../src/report/html/transfer/sections/calibration.js";
import { comparison } from "../../../../../../src/report/html/transfer/sections/comparison.js";
import { corpora } from "../../../../../../src/report/html/transfer/sections/corpora.js";
import { forecast } from "../../../../../../src/report/html/transfer/sections/forecast.js";
import { labelShift } from "../../../../../../src/report/html/transfer/sections/labelShift.js";
import { leakage } from "../../../../../../src/report/html/transfer/sections/leakage.js";
import { maps } from "../../../../../../src/report/html/transfer/sections/maps.js";
import { sources } from "../../../../../../src/report/html/transfer/sections/sources.js";
import { suggestions } from "../../../../../../src/report/html/transfer/sections/suggestions.js";
import { verdict } from "../../../../../../src/report/html/transfer/sections/verdict.js";
import { richRecord, severalSources } from "../richRecord.js";
import { sampleRecord, withoutTargetTrain } from "../sampleRecord.js";

const markup = (section: Html | null): string => (section === null ? "" : toText(section).replace(/\s+/g, " "));
const plain = (section: Html | null): string =>
  markup(section)
    .replace(/<[^>]*>/g, "")
    .replace(/&nbsp;|\u00a0/g, " ");

describe("corpora()", () => {
  it("has no share of any label for a target without labels", () => {
    const record = richRecord();
    const unlabeled = { ...record, corpora: { ...record.corpora, target: { ...record.corpora.target, labels: {} } } };
    expect(plain(corpora(record))).not.toContain("–");
    expect(plain(corpora(unlabeled)).match(/–/g)).toHaveLength(record.labels.length);
  });
});

describe("verdict()", () => {
  it("has every size with its difference, interval, call and p, and what labels are worth", () => {
    const page = markup(verdict(richRecord()));
    const { byLabels = [] } = richRecord().verdict;
    for (const { n } of byLabels) expect(page).toContain(`${n} target rows`);
    expect(page).toContain('aria-label="difference in macro-F1 +0.150, 95 % interval +0.100 to +0.200, p 0.001"');
    for (const words of ["it raises the score", "no difference shown", "it lowers the score"])
      expect(page).toContain(words);
    expect(plain(verdict(richRecord()))).toContain("as much as about 140 more target labels (95 % interval 70 to 320)");
    expect(plain(verdict(richRecord()))).toContain("200 more target rows: +0.012 macro-F1");
  });

  it("says what cannot be known, and how it could be", () => {
    const beyond = { at: 16, targetLabels: null, interval95: null };
    expect(plain(verdict(richRecord({ worth: beyond })))).toContain(
      "more than all labels of the target that there are",
    );
    const open = { at: 16, targetLabels: 90, interval95: null };
    expect(plain(verdict(richRecord({ worth: open })))).toContain("goes beyond the rows measured");
    expect(plain(verdict(withoutTargetTrain()))).toContain("--target-train");
    const { verdict: unknown } = withoutTargetTrain();
    const other = withoutTargetTrain();
    expect(plain(verdict({ ...other, verdict: { ...unknown, comparable: false } }))).not.toContain("--target-train");
  });
});

describe("forecast()", () => {
  it("stands beside the measured accuracy, and says whether that lies inside", () => {
    const record = richRecord();
    expect(plain(forecast(record))).toContain("lies inside the interval");
    expect(plain(forecast({ ...record, forecast: { ...record.forecast, truth: 0.4 } }))).toContain(
      "outside the interval",
    );
    const unlabeled = { ...record, target: null, forecast: { ...record.forecast, truth: null } };
    expect(plain(forecast(unlabeled))).not.toMatch(/inside the|outside the|On the target/);
    expect(plain(forecast(unlabeled))).toContain("another task or encoder may be off by more");
  });
});

describe("labelShift()", () => {
  it("has the shares of every label in figures, and none of what is not known", () => {
    const page = plain(labelShift(richRecord()));
    for (const share of ["48 %", "4.0 %", "35 %", "30 %"]) expect(page).toContain(share);
    const { labelShift: shift } = richRecord();
    const less = plain(labelShift(richRecord({ labelShift: { ...shift!, bbse: null, truth: null } })));
    expect(less).toContain("which say too little here");
    expect(less).not.toMatch(/as it is|target by BBSE/);
    expect(labelShift(richRecord({ labelShift: null }))).toBeNull();
  });
});

describe("adaptation()", () => {
  it("compares each head with the one that is not adapted, or says what is missing for it", () => {
    expect(markup(adaptation(richRecord()))).toContain("difference in macro-F1 +0.030, 95 % interval +0.004 to +0.056");
    expect(plain(adaptation(richRecord()))).toContain("shift was chosen: expected +0.040. The rule is shift where");
    expect(adaptation(sampleRecord())).toBeNull();
    const scores = [{ name: "prior", macroF1: null, difference: null, interval95: null, chosen: true } as const];
    expect(plain(adaptation({ ...richRecord({ adaptation: scores }), target: null }))).toContain("without labels");
  });
});

describe("calibration()", () => {
  const { calibration: off } = richRecord();
  it("draws the diagram only where the probabilities are shown to be off, and says which way", () => {
    expect(markup(calibration(richRecord()))).toContain("Reliability diagram");
    expect(plain(calibration(richRecord()))).toContain("its mistakes are confident ones");
    const bins = off!.bins.map((bin) => ({ ...bin, accuracy: Math.min(1, bin.confidence + 0.1) }));
    expect(plain(calibration(richRecord({ calibration: { ...off!, bins } })))).toContain("right more often than");
    const fine = calibration(richRecord({ calibration: { ...off!, p: 0.3 } }));
    expect(markup(fine)).not.toContain("Reliability diagram");
    expect(plain(fine)).toContain("do not show that they are off");
    expect(calibration(sampleRecord())).toBeNull();
  });
});

describe("comparison()", () => {
  it("has an axis over the heads, says so, and an arrow for a baseline off it", () => {
    const page = plain(comparison(sampleRecord()));
    expect(page).toContain("The axis does not start at 0: it runs from 0.");
    expect(page).toContain("An arrow stands for a score off the axis");
    expect(markup(comparison(sampleRecord()))).toContain('d="M5-6L-5 0L5 6z"');
  });
});

describe("maps(), suggestions()", () => {
  it("are there where the record has them, with a map that can be copied", () => {
    expect(plain(maps(richRecord()))).toContain("--map neutral=drop");
    const odd = { map: "not sure=drop", macroF1: 0.5, interval95: [0.4, 0.6], how: "drop" } as const;
    expect(plain(maps(richRecord({ maps: [odd] })))).toContain("--map &quot;not sure=drop&quot;");
    expect(maps(sampleRecord())).toBeNull();
    expect(plain(suggestions(richRecord()))).toContain("data/app-reviews.csv, line 12");
    expect(suggestions(sampleRecord())).toBeNull();
  });
});

describe("sources()", () => {
  it("stand on one axis, with how one was chosen and how far the others are behind", () => {
    const page = plain(sources({ ...richRecord(), ...severalSources((text) => text) }));
    for (const words of [
      "Chosen by agreement: it agrees most.",
      "the chosen one minus it: +0.040 (95 % +0.010 to +0.070, p 0.012)",
      "b.csv, c.csv",
      "all together",
    ])
      expect(page).toContain(words);
    expect(sources(richRecord())).toBeNull();
  });

  it("are forecast where the target has no labels", () => {
    const { sources: all, sourceChoice } = severalSources((text) => text);
    const unscored = all.map((one) => ({ ...one, macroF1: null, interval95: null, behind: null }));
    const choice = { ...sourceChoice, together: null };
    const page = plain(sources({ ...richRecord(), sources: unscored, sourceChoice: choice }));
    expect(page).toContain("0.770");
    expect(page).not.toMatch(/0\.720|all together/);
  });
});

describe("leakage()", () => {
  it("counts the duplicates of every pair of corpora that has some", () => {
    const page = plain(leakage(richRecord()));
    for (const rows of ["within source", "target rows also in source", "target train rows also in source"])
      expect(page).toContain(rows);
    expect(plain(leakage(sampleRecord()))).not.toContain("within source");
  });
});
