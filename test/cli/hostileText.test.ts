import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { csv, labelledRows, sharedSandbox, succeeded, TINY, type Finished, type Sandbox } from "./runCli.js";

/** Clears the screen, recolours it, turns the direction round, hides, breaks lines, and ends as if nothing had been. */
const WILD = "a\u001b[2J\u009b31m\u007f\u0007\u202eb\u2066\u061c\u200b\u2060\ufeff\u2028\u2029\u{e0041}\tc";
/** What no terminal may get, beside the line breaks that are ours. */
const UNSAFE =
  /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/u;

const CORPUS = `in ${WILD}.csv`;
const OTHER = `other ${WILD}.csv`;
const TAGGED = `tags ${WILD}.conll`;
const ENCODER = `./enc ${WILD}`;
const HEAD = `head ${WILD}`;
const CACHE = `./cache ${WILD}`;
const LABELS = [`good ${WILD}`, `bad ${WILD}`];

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  const rows = labelledRows(120, LABELS).map(([text, label], i) => [`${text} ${WILD}`, label, String(i)]);
  await box.write(CORPUS, csv(["text", "label", `more ${WILD}`], rows.slice(0, 60)));
  await box.write(OTHER, csv(["text", "label", `more ${WILD}`], rows.slice(60)));
  const word = WILD.replaceAll(/\s/gu, "");
  const sentence = (i: number): string =>
    `Anna${i}${word}\tB-P${word}\nsees\tO\nParis${i % 7}${word}\tB-L${word}\n.\tO\n\n`;
  await box.write(TAGGED, Array.from({ length: 40 }, (_, i) => sentence(i)).join(""));
  await cp(TINY, box.path(ENCODER), { recursive: true });
  for (const [file, key] of [
    ["config.json", "model_type"],
    ["tokenizer_config.json", "tokenizer_class"],
  ]) {
    const path = join(box.path(ENCODER), file);
    const settings = JSON.parse(await readFile(path, "utf8")) as object;
    await writeFile(path, JSON.stringify({ ...settings, [key]: WILD }));
  }
  await writeFile(join(box.path(ENCODER), "README.md"), `---\nlicense: ${WILD}\n---\n`);
  const snapshot = join(box.home, ".cache/huggingface/hub/models--owner--name/snapshots", "0".repeat(40));
  await mkdir(snapshot, { recursive: true });
  await cp(box.path(ENCODER), snapshot, { recursive: true });
  succeeded(await box.run(["train", CORPUS, "-o", HEAD, "--encoder", ENCODER, "--cache", CACHE]));
}, 120_000);

/** Runs a command, and checks what it showed. */
async function shown(args: readonly string[], input = ""): Promise<Finished> {
  const finished = await box.call(args, { input });
  const where = `${args.join(" ")}: `;
  for (const text of [finished.stdout, finished.stderr]) expect(where + escape(UNSAFE.exec(text)?.[0])).toBe(where);
  expect(finished.code).not.toBe(1);
  return finished;
}

const escape = (found: string | undefined): string => (found === undefined ? "" : JSON.stringify(found.codePointAt(0)));

/** Arguments as the name of a test. */
const tame = (args: readonly string[]): string => args.map((arg) => arg.replaceAll(WILD, "?")).join(" ");

