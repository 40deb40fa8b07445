import { spawnSync } from "node:child_process";
import { chmod, cp, mkdir, readFile, readdir, rename, rm, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  csv,
  expectFailure,
  labelledRows,
  MAIN,
  sandbox,
  sharedSandbox,
  startProcess,
  TINY,
  type Finished,
  type Sandbox,
  succeeded,
} from "./runCli.js";

const WITH_TINY = ["--encoder", TINY];
const WRITERS: Readonly<Record<string, (output: string) => readonly string[]>> = {
  embed: (output) => ["embed", "in.csv", "-o", `${output}.parquet`, ...WITH_TINY],
  train: (output) => ["train", "in.csv", "-o", output, ...WITH_TINY],
  evaluate: (output) => ["evaluate", "head", "in.csv", "--errors", `${output}.csv`],
  predict: (output) => ["predict", "head", "--input", "in.csv", "-o", `${output}.jsonl`],
  transfer: (output) => ["transfer", "--source", "in.csv", "--target", "in.csv", "-o", output, ...WITH_TINY],
  layers: (output) => ["layers", "in.csv", "-o", output, ...WITH_TINY],
};
const FOLDERS = ["train", "transfer", "layers"];
const named = (args: readonly string[]): string => args[args.findIndex((arg) => /^(-o|--errors)$/.test(arg)) + 1];

let box: Sandbox;

/** All that is in a file or folder. */
async function bytesOf(name: string): Promise<readonly string[]> {
  if (!(await stat(box.path(name))).isDirectory()) return [await readFile(box.path(name), "latin1")];
  const files = (await box.files()).filter((file) => file.startsWith(`${name}/`));
  const contents = files.map(async (file) => {
    const isFolder = (await stat(box.path(file))).isDirectory();
    return isFolder ? file : `${file} ${await readFile(box.path(file), "latin1")}`;
  });
  return Promise.all(contents);
}

const inShell = (script: string): Promise<Finished> =>
  startProcess(["-c", script], { program: "sh", cwd: box.folder, env: box.env, input: "" }).finished;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("in.csv", csv(["text", "label"], labelledRows(20)));
  succeeded(await box.run(["train", "in.csv", "-o", "head", "--quiet", ...WITH_TINY]));
});

