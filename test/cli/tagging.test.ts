import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { expectFailure, jsonOf, linesOf, sharedSandbox, succeeded, TINY, type Sandbox } from "./runCli.js";

const NAMES = ["Ada", "Bob", "Cy", "Dee", "Eve", "Flo"];
const PLACES = ["Oslo", "Paris", "Rome"];
const sentences = (n: number, from = 0): string =>
  Array.from({ length: n }, (_, at) => {
    const i = from + at;
    return [`${NAMES[i % 6]}\tB-person`, "went\tO", "to\tO", `${PLACES[i % 3]}\tB-place`, `${i}\tO\n`].join("\n");
  }).join("\n");

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("a.conll", sentences(36));
  await box.write("t.csv", "id,text\n1,Ada went to Oslo 3\n2,\n");
  const flags = ["--task", "ner", "--crf", "--encoder", TINY, "--quiet", "--epochs", "8"];
  succeeded(await box.run(["train", "a.conll", "-o", "head", ...flags]));
}, 120_000);

describe("a head that finds entities", () => {
  it("is told of in some lines, and in more with --verbose", async () => {
    const args = ["train", "a.conll", "-o", "told", "--task", "ner", "--encoder", TINY, "--epochs", "1"];
    const { stdout, stderr } = succeeded(await box.run(args));
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(stdout).toContain("epoch and outside bias were chosen on these sentences: F1 is somewhat too high");
    expect(stdout).toContain("entity scores are no probabilities: not calibrated");
    expect(lines[0]).toMatch(/^entity F1 \d\.\d{3} on \d+ dev sentences? with \d+ entit.* \(95 % interval /);
    expect(lines).toContain('  headstart predict told "a sentence of your own"');
    expect(stderr).not.toContain("epoch 1: loss");
    const more = succeeded(await box.run([...args, "--verbose", "--force"]));
    expect(more.stderr).toContain("epoch 1: loss");
    expect(more.stdout).toContain("surface forms not seen");
  }, 60_000);

  it("is evaluated by strict entity F1", async () => {
    const result = jsonOf(await box.call(["evaluate", "head", "a.conll", "--json", "--quiet"]));
    expect(result).toMatchObject({ n: 36, entities: 72, metric: "entityF1", perType: { person: { support: 36 } } });
    expect(result["entityF1"]).toBeGreaterThan(0.9);
    expect(result["entityF1Conlleval"]).toBe(result["entityF1"]);
  });

  it("is scored without the sentences that it was trained on, which are reported first, with the score on all beside", async () => {
    await box.write("more.conll", `${sentences(4)}\n${sentences(9, 36)}`);
    const args = ["evaluate", "head", "more.conll", "--errors", "wrong.jsonl"];
    const { stdout, stderr } = succeeded(await box.call(args));
    expect(stderr).toContain("warning: 4 of 13 sentences were in training: scored without them");
    expect(stdout.split("\n")[0]).toBe("head on more.conll, 9 sentences that were not in training");
    expect(stdout).toMatch(
      /With the 4 sentences of training: entity F1 \d\.\d{3}, .*, 13 sentences; that is no score on new texts/,
    );
    const result = jsonOf(await box.call(["evaluate", "head", "more.conll", "--json", "--quiet"]));
    expect(result).toMatchObject({
      n: 9,
      entities: 18,
      seenInTraining: 4,
      rejected: 0,
      allRows: { n: 13, entities: 26 },
    });
  });

  it("says that its scores say nothing of new texts where it was trained on all, those set aside for dev among them", async () => {
    const { stdout, stderr } = succeeded(await box.call(["evaluate", "head", "a.conll"]));
    expect(stderr).toContain("all 36 sentences were in training: these scores say nothing of new texts");
    expect(stdout.split("\n")[0]).toBe("head on a.conll, sentences of its own training");
    expect(stdout).toContain("neither scores nor intervals say anything of new texts");
    expect(stdout).not.toContain("Intervals are for new");
    const result = jsonOf(await box.call(["evaluate", "head", "a.conll", "--json", "--quiet"]));
    expect(result).toMatchObject({ n: 36, seenInTraining: 36, allRows: null });
  });

  it("says how far its scores can be believed, with --verbose by bins", async () => {
    await box.write("new.conll", sentences(30, 50));
    const args = ["evaluate", "head", "new.conll"];
    const brief = succeeded(await box.call(args)).stdout;
    expect(brief).toMatch(/entity scores.*: mean \d\.\d{3}, right \d\.\d{3} \(95 % interval /);
    expect(brief).toMatch(/log loss \d\.\d{3}, Brier score \d\.\d{3}, calibration error \d\.\d{3}/);
    expect(brief).toContain("--verbose adds how many entities of which scores are right.");
    const more = succeeded(await box.call([...args, "--verbose"])).stdout;
    expect(more).toMatch(/^ {2}entity scores {2,}entities {2,}mean {2,}right$/m);
    const { scores } = jsonOf(await box.call([...args, "--json", "--quiet"])) as {
      scores: { n: number; bins: { count: number }[] };
    };
    expect(scores.bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(scores.n);
  });

  it("is trained with dev sentences that are no training sentences, and not with others alone", async () => {
    await box.write("dev.conll", `${sentences(2)}\n${sentences(6, 36)}`);
    const how = ["train", "a.conll", "-o", "apart", "--task", "ner", "--encoder", TINY, "--epochs", "1"];
    const { stdout, stderr } = succeeded(await box.call([...how, "--dev", "dev.conll", "--json"]));
    expect(stderr).toContain("dev.conll: 2 of 8 dev sentences are among the training sentences, and left out");
    expect(JSON.parse(stdout)).toMatchObject({ n: 36, dev: { n: 6 } });
    expectFailure(await box.call([...how, "--dev", "a.conll", "--force"]), {
      exit: 3,
      code: "E_NO_ROWS",
      says: [/all 36 dev sentences are among the training sentences.*leave out --dev/],
    });
  });

  it("predicts entities whose offsets are the text", async () => {
    const [answer] = linesOf(await box.call(["predict", "head", "Ada went to Oslo 3", "--html", "e.html", "--quiet"]));
    const entities = answer["entities"] as { start: number; end: number; text: string; score: number }[];
    expect(entities.map(({ text }) => text)).toEqual(["Ada", "Oslo"]);
    for (const { start, end, text, score } of entities) {
      expect("Ada went to Oslo 3".slice(start, end)).toBe(text);
      expect(score).toBeGreaterThan(0);
    }
    expect(await readFile(box.path("e.html"), "utf8")).toContain("<mark");
  });

  it("is trained a second time without the encoder, its word vectors being in the cache", async () => {
    const train = ["--task", "ner", "--encoder", TINY, "--epochs", "1", "--cache", "kept"];
    const runs = [];
    for (const head of ["cold", "warm"])
      runs.push(succeeded(await box.call(["train", "a.conll", "-o", head, ...train])));
    expect(runs.map(({ stderr }) => /(\d+) of 36 sentences from the cache/.exec(stderr)?.[1])).toEqual(["0", "36"]);
    expect(runs[1].stderr).toContain(" 0 tokens embedded");
    const [cold, warm] = ["cold", "warm"].map((head) => readFile(box.path(`${head}/head.safetensors`)));
    expect(await warm).toEqual(await cold);
  });

  it("is kept without a word of what it was trained on, though entities were lost and reported", async () => {
    const train = ["train", "a.conll", "-o", "short", "--task", "ner", "--encoder", TINY, "--epochs", "1", "--json"];
    const told = jsonOf(await box.call([...train, "--max-tokens", "6", "--quiet"]));
    expect((told["dev"] as { lost: object[] }).lost).not.toEqual([]);
    for (const name of [".headstart", "headstart.json", "README.md"]) {
      expect(await readFile(box.path(`short/${name}`), "utf8")).not.toMatch(/Ada|Bob|Dee|Oslo|Paris|Rome/);
    }
  });

  it("predicts a corpus, row by row", async () => {
    succeeded(await box.call(["predict", "head", "--input", "t.csv", "-o", "out.jsonl", "--quiet"]));
    const rows = (await readFile(box.path("out.jsonl"), "utf8")).trim().split("\n");
    expect(rows.map((row) => (JSON.parse(row) as { id: string }).id)).toEqual(["1", "2"]);
  });

  it("predicts a corpus in CSV with a row for each entity, and one of empty cells where there is none", async () => {
    await box.write("many.csv", "id,text,entity_id\n1,Ada is in Oslo with Bob,x\n2,,y\n3,Dee is in Rome,z\n");
    const given = ["predict", "head", "--input", "many.csv", "--quiet"];
    const found = linesOf(await box.call([...given, "--json"])) as unknown as {
      id: string;
      text: string;
      entities: { start: number; end: number; text: string; label: string; score: number }[];
    }[];
    const rows = succeeded(await box.call([...given, "--to", "csv"]))
      .stdout.trimEnd()
      .split("\n");
    const [header, ...lines] = rows.map((line) => line.trimEnd().split(","));
    expect(header.slice(3)).toEqual(["entity_start", "entity_end", "entity_text", "entity_label", "entity_score"]);
    const expected = found.flatMap(({ id, text, entities }) =>
      (entities.length === 0 ? [undefined] : entities).map((entity) =>
        entity === undefined
          ? [id, text, "", "", "", "", ""]
          : [id, text, `${entity.start}`, `${entity.end}`, entity.text, entity.label, entity.score.toFixed(6)],
      ),
    );
    expect(lines.map(([id, text, , ...own]) => [id, text, ...own])).toEqual(expected);
    expect(new Set(lines.map(([id]) => id))).toEqual(new Set(["1", "2", "3"]));
    const entities = found.reduce((sum, row) => sum + row.entities.length, 0);
    const told = await box.call(["predict", "head", "--input", "many.csv", "-o", "many-out.csv", "--json", "--quiet"]);
    expect(jsonOf(told)).toMatchObject({ rows: 3, rejected: 0, entities, output: "many-out.csv" });
    const clash = await box.call([...given, "--prefix", "entity_", "--to", "csv", "--limit", "1"]);
    expect(clash.code).toBe(0);
    await box.write("clash.csv", "text,entity_text\nAda,x\n");
    const refused = await box.call(["predict", "head", "--input", "clash.csv"]);
    expectFailure(refused, { exit: 3, code: "E_COLUMN_AMBIGUOUS", says: [/"entity_text".*--prefix model_$/] });
  });

  it("is trained with the context window and the ensemble that flags ask for", async () => {
    const how = ["train", "a.conll", "--task", "ner", "--encoder", TINY, "--epochs", "1", "--quiet", "--json"];
    const file = async (name: string): Promise<Record<string, Record<string, unknown>>> =>
      JSON.parse(await readFile(box.path(`${name}/headstart.json`), "utf8")) as Record<string, Record<string, unknown>>;
    for (const [name, ...flags] of [
      ["one", "--ensemble", "1"],
      ["two", "--ensemble", "2"],
      ["alone", "--ensemble", "1", "--context", "0"],
    ]) {
      succeeded(await box.call([...how, "-o", name, ...flags]));
    }
    const [one, two, alone] = [await file("one"), await file("two"), await file("alone")];
    expect([one["words"]["contextWindow"], alone["words"]["contextWindow"]]).toEqual([1, 0]);
    expect(one["weights"]["sha256"]).not.toBe(two["weights"]["sha256"]);
  });

  it("has a CRF unless --no-crf says otherwise", async () => {
    const how = ["train", "a.conll", "--task", "ner", "--encoder", TINY, "--epochs", "1", "--quiet", "--json"];
    const hasCrf = async (...flags: string[]): Promise<unknown> =>
      jsonOf(await box.call([...how, "-o", "chained", "--force", ...flags]))["crf"];
    expect([await hasCrf(), await hasCrf("--crf"), await hasCrf("--no-crf")]).toEqual([true, true, false]);
  });

  it.each([
    ["5,5", /Name layer 5 once/],
    ["2, 0,2", /Name layer 2 once/],
    ["2,", /by number/],
    ["-1", /by number/],
  ])("is not trained on layers %s", async (layers, says) => {
    const finished = await box.call(["train", "a.conll", "-o", "none", "--task", "ner", "--layers", layers]);
    expectFailure(finished, { exit: 2, code: "E_USAGE", says: [says] });
  });

  it("is trained until dev entity F1 has not risen for as many epochs as --patience says", async () => {
    const how = ["train", "a.conll", "--task", "ner", "--encoder", TINY, "--epochs", "40", "--json", "--quiet"];
    const told = jsonOf(await box.call([...how, "-o", "patient", "--patience", "2"]));
    const trials = told["trials"] as { epoch: number }[];
    expect(trials.at(-1)?.epoch).toBe((told["epochs"] as number) + 2);
  });

  it("finds words of scripts without spaces as it learned them, whether they stand apart or not", async () => {
    const [names, places] = [
      ["王明", "李娜", "张伟"],
      ["北京", "上海", "广州"],
    ];
    const sentences = Array.from({ length: 30 }, (_, i) => {
      const [name, place] = [names[i % 3], places[Math.floor(i / 3) % 3]];
      const word = (text: string, label: string): string =>
        [...text].map((letter, at) => `${letter} ${at === 0 ? "B" : "I"}-${label}`).join("\n");
      return `${word(name, "PER")}\n住 O\n在 O\n${word(place, "LOC")}\n。 O\n`;
    });
    await box.write("zh.conll", sentences.join("\n"));
    const how = ["--task", "ner", "--crf", "--encoder", TINY, "--quiet", "--epochs", "8"];
    succeeded(await box.run(["train", "zh.conll", "-o", "zh", ...how]));
    const text = "张伟住在上海。";
    for (const written of [text, [...text].join(" ")]) {
      const [found] = linesOf(await box.call(["predict", "zh", written, "--quiet"]));
      const entities = found["entities"] as { text: string; label: string }[];
      expect(entities.map((own) => [own.text.replaceAll(" ", ""), own.label])).toEqual([
        ["张伟", "PER"],
        ["上海", "LOC"],
      ]);
    }
  }, 60_000);

  it("is evaluated on texts with entities as it cuts them itself, and on tags that are numbers", async () => {
    const row = {
      text: "Ada-based firms went to Oslo",
      entities: [
        [0, 3, "person"],
        [24, 28, "place"],
      ],
    };
    await box.write("spans.json", JSON.stringify([row]));
    const args = ["evaluate", "head", "spans.json", "--json"];
    const finished = succeeded(await box.call(args));
    expect(jsonOf(finished)).toMatchObject({ n: 1, entities: 2 });
    expect(finished.stderr).toContain("1 entity begins or ends inside a word");
    await box.write("numbers.jsonl", JSON.stringify({ tokens: ["Ada", "went"], ner_tags: [1, 0] }));
    const numbers = ["evaluate", "head", "numbers.jsonl", "--quiet"];
    expectFailure(await box.call(numbers), { exit: 3, code: "E_JSONL", says: [/--tag-names O,B-PER,I-PER/] });
    expect(jsonOf(await box.call([...numbers, "--json", "--tag-names", "O,B-person"]))).toMatchObject({
      n: 1,
      entities: 1,
    });
  });

  it("is not trained on entities most of which begin or end inside words", async () => {
    const rows = ["Ada went home", "Bob went home"].map((text) =>
      JSON.stringify({ text, entities: [[0, 2, "person"]] }),
    );
    await box.write("short.jsonl", rows.join("\n"));
    expectFailure(await box.call(["train", "short.jsonl", "-o", "no", "--task", "ner", "--encoder", TINY]), {
      exit: 3,
      code: "E_TAGS",
      says: [
        /2 of 2 begin or end inside a word, such as "Ad" \(0 to 2\) in "Ada" at short\.jsonl:1.*Add 1 to each end/,
      ],
    });
  });

  it("is evaluated under a map that leaves it one label", async () => {
    const args = ["evaluate", "head", "a.conll", "--map", "person=drop", "--json", "--quiet"];
    expect(Object.keys(jsonOf(await box.call(args))["perType"] as object)).toEqual(["place"]);
  });
});
