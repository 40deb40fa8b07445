import { execFileSync } from "node:child_process";
import { mkdir, open, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HeadstartError } from "../../../../src/errors.js";
import { peekHead } from "../../../../src/head/file/folder.js";
import { tempFolder } from "../../files/tempFolder.js";
import { KINDS, reseal, retensor } from "./savedArtifacts.js";

type Fields = Record<string, unknown> & { labels: string[] };

const WILD = [Number.NaN, Infinity, -Infinity];
const refused = (code: string, ...says: string[]) => ({
  code,
  message: expect.stringMatching(new RegExp(says.join(".*"), "s")) as string,
});
/** Writes other text into a folder's `headstart.json`, which keeps its checksum. */
async function rewrite(folder: string, change: (text: string) => string | Uint8Array): Promise<void> {
  const file = join(folder, "headstart.json");
  await writeFile(file, change(await readFile(file, "utf8")));
}
const withFields = (change: (fields: Fields) => void) => (text: string) => {
  const fields = JSON.parse(text) as Fields;
  change(fields);
  return JSON.stringify(fields);
};

describe.each(KINDS)("a saved head of kind $name", ({ save, predictions, files }) => {
  const saved = async (): Promise<string> => {
    const folder = join(await tempFolder(), "head");
    await save(folder);
    return folder;
  };

  it("is of version 2 and predicts the same however its headstart.json is laid out", async () => {
    const folder = await saved();
    const before = await predictions(folder);
    expect(JSON.parse(await readFile(join(folder, "headstart.json"), "utf8"))).toMatchObject({ version: 2 });
    const turned = (value: unknown): unknown => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(
        Object.entries(value)
          .map(([name, own]) => [name, turned(own)])
          .reverse(),
      );
    };
    await rewrite(folder, (text) => JSON.stringify(turned(JSON.parse(text))));
    expect(await predictions(folder)).toEqual(before);
  });

  it.each<[what: string, change: (fields: Fields) => void]>([
    ["two labels changed places", ({ labels }) => void ([labels[0], labels[1]] = [labels[1], labels[0]])],
    ["a label was renamed", ({ labels }) => void (labels[0] = "other")],
    ["the time was changed", (fields) => void (fields["createdAt"] = "2027")],
    ["a number of the training was changed", (fields) => void ((fields["training"] as { n: number }).n += 1)],
    ["a field was added", (fields) => void (fields["note"] = 1)],
    ["its checksum was removed", (fields) => void delete fields["checksum"]],
    ["it is said to be of version 1", (fields) => void (fields["version"] = 1)],
  ])("is refused with E_CHECKSUM where %s", async (_, change) => {
    const folder = await saved();
    await rewrite(folder, withFields(change));
    const error = refused("E_CHECKSUM", "headstart.json was changed after it was saved", "train it again");
    await expect(predictions(folder)).rejects.toMatchObject(error);
    await expect(peekHead(folder)).rejects.toMatchObject(error);
  });

  it.each<[what: string, text: (text: string) => string | Uint8Array, found: string]>([
    ["a name twice", (text) => text.replace("{", '{"version":2,'), "comes twice"],
    ["deep nesting", (text) => text.replace("{", `{"x":${"[".repeat(1e5)}${"]".repeat(1e5)},`), "nested deeper"],
    ["a million values", (text) => text.replace("{", `{"x":[${"0,".repeat(1e6)}0],`), "more than 1000000 values"],
    ["a string of 15 MB", (text) => text.replace("{", `{"x":"${"a".repeat(15e6)}",`), ""],
    ["__proto__", (text) => text.replace("{", '{"__proto__":{"version":2},'), ""],
    ["bytes that are not UTF-8", (text) => Buffer.from(text.replace("2026", "\u00ff\u00fe"), "latin1"), "not UTF-8"],
    ["nothing", () => "", "ends early"],
    ["null", () => "null", ""],
    ["a list", () => "[]", ""],
    ["17 MB", (text) => text + " ".repeat(17e6), "more than the 16777216"],
  ])("is refused where its headstart.json has %s", async (_, text, found) => {
    const folder = await saved();
    await rewrite(folder, text);
    const code = expect.stringMatching(/^E_(HEAD_INVALID|CHECKSUM)$/) as string;
    await expect(predictions(folder)).rejects.toMatchObject({ ...refused("", found), code });
  });

  it("takes nothing from a field called __proto__ under a checksum that fits", async () => {
    const folder = await saved();
    const before = await predictions(folder);
    const other = { labels: ["p", "q", "r"], version: 1, task: "ner" };
    await reseal(folder, (fields) => Object.fromEntries([["__proto__", other], ...Object.entries(fields)]));
    expect(await predictions(folder)).toEqual(before);
    await reseal(folder, (fields) =>
      Object.fromEntries(Object.entries(fields).map(([name, own]) => [name === "labels" ? "__proto__" : name, own])),
    );
    await expect(predictions(folder)).rejects.toMatchObject(refused("E_HEAD_INVALID", 'field "labels"'));
  });

  it("is refused, naming the tensor, with NaN or infinity in any of its tensors, though all checksums fit", async () => {
    for (const file of files) {
      const names: string[] = [];
      const folder = await saved();
      await retensor(folder, file, (tensors) => {
        for (const [name, { dtype }] of tensors) if (dtype === "F32" || dtype === "F64") names.push(name);
      });
      await predictions(folder);
      expect(names.length).toBeGreaterThan(1);
      for (const [i, name] of names.entries()) {
        await save(folder);
        await retensor(folder, file, (tensors) => {
          const { data } = tensors.get(name)!;
          data[data.length - 1] = WILD[i % 3];
        });
        await expect(predictions(folder)).rejects.toMatchObject(refused("E_HEAD_INVALID", file, `"${name}"`));
      }
    }
  });

  it("is not written with NaN or infinity in it, and what was there stays", async () => {
    const folder = await saved();
    const before = await predictions(folder);
    const names: string[] = [];
    await save(folder, (name) => names.push(name));
    expect(names.length).toBeGreaterThan(1);
    for (const [i, bad] of names.entries()) {
      const spoiled = save(folder, (name, numbers) => void (name === bad && (numbers[0] = WILD[i % 3])));
      await expect(spoiled).rejects.toMatchObject(refused("E_DIVERGED", "Cannot save"));
    }
    expect(await predictions(folder)).toEqual(before);
    expect(await readdir(join(folder, ".."))).toEqual(["head"]);
  });

  it("is refused without waiting or filling the memory where a file is a folder, a link to a device, a pipe or endless", async () => {
    for (const file of ["headstart.json", ...files]) {
      const folder = await saved();
      const path = join(folder, file);
      const makers = [
        () => mkdir(path),
        () => symlink("/dev/zero", path),
        () => Promise.resolve(execFileSync("mkfifo", [path])),
        async () => {
          const handle = await open(path, "w");
          await handle.truncate(2 ** 40);
          await handle.close();
        },
      ];
      for (const make of process.platform === "win32" ? makers.slice(0, 1) : makers) {
        await rm(path, { recursive: true });
        await make();
        const error = await predictions(folder).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(HeadstartError);
        expect((error as HeadstartError).exitCode).toBe(4);
        expect((error as HeadstartError).message).toContain(file);
      }
    }
  });

  it("says in its card what it holds of the training texts", async () => {
    const card = await readFile(join(await saved(), "README.md"), "utf8");
    expect(card).toContain("## What it holds of the training texts");
    const none = files.length === 1;
    expect(card).toContain(none ? "No training text" : "**3 training texts with their labels and vectors**");
  });
});

