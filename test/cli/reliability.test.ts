import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import {
  csv,
  expectFailure,
  jsonOf,
  labelledRows,
  linesOf,
  sharedSandbox,
  succeeded,
  TINY,
  type Sandbox,
} from "./runCli.js";

const SLOW = 180_000;
const COLUMNS = ["text", "label"];
let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  const rows = labelledRows(80);
  await box.write("train.csv", csv(COLUMNS, rows));
  succeeded(await box.run(["train", "train.csv", "-o", "head", "--explainable", "--quiet", "--encoder", TINY]));
}, SLOW);

describe("headstart evaluate", () => {
  it(
    "reports calibration, risk and prediction sets, the scores under a goal, and writes a page",
    async () => {
      const args = ["evaluate", "head", "train.csv", "--max-risk", "0.2", "--report", "page.html"];
      const json = jsonOf(await box.call([...args, "--json"]));
      const { calibration, ece, sets, choice, temperature } = json as Record<string, Record<string, number>>;
      expect(calibration["ece"]).toBeCloseTo(Number(ece), 6);
      expect(Number(temperature)).toBeGreaterThan(0);
      expect(sets).toHaveLength(3);
      expect(choice["goal"]).toContain("20 %");
      expect(await readFile(box.path("page.html"), "utf8")).toContain("Reliability diagram");
      expectFailure(await box.call(args), { exit: 5, code: "E_OUTPUT_EXISTS" });
    },
    SLOW,
  );
});

describe("headstart predict", () => {
  it(
    "explains in JSON, and with a goal abstains where it would not be reached",
    async () => {
      const args = ["predict", "head", "--explain", "--json", "--sets", "0.8", "--coverage", "0.3"];
      const predictions = linesOf(await box.call([...args, ...labelledRows(12).map(([text]) => text)]));
      expect(predictions).toHaveLength(12);
      expect(predictions.some(({ label }) => label === null)).toBe(true);
      const { set, explanation } = predictions[0] as { set: string[]; explanation: Record<string, unknown> };
      expect(set.length).toBeGreaterThan(0);
      expect(explanation["neighbors"]).toHaveLength(5);
      expect(explanation["distance"]).toMatchObject({ percentile: expect.any(Number) });
      const words = explanation["words"] as { text: string; change: number }[];
      expect(words.map(({ text }) => text).toSorted()).toEqual(["sun", "lovely", "day", "0"].toSorted());
    },
    SLOW,
  );

  it(
    "explains for people, and writes columns for a corpus",
    async () => {
      const { stdout } = await box.call(["predict", "head", "--explain", "sun lovely day"]);
      expect(stdout).toMatch(/^sun lovely day\n {2}(good|bad), probability [01]\.\d+ \(calibrated\)\n {2}words: /);
      expect(stdout).toContain("nearest training texts");
      const args = ["predict", "head", "--input", "train.csv", "--limit", "3", "-o", "out.csv", "--explain"];
      succeeded(await box.call(args));
      const [header] = (await readFile(box.path("out.csv"), "utf8")).split("\n");
      expect(header).toBe("text,label,predicted_label,probability,further_than,nearest_text,nearest_label,words");
    },
    SLOW,
  );

  it.each([
    [["--max-risk", "0.1", "--coverage", "0.5"], "E_USAGE", /not several/],
    [["--costs", "odd=3"], "E_USAGE", /"odd" is not a label/],
    [["--costs", "good>odd=3"], "E_USAGE", /nor a pair of two.*--costs "bad>good=10"/],
    [["--costs", "bad>bad=3"], "E_USAGE", /nor a pair of two/],
    [["--costs", "bad=-1"], "E_USAGE", /not a number of at least 0/],
    [["--costs", "bad"], "E_USAGE", /not a label with a number/],
    [["--costs", "bad=drop"], "E_USAGE", /not a number of at least 0/],
    [["--threshold", "0.7"], "E_USAGE", /--threshold bad=0\.9/],
    [["--threshold", "good=1"], "E_USAGE", /"1" is not a share/],
    [["--max-false-alarms", "odd=0.1"], "E_USAGE", /"odd" is not a label/],
    [["--max-false-alarms", "good=0.1,bad=0.1"], "E_USAGE", /several labels. Give one/],
    [["--min-precision", "2"], "E_USAGE", /or --min-precision 0\.9 for every label/],
    [["--min-precision", "good=0.9", "--threshold", "good=0.9"], "E_USAGE", /not several/],
    [["--sets", "1.5"], "E_USAGE", /between 0 and 1/],
  ])("refuses %j", async (flags, code, says) => {
    expectFailure(await box.call(["predict", "head", ...flags, "x"]), { exit: 2, code, says: [says] });
  });
});

