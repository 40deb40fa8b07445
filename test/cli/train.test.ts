import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import {
  csv,
  expectFailure,
  jsonOf,
  labelledRows,
  linesOf,
  MAIN,
  sandbox,
  sharedSandbox,
  startProcess,
  TINY,
  type Finished,
  type Sandbox,
  succeeded,
} from "./runCli.js";

const COLUMNS = ["text", "label"];
const WITH_TINY = ["--encoder", TINY];
const SCORE = { accuracy: expect.any(Number) as number, macroF1: expect.any(Number) as number };
/** The fields of every evaluation. */
const evaluationOf = (labels: readonly string[], n: number): object => ({
  n,
  ...SCORE,
  macroRecall: expect.any(Number) as number,
  metric: "macroF1",
  interval95: [expect.any(Number), expect.any(Number)],
  perLabel: Object.fromEntries(
    labels.map((label) => [label, expect.objectContaining({ support: expect.any(Number) as number })]),
  ),
  confusion: { labels, counts: labels.map(() => labels.map(() => expect.any(Number) as number)) },
  majority: SCORE,
  bagOfWords: SCORE,
});

let box: Sandbox;
let trained: Finished;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("train.csv", csv(COLUMNS, labelledRows(60)));
  await box.write("test.csv", csv(COLUMNS, labelledRows(100).slice(80)));
  trained = succeeded(
    await box.run(["train", "train.csv", "-o", "head", "--task", "sentiment", "--json", ...WITH_TINY]),
  );
});