describe("loadHead() refuses dev predictions", () => {
  const [logistic] = KINDS;
  it.each<[what: string, data: number[]]>([
    ["that are below 0", [1.5, -0.25, -0.25, 0, 0, 1]],
    ["that do not sum to 1", [0.25, 0.5, 0.3, 0, 0, 1]],
  ])("%s, naming the tensor", async (_, data) => {
    const folder = join(await tempFolder(), "head");
    await logistic.save(folder);
    const change = (numbers: readonly number[]) =>
      retensor(folder, "head.safetensors", (tensors) => {
        tensors.set("dev.probabilities", { dtype: "F64", shape: [2, 3], data: Float64Array.from(numbers) });
      });
    await change(data);
    await expect(logistic.predictions(folder)).rejects.toMatchObject(refused("E_HEAD_INVALID", '"dev.probabilities"'));
    await change([0.1 + 0.2, 0.7, 1e-9, 0, 0, 1]);
    await logistic.predictions(folder);
  });

  it.each([0, -1, Infinity])("under a temperature of %d", async (temperature) => {
    const folder = join(await tempFolder(), "head");
    await logistic.save(folder);
    const text = (json: string): string =>
      json.replace('"temperature": 1.5', `"temperature": ${temperature === Infinity ? "1e400" : temperature}`);
    // Version 1: a seal cannot be made around an infinity.
    await rewrite(folder, (json) =>
      text(json)
        .replace('"version": 2', '"version": 1')
        .replace(/,\s*"checksum": "\w+"/, ""),
    );
    await expect(logistic.predictions(folder)).rejects.toMatchObject(
      refused("E_HEAD_INVALID", 'field "calibration.temperature"'),
    );
  });
});
