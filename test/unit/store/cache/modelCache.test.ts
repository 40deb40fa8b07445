import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openModelStore } from "../../../../src/store/cache/modelCache.js";
import { embedTexts } from "../../../../src/encoder/embed/embed.js";
import { loadEncoder } from "../../../../src/encoder/load.js";
import { fixture, openEncoder } from "../../encoder/tinyBert.js";
import { crashingFiles, hastyFiles, LOSSES } from "../../files/crashingFiles.js";
import { tempFolder } from "../../files/tempFolder.js";

const bytes = new TextEncoder().encode("a model");

describe("openModelStore", () => {
  it("gives back what was put, with what was said of it, also to another store on the folder", async () => {
    const folder = await tempFolder();
    const store = openModelStore(join(folder, "models"));
    expect(await store.get("k")).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
    const put = await store.put("k", bytes, { cosine: 0.5 });
    expect(new Uint8Array(await readFile(put.file))).toEqual(bytes);
    expect(await openModelStore(join(folder, "models")).get("k")).toEqual(put);
    expect(await store.get("other")).toBeUndefined();
  });

  it("does not know a model that was changed, and replaces it", async () => {
    const store = openModelStore(await tempFolder());
    const { file } = await store.put("k", bytes, null);
    await writeFile(file, "a mode1");
    expect(await store.get("k")).toBeUndefined();
    await store.put("k", bytes, null);
    expect(await store.get("k")).toMatchObject({ file });
  });
});

describe("openModelStore() on a disk that crashes", () => {
  it.each(LOSSES)("has the whole model or none, and takes it the next time; lost: %s", async (loss) => {
    const whole = await crashingFiles(await tempFolder(), { at: Infinity });
    await openModelStore(await tempFolder(), { files: whole.files }).put("k", bytes, null);
    expect(whole.calls.length).toBeGreaterThan(8);
    for (let at = 0; at < whole.calls.length; at++) {
      const folder = await tempFolder();
      const disk = await crashingFiles(folder, { at });
      const put = openModelStore(folder, { files: disk.files }).put("k", bytes, null);
      await expect(put).rejects.toMatchObject({ code: "E_OUTPUT_WRITE" });
      await disk.lose(loss);
      const store = openModelStore(folder, { files: hastyFiles });
      const found = await store.get("k");
      const content = found && new Uint8Array(await readFile(found.file));
      expect([undefined, bytes]).toContainEqual(content);
      await store.put("k", bytes, null);
      expect(await store.get("k")).toMatchObject({ about: null });
    }
  });
});

describe("loadEncoder() with a model store", () => {
  it("rewrites to int8 once, tells the cosine to fp32 on sample texts, and gives the same vectors from the store", async () => {
    const folder = await tempFolder();
    const options = { precision: "int8", models: openModelStore(folder) } as const;
    const texts = ["a good film", "the food", "day"];
    for (const pooling of ["mean", "cls"] as const) {
      const first = await openEncoder(fixture("tiny-bert"), { ...options, pooling });
      const pattern =
        /^int8, rewritten here: cosine to fp32 (0\.\d{4}|1\.0000) on average, (0\.\d{4}) at least, on 20 texts$/;
      const remark = first.decisions.at(-1)!;
      expect(remark).toMatch(pattern);
      expect(Number(pattern.exec(remark)![1])).toBeGreaterThan(0.99);
      const again = await openEncoder(fixture("tiny-bert"), { ...options, pooling });
      expect(again.decisions).toEqual(first.decisions);
      expect(again.fingerprint).toBe(first.fingerprint);
      const plain = await openEncoder(fixture("tiny-bert"), { precision: "int8", pooling });
      const { vectors } = await embedTexts(plain, texts);
      expect((await embedTexts(first, texts)).vectors).toEqual(vectors);
      expect((await embedTexts(again, texts)).vectors).toEqual(vectors);
    }
    expect(await readdir(folder)).toHaveLength(2);
  });

  it("takes the model from the store when it is there, and makes it anew when it is damaged", async () => {
    const folder = await tempFolder();
    const options = { precision: "int8", models: openModelStore(folder) } as const;
    await (await loadEncoder(fixture("tiny-bert"), options)).close();
    const [key] = await readdir(folder);
    const about = join(folder, key, "about.json");
    const changed = (await readFile(about, "utf8")).replace(/"texts": \d+/, '"texts": 77');
    await writeFile(about, changed);
    expect((await openEncoder(fixture("tiny-bert"), options)).decisions.at(-1)).toMatch(/on 77 texts$/);
    await writeFile(join(folder, key, "model.onnx"), "cut");
    expect((await openEncoder(fixture("tiny-bert"), options)).decisions.at(-1)).toMatch(/on 20 texts$/);
  });

  it("goes on without a store that cannot be written to", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "file"), "");
    const models = openModelStore(join(folder, "file", "below"));
    const encoder = await openEncoder(fixture("tiny-bert"), { precision: "int8", models });
    expect(encoder.decisions.at(-1)).toMatch(/^int8, rewritten here/);
    expect((await embedTexts(encoder, ["day"])).vectors.rows).toBe(1);
  });
});