describe.each(Object.entries(WRITERS))("headstart %s", (command, argsFor) => {
  it("keeps an output that is there, and replaces it with --force", async () => {
    const args = [...argsFor(`${command}-old`), "--limit", "16"];
    if (FOLDERS.includes(command)) {
      succeeded(await box.call([...args, "--seed", "7"]));
    } else await box.write(named(args), "old");
    const old = await bytesOf(named(args));
    const before = await box.files();
    const says = [/--force/, new RegExp(`Cannot write ${command}-old`)];
    const refused = await box.call(args);
    expectFailure(refused, { exit: 5, code: "E_OUTPUT_EXISTS", says });
    // Before any long work, and before the encoder is loaded.
    expect(refused.stderr.trimEnd()).not.toContain("\n");
    expect(await bytesOf(named(args))).toEqual(old);
    expect(await box.files()).toEqual(before);
    expect((await box.call([...args, "--force", "--quiet"])).code).toBe(0);
    const after = await box.files();
    expect(after).toContain(named(args));
    expect(after.filter((name) => /\.(tmp|old|headstart)$/.test(name) && !name.endsWith("/.headstart"))).toEqual([]);
    expect(await bytesOf(named(args))).not.toEqual(old);
  });

  it("replaces no link, pipe or folder that it did not write, --force or not", async () => {
    const args = argsFor(`${command}-odd`);
    const path = box.path(named(args));
    const inside = join(box.path("mine"), "train.csv");
    await box.write("mine/train.csv", "text,label\nmine,a\n");
    const odd: readonly [make: () => Promise<unknown>, exists: string][] = [
      [() => symlink(inside, path), "a link"],
      [() => symlink(box.path("mine"), path), "a link"],
      [() => symlink("nowhere", path), "a link"],
      [async () => spawnSync("mkfifo", [path]), "a pipe"],
      [() => cp(box.path("mine"), path, { recursive: true }), "a folder"],
    ];
    for (const [make, kind] of odd.filter((_, i) => process.platform !== "win32" || i === 4)) {
      await make();
      for (const force of [[], ["--force"]]) {
        const refused = await box.call([...args, ...force]);
        expect(refused.stderr).toContain(kind);
        expect(refused.stderr).not.toContain("--force");
        expect(refused.code).toBe(5);
      }
      await rm(path, { recursive: true });
    }
    expect(await readFile(inside, "utf8")).toContain("mine");
  });

  // What the others write has no place for it.
  it.runIf(FOLDERS.includes(command))("says that the same command has been through, and does nothing", async () => {
    const args = [...argsFor(`${command}-twice`), "--json"];
    const first = succeeded(await box.call(args));
    const before = await bytesOf(named(args));
    const second = succeeded(await box.call(args));
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr).toMatch(/was written by the same command on the same input, so there is nothing to do/);
    expect(second.stderr.trimEnd()).not.toContain("\n");
    expect(await bytesOf(named(args))).toEqual(before);
    await rm(join(box.path(named(args)), "README.md"), { force: true });
    await rm(join(box.path(named(args)), "report.html"), { force: true });
    expect((await box.call(args)).code).toBe(5);
    const other = await box.call([...args, "--limit", "14"]);
    expect(other.code).toBe(5);
    expect(JSON.parse(other.stderr)).toMatchObject({ error: { code: "E_OUTPUT_EXISTS" } });
  });

  it("cannot write below a file", async () => {
    const before = await box.files();
    const refused = await box.call(argsFor(`in.csv/${command}`));
    expectFailure(refused, { exit: 5, code: "E_OUTPUT_WRITE", says: [/a part of the path is a file/] });
    expect(refused.stderr.trimEnd()).not.toContain("\n");
    expect(await box.files()).toEqual(before);
  });

  // Root may write anywhere.
  it.skipIf(process.getuid?.() === 0)("cannot write to a folder that it may not change", async () => {
    await mkdir(box.path(`${command}-locked`));
    await chmod(box.path(`${command}-locked`), 0o555);
    const refused = await box.call(argsFor(`${command}-locked/out`));
    expectFailure(refused, { exit: 5, code: "E_OUTPUT_WRITE", says: [/there is no permission/] });
  });
});

describe("--force", () => {
  /** The commands that write a folder, to `output`, from a file in `inputs`. */
  const FORMS: Readonly<Record<string, (inputs: string, output: string) => readonly string[]>> = {
    train: (inputs, output) => ["train", `${inputs}/train.csv`, "-o", output, ...WITH_TINY],
    ner: (inputs, output) => ["train", `${inputs}/train.conll`, "-o", output, "--task", "ner", ...WITH_TINY],
    "multi-label": (inputs, output) => [
      "train",
      `${inputs}/train.csv`,
      "-o",
      output,
      "--multi-label",
      "|",
      ...WITH_TINY,
    ],
    transfer: (inputs, output) => {
      const [source, target] = [`${inputs}/train.csv`, `${inputs}/train.csv`];
      return ["transfer", "--source", source, "--target", target, "-o", output, ...WITH_TINY];
    },
    layers: (inputs, output) => ["layers", `${inputs}/train.csv`, "-o", output, ...WITH_TINY],
    distill: (inputs, output) => ["distil", `${inputs}/encoder`, "-o", output],
  };

  it.each(Object.keys(FORMS))("of %s never takes a folder of the user's away, whatever it is called", async (form) => {
    const own = await sandbox();
    await own.write("data/train.csv", csv(["text", "label"], labelledRows(20)));
    await own.write("data/train.conll", "sun B-X\n\nrain O\n\n".repeat(10));
    await own.write("data/notes/mine.txt", "mine");
    await cp(TINY, own.path("data/encoder"), { recursive: true });
    await symlink(own.path("data"), own.path("link"));
    await symlink(own.path("data/train.csv"), own.path("linked.csv"));
    await own.write("other/mine.txt", "mine");
    const before = await own.files();
    const few = ["data", "link/", ".", "data/encoder"];
    const all = [
      ...few,
      "data/",
      "./data/../data",
      "link",
      "data/notes",
      "..",
      own.home,
      "/",
      "other",
      "data/train.csv",
    ];
    for (const output of form === "train" ? [...all, "linked.csv"] : few) {
      const { code, stderr } = await own.call([...FORMS[form]("data", output), "--force"]);
      expect([output, code === 2 || code === 5, stderr]).toEqual([output, true, stderr]);
    }
    const unforced = await own.call(FORMS[form]("data", "other"));
    expectFailure(unforced, {
      exit: 5,
      code: "E_OUTPUT_EXISTS",
      says: [/it holds mine\.txt, which headstart did not/],
    });
    expect(unforced.stderr).not.toContain("--force");
    expect(await own.files()).toEqual(before);
    expect(await readFile(own.path("data/notes/mine.txt"), "utf8")).toBe("mine");
    expect(await readdir(own.home)).toEqual([]);
  });

  it("takes no folder with an input in it away, though headstart wrote it", async () => {
    const own = await sandbox();
    await own.write("in.csv", csv(["text", "label"], labelledRows(20)));
    succeeded(await own.run(["train", "in.csv", "-o", "head", ...WITH_TINY]));
    await rename(own.path("in.csv"), own.path("head/README.md"));
    const finished = await own.call([
      "train",
      "head/README.md",
      "-o",
      "head",
      "--force",
      "--from",
      "csv",
      ...WITH_TINY,
    ]);
    expectFailure(finished, { exit: 2, code: "E_USAGE", says: [/it holds head\/README\.md, which this run reads/] });
    expect(await readFile(own.path("head/README.md"), "utf8")).toContain("label");
  });
});

