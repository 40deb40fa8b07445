import { copyFile, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { predictBagOfWords } from "../../../../src/head/linear/bagOfWords.js";
import { predictProbabilities } from "../../../../src/head/head.js";
import { loadHead, requireSameEncoder, saveHead } from "../../../../src/head/file/folder.js";
import { matrix } from "../../../../src/math/matrix.js";
import { tempFolder } from "../../files/tempFolder.js";
import { reseal } from "./savedArtifacts.js";
import { madeUpHead } from "./savedHead.js";

async function saved(labels: readonly string[] = ["negative", "positive"]) {
  const folder = join(await tempFolder(), "head");
  const made = madeUpHead(labels);
  await saveHead(folder, made);
  return { folder, ...made };
}

const vectors = matrix(
  5,
  4,
  Float32Array.from({ length: 20 }, (_, i) => Math.sin(i)),
);

/** A copy of plain JSON with one field replaced, or left out. */
function withField(json: unknown, [name, ...rest]: readonly string[], value: unknown): object {
  const fields = json as Readonly<Record<string, unknown>>;
  return { ...fields, [name]: rest.length === 0 ? value : withField(fields[name], rest, value) };
}

describe("saveHead and loadHead", () => {
  it.each([
    [["negative", "positive"]],
    [["z", "a", "m"]],
    [["😀", "a,b", "two\nlines", 'quo"te', "__proto__", "constructor", " padded ", "café", "cafe\u0301"]],
  ])("keep weights, labels and their order to the bit: %j [D09, R37]", async (labels) => {
    const { folder, head, bagOfWords, file } = await saved(labels);
    const loaded = await loadHead(folder);
    expect(loaded.head).toEqual(head);
    expect(loaded.bagOfWords).toEqual(bagOfWords);
    expect(loaded.path).toBe(folder);
    expect(predictProbabilities(loaded.head, vectors)).toEqual(predictProbabilities(head, vectors));
    const texts = ["any text", ""];
    expect(predictBagOfWords(loaded.bagOfWords, texts)).toEqual(predictBagOfWords(bagOfWords, texts));
    const { version, checksum, weights, ...rest } = loaded.file;
    expect(rest).toEqual(file);
    expect([version, checksum]).toEqual([2, expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(weights.sha256).toMatch(/^[0-9a-f]{64}$/);
    for (const [i, label] of labels.entries()) {
      expect(Object.hasOwn(loaded.file.training.labelCounts, label)).toBe(true);
      expect(loaded.file.training.labelCounts[label]).toBe(i + 1);
    }
  });

  it("belong together: an MLP has its settings in the record, and no other kind does", async () => {
    const made = madeUpHead(["a", "b"]);
    const folder = join(await tempFolder(), "head");
    await saveHead(folder, { ...made, file: { ...made.file, kind: "mlp" } });
    await expect(loadHead(folder)).rejects.toMatchObject({
      code: "E_HEAD_INVALID",
      message: expect.stringContaining('"mlp"') as string,
    });
  });

  it("keep what a baseline counts, and how it was regularized", async () => {
    const folder = join(await tempFolder(), "head");
    const made = madeUpHead(["a", "b", "c"]);
    const bagOfWords = { ...made.bagOfWords, features: "characters", C: 0.3 } as const;
    await saveHead(folder, { ...made, bagOfWords });
    const loaded = await loadHead(folder);
    expect(loaded.bagOfWords).toEqual(bagOfWords);
    expect(loaded.file.training.bagOfWords).toEqual({ features: "characters", C: 0.3 });
    expect(await readFile(join(folder, "README.md"), "utf8")).not.toContain("undefined");
  });

  it("read a baseline whose kind was not kept, as that of older heads, as one of words", async () => {
    const { file, bagOfWords } = await loadHead("sentiment");
    expect(file.training.bagOfWords).toBeUndefined();
    expect([bagOfWords.features, bagOfWords.C]).toEqual(["words", null]);
    const [negative, , positive] = predictBagOfWords(bagOfWords, ["what a wonderful, great day"]);
    expect(positive).toBeGreaterThan(negative);
  });

  it("keep a baseline without words", async () => {
    const folder = join(await tempFolder(), "head");
    const made = madeUpHead(["a", "b", "c"], { words: 0 });
    await saveHead(folder, made);
    expect((await loadHead(folder)).bagOfWords).toEqual(made.bagOfWords);
  });

  it("write the same bytes for the same head, and leave no other files", async () => {
    const [one, two] = [await saved(), await saved()];
    const files = (await readdir(one.folder)).sort();
    expect(files).toEqual([".headstart", "README.md", "head.safetensors", "headstart.json"]);
    for (const file of files)
      expect(Buffer.compare(await readFile(join(one.folder, file)), await readFile(join(two.folder, file)))).toBe(0);
    expect(await readdir(join(one.folder, ".."))).toEqual(["head"]);
  });

  it("do not replace a head without force", async () => {
    const { folder } = await saved();
    const other = madeUpHead(["x", "y", "z"]);
    await expect(saveHead(folder, other)).rejects.toMatchObject({ code: "E_OUTPUT_EXISTS" });
    expect((await loadHead(folder)).head.labels).toEqual(["negative", "positive"]);
    await saveHead(folder, other, { force: true });
    expect((await loadHead(folder)).head).toEqual(other.head);
  });

  it("say in the card what the head predicts and where it comes from, a user's words as plain text", async () => {
    const { folder } = await saved(["<b>", "a|b\n# c"]);
    const card = await readFile(join(folder, "README.md"), "utf8");
    expect(card).toContain("\\<b\\>");
    expect(card).toContain("a\\|b \\# c");
    expect(card).toContain("train.csv");
  });
});

describe("the head that ships", () => {
  it("is sealed, and says that it holds no training text", async () => {
    const { file, path } = await loadHead("sentiment");
    expect([file.version, file.labels]).toEqual([2, ["negative", "neutral", "positive"]]);
    expect(file.weights.sha256).toBe("e8ce48ee459b6039107bf0e67e48b0f614d552eb17da24fdf2b5df4fbcfe2f08");
    const card = await readFile(join(path, "README.md"), "utf8");
    for (const said of ["No training text", "## Data"]) expect(card).toContain(said);
  });
});

describe("loadHead() refuses", () => {
  it("a head with one byte changed, wherever it is, with E_CHECKSUM [A07]", async () => {
    const { folder } = await saved();
    const path = join(folder, "head.safetensors");
    const bytes = await readFile(path);
    for (const at of [0, 20, bytes.length - 1]) {
      await writeFile(path, bytes.with(at, bytes[at] ^ 1));
      await expect(loadHead(folder)).rejects.toMatchObject({
        code: "E_CHECKSUM",
        message: expect.stringContaining("head.safetensors"),
      });
    }
    await writeFile(path, bytes.subarray(0, -4));
    await expect(loadHead(folder)).rejects.toMatchObject({ code: "E_CHECKSUM" });
    await writeFile(path, bytes);
    await loadHead(folder);
  });

  it("weights of another head, whose shapes do not fit", async () => {
    const { folder } = await saved();
    const other = await saved(["a", "b", "c"]);
    const sha256 = (await loadHead(other.folder)).file.weights.sha256;
    await copyFile(join(other.folder, "head.safetensors"), join(folder, "head.safetensors"));
    const { size } = await stat(join(folder, "head.safetensors"));
    await reseal(folder, (json) =>
      withField(withField(json, ["weights", "sha256"], sha256), ["weights", "bytes"], size),
    );
    await expect(loadHead(folder)).rejects.toMatchObject({
      code: "E_HEAD_INVALID",
      message: expect.stringMatching(/"weights" is F32 \[3, 4\], expected F32 \[1, 4\]/),
    });
  });

  it.each<[field: string, value: unknown]>([
    ["training.C", "much"],
    ["encoder.fingerprint", "abc"],
    ["labels", ["only"]],
    ["labels", ["twice", "twice"]],
    ["labels", ["", "b"]],
    ["format", undefined],
    ["training.labelCounts", { negative: 1.5 }],
    ["training.labelCounts", [1, 2]],
    ["weights.file", "../../etc/passwd"],
  ])("a headstart.json with another %s: %j, naming the field", async (field, value) => {
    const { folder } = await saved();
    await reseal(folder, (json) => withField(json, field.split("."), value));
    await expect(loadHead(folder)).rejects.toMatchObject({
      code: "E_HEAD_INVALID",
      message: expect.stringContaining(`field "${field}"`),
    });
  });

  it("a version that it does not know, naming the field", async () => {
    const { folder } = await saved();
    const path = join(folder, "headstart.json");
    await writeFile(path, (await readFile(path, "utf8")).replace('"version": 2', '"version": 3'));
    await expect(loadHead(folder)).rejects.toMatchObject({
      code: "E_HEAD_INVALID",
      message: expect.stringContaining('field "version"'),
    });
  });

  it("a headstart.json that is no JSON", async () => {
    const { folder } = await saved();
    await writeFile(join(folder, "headstart.json"), "{");
    await expect(loadHead(folder)).rejects.toMatchObject({
      code: "E_HEAD_INVALID",
      message: expect.stringContaining("headstart.json"),
    });
  });

  it("a folder without headstart.json, and one without weights", async () => {
    const { folder } = await saved();
    await rm(join(folder, "head.safetensors"));
    await expect(loadHead(folder)).rejects.toMatchObject({ code: "E_HEAD_INVALID" });
    const empty = join(await tempFolder(), "empty");
    await mkdir(empty);
    await expect(loadHead(empty)).rejects.toMatchObject({ code: "E_HEAD_MISSING" });
  });

  it("a name that is neither a folder nor ships, with the nearest that does", async () => {
    await expect(loadHead("sentimnet")).rejects.toMatchObject({
      code: "E_HEAD_MISSING",
      message: expect.stringContaining("Did you mean sentiment?"),
    });
    await expect(loadHead("./no/such/head")).rejects.toMatchObject({
      code: "E_HEAD_MISSING",
      message: expect.stringContaining("headstart train"),
    });
  });
});

describe("requireSameEncoder", () => {
  it("refuses any other fingerprint with E_HEAD_MISMATCH, naming both encoders [D09]", async () => {
    const { file } = await loadHead((await saved()).folder);
    requireSameEncoder(file, { name: "under another name", fingerprint: "ab".repeat(32) });
    expect(() => requireSameEncoder(file, { name: "other", fingerprint: "ab".repeat(31) + "ac" })).toThrow(
      expect.objectContaining({ code: "E_HEAD_MISMATCH", message: expect.stringMatching(/tiny.*other/) }),
    );
  });
});