const PRINTING: readonly (readonly string[])[] = [
  ["encoders"],
  ["cache", "--cache", CACHE],
  ["embed", CORPUS, "-o", `out ${WILD}.npy`, "--encoder", ENCODER, "--force"],
  ["train", CORPUS, "-o", `again ${WILD}`, "--encoder", ENCODER, "--tensorboard", `board ${WILD}`],
  ["train", CORPUS, "-o", `mlp ${WILD}`, "--encoder", ENCODER, "--head", "mlp"],
  ["train", CORPUS, "-o", `several ${WILD}`, "--encoder", ENCODER, "--multi-label", "|"],
  ["train", CORPUS, "-o", `checked ${WILD}`, "--encoder", ENCODER, "--check"],
  ["train", TAGGED, "-o", `tagger ${WILD}`, "--encoder", ENCODER, "--task", "ner"],
  ["evaluate", HEAD, OTHER, "--errors", `errors ${WILD}.csv`, "--report", `page ${WILD}.html`],
  ["evaluate", HEAD, OTHER, "--min-precision", "0.9"],
  ["predict", HEAD, `text ${WILD}`, "--explain"],
  ["predict", HEAD, "--input", OTHER, "-o", `answers ${WILD}.csv`],
  ["transfer", "--source", CORPUS, "--target", OTHER, "-o", `moved ${WILD}`, "--encoder", ENCODER],
  ["layers", CORPUS, "--target", OTHER, "-o", `layers ${WILD}`, "--encoder", ENCODER],
  ["distil", ENCODER, "-o", `table ${WILD}`],
  ["doctor", "--encoder", ENCODER],
];

describe("no control or bidi character of others reaches the terminal [C17]", () => {
  it.each(PRINTING.map((args) => [tame(args), args]))("from headstart %s", async (_, args) => {
    expect((await shown([...args])).stderr).not.toContain("error[");
    const { stdout, stderr } = await shown([...args, "--json", ...(args.length > 3 ? ["--force"] : [])]);
    expect(stderr).not.toContain("error[");
    expect(JSON.stringify(JSON.parse(stdout))).not.toBe("{}");
  });

  it.each(
    [
      ["encoders", `--${WILD}`],
      [WILD],
      ["help", WILD],
      ["embed", CORPUS, "-o", "x.npy", "--pooling", WILD],
      ["embed", CORPUS, "-o", `x.${WILD}`],
      ["embed", CORPUS, "-o", "x.npy", "--encoder", WILD],
      ["embed", CORPUS, "-o", "x.npy", "--encoder", `./${WILD}`, "--debug"],
      ["embed", CORPUS, "-o", "x.npy", "--encoder", ENCODER, "--text-column", `mor ${WILD}`],
      ["embed", CORPUS, "-o", `no/${WILD}/x.npy`, "--encoder", ENCODER, "--encoding", WILD],
      ["embed", `${WILD}.csv`, "-o", "x.npy"],
      ["train", CORPUS, "-o", HEAD, "--encoder", ENCODER, "--seed", "9"],
      ["train", CORPUS, "-o", "x", "--encoder", ENCODER, "--map", WILD],
      ["train", CORPUS, "-o", "x", "--encoder", ENCODER, "--label-column", `more ${WILD}`],
      ["evaluate", HEAD, TAGGED],
      ["predict", WILD, "x"],
      ["predict", HEAD, "x", "--costs", WILD],
      ["cache", "clean", WILD, "--cache", CACHE],
      ["cache", "--cache", CORPUS],
      ["doctor", "--encoder", WILD],
    ].map((args) => [tame(args), args] as const),
  )("with the error of headstart %s", async (_, args) => {
    expect((await shown(args)).stderr).toMatch(/^error\[E_\w+\] /m);
    expect(JSON.parse((await shown([...args, "--json", "--quiet"])).stderr)).toHaveProperty("error.code");
  });
});

it("headstart predict prints texts and labels as JSON that is equal to them", async () => {
  const text = `lovely ${WILD} 👩‍👩‍👧`;
  const { stdout } = await shown(["predict", HEAD, text]);
  const { text: again, label } = JSON.parse(stdout) as Record<string, string>;
  expect(again).toBe(text);
  expect(LABELS).toContain(label);
  expect((await shown(["predict", HEAD], `${text}\n`)).stdout).toBe(stdout);
});

it("vectors on stdout and in files have the texts as they were", async () => {
  const { stdout } = await box.run(["embed", CORPUS, "-o", "-", "--encoder", ENCODER, "--limit", "1"]);
  const [own] = Object.keys(JSON.parse(stdout) as object).filter((name) => name.startsWith("more"));
  expect(own).toBe(`more ${WILD}`);
});
