import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { embedCorpus, type EmbeddedCorpus } from "../../../src/embedding/embedCorpus.js";
import type { Row } from "../../../src/corpus/row.js";
import { openVectorCache, type VectorCache } from "../../../src/store/cache/vectorCache.js";
import { nodeFiles, type FileSystem } from "../../../src/files/fileSystem.js";
import type { RunFields } from "../../../src/store/resume/manifest.js";
import { parseTempName } from "../../../src/files/tempName.js";
import { claimOutput } from "../../../src/store/resume/run.js";
import { openVectorWriter, outputFiles, type VectorWriter } from "../../../src/vectors/writer.js";
import { crashingFiles, hastyFiles, LOSSES, type CrashingFiles, type Loss } from "../files/crashingFiles.js";
import { failingFiles } from "../files/failingFiles.js";
import { tempFolder } from "../files/tempFolder.js";
import { letterEncoder } from "./letterEncoder.js";

const WINDOW = 4;
const TEXTS = ["sun", "rain", "", "sun", "tea and moon", "zwölf", "a", "rain", "b", "c", "the last"];
const FIELDS: RunFields = { input: "11 rows", "--store": "fp32" };
/** A process that has ended. */
const GONE = { pid: spawnSync(process.execPath, ["-e", ""]).pid, host: hostname(), started: "then", process: "" };

async function* rowsOf(texts: readonly string[]): AsyncGenerator<Row> {
  for (const [i, text] of texts.entries()) {
    yield { file: "in.csv", line: i + 2, text, label: undefined, values: [text, i % 3 === 0 ? null : `${i}`] };
  }
}

interface Given {
  readonly files?: FileSystem;
  readonly force?: boolean;
  readonly repair?: boolean;
  readonly fields?: RunFields | undefined;
  readonly texts?: readonly string[];
  readonly cache?: VectorCache;
}

/** One run as the command makes it. @returns what it did, with the texts that went through the encoder */
async function embedTo(output: string, given: Given = {}): Promise<EmbeddedCorpus & { readonly encoded: number }> {
  const { files = hastyFiles, force = false, texts = TEXTS, cache } = given;
  const fields = "fields" in given ? given.fields : FIELDS;
  const repair = given.repair === undefined ? {} : { repair: given.repair };
  const counted = letterEncoder();
  const run = await claimOutput(output, { owner: GONE, outputs: outputFiles(output), files, force, ...repair });
  let writer: VectorWriter | undefined;
  try {
    await run.begin(fields);
    const shape = { width: 4, columns: ["text", "n"], workFolder: run.folder, claimed: true };
    writer = await openVectorWriter(output, { ...shape, files, force });
    const done = await embedCorpus(counted.encoder, rowsOf(texts), {
      writer,
      run,
      window: WINDOW,
      ...(cache && { cache }),
    });
    await writer.commit();
    await run.finish();
    return { ...done, encoded: counted.texts() };
  } catch (error) {
    await writer?.abort();
    await run.leave();
    throw error;
  }
}

const ENDINGS = ["parquet", "arrow", "npy", "jsonl"] as const;
const bytesOf = async (output: string): Promise<string> =>
  (await Promise.all(outputFiles(output).map((file) => readFile(file)))).map((one) => one.toString("hex")).join("|");

/** Bytes of an undisturbed run, and the calls that it makes of the disk. */
const whole: Record<string, { readonly bytes: string; readonly calls: readonly string[] }> = {};
beforeAll(async () => {
  for (const end of ENDINGS) {
    const folder = await tempFolder();
    const { files, calls } = await crashingFiles(folder, { at: Infinity });
    await embedTo(join(folder, `out.${end}`), { files });
    whole[end] = { bytes: await bytesOf(join(folder, `out.${end}`)), calls };
  }
});

interface Crash {
  readonly at: number;
  readonly loss: Loss;
}

