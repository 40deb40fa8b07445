import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  csvText,
  htmlUnescaped,
  polarityCsv,
  semEvalCsv,
  smsCsv,
  sst2Csv,
  tweetEvalCsv,
  windows1252,
} from "../../../scripts/corpora/convert.mjs";
import { main } from "../../../scripts/corpora/fetch.mjs";
import { CORPORA } from "../../../scripts/corpora/sources.mjs";

const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");
const rowsOf = (csv: string): string[][] => parse(csv, { fromLine: 2 });
const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

describe("csvText()", () => {
  it("quotes only fields with a comma, a quote or a line end, and doubles quotes", () => {
    expect(
      csvText([
        ['say "hi"', "a"],
        ["one, two", "b"],
        ["up\ndown", "c"],
        [" plain; it's\tso ", "d"],
      ]),
    ).toBe('text,label\n"say ""hi""",a\n"one, two",b\n"up\ndown",c\n plain; it\'s\tso ,d\n');
  });
});

describe("tweetEvalCsv()", () => {
  const mapping = bytes("0\tnegative\n1\tneutral\n2\tpositive\n");

  it("names the label of each line, strips the ends and keeps entities and literal escapes", () => {
    const texts = bytes('"It\\u2019s &amp; was" \n @user ok\u2028then  \nlast');
    expect(rowsOf(tweetEvalCsv([texts, bytes("2\n0\n1\n"), mapping]))).toEqual([
      ['"It\\u2019s &amp; was"', "positive"],
      ["@user ok\u2028then", "negative"],
      ["last", "neutral"],
    ]);
  });

  it("refuses texts and labels of different length, and a label without a name", () => {
    expect(() => tweetEvalCsv([bytes("a\nb\n"), bytes("1\n"), mapping])).toThrow("2 texts and 1 labels");
    expect(() => tweetEvalCsv([bytes("a\n"), bytes("7\n"), mapping])).toThrow('label "7"');
  });

  it("refuses bytes that are no UTF-8", () => {
    expect(() => tweetEvalCsv([Uint8Array.of(0x61, 0x92, 10), bytes("1\n"), mapping])).toThrow(TypeError);
  });
});

describe("semEvalCsv()", () => {
  const convert = (val: string, test: string, ...train: string[]) =>
    semEvalCsv([bytes(val), bytes(test), ...train.map(bytes)]);

  it("keeps further tabs in the text, quotes and escapes as they are, and ends lines with CRLF", () => {
    expect(convert("", "", '1\tneutral\ta\tb\t\n2\tpositive\t"so ""it\\u2019s"""\n')).toBe(
      'text,label\r\na\tb,neutral\r\n"""so """"it\\u2019s""""""",positive\r\n',
    );
  });

  it("drops what could not be had and what repeats an earlier text of any file, spelled otherwise", () => {
    const first = "1\tneutral\tNot Available\n2\tpositive\tFish &amp; Chips\n";
    const second = "3\tnegative\tfish  & CHIPS\n4\tnegative\tfish chips\n";
    expect(rowsOf(convert("", "", first, second))).toEqual([
      ["Fish &amp; Chips", "positive"],
      ["fish chips", "negative"],
    ]);
  });

  it("drops a text that is evaluated on, whatever its links, mentions and punctuation", () => {
    const train =
      "1\tneutral\tHello, @ann! see http://t.co/a1\n2\tneutral\t@bob hello you\n3\tpositive\tTested text.\n";
    expect(rowsOf(convert("@user hello... SEE https://t.co/zz\n", "tested text\n", train))).toEqual([
      ["@bob hello you", "neutral"],
    ]);
  });

  it("keeps two training texts that differ in punctuation alone", () => {
    expect(rowsOf(convert("", "", "1\tneutral\tgo!\n2\tneutral\tgo?\n"))).toHaveLength(2);
  });

  it("refuses a label that is none of the three", () => {
    expect(() => convert("", "", "1\tobjective\ttext\n")).toThrow('label "objective"');
  });
});

