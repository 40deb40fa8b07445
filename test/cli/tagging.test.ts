import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { expectFailure, jsonOf, linesOf, sharedSandbox, succeeded, TINY, type Sandbox } from "./runCli.js";

const NAMES = ["Ada", "Bob", "Cy", "Dee", "Eve", "Flo"];
const PLACES = ["Oslo", "Paris", "Rome"];
const corpus = Array.from({ length: 36 }, (_, i) =>
  [`${NAMES[i % 6]}\tB-person`, "went\tO", "to\tO", `${PLACES[i % 3]}\tB-place`, `${i}\tO`].join("\n"),
).join("\n\n");

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("a.conll", `${corpus}\n`);
  await box.write("t.csv", "id,text\n1,Ada went to Oslo 3\n2,\n");
  const flags = ["--task", "ner", "--crf", "--encoder", TINY, "--quiet", "--epochs", "8"];
  succeeded(await box.run(["train", "a.conll", "-o", "head", ...flags]));
}, 120_000);

describe("a head that finds entities", () => {
  it("is told of in some lines, and in more with --verbose", async () => {
    const args = ["train", "a.conll", "-o", "told", "--task", "ner", "--encoder", TINY, "--epochs", "1"];
    const { stdout, stderr } = succeeded(await box.run(args));
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(10);
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

  it("is compared across domains through a map, with a verdict", async () => {
    const sides = ["--source", "a.conll", "--target", "a.conll", "--target-train", "a.conll", "-o", "report"];
    const how = ["--task", "ner", "--map", "place=LOC", "--encoder", TINY, "--epochs", "3", "--quiet"];
    const record = jsonOf(await box.call(["transfer", ...sides, ...how, "--json"]));
    expect(record).toMatchObject({ labels: ["LOC", "person"], map: { place: "LOC" }, leakage: { normalised: 29 } });
    expect(["positive", "neutral", "negative"]).toContain((record["verdict"] as { call: string }).call);
    expect(await readFile(box.path("report/report.html"), "utf8")).toContain("Entity F1");
    const { normalised, targetWithout } = record["leakage"] as {
      normalised: number;
      targetWithout: { entityF1: number };
    };
    const shown = succeeded(await box.call(["transfer", ...sides, ...how])).stdout;
    const said = `target without duplicates +${targetWithout.entityF1.toFixed(3)} \\(${normalised} sentences left out\\)`;
    expect(shown).toMatch(new RegExp(said));
  });
});