/** Runs to a crash, in the state that it leaves. @returns whether the run was over before */
async function crash(output: string, folder: string, { at, loss }: Crash, lying = {}): Promise<boolean> {
  const disk: CrashingFiles = await crashingFiles(folder, { at, ...lying });
  const done = await embedTo(output, { files: disk.files, force: true }).then(
    () => true,
    (error: unknown) => {
      if (disk.calls.length < at) throw error;
      return false;
    },
  );
  await disk.lose(loss);
  return done;
}

/** What lies in the folder that is not the output; what this very process left counts as in use, so it is left out. */
const leftovers = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => !/^out\.(parquet|arrow|npy|jsonl)$/.test(name) && !parseTempName(name));

describe("embedCorpus() of a run that was killed [A02, A03]", { timeout: 300_000 }, () => {
  it.each(ENDINGS)("gives the same .%s after a crash at any call, whatever the disk has lost", async (end) => {
    const { bytes, calls } = whole[end];
    expect(calls.length).toBeGreaterThan(40);
    // The formats differ in what they write, not in how it is kept: one of them sees every loss.
    for (const loss of end === "npy" ? LOSSES : (["nothing", "all unsynced"] as const)) {
      for (let at = 0; at < calls.length; at++) {
        const folder = await tempFolder();
        const output = join(folder, `out.${end}`);
        await crash(output, folder, { at, loss });
        // With all of it committed, a run without --force is refused, as for any output that is there.
        const refusal = await embedTo(output).then(
          () => undefined,
          (error: { code?: string }) => error.code ?? error,
        );
        expect([undefined, "E_OUTPUT_EXISTS"]).toContain(refusal);
        expect([at, loss, (await bytesOf(output)) === bytes]).toEqual([at, loss, true]);
        expect(await leftovers(folder)).toEqual([]);
      }
    }
  });

  it("does so after several crashes, also of the runs that go on [A04]", async () => {
    const one = fc.record({ at: fc.nat({ max: 70 }), loss: fc.constantFrom(...LOSSES) });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ENDINGS), fc.array(one, { minLength: 2, maxLength: 5 }), async (end, all) => {
        const folder = await tempFolder();
        const output = join(folder, `out.${end}`);
        for (const each of all) await crash(output, folder, each);
        await embedTo(output, { force: true });
        expect(await bytesOf(output)).toBe(whole[end].bytes);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it("is seen to need its fsyncs: a disk that lies about them loses shards that the manifest names [A03]", async () => {
    const codes: unknown[] = [];
    for (let at = 0; at < whole.jsonl.calls.length; at++) {
      const folder = await tempFolder();
      const output = join(folder, "out.jsonl");
      await crash(output, folder, { at, loss: "content" }, { without: ["fsync"] });
      await embedTo(output).catch((error: { code?: string }) => codes.push(error.code));
    }
    expect(codes.length).toBeGreaterThan(0);
  });

  it("does not embed again what is kept, and tells the counts of the whole", async () => {
    const { calls } = whole.npy;
    const undisturbed = await embedTo(join(await tempFolder(), "out.npy"));
    expect(undisturbed).toMatchObject({ texts: 11, resumed: 0, encoded: 10, empty: 1 });
    const resumed = new Set<number>();
    for (let at = 0; at < calls.length; at++) {
      const folder = await tempFolder();
      const output = join(folder, "out.npy");
      if (await crash(output, folder, { at, loss: "all unsynced" })) continue;
      const done = await embedTo(output, { force: true });
      resumed.add(done.resumed);
      expect(done.encoded).toBe({ 0: 10, 4: 7, 8: 3, 11: 0 }[done.resumed]);
      expect(done).toMatchObject({ texts: 11, tokens: undisturbed.tokens, empty: 1, truncated: 0 });
    }
    expect([...resumed].sort()).toEqual([0, 11, 4, 8]);
  });

  it("leaves an old output as it was until the new one is complete [A04]", async () => {
    for (let at = 0; at < whole.parquet.calls.length; at++) {
      const folder = await tempFolder();
      const output = join(folder, "out.parquet");
      await writeFile(output, "old");
      await crash(output, folder, { at, loss: "all unsynced" });
      expect([Buffer.from("old").toString("hex"), whole.parquet.bytes]).toContain(await bytesOf(output));
    }
  });

  it("goes on where the disk was full, at whatever call [A10]", async () => {
    for (let at = 0; ; at++) {
      const output = join(await tempFolder(), "out.npy");
      const disk = failingFiles("ENOSPC", at);
      const failed = await embedTo(output, { files: disk.files }).catch((error: unknown) => error);
      if (disk.calls.length <= at) break;
      expect(failed).toMatchObject({ code: "E_OUTPUT_WRITE", exitCode: 5 });
      expect(disk.open()).toBe(0);
      await embedTo(output, { force: true });
      expect(await bytesOf(output)).toBe(whole.npy.bytes);
    }
  });
});

/** A run that stopped with two of three shards kept. */
async function stopped(end: string): Promise<string> {
  const folder = await tempFolder();
  const at = whole[end].calls.length;
  for (let back = 1; ; back++) {
    const output = join(folder, `out.${end}`);
    await crash(output, folder, { at: at - back, loss: "nothing" });
    const kept: string[] = await readdir(`${output}.headstart`).catch(() => []);
    if (kept.includes("00000001.vectors") && !kept.includes("00000002.vectors")) return output;
    await nodeFiles.removeFolder(folder);
    await nodeFiles.mkdir(folder);
  }
}

const flip = async (path: string, at: number): Promise<void> => {
  const bytes = await readFile(path);
  bytes[at] ^= 1;
  await writeFile(path, bytes);
};

describe("a run that goes on", () => {
  it("refuses what has changed, naming it, and starts anew with force [A05]", async () => {
    const output = await stopped("npy");
    for (const [fields, says] of [
      [{ ...FIELDS, "--store": "int8" }, "--store was fp32 when the run began and is int8 now"],
      [{ ...FIELDS, more: "1" }, "more was not given when the run began and is 1 now"],
      [{ input: FIELDS.input }, "--store was fp32 when the run began and is not given now"],
      [undefined, "input was 11 rows when the run began and is a pipe, which cannot be read again now"],
    ] as const) {
      const refused = { code: "E_RESUME_MISMATCH", exitCode: 4, message: expect.stringContaining(says) };
      await expect(embedTo(output, { fields })).rejects.toMatchObject(refused);
    }
    expect((await embedTo(output, { fields: { ...FIELDS, more: "1" }, force: true })).resumed).toBe(0);
    expect(await bytesOf(output)).toBe(whole.npy.bytes);
  });

  it("refuses rows that are not those of a shard, though all else is the same [A05]", async () => {
    const output = await stopped("npy");
    const texts = ["moon", ...TEXTS.slice(1)];
    await expect(embedTo(output, { texts })).rejects.toMatchObject({ code: "E_RESUME_MISMATCH" });
    expect(await embedTo(output)).toMatchObject({ resumed: 8 });
  });

  it("refuses a shard of which a byte has changed, and with repair embeds it alone anew [A07]", async () => {
    for (const damage of [(path: string) => flip(path, 7), (path: string) => nodeFiles.unlink(path)]) {
      const output = await stopped("arrow");
      const shard = join(`${output}.headstart`, "00000000.vectors");
      await damage(shard);
      const refused = { code: "E_CHECKSUM", exitCode: 4, message: expect.stringContaining(shard) };
      await expect(embedTo(output)).rejects.toMatchObject(refused);
      expect(await embedTo(output, { repair: true })).toMatchObject({ resumed: 4, encoded: 6 });
      expect(await bytesOf(output)).toBe(whole.arrow.bytes);
    }
  });

  it("refuses a manifest of which a byte has changed, names the line, and with repair redoes what it was about [A07]", async () => {
    const output = await stopped("jsonl");
    const manifest = join(`${output}.headstart`, "manifest");
    const length = (await readFile(manifest, "utf8")).indexOf("\n");
    await flip(manifest, length + 20);
    const refused = { code: "E_CHECKSUM", place: { file: manifest, line: 2 } };
    await expect(embedTo(output)).rejects.toMatchObject(refused);
    await expect(embedTo(output)).rejects.toMatchObject(refused);
    expect(await embedTo(output, { repair: true })).toMatchObject({ resumed: 4 });
    expect(await bytesOf(output)).toBe(whole.jsonl.bytes);
    const other = await stopped("jsonl");
    await flip(join(`${other}.headstart`, "manifest"), 20);
    await expect(embedTo(other, { repair: true })).rejects.toMatchObject({ place: { line: 1 } });
    expect(await embedTo(other, { force: true })).toMatchObject({ resumed: 0 });
  });

  it("refuses an output that somebody else has put there meanwhile", async () => {
    const output = await stopped("jsonl");
    await writeFile(output, "theirs");
    await expect(embedTo(output)).rejects.toMatchObject({ code: "E_OUTPUT_EXISTS" });
    expect(await readFile(output, "utf8")).toBe("theirs");
  });

  it("keeps nothing of an input that cannot be read again", async () => {
    const folder = await tempFolder();
    const output = join(folder, "out.jsonl");
    const { calls, files } = await crashingFiles(folder, { at: Infinity });
    expect(await embedTo(output, { fields: undefined, files })).toMatchObject({ resumed: 0 });
    expect(calls.filter((call) => call === "fsync")).toHaveLength(1);
    expect(await bytesOf(output)).toBe(whole.jsonl.bytes);
    expect(await leftovers(folder)).toEqual([]);
  });
});

describe("embedCorpus()", () => {
  it("has no more than two windows of rows in memory, however many there are [H02]", async () => {
    let [read, written, most] = [0, 0, 0];
    async function* counted(): AsyncGenerator<Row> {
      for await (const row of rowsOf(Array.from({ length: 40 * WINDOW }, (_, i) => `row ${i}`))) {
        most = Math.max(most, ++read - written);
        yield row;
      }
    }
    const writer: VectorWriter = {
      write: async ({ rows }) => {
        // A slow disk: the reader does not run ahead meanwhile.
        await new Promise((resolve) => setTimeout(resolve, 2));
        written += rows;
      },
      commit: () => Promise.reject(new Error("not asked for")),
      abort: async () => {},
    };
    await embedCorpus(letterEncoder().encoder, counted(), { writer, window: WINDOW });
    expect([read, written]).toEqual([40 * WINDOW, 40 * WINDOW]);
    expect(most).toBe(2 * WINDOW);
  });

  it("ends a window early where its values are long", async () => {
    const sizes: number[] = [];
    const writer: VectorWriter = {
      write: async ({ rows }) => void sizes.push(rows),
      commit: () => Promise.reject(new Error("not asked for")),
      abort: async () => {},
    };
    const long = "x".repeat(2 ** 23);
    await embedCorpus(letterEncoder().encoder, rowsOf(["a", long, long, "b", long]), { writer });
    expect(sizes).toEqual([3, 2]);
  });
});

describe("embedCorpus() over a cache that has all texts", () => {
  it("writes the same bytes, encodes nothing, and keeps no shards", async () => {
    const folder = await tempFolder();
    const opened = () => openVectorCache(join(folder, "cache"), { fingerprint: "letters", width: 4 });
    const [cold, output] = [join(folder, "cold.npy"), join(folder, "out.npy")];
    const filling = await opened();
    await embedTo(cold, { cache: filling });
    await filling.close();
    const { files, calls } = await crashingFiles(folder, { at: Infinity });
    const cache = await opened();
    expect(await embedTo(output, { files, cache })).toMatchObject({ encoded: 0, cached: TEXTS.length });
    await cache.close();
    expect(await bytesOf(output)).toBe(whole.npy.bytes);
    const opens = (of: readonly string[]): number => of.filter((call) => call === "open").length;
    expect(opens(whole.npy.calls) - opens(calls)).toBe(Math.ceil(TEXTS.length / WINDOW));
  });
});