describe("headstart train", () => {
  it("prints what it did as one object", () => {
    const json = jsonOf(trained);
    expect(json).toMatchObject({ head: "head", task: "sentiment", labels: ["bad", "good"] });
    const { n, dev, epochs, seconds, fitSeconds } = json as Record<string, number> & { dev: { n: number } };
    expect(dev).toMatchObject(evaluationOf(["bad", "good"], n));
    expect(dev.n).toBeGreaterThan(1);
    expect(epochs).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThan(fitSeconds);
    expect(fitSeconds).toBeGreaterThan(0);
  });

  it("writes a folder of weights, settings and a card, and nothing else", async () => {
    const files = (await box.files()).filter((name) => name.startsWith("head"));
    const names = [".headstart", "README.md", "head.safetensors", "headstart.json", "training.html"];
    expect(files).toEqual(["head", ...names.map((name) => `head/${name}`)]);
  });

  it("gives the same bytes again, and others for another seed [D07, R34]", async () => {
    const weights = (folder: string): Promise<Buffer> => readFile(box.path(`${folder}/head.safetensors`));
    const train = ["train", "train.csv", "--quiet", ...WITH_TINY];
    expect((await box.run([...train, "-o", "again/"])).code).toBe(0);
    expect((await box.run([...train, "-o", "other", "--seed", "2"])).code).toBe(0);
    expect(await weights("again")).toEqual(await weights("head"));
    expect(await weights("other")).not.toEqual(await weights("head"));
  });

  it("trains an MLP that predicts, with its losses as they go and in TensorBoard files", async () => {
    const flags = [
      "--head",
      "mlp",
      "--hidden",
      "8,4",
      "--activation",
      "gelu",
      "--epochs",
      "4",
      "--tensorboard",
      "runs",
      "--verbose",
    ];
    const finished = await box.run(["train", "train.csv", "-o", "mlp", "--json", ...flags, ...WITH_TINY]);
    const json = jsonOf(succeeded(finished));
    expect(json).toMatchObject({ kind: "mlp", epochs: 4, C: null, mlp: { hidden: [8, 4], activation: "gelu" } });
    for (const epoch of [1, 2, 3, 4]) expect(finished.stderr).toContain(`epoch ${epoch}: loss `);
    expect((await box.files()).filter((name) => name.startsWith("runs/"))).toHaveLength(1);
    // Shown as it went, and at the end the page that the head keeps.
    expect(finished.stderr).toContain("losses go to mlp.training.html");
    expect(await readFile(box.path("mlp.training.html"))).toEqual(await readFile(box.path("mlp/training.html")));
    expect(await readFile(box.path("mlp/README.md"), "utf8")).toContain("Losses over 4 epochs");
    const again = await box.run(["train", "train.csv", "-o", "mlp2", "--quiet", ...flags, ...WITH_TINY]);
    expect(again.code).toBe(0);
    const weights = (folder: string): Promise<Buffer> => readFile(box.path(`${folder}/head.safetensors`));
    expect(await weights("mlp2")).toEqual(await weights("mlp"));
    const answer = await box.run(["predict", "mlp", "a fine film"]);
    expect(Object.keys(jsonOf(answer).probabilities as object)).toEqual(["bad", "good"]);
    const wrong = await box.run(["train", "train.csv", "-o", "no", "--head", "mlp", "--hidden", "1,2,3", ...WITH_TINY]);
    expect(wrong.code).toBe(2);
  }, 180_000);

  it("chooses by cross-validation with --tune, and shows the choice, the candidates and few-shot scores", async () => {
    const flags = ["--tune", "--tune-layers", "1", "--tune-poolings", "cls", "--few", "4,8", "--epochs", "3"];
    const finished = await box.call(["train", "train.csv", "-o", "tuned", "--json", ...flags, ...WITH_TINY]);
    const { search, fewShot } = jsonOf(succeeded(finished)) as unknown as {
      search: { chosen: string; candidates: { name: string; view: object }[] };
      fewShot: { perLabel: number }[];
    };
    expect(new Set(search.candidates.map(({ view }) => JSON.stringify(view))).size).toBe(4);
    expect(search.candidates.map(({ name }) => name)).toContain(search.chosen);
    expect(fewShot.map(({ perLabel }) => perLabel)).toEqual([4, 8]);
    expect(finished.stderr).toContain(`chosen: ${search.chosen}`);
    const card = await readFile(box.path("tuned/README.md"), "utf8");
    expect(card).toContain(`${search.chosen} (chosen)`);
    expect(card).toContain("Nothing was chosen on these rows");
    expect((await box.call(["evaluate", "tuned", "test.csv", "--quiet"])).code).toBe(0);
  }, 180_000);

  it("searches with word vectors too, which have no first token", async () => {
    await box.write("wv.txt", "sun 0.1 0.2\nrain 0.3 0.1\nday 0.2 0.5\nlovely 0.1 0.1\nawful 0.4 0.4\n");
    const searchHead = ["--tune", "--tune-seconds", "2", "--head", "logistic", "--encoder", "wv.txt", "--json"];
    const found = jsonOf(await box.call(["train", "train.csv", "-o", "static-tuned", ...searchHead]));
    expect(JSON.stringify(found["search"])).not.toContain("cls");
  });

  it.each([
    [["--hidden", "8"], /--hidden does nothing for logistic heads/],
    [["--task", "ner", "--dropout", "0.1"], /--dropout does nothing for heads that find entities/],
    [["--multi-label", "|", "--epochs", "3"], /--epochs does nothing for heads that give several labels/],
  ])("refuses flags that would do nothing: %j", async (flags, says) => {
    const refused = await box.call(["train", "train.csv", "-o", "unused", ...flags, ...WITH_TINY]);
    expectFailure(refused, { exit: 2, code: "E_USAGE", says: [says] });
  });

  it("reads no test rows, also where it searches and stops early: other labels there leave its bytes as they are [I04]", async () => {
    const own = await sandbox();
    await own.write("train.csv", csv(COLUMNS, labelledRows(40)));
    const rows = labelledRows(60).slice(40);
    const weights: Buffer[] = [];
    for (const [i, label] of [(l: string) => l, (l: string) => (l === "good" ? "bad" : "good")].entries()) {
      await own.write(
        "test.csv",
        csv(
          COLUMNS,
          rows.map(([text, l]) => [text, label(l)]),
        ),
      );
      const flags = ["--tune", "--head", "mlp", "--hidden", "4", "--epochs", "2", "--seed", "3", "--quiet"];
      succeeded(await own.run(["train", "train.csv", "-o", `head${i}`, ...flags, ...WITH_TINY]));
      succeeded(await own.run(["evaluate", `head${i}`, "test.csv", "--max-risk", "0.3", "--quiet"]));
      weights.push(await readFile(own.path(`head${i}/head.safetensors`)));
    }
    expect(weights[1]).toEqual(weights[0]);
  }, 180_000);

  it("shows its dev score to people, on rows that --dev names", async () => {
    const args = ["train", "train.csv", "--dev", "test.csv", "-o", "shown", "--class-weights", "balanced"];
    const { code, stdout, stderr } = await box.call([...args, ...WITH_TINY]);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(lines[0]).toMatch(/^macro-F1 \d\.\d{3} on 20 held-out rows \(95 % interval \d\.\d{3} to \d\.\d{3}\)$/);
    expect(lines[1]).toMatch(/^ {2}majority class {2}\d\.\d{3} {2}the head is /);
    expect(lines[2]).toMatch(/^ {2}bag of words {4}\d\.\d{3} {2}the head is .*95 % interval .*: (not )?beyond chance$/);
    expect(lines[3]).toMatch(/^Intervals are for new rows of this kind/);
    expect(lines[4]).toMatch(/^Learned from 60 rows in [\d.]+ s; held-out rows: 20 rows given for it$/);
    expect(lines.slice(5)).toEqual([
      "Head: shown",
      "Next:",
      '  headstart predict shown "a text of your own"',
      "  headstart evaluate shown test.csv",
    ]);
    expect(stderr).toContain("train.csv: 60 rows read, 60 used, 0 rejected");
  });

  it("tells commands that are right when copied, and more with --verbose, then too when there is nothing to do", async () => {
    const own = await sandbox();
    const rows = labelledRows(60, ["5", "1"]);
    await own.write("my rows.csv", csv(["review", "my label"], rows.slice(0, 40)));
    await own.write("my texts.csv", csv(["review", "my label"], rows.slice(40)));
    const columns = ["--text-column", "review", "--label-column", "my label", "--map", "5=good,1=not good"];
    const args = ["train", "my rows.csv", "--dev", "my texts.csv", "-o", "it's a head", ...columns, ...WITH_TINY];
    const { stdout } = succeeded(await own.run(args));
    const next = stdout.split("\n").filter((line) => line.startsWith("  headstart "));
    expect(next).toHaveLength(2);
    for (const line of next) {
      const script = `headstart() { "${process.execPath}" "${MAIN}" "$@"; }\n${line}`;
      succeeded(
        await startProcess(["-c", script], { program: "sh", cwd: own.folder, env: own.env, input: "" }).finished,
      );
    }
    const again = succeeded(await own.run([...args, "--verbose"]));
    expect(again.stderr).toContain("there is nothing to do");
    for (const part of ["true \\ predicted", "log loss", "holds no training text", ...next])
      expect(again.stdout).toContain(part);
  }, 60_000);

  it("renames and drops labels with --map, and warns of a label that no row has", async () => {
    const own = await sandbox();
    await own.write("stars.csv", csv(["review", "stars"], labelledRows(90, ["5", "1", "3"])));
    const args = ["train", "stars.csv", "-o", "head", "--text-column", "review", "--label-column", "stars"];
    const finished = await own.call([...args, "--map", "5=good,1=bad,3=drop,2=bad", "--json", ...WITH_TINY]);
    expect(jsonOf(finished).labels).toEqual(["bad", "good"]);
    expect(finished.stderr).toContain("90 rows read, 60 used, 0 rejected, 30 dropped by the map");
    expect(finished.stderr).toContain('warning: the map names the label "2", which no row has');
  });

  it("skips bad rows and those without a label, and tells of them beside the head", async () => {
    const own = await sandbox();
    await own.write("in.csv", `${csv(COLUMNS, labelledRows(40))}alone\n"no label",\n`);
    const args = ["train", "in.csv", "-o", "head/", "--bad-rows", "skip", "--drop-missing", "--json"];
    const finished = await own.call([...args, ...WITH_TINY]);
    expect(jsonOf(finished).labels).toEqual(["bad", "good"]);
    expect(finished.stderr).toContain("in.csv: 42 rows read, 40 used, 2 rejected");
    const rejectedRows = (await readFile(own.path("head.rejects.jsonl"), "utf8")).trim().split("\n");
    expect(rejectedRows.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual([42, 43]);
    expect((await own.files()).filter((name) => name.startsWith("head/"))).toHaveLength(5);
  });
});

describe("headstart evaluate", () => {
  it("prints the evaluation as one object", async () => {
    const json = jsonOf(await box.call(["evaluate", "head", "test.csv", "--json"]));
    expect(json).toMatchObject({ ...evaluationOf(["bad", "good"], 20), head: "head", corpus: ["test.csv"] });
    const { counts } = json.confusion as { counts: number[][] };
    expect(counts.flat().reduce((sum, n) => sum + n)).toBe(20);
  });

  it("shows it to people with the baselines beside it [I07]", async () => {
    const { code, stdout } = await box.call(["evaluate", "head", "test.csv", "--quiet"]);
    expect(code).toBe(0);
    expect(stdout).not.toContain("area under the risk-coverage curve");
    const more = await box.call(["evaluate", "head", "test.csv", "--quiet", "--verbose"]);
    expect(more.stdout).toContain("area under the risk-coverage curve");
    for (const part of ["head on test.csv", "macro-F1", "95 % interval", "majority class", "bag of words"]) {
      expect(stdout).toContain(part);
    }
  });

  it.each(["csv", "jsonl"])("lists the mistakes in .%s, the most confident first", async (ending) => {
    const wrong = labelledRows(100)
      .slice(80)
      .map(([text, label]) => [text, label === "good" ? "bad" : "good"]);
    await box.write("wrong.csv", csv(COLUMNS, wrong));
    const args = ["evaluate", "head", "wrong.csv", "--errors", `mistakes.${ending}`, "--json"];
    const { confusion, errors } = jsonOf(await box.call(args)) as {
      confusion: { counts: [[number, number], [number, number]] };
      errors: string;
    };
    expect(errors).toBe(`mistakes.${ending}`);
    const listed = linesOf(await box.call(["embed", errors, "-o", "-", ...WITH_TINY])) as Record<string, string>[];
    expect(listed).toHaveLength(confusion.counts[0][1] + confusion.counts[1][0]);
    expect(listed.length).toBeGreaterThan(0);
    const confidence = listed.map(({ probability }) => Number(probability));
    expect(confidence).toEqual(confidence.toSorted((a, b) => b - a));
    for (const { label, predicted, file, line, text } of listed) {
      expect(predicted).not.toBe(label);
      expect(file).toBe("wrong.csv");
      expect(wrong[Number(line) - 2]).toEqual([text, label]);
    }
  });

  it("warns of a predicted label that no row has, which a map leaves out", async () => {
    await box.write("three.csv", csv(COLUMNS, labelledRows(90, ["good", "bad", "so-so"])));
    expect((await box.call(["train", "three.csv", "-o", "three", "--quiet", ...WITH_TINY])).code).toBe(0);
    const plain = await box.call(["evaluate", "three", "test.csv", "--json"]);
    expect(plain.stderr).toContain('warning: no row has the label "so-so"');
    const mapped = jsonOf(await box.call(["evaluate", "three", "test.csv", "--map", "so-so=drop", "--json"]));
    expect(mapped.confusion).toMatchObject({ labels: ["bad", "good"] });
  });
});

describe("a label column that holds texts", () => {
  it.each([
    ["train", ["train", "wrong.csv", "-o", "wrong"]],
    ["train --check", ["train", "wrong.csv", "-o", "wrong", "--check"]],
    ["train --multi-label", ["train", "wrong.csv", "-o", "wrong", "--multi-label", "|"]],
    ["transfer", ["transfer", "--source", "wrong.csv", "--target", "wrong.csv", "-o", "wrong"]],
  ])(
    "is refused by %s, before the encoder is opened",
    async (_, args) => {
      const text = "a text of some length where a label belongs ".repeat(8);
      // Nearly each its own: a few are there twice, as texts are.
      const rows = Array.from({ length: 3000 }, (_row, i): [string, string] => [
        `row ${i}`,
        `${text}${i - (i % 50 ? 0 : 1)}`,
      ]);
      await box.write("wrong.csv", csv(COLUMNS, rows));
      const finished = await box.call([...args, "--encoder", "./no-such-encoder"]);
      expectFailure(finished, { exit: 3, code: "E_LABELS", says: [/name the right column with --label-column$/] });
    },
    30_000,
  );
});

describe("headstart transfer", () => {
  const SIDES = ["transfer", "--source", "train.csv", "--target", "test.csv", ...WITH_TINY];

  it("prints the record as one object, and writes it with its report", async () => {
    await box.write("own.csv", csv(COLUMNS, labelledRows(140).slice(100)));
    const args = [...SIDES, "--target-train", "own.csv", "-o", "moved", "--json"];
    const json = jsonOf(await box.call(args));
    const labels = ["bad", "good"];
    expect(json).toMatchObject({
      source: evaluationOf(labels, 12),
      target: evaluationOf(labels, 20),
      ceiling: evaluationOf(labels, 20),
      drop: expect.any(Number) as number,
      verdict: { call: expect.stringMatching(/^(positive|neutral|negative)$/) as string },
      leakage: { exact: 0 },
      divergence: { proxyA: expect.any(Number) as number },
      report: "moved/report.html",
    });
    const { source, target, drop } = json as { source: { macroF1: number }; target: { macroF1: number }; drop: number };
    expect(drop).toBeCloseTo(source.macroF1 - target.macroF1, 12);
    expect(JSON.parse(await readFile(box.path("moved/record.json"), "utf8"))).toEqual(json);
    expect(await readFile(box.path("moved/report.html"), "utf8")).toMatch(/^<!doctype html>/i);
  });

  it("shows the five numbers to people, on rows that --source-dev names, and knows no verdict without more", async () => {
    await box.write("dev.csv", csv(COLUMNS, labelledRows(80).slice(60)));
    const { code, stdout } = await box.call([...SIDES, "--source-dev", "dev.csv", "-o", "shown-report", "--quiet"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^macro-F1 in-domain +\d\.\d{3} .*, 20 rows$/m);
    expect(stdout).toMatch(/^macro-F1 on the target +\d\.\d{3} .*, 20 rows$/m);
    expect(stdout).toMatch(/^drop +[−+]?\d\.\d{3} \(95 % [−+]?\d\.\d{3} to [−+]?\d\.\d{3}\)/m);
    for (const name of ["majority class on the target", "bag of words on the target"])
      expect(stdout).toMatch(new RegExp(`^${name} +-?\\d\\.\\d{3}$`, "m"));
    expect(stdout).toMatch(/^verdict +unknown: /m);
    expect(stdout).toContain("shown-report/report.html");
    expect(stdout).not.toContain("true \\ predicted");
    const more = await box.run([...SIDES, "--source-dev", "dev.csv", "-o", "shown-report", "--quiet", "--verbose"]);
    expect(more.stdout.split("true \\ predicted")).toHaveLength(3);
    expect(more.stdout.endsWith(stdout)).toBe(true);
  });

  it("refuses labels of the target that the source has not, before it embeds, and leaves nothing", async () => {
    await box.write("stars.csv", csv(COLUMNS, labelledRows(20, ["5", "1"])));
    const before = await box.files();
    const args = ["transfer", "--source", "train.csv", "--target", "stars.csv", "-o", "no", ...WITH_TINY];
    expectFailure(await box.call(args), { exit: 3, code: "E_LABEL_MAP", says: [/"5", "1"/, /--map/] });
    expect(await box.files()).toEqual(before);
    const mapped = await box.call([...args, "--map", "5=good,1=bad", "--json"]);
    expect(jsonOf(mapped)).toMatchObject({ map: { "5": "good", "1": "bad" }, ceiling: null });
  });
});

describe("headstart encoders", () => {
  it("lists the built-in encoder with its size", async () => {
    const { encoders } = jsonOf(await box.call(["encoders", "--json"])) as { encoders: Record<string, unknown>[] };
    expect(encoders).toHaveLength(1);
    expect(encoders[0]).toMatchObject({ name: "headstart-mini", kind: "built-in" });
    expect(encoders[0].bytes).toBeGreaterThan(1e6);
    expect((await box.call(["encoders"])).stdout).toMatch(/^headstart-mini +built-in +[\d.]+ MB/);
  });
});

describe("headstart doctor", () => {
  it("checks this machine, and agrees with another implementation of the same encoder", async () => {
    const { ok, textsPerSecond, checks } = jsonOf(await box.run(["doctor", "--json", ...WITH_TINY])) as {
      ok: boolean;
      textsPerSecond: number;
      checks: { name: string; ok: boolean; found: string }[];
    };
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(ok).toBe(true);
    expect(textsPerSecond).toBeGreaterThan(0);
    const agreement = checks.find(({ name }) => name === "agrees with transformers.js");
    expect(agreement?.found).toMatch(/^cosine (1\.000000|0\.9999\d\d) at least/);
  });

  it("shows a line a check to people", async () => {
    const { code, stdout } = await box.run(["doctor", ...WITH_TINY]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^headstart \d+\.\d+\.\d+\nok {3}node: v/);
  });
});