describe("headstart evaluate under a rule", () => {
  const evaluated = async (...flags: string[]): Promise<Record<string, unknown>> =>
    jsonOf(await box.call(["evaluate", "head", "train.csv", "--json", "--quiet", ...flags]));

  it(
    "has one confusion matrix, list of mistakes and table for the rule that is in force",
    async () => {
      const json = await evaluated("--threshold", "good=0.999", "--errors", "wrong.jsonl", "--force");
      expect(json["choice"]).toMatchObject({ thresholds: { bad: 0, good: 0.999 }, below: "others", coverage: 1 });
      const { counts } = json["confusion"] as { counts: number[][] };
      expect(counts[1][0]).toBeGreaterThan(0);
      const wrong = (await readFile(box.path("wrong.jsonl"), "utf8")).trimEnd().split("\n");
      expect(wrong).toHaveLength(counts[0][1] + counts[1][0]);
      const predictions = linesOf(
        await box.call(["predict", "head", "--input", "train.csv", "--to", "jsonl", "--threshold", "good=0.999"]),
      );
      expect(predictions.filter((row) => row["predicted_label"] === "good")).toHaveLength(counts[0][1] + counts[1][1]);
    },
    SLOW,
  );

  it(
    "says for which rows a goal would be granted, in JSON, in the text and as a warning of predict",
    async () => {
      const json = await evaluated("--min-precision", "good=0.99");
      const says = /needs 299 predictions of "good" without a mistake; there are \d+ on the held-out rows/;
      const { claims } = json["choice"] as { claims: { isGranted: boolean; why: string }[] };
      expect(claims).toMatchObject([
        { isGranted: false, needed: { rows: 299, mistakes: 0 }, why: expect.stringMatching(says) },
      ]);
      expect((await box.call(["evaluate", "head", "train.csv", "--min-precision", "good=0.99"])).stdout).toMatch(says);
      const predicted = succeeded(await box.call(["predict", "head", "--max-false-alarms", "good=0.001", "sun"]));
      expect(predicted.stderr).toMatch(/needs 2,995 rows of other labels without a false alarm/);
    },
    SLOW,
  );

  it(
    "prints the costs as it understood them",
    async () => {
      const args = ["evaluate", "head", "train.csv", "--costs", "bad>good=10,bad=2"];
      const { stdout } = succeeded(await box.call(args));
      expect(stdout).toMatch(/true \\ predicted +bad +good\n +bad +0 +10\n +good +2 +0\n/);
      const { choice } = (await evaluated(...args.slice(3))) as { choice: { costs: unknown } };
      expect(choice.costs).toEqual({
        labels: ["bad", "good"],
        matrix: [
          [0, 10],
          [2, 0],
        ],
      });
      const { stderr } = succeeded(await box.call(["predict", "head", "sun", ...args.slice(3)]));
      expect(stderr).toMatch(/bad +0 +10/);
    },
    SLOW,
  );

  it(
    "shows for each label where no false alarm is left, and how many others may have",
    async () => {
      const { stdout } = succeeded(await box.call(["evaluate", "head", "train.csv"]));
      expect(stdout).toMatch(/good +\S+ +100\s% .* 0\.0 +0 of 40 other rows: at most 72\.2 at 95 %/);
      const { thresholds } = (await evaluated()) as { thresholds: Record<string, Record<string, unknown>> };
      expect(thresholds["good"]).toMatchObject({
        positives: 40,
        negatives: 40,
        auc: { interval95: [expect.any(Number), 1] },
      });
    },
    SLOW,
  );
});

