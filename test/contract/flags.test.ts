import { cp } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { csv, expectFailure, labelledRows, sharedSandbox, succeeded, TINY, type Sandbox } from "../cli/runCli.js";

/*
 * Every flag of a command either has an effect for a kind of head or is refused by name. A flag that a command's help has
 * and that is in none of the lists below makes this test fail: say for which kinds it has an effect.
 */

type Kind = "classifier" | "multi-label" | "tagger";
const KINDS: readonly Kind[] = ["classifier", "multi-label", "tagger"];

/** Flags of all kinds, and those that every command accepts. */
const ALWAYS = new Set(
  (
    "input output encoder encoding limit bad-rows invalid-utf8 max-field from max-tokens prompt batch-tokens precision model-file " +
    "allow-batch-dependence cache no-cache cache-max force seed threads offline json quiet verbose source target " +
    "source-dev target-train task matrix"
  ).split(" "),
);

interface Use {
  readonly value: readonly string[];
  readonly kinds: readonly Kind[];
}
const use = (value: readonly string[], ...kinds: Kind[]): Use => ({ value, kinds });

const REJECT_OPTION = {
  "min-precision": use(["0.9"], "classifier"),
  "max-risk": use(["0.1"], "classifier"),
  "max-false-alarms": use(["good=0.1"], "classifier"),
  threshold: use(["good=0.7"], "classifier"),
  coverage: use(["0.5"], "classifier"),
  costs: use(["good=2,bad=1"], "classifier"),
};

/** Columns that words with tags do not have. */
const COLUMNS = (...kinds: Kind[]): Readonly<Record<string, Use>> => ({
  "text-column": use(["text"], ...kinds),
  "label-column": use(["label"], ...kinds),
  "drop-missing": use([], ...kinds),
  "no-header": use([], ...kinds),
  delimiter: use([","], ...kinds),
  quote: use(["none"], ...kinds),
});

/** How entities and tags in files are read. */
const ENTITIES = { offsets: use(["utf16"], "tagger"), "tag-names": use(["O,B-LOC"], "tagger") };

/** The other flags: a value, and the kinds that they have an effect for. */
const SOME: Readonly<Record<string, Readonly<Record<string, Use>>>> = {
  predict: {
    ...REJECT_OPTION,
    sets: use(["0.9"], "classifier"),
    explain: use([], "classifier"),
    probabilities: use([], "classifier", "multi-label"),
    to: use(["jsonl", "--input", "in.csv"], ...KINDS),
    prefix: use(["our_", "--input", "in.csv"], ...KINDS),
    html: use(["page.html"], "tagger"),
    // Of the rows of --input, whatever the head.
    "text-column": use(["text", "--input", "in.csv", "-o", "out.jsonl"], ...KINDS),
    "no-header": use(["--text-column", "1", "--input", "in.csv", "-o", "out.jsonl"], ...KINDS),
    delimiter: use([",", "--input", "in.csv", "-o", "out.jsonl"], ...KINDS),
    quote: use(["none", "--input", "in.csv", "-o", "out.jsonl"], ...KINDS),
    "drop-missing": use(["--from", "arrow", "--input", "in.arrow", "-o", "out.jsonl"], ...KINDS),
  },
  evaluate: {
    ...COLUMNS("classifier", "multi-label"),
    ...REJECT_OPTION,
    report: use(["page.html"], "classifier"),
    errors: use(["errors.jsonl"], "classifier", "multi-label", "tagger"),
    map: use(["x=y"], ...KINDS),
    "no-map": use([], ...KINDS),
    ...ENTITIES,
  },
  compare: {
    ...COLUMNS("classifier"),
    differences: use(["differences.jsonl"], "classifier", "tagger"),
    map: use(["x=y"], "classifier", "tagger"),
    "no-map": use([], "classifier", "tagger"),
    ...ENTITIES,
  },
  transfer: {
    ...COLUMNS("classifier"),
    "class-weights": use(["balanced"], "classifier"),
    pooling: use(["mean"], "classifier"),
    layer: use(["1"], "classifier"),
    "no-normalize": use([], "classifier"),
    "no-crf": use([], "tagger"),
    epochs: use(["1"], "tagger"),
    map: use(["x=y"], "classifier", "tagger"),
    suggest: use(["1"], "classifier"),
    adapt: use(["center"], "classifier"),
    "no-head": use([], "classifier", "tagger"),
    ...ENTITIES,
  },
};

const HEADS: Readonly<Record<Kind, string>> = { classifier: "head", "multi-label": "multi", tagger: "ner" };

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("in.csv", csv(["text", "label"], labelledRows(20)));
  await box.write("in.conll", "Oslo B-LOC\nis O\ncold O\n\nRome B-LOC\nis O\nwarm O\n\n".repeat(8));
  const train = ["--encoder", TINY, "--quiet"];
  succeeded(await box.run(["train", "in.csv", "-o", "head", ...train]));
  succeeded(await box.run(["train", "in.csv", "-o", "multi", "--multi-label", "|", ...train]));
  const few = ["--task", "ner", "--epochs", "1", "--ensemble", "1"];
  succeeded(await box.run(["train", "in.conll", "-o", "ner", ...few, ...train]));
  await Promise.all(["head", "ner"].map((name) => cp(box.path(name), box.path(`other-${name}`), { recursive: true })));
});