describe("the other converters", () => {
  it("sst2Csv() names 0 and 1", () => {
    expect(sst2Csv([bytes("a fine film\t1\nno , thanks\t0")])).toBe(
      'text,label\na fine film,positive\n"no , thanks",negative\n',
    );
    expect(() => sst2Csv([bytes("text\t2\n")])).toThrow('label "2"');
  });

  it("polarityCsv() reads windows-1252, positives first", () => {
    const positives = Uint8Array.of(0x93, 0x67, 0x6f, 0x94, 0x20, 0x85, 0xe9, 0x20, 0x0a);
    expect(rowsOf(polarityCsv([positives, bytes("bad \n")]))).toEqual([
      ["“go” …é", "positive"],
      ["bad", "negative"],
    ]);
  });

  it("smsCsv() splits at the first tab and keeps quotes inside", () => {
    expect(rowsOf(smsCsv([bytes('ham\t say "hi"\tnow \nspam\tWIN £5\u0092s, now\n')]))).toEqual([
      ['say "hi"\tnow', "ham"],
      ["WIN £5\u0092s, now", "spam"],
    ]);
    expect(() => smsCsv([bytes("no tab here\n")])).toThrow("none of ham, spam");
  });

  it("windows1252() agrees with the table on every byte, and refuses the five without a meaning", () => {
    const printable = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";
    const meaningless = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
    const upper = Array.from({ length: 32 }, (_, i) => 0x80 + i).filter((byte) => !meaningless.has(byte));
    expect(windows1252(Uint8Array.from(upper))).toBe(printable);
    expect(windows1252(Uint8Array.of(0x41, 0xa3, 0xff))).toBe("A£ÿ");
    for (const byte of meaningless) expect(() => windows1252(Uint8Array.of(byte))).toThrow(`0x${byte.toString(16)}`);
  });

  it("htmlUnescaped() resolves each entity once", () => {
    expect(htmlUnescaped("&lt;3 &amp;lt; &#39;&#x41;&gt &bogus; & &#0;")).toBe("<3 &lt; 'A> &bogus; & &#0;");
  });
});

