import { appendFile, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import {
  csv,
  expectFailure,
  labelledRows,
  MAIN,
  sharedSandbox,
  startProcess,
  succeeded,
  TINY,
  type Finished,
  type Sandbox,
} from "./runCli.js";

const WITH_TINY = ["--encoder", TINY];

let box: Sandbox;
beforeAll(async () => {
  box = await sharedSandbox();
  await box.write("in.csv", csv(["text", "label"], labelledRows(20)));
  succeeded(await box.run(["train", "in.csv", "-o", "head", "--quiet", ...WITH_TINY]));
});

const inShell = (script: string): Promise<Finished> =>
  startProcess(["-c", script], { program: "sh", cwd: box.folder, env: box.env, input: "" }).finished;

describe("a file of the user's beside an output", () => {
  it.each<[beside: string, args: readonly string[]]>([
    ["a.parquet.rejects.jsonl", ["embed", "in.csv", "-o", "a.parquet", ...WITH_TINY]],
    ["b.rejects.jsonl", ["train", "in.csv", "-o", "b", ...WITH_TINY]],
    ["k.training.html", ["train", "in.csv", "-o", "k", "--head", "mlp", "--epochs", "1", ...WITH_TINY]],
    ["c.csv.rejects.jsonl", ["predict", "head", "--input", "in.csv", "-o", "c.csv"]],
    ["d.csv.rejects.jsonl", ["evaluate", "head", "in.csv", "--errors", "d.csv"]],
    ["e.parquet.headstart/lock.notes.txt", ["embed", "in.csv", "-o", "e.parquet", ...WITH_TINY]],
    ["f.csv.headstart/finished", ["predict", "head", "--input", "in.csv", "-o", "f.csv"]],
    ["i.parquet.headstart/finished", ["embed", "in.csv", "-o", "i.parquet", ...WITH_TINY]],
    ["j.parquet.headstart/manifest", ["embed", "in.csv", "-o", "j.parquet", ...WITH_TINY]],
    ["g.csv.headstart/finished/thesis.txt", ["predict", "head", "--input", "in.csv", "-o", "g.csv"]],
    ["h.parquet.headstart/00000001.vectors/mine.txt", ["embed", "in.csv", "-o", "h.parquet", ...WITH_TINY]],
  ])("%s is neither removed nor replaced, --force or not", async (beside, args) => {
    await box.write(beside, "my notes\n");
    for (const force of [[], ["--force"]]) {
      const says = [/Move it|move the folder/];
      expectFailure(await box.call([...args, ...force]), { exit: 5, code: "E_OUTPUT_EXISTS", says });
      expect(await readFile(box.path(beside), "utf8")).toBe("my notes\n");
    }
    await rm(box.path(beside.split("/")[0]), { recursive: true });
    expect((await box.call(args)).code).toBe(0);
  });

  it("is not followed where a link has the name of an unfinished run's folder", async () => {
    await mkdir(box.path("mine"));
    await symlink("mine", box.path("l.parquet.headstart"));
    const finished = await box.call(["embed", "in.csv", "-o", "l.parquet", ...WITH_TINY]);
    expectFailure(finished, { exit: 5, code: "E_OUTPUT_EXISTS", says: [/no folder but a link/] });
    expect((await box.files()).filter((name) => name.startsWith("mine/"))).toEqual([]);
  });

  it("that is a list of rejected rows of before is replaced, and removed once no row is rejected", async () => {
    await box.write("bad.csv", "text,label\nsun,a\none cell\nrain,b\n");
    const args = ["embed", "-o", "r.npy", "--bad-rows", "skip", "--force", ...WITH_TINY];
    for (const input of ["bad.csv", "bad.csv"]) {
      succeeded(await box.call([...args, input]));
      expect((await readFile(box.path("r.npy.rejects.jsonl"), "utf8")).split("\n")).toHaveLength(2);
    }
    succeeded(await box.call([...args, "in.csv"]));
    expect(await box.files()).not.toContain("r.npy.rejects.jsonl");
  });
});

describe("an output", () => {
  it("is never the encoder that a head names", async () => {
    await box.write("wv.csv", "sun 0.1 0.2\nrain 0.3 0.1\nday 0.2 0.5\nlovely 0.1 0.1\nawful 0.4 0.4\n");
    const words = await readFile(box.path("wv.csv"), "utf8");
    succeeded(await box.call(["train", "in.csv", "-o", "words", "--encoder", "wv.csv"]));
    for (const args of [
      ["predict", "words", "--input", "in.csv", "-o", "wv.csv"],
      ["evaluate", "words", "in.csv", "--errors", "wv.csv"],
    ]) {
      const finished = await box.call([...args, "--force"]);
      expectFailure(finished, { exit: 2, code: "E_USAGE", says: [/wv\.csv: this run reads it/] });
    }
    expect(await readFile(box.path("wv.csv"), "utf8")).toBe(words);
  });

  it("holds no cache and no event files of the same run, which is said at the start", async () => {
    for (const args of [
      ["train", "in.csv", "-o", "own", "--tensorboard", "own/runs", ...WITH_TINY],
      ["train", "in.csv", "-o", "own", "--cache", "own", ...WITH_TINY],
      ["embed", "in.csv", "-o", "own.parquet", "--cache", "own.parquet", ...WITH_TINY],
      ["predict", "head", "--input", "in.csv", "-o", "own.csv", "--cache", "own.csv.headstart/kept"],
    ]) {
      const finished = await box.call(args);
      expectFailure(finished, { exit: 2, code: "E_USAGE", says: [/would lie in it/] });
      expect(finished.stderr.trimEnd()).not.toContain("\n");
    }
    expect((await box.files()).filter((name) => name.startsWith("own"))).toEqual([]);
  });

  it("is made anew with --force only while its folder is as headstart wrote it", async () => {
    const args = ["train", "in.csv", "-o", "edited", ...WITH_TINY];
    succeeded(await box.call(args));
    await appendFile(box.path("edited/README.md"), "my remark\n");
    const edited = await box.call([...args, "--force"]);
    expectFailure(edited, { exit: 5, code: "E_OUTPUT_EXISTS", says: [/README\.md in it was changed/] });
    expect(await readFile(box.path("edited/README.md"), "utf8")).toContain("my remark");
  });

  it("that has lost a file, or has a damaged one, is not taken for finished", async () => {
    const args = ["train", "in.csv", "-o", "halved", ...WITH_TINY];
    succeeded(await box.call(args));
    await writeFile(box.path("halved/head.safetensors"), "damaged");
    expectFailure(await box.call(args), { exit: 5, code: "E_OUTPUT_EXISTS", says: [/--force/] });
    await rm(box.path("halved/head.safetensors"));
    expectFailure(await box.call(args), { exit: 5, code: "E_OUTPUT_EXISTS", says: [/--force/] });
    succeeded(await box.call([...args, "--force"]));
    expect((await box.call(["predict", "halved", "sun"])).code).toBe(0);
  });

  it("may be named with a dot or a slash at its end", async () => {
    succeeded(await box.call(["train", "in.csv", "-o", "dotted/.", ...WITH_TINY]));
    succeeded(await box.call(["train", "in.csv", "-o", "dotted/", "--force", ...WITH_TINY]));
    expect((await box.call(["predict", "dotted", "sun"])).code).toBe(0);
    const nameless = await box.call(["train", "in.csv", "-o", "", ...WITH_TINY]);
    expectFailure(nameless, { exit: 2, code: "E_USAGE", says: [/Give a name/] });
  });
});

// Windows has neither umask nor /dev/full.
describe.skipIf(process.platform === "win32")("what a command leaves", () => {
  const headstart = `"${process.execPath}" "${MAIN}"`;

  it("are folders as the umask has them, though what is unfinished in them is private", async () => {
    succeeded(await inShell(`umask 022; ${headstart} embed in.csv -o new/deep/a.npy --quiet --encoder "${TINY}"`));
    for (const folder of ["new", "new/deep"]) expect((await stat(box.path(folder))).mode & 0o777).toBe(0o755);
  });

  it("is the output alone where nobody reads what it prints", async () => {
    const piped = (args: string): Promise<Finished> => inShell(`${headstart} ${args} --quiet | true`);
    await piped("evaluate head in.csv --report p.html");
    await piped("predict head --input in.csv -o p.csv");
    await piped(`embed in.csv -o p.npy --encoder "${TINY}"`);
    const left = (await box.files()).filter((name) => name.startsWith("p."));
    expect(left).toEqual(["p.csv", "p.html", "p.jsonl", "p.npy"]);
  });

  it.skipIf(process.platform !== "linux")("prints its result the next time where it could not be printed", async () => {
    const evaluate = "evaluate head in.csv --report told.html --json --quiet";
    expect((await inShell(`${headstart} ${evaluate} > /dev/full`)).code).toBe(5);
    const again = succeeded(await inShell(`${headstart} ${evaluate}`));
    expect(JSON.parse(again.stdout)).toMatchObject({ n: 20 });
    expect((await box.files()).filter((name) => name.startsWith("told"))).toEqual(["told.html"]);
  });
});