function argsOf(command: string, kind: Kind): readonly string[] {
  const corpus = kind === "tagger" ? "in.conll" : "in.csv";
  if (command === "predict") return ["predict", HEADS[kind], "Oslo is cold"];
  if (command === "evaluate") return ["evaluate", HEADS[kind], corpus];
  if (command === "compare") return ["compare", HEADS[kind], `other-${HEADS[kind]}`, corpus];
  const task = kind === "tagger" ? ["--task", "ner"] : [];
  return ["transfer", "--source", corpus, "--target", corpus, ...task, "-o", "moved", "--force", "--encoder", TINY];
}

describe.each(Object.entries(SOME))("headstart %s", (command, flags) => {
  it("has no flag of which this test does not know for which kinds it has an effect", async () => {
    const tasks = command === "transfer" ? [[], ["--task", "ner"]] : [[]];
    const helps = await Promise.all(tasks.map((task) => box.call([command, ...task, "--help-all"])));
    const all = helps.map(({ stdout }) => stdout).join("");
    const shown = [...all.matchAll(/^ +(?:-\w, )?--([a-z0-9-]+)/gm)].map(([, name]) => name);
    expect(shown.filter((name) => !ALWAYS.has(name) && flags[name] === undefined)).toEqual([]);
    expect(Object.keys(flags).filter((name) => !shown.includes(name))).toEqual([]);
  });

  const kinds = KINDS.filter((kind) => !["transfer", "compare"].includes(command) || kind !== "multi-label");
  const cases = kinds.flatMap((kind) =>
    Object.entries(flags).map(([flag, { value, kinds: uses }]) => ({ kind, flag, value, works: uses.includes(kind) })),
  );

  it.each(cases.filter(({ works }) => !works))("refuses --$flag for $kind, before it reads anything", async (one) => {
    const finished = await box.call([...argsOf(command, one.kind), `--${one.flag}`, ...one.value]);
    expectFailure(finished, { exit: 2, code: "E_USAGE", says: [new RegExp(`--${one.flag} does nothing for`)] });
    expect(finished.stderr.trimEnd()).not.toContain("\n");
  });

  it.each(cases.filter(({ works }) => works))("takes --$flag for $kind", async (one) => {
    const finished = await box.call([...argsOf(command, one.kind), `--${one.flag}`, ...one.value]);
    expect(finished.stderr).not.toContain("does nothing");
    expect(finished.code).not.toBe(1);
  });
});

describe.each(["predict", "evaluate"])("headstart %s", (command) => {
  it.each([
    ["--pooling", "max"],
    ["--no-normalize"],
    ["--layer", "1"],
    ["--max-tokens", "7"],
    ["--prompt", "query: "],
    ["--precision", "int8"],
  ])("names %s where the head was trained with another setting", async (...flag) => {
    for (const kind of KINDS) {
      const finished = await box.call([...argsOf(command, kind), ...flag]);
      const says = [new RegExp(`${flag[0]} does not fit the head, which was trained with`)];
      expectFailure(finished, { exit: 4, code: "E_HEAD_MISMATCH", says });
    }
  });
});

describe("a flag that has no effect on a command, whatever it is about,", () => {
  it.each([
    [["distill", TINY, "-o", "table"], ["--allow-batch-dependence"]],
    [["distill", TINY, "-o", "table"], ["--drop-missing"]],
    [["embed", "in.csv", "-o", "out.npy"], ["--drop-missing"]],
    [["embed", "in.csv", "-o", "-"], ["--repair"]],
    [
      ["train", "in.csv", "-o", "new"],
      ["--tune-seconds", "300"],
    ],
    [
      ["train", "in.csv", "-o", "new"],
      ["--tune-layers", "1"],
    ],
    [["train", "in.csv", "-o", "new", "--label-errors"], ["--tune"]],
    [
      ["train", "in.conll", "-o", "new", "--task", "ner"],
      ["--text-column", "text"],
    ],
    [
      ["predict", "head", "Oslo"],
      ["--max-field", "9"],
    ],
    [["encoders"], ["--prompt", "query: "]],
    [["cache"], ["--no-normalize"]],
    [["cache"], ["--all"]],
    [["split", "in.csv", "-o", "parts"], ["--drop-missing"]],
    [
      ["predict", "head", "Oslo"],
      ["--to", "csv"],
    ],
    [
      ["train", "in.csv", "-o", "new", "--dev", "in.csv"],
      ["--cv", "2"],
    ],
    [["doctor"], ["--invalid-utf8", "replace"]],
  ])("is refused by %j: %j", async (args, flag) => {
    const before = await box.files();
    const finished = await box.run([...args, ...flag]);
    const says = [new RegExp(`${flag[0]} does nothing .*See headstart ${args[0]} --help$`)];
    expectFailure(finished, { exit: 2, code: "E_USAGE", says });
    expect(finished.stderr.trimEnd()).not.toContain("\n");
    expect(await box.files()).toEqual(before);
  });

  it.each([
    [
      ["distill", TINY, "-o", "table"],
      ["--text-column", "x"],
    ],
    [
      ["distill", TINY, "-o", "table"],
      ["--max-tokens", "8"],
    ],
    [
      ["embed", "in.csv", "-o", "out.npy", "--encoder", TINY],
      ["--label-column", "label"],
    ],
    [
      ["predict", "head", "Oslo"],
      ["--limit", "3"],
    ],
    [["encoders"], ["--store", "fp16"]],
    [
      ["split", "in.csv", "-o", "parts"],
      ["--encoder", "x"],
    ],
  ])("is warned of by %j, as it is promised that it is accepted: %j", async (args, flag) => {
    const { stderr } = succeeded(await box.run([...args, ...flag, "--force"]));
    expect(stderr).toContain(`warning: ${flag[0]} does nothing `);
  });
});