describe("headstart train", () => {
  it(
    "keeps no training text unless asked to, and explains without them, saying so",
    async () => {
      const told = jsonOf(await box.call(["train", "train.csv", "-o", "private", "--json", "--encoder", TINY]));
      expect(told["holds"]).toMatchObject({ texts: 0, wordHashes: expect.any(Number), devRows: expect.any(Number) });
      const files = (await box.files()).filter((name) => name.startsWith("private/"));
      for (const file of files) expect(await readFile(box.path(file), "latin1")).not.toContain("sun lovely day");
      const names = [".headstart", "README.md", "head.safetensors", "headstart.json", "training.html"];
      expect(files).toEqual(names.map((name) => `private/${name}`));
      const args = ["predict", "private", "--explain", "sun lovely"];
      const finished = await box.call([...args, "--json"]);
      const { neighbors, distance, words } = linesOf(finished)[0]["explanation"] as Record<string, unknown>;
      expect([neighbors, distance]).toEqual([null, null]);
      expect(words).toHaveLength(2);
      const shown = await box.call(args);
      for (const said of [finished.stderr, shown.stdout]) {
        expect(said).toMatch(/no nearest texts.*train --explainable/);
        expect(said.match(/--explainable/g)).toHaveLength(1);
      }
    },
    SLOW,
  );

  it(
    "--explainable keeps as many training texts as it says, and the summary and the card tell",
    async () => {
      const args = ["train", "train.csv", "-o", "open", "--explainable", "7", "--encoder", TINY];
      const { stdout } = succeeded(await box.call(args));
      expect(stdout).toMatch(
        /^open holds 7 training texts, which whoever gets it can read; hashes of 80 training texts and \d+ words or parts of words, .*$/m,
      );
      expect(await readFile(box.path("open/README.md"), "utf8")).toContain("**7 training texts with their labels");
      const [answer] = linesOf(await box.call(["predict", "open", "--explain", "--json", "sun"]));
      expect((answer["explanation"] as { neighbors: unknown[] }).neighbors).toHaveLength(5);
    },
    SLOW,
  );

  it.each([
    [["--neighbours", "5"], /unknown option '--neighbours'/],
    [["--no-neighbours"], /unknown option '--no-neighbours'/],
    [["--explainable", "0"], /at least 1/],
  ])("refuses %j", async (flags, says) => {
    const args = ["train", "train.csv", "-o", "no", "--encoder", TINY, ...flags];
    expectFailure(await box.call(args), { exit: 2, code: "E_USAGE", says: [says] });
  });

  it(
    "--check lists what may be wrong and trains nothing",
    async () => {
      const rows: [string, string][] = [
        ...labelledRows(60),
        ["sun best day 0", "goood"],
        ["LOVELY great day 0!", "bad"],
      ];
      const twice: [string, string] = ["lovely great day 0", "good"];
      await box.write("dirty.csv", csv(COLUMNS, [...rows, twice, twice]));
      const json = jsonOf(
        await box.call(["train", "dirty.csv", "-o", "clean", "--check", "--json", "--encoder", TINY]),
      );
      expect(json).toMatchObject({
        check: "clean.check.csv",
        n: 64,
        findings: { "near-miss": 1, tiny: 1, conflict: 1 },
      });
      const lines = (await readFile(box.path("clean.check.csv"), "utf8")).trimEnd().split("\r\n");
      expect(lines[0]).toBe("rank,problem,label,suggested,score,because,text,file,line");
      expect(lines[1]).toMatch(/^1,near-miss,goood,good,.*dirty\.csv,62$/);
      expect(lines[2]).toMatch(/^2,conflict,bad,good,.*dirty\.csv,63$/);
      expect((await box.files()).includes("clean")).toBe(false);
    },
    SLOW,
  );

  it(
    "--multi-label learns rows with several labels, which evaluate and predict take",
    async () => {
      const rows = labelledRows(80).map(([text, label], i): [string, string] => {
        return [i % 4 < 2 ? `${text} sport ball` : text, i % 4 < 2 ? `${label}|sport` : label];
      });
      await box.write("several.csv", csv(COLUMNS, rows));
      const json = jsonOf(
        await box.call(["train", "several.csv", "-o", "many", "--multi-label", "|", "--json", "--encoder", TINY]),
      );
      expect(json).toMatchObject({ labels: ["bad", "good", "sport"], task: "multi-label", holds: { texts: 0 } });
      const score = jsonOf(await box.call(["evaluate", "many", "several.csv", "--json"]));
      expect(Number(score["microF1"])).toBeGreaterThan(0.6);
      const [answer] = linesOf(await box.call(["predict", "many", "sun lovely sport ball"]));
      expect(answer["label"]).toBe((answer["labels"] as string[]).join("|"));
      expect(answer["labels"]).toContain("sport");
      expectFailure(await box.call(["predict", "many", "--explain", "x"]), { exit: 2, code: "E_USAGE" });
    },
    SLOW,
  );
});