describe("fetch-corpora", () => {
  const content: Record<string, string> = {
    "/owner/name/c0ffee/a/sms.tsv": "ham\thi, you\nspam\tWIN\n",
    "/x/y/1/b": "B\tO\n",
  };
  let server: Server;
  let asked: string[];
  let baseUrl: string;
  let outputDir: string;

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const body = content[request.url ?? ""];
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    outputDir = await mkdtemp(join(tmpdir(), "headstart-corpora-"));
  });
  afterEach(async () => {
    await new Promise((done) => server.close(done));
    await rm(outputDir, { recursive: true, force: true });
  });

  const sms = {
    repository: "owner/name",
    commit: "c0ffee",
    path: "a/sms.tsv",
    bytes: 21,
    sha256: sha256("ham\thi, you\nspam\tWIN\n"),
  };
  const conll = { repository: "x/y", commit: "1", path: "b", bytes: 4, sha256: sha256("B\tO\n") };
  const corpora = (raw = sms) => [
    {
      name: "sms",
      group: "spam",
      about: "messages",
      terms: "CC BY",
      outputs: [
        { path: "spam/sms.csv", from: [raw], convert: smsCsv, sha256: sha256('text,label\n"hi, you",ham\nWIN,spam\n') },
      ],
    },
    {
      name: "tags",
      group: "ner",
      about: "words",
      terms: "MIT",
      outputs: [
        { path: "ner/b.conll", from: [conll], convert: ([file]: readonly Uint8Array[]) => file, sha256: "other" },
      ],
    },
  ];
  const run = async (
    args: string[],
    { raw = sms, env = { HEADSTART_CORPORA_BASE: baseUrl } as Record<string, string> } = {},
  ) => {
    const said: string[] = [];
    const warned: string[] = [];
    const status = await main(args, {
      corpora: corpora(raw),
      outputDir,
      env,
      say: (line) => said.push(line),
      warn: (line) => warned.push(line),
    });
    return { status, said: said.join("\n"), warned: warned.join("\n") };
  };
  const filesOf = async () =>
    (await readdir(outputDir, { recursive: true, withFileTypes: true })).filter((f) => f.isFile()).length;

  it("writes every corpus, tells its terms, and fetches nothing the second time", async () => {
    const first = await run([]);
    expect(first).toMatchObject({ status: 0, said: expect.stringMatching(/terms: CC BY[\s\S]*terms: MIT/) });
    expect(await readFile(join(outputDir, "spam/sms.csv"), "utf8")).toBe('text,label\n"hi, you",ham\nWIN,spam\n');
    expect(await readFile(join(outputDir, "ner/b.conll"), "utf8")).toBe("B\tO\n");
    expect(first.warned).toMatch(/b\.conll is not byte for byte/);
    expect(first.warned).not.toContain("sms.csv");
    expect(asked).toHaveLength(2);
    expect((await run([])).status).toBe(0);
    expect(asked).toHaveLength(2);
  });

  it("--only takes names and groups, --base-url goes before the environment", async () => {
    expect(
      (await run(["--only", "ner", "--base-url", baseUrl], { env: { HEADSTART_CORPORA_BASE: "http://127.0.0.1:1" } }))
        .status,
    ).toBe(0);
    expect(asked).toEqual(["/x/y/1/b"]);
    expect((await run(["--only=tags,sms"])).status).toBe(0);
    expect(existsSync(join(outputDir, "spam/sms.csv"))).toBe(true);
  });

  it("fetches a cached file again that is no longer what is pinned", async () => {
    await run(["--only", "ner"]);
    await writeFile(join(outputDir, "raw/x/y/1/b"), "C\tO\n");
    await run(["--only", "ner"]);
    expect(asked).toHaveLength(2);
    expect(await readFile(join(outputDir, "ner/b.conll"), "utf8")).toBe("B\tO\n");
  });

  it.each([
    ["another checksum", { ...sms, sha256: "0".repeat(64) }, /its sha256 is [0-9a-f]{64} instead of 0{64}/],
    ["fewer bytes", { ...sms, bytes: 22 }, /it has 21 bytes instead of 22/],
    ["more bytes", { ...sms, bytes: 20 }, /more than the expected 20 bytes/],
    ["no such file", { ...sms, path: "gone" }, /the server responded with 404/],
  ])("leaves no file behind and exits 1 on %s", async (_, raw, message) => {
    const { status, warned } = await run([], { raw });
    expect(status).toBe(1);
    expect(warned).toMatch(message);
    expect(await filesOf()).toBe(0);
  });

  it("keeps what was fetched before a failure, and goes on from there", async () => {
    const [tweets, tags] = corpora();
    const half = [tags, { ...tweets, outputs: [{ ...tweets.outputs[0], from: [sms, { ...conll, path: "gone" }] }] }];
    const options = {
      corpora: half,
      outputDir,
      env: { HEADSTART_CORPORA_BASE: baseUrl },
      say: () => {},
      warn: () => {},
    };
    expect(await main([], options)).toBe(1);
    expect(existsSync(join(outputDir, "ner/b.conll"))).toBe(true);
    expect(existsSync(join(outputDir, "spam/sms.csv"))).toBe(false);
    asked.length = 0;
    expect(await main([], options)).toBe(1);
    expect(asked).toEqual(["/x/y/1/gone"]);
  });

  it("without a network says what works without one", async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    const { status, warned } = await run([], { env: { HEADSTART_CORPORA_BASE: `http://127.0.0.1:${port}` } });
    expect(status).toBe(1);
    expect(warned).toMatch(/ECONNREFUSED.*small corpora in data\/ work without a network/);
    server = createServer().listen(0, "127.0.0.1");
  });

  it("exits with 2 for usage errors and 0 for --help, without a request", async () => {
    expect(await run(["--only", "nope"])).toMatchObject({
      status: 2,
      warned: expect.stringContaining("spam, sms, ner, tags"),
    });
    expect((await run(["--color"])).status).toBe(2);
    expect(await run(["--help"])).toMatchObject({ status: 0, said: expect.stringContaining("--base-url") });
    expect(asked).toEqual([]);
  });

  it("says in one line that the output folder cannot be written", async () => {
    const file = join(outputDir, "file");
    await writeFile(file, "");
    expect(await run(["--output", join(file, "below")])).toMatchObject({
      status: 1,
      warned: expect.stringMatching(/^Cannot write the corpora: E.*--output$/),
    });
  });
});