describe("headstart embed -o x.npy", () => {
  it("keeps a .jsonl of that name too", async () => {
    await box.write("beside.jsonl", "old");
    const refused = await box.call(["embed", "in.csv", "-o", "beside.npy", ...WITH_TINY]);
    expectFailure(refused, { exit: 5, code: "E_OUTPUT_EXISTS", says: [/Cannot write beside\.jsonl/] });
    expect(await box.files()).not.toContain("beside.npy");
  });
});

describe("errors", () => {
  it("show a stack only with --debug", async () => {
    const args = ["embed", "gone.csv", "-o", "x.npy"];
    expectFailure(await box.call(args), { exit: 3, code: "E_INPUT_MISSING" });
    const { code, stderr } = await box.call([...args, "--debug"]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error\[E_INPUT_MISSING\] .*\nHeadstartError: .*\n {4}at /);
    expect(stderr).toContain("caused by Error: ENOENT");
  });

  it("are one JSON object on stderr with --json, with their place and, with --debug, their stack", async () => {
    await box.write("short.csv", "text,label\nok,a\nshort\n");
    const args = ["embed", "short.csv", "-o", "x.npy", ...WITH_TINY, "--json"];
    for (const debug of [[], ["--debug"]]) {
      const { code, stdout, stderr } = await box.call([...args, ...debug]);
      expect([code, stdout]).toEqual([3, ""]);
      const { error } = JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "") as { error: Record<string, unknown> };
      expect(error).toMatchObject({ code: "E_CSV_FIELDS", file: "short.csv", line: 3, byte: 16 });
      expect(error.message).toMatch(/^Cannot read the row at short\.csv:3: /);
      expect(Object.hasOwn(error, "stack")).toBe(debug.length > 0);
    }
  });

  it("and remarks show the control characters of a corpus as escapes, on one line [C17]", async () => {
    const evil = "\u001b]0;owned\u0007\u001b[2J\rx\u0000\u009b31m\u202e";
    await box.write("evil.csv", csv([`te${evil}xt`, "label"], [["a", "b"]]));
    await box.write("labels.csv", csv(["text", "label"], [...labelledRows(8), [evil, `good${evil}`], [evil, "n\na"]]));
    await box.write("rows.csv", `text,label\n${evil.replace("\r", "")}\n`);
    for (const [code, args] of [
      ["E_COLUMN_MISSING", ["embed", "evil.csv", "-o", "x.npy", ...WITH_TINY]],
      ["E_INPUT_MISSING", ["embed", `no${evil.replaceAll("\0", "")}\n.csv`, "-o", "x.npy", ...WITH_TINY]],
      ["E_LABEL_MAP", ["evaluate", "head", "labels.csv"]],
      ["E_LABELS", ["train", "labels.csv", "-o", "x", ...WITH_TINY]],
      ["E_CSV_FIELDS", ["embed", "rows.csv", "-o", "x.npy", ...WITH_TINY]],
      ["E_HEAD_MISSING", ["predict", evil.replaceAll("\0", ""), "a"]],
      ["E_ENCODER_MISSING", ["predict", "head", "a", "--encoder", `./${evil.replaceAll("\0", "")}`]],
      ["E_USAGE", ["embed", "x", `--${evil.replaceAll("\0", "")}`]],
    ] as const) {
      const finished = await box.call(args);
      expectFailure(finished, {
        exit: { E_USAGE: 2, E_HEAD_MISSING: 4, E_ENCODER_MISSING: 4 }[code as string] ?? 3,
        code,
      });
      expect(finished.stderr.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
      expect(finished.stderr).not.toContain("at Object");
    }
    const kept = await box.call(["embed", "labels.csv", "--text-column", "label", "-o", "kept.npy", ...WITH_TINY]);
    expect(kept.code).toBe(0);
    expect((kept.stdout + kept.stderr).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(kept.stderr).toContain("with a NUL character");
  });

  it.skipIf(process.platform !== "linux")("say so when a file as stdout takes no more than a part", async () => {
    const command = `"${process.execPath}" "${MAIN}" embed in.csv -o - --quiet --encoder "${TINY}" > part.jsonl`;
    const script = `trap "" XFSZ; ulimit -f 4; ${command}`;
    const finished = await inShell(script);
    expectFailure(finished, { exit: 5, code: "E_OUTPUT_WRITE", says: [/stdout/] });
    expect((await readFile(box.path("part.jsonl"))).length).toBeGreaterThan(0);
  });

  it("refuse a folder where a file should be, before they embed anything", async () => {
    await mkdir(box.path("taken.npy"), { recursive: true });
    const finished = await box.call(["embed", "in.csv", "-o", "taken.npy", "--force", ...WITH_TINY]);
    expectFailure(finished, { exit: 5, code: "E_OUTPUT_WRITE", says: [/taken\.npy: it is a folder/] });
    expect(finished.stderr).not.toContain("encoder");
  });

  it("leave a folder alone that only has the name of an unfinished run's", async () => {
    await box.write("own.npy.headstart/mine.txt", "mine");
    const finished = await box.call(["embed", "in.csv", "-o", "own.npy", "--force", ...WITH_TINY]);
    expectFailure(finished, { exit: 5, code: "E_OUTPUT_EXISTS", says: [/own\.npy\.headstart .*holds mine\.txt/] });
    expect(await readFile(box.path("own.npy.headstart/mine.txt"), "utf8")).toBe("mine");
  });

  it.skipIf(process.platform !== "linux")(
    "do not speak of kept rows when all is done but for the summary",
    async () => {
      const finished = await inShell(
        `"${process.execPath}" "${MAIN}" embed in.csv -o done.npy --json --encoder "${TINY}" > /dev/full`,
      );
      expect(finished.code).toBe(5);
      expect(finished.stderr).not.toContain("are kept in");
      expect(await box.files()).toContain("done.npy");
    },
  );

  it.skipIf(process.platform !== "linux")("end where the system has no room for a folder", async () => {
    const finished = await box.call(["embed", "in.csv", "-o", "/proc/no.npy", ...WITH_TINY]);
    expectFailure(finished, { exit: 5, code: "E_OUTPUT_WRITE", says: [/\/proc\/no\.npy/] });
  });

  it.skipIf(process.platform !== "linux")("say so when stdout is full [A10]", async () => {
    const finished = await inShell(
      `"${process.execPath}" "${MAIN}" embed in.csv -o - --quiet --encoder "${TINY}" > /dev/full`,
    );
    expectFailure(finished, { exit: 5, code: "E_OUTPUT_WRITE", says: [/stdout: the disk is full \(ENOSPC\)/] });
  });
});