describe("CORPORA", () => {
  const outputs = CORPORA.flatMap((corpus) => corpus.outputs);

  it("pins every file by commit, size and checksum, and writes into the folder of the group", () => {
    for (const raw of outputs.flatMap((output) => output.from)) {
      expect(raw.commit).toMatch(/^[0-9a-f]{40}$/);
      expect(raw.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(raw.bytes).toBeGreaterThan(0);
    }
    for (const { group, outputs: own } of CORPORA) {
      for (const { path } of own) expect(path.startsWith(`${group}/`)).toBe(true);
    }
    expect(new Set(outputs.map(({ path }) => path)).size).toBe(outputs.length);
  });
});

/** Someone may have fetched some of the corpora only. */
const real = (path: string): string => join(process.env.HEADSTART_CORPORA ?? "nowhere", path);
const missing = (...paths: string[]): boolean =>
  !process.env.HEADSTART_CORPORA || !paths.every((path) => existsSync(real(path)));
const TWEETS = ["semeval-2013-2016.train", "tweeteval-sentiment.val", "tweeteval-sentiment.test"].map(
  (name) => `tweets/${name}.csv`,
);

describe("on the real corpora", () => {
  const outputs = CORPORA.flatMap((corpus) => corpus.outputs);

  for (const { path, sha256: expected } of outputs) {
    it.skipIf(missing(path))(`${path} has the expected checksum`, async () => {
      expect(sha256(await readFile(real(path)))).toBe(expected);
    });
  }

  for (const { path } of outputs.filter((output) => output.path.endsWith(".csv"))) {
    it.skipIf(missing(path))(`${path} read and written again is the same file`, async () => {
      const text = await readFile(real(path), "utf8");
      expect(csvText(rowsOf(text) as [string, string][], text.includes("\r\n") ? "\r\n" : "\n") === text).toBe(true);
    });
  }

  for (const { path, from, convert } of outputs.filter((output) => output.convert === sst2Csv)) {
    it.skipIf(missing(path))(`${path} comes from an original with the pinned checksum`, async () => {
      const csv = await readFile(real(path), "utf8");
      const lines = rowsOf(csv).map(([text, label]) => `${text}\t${label === "positive" ? 1 : 0}`);
      expect(sha256(lines.join("\n"))).toBe(from[0].sha256);
      expect(convert([bytes(lines.join("\n"))]) === csv).toBe(true);
    });
  }

  it.skipIf(missing(...TWEETS))("semEvalCsv() drops no row of its own result", async () => {
    const [train, ...evaluated] = await Promise.all(TWEETS.map((path) => readFile(real(path), "utf8")));
    const original = rowsOf(train).map(([text, label], i) => `${i}\t${label}\t${text}`);
    const texts = evaluated.map((csv) =>
      bytes(
        rowsOf(csv)
          .map(([text]) => text)
          .join("\n"),
      ),
    );
    expect(semEvalCsv([...texts, bytes(original.join("\n"))]) === train).toBe(true);
  });
});
