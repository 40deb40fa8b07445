import { mkdir, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchEncoder, type HubOptions } from "../../../../src/encoder/hub/fetchEncoder.js";
import { hasContent, isContentHash } from "../../../../src/files/contentHash.js";
import type { FileSystem } from "../../../../src/files/fileSystem.js";
import { crashingFiles, hastyFiles, LOSSES } from "../../files/crashingFiles.js";
import { tempFolder } from "../../files/tempFolder.js";
import { COMMIT, ENCODER_FILES, ID, startHub, type FakeHub } from "./fakeHub.js";

const FILES = Object.fromEntries(
  ["config.json", "tokenizer.json", "onnx/model.onnx"].map((file) => [file, ENCODER_FILES[file]]),
);
const main = { id: ID, revision: "main" };

let hub: FakeHub;
beforeAll(async () => {
  hub = await startHub();
  hub.files = FILES;
});
afterAll(() => hub.close());

const fetchTo = (home: string, files: FileSystem, more: HubOptions = {}): ReturnType<typeof fetchEncoder> =>
  fetchEncoder(main, { env: { HF_HOME: home, HF_ENDPOINT: hub.url }, retryDelayMs: 1, files, ...more });

async function newHome(): Promise<string> {
  const home = join(await tempFolder(), "home");
  await mkdir(home);
  return home;
}

/** What stands under final names and is not what it should be. */
async function broken(home: string): Promise<string[]> {
  const repository = join(home, "hub", "models--owner--name");
  const found: string[] = [];
  for (const blob of await readdir(join(repository, "blobs")).catch(() => [])) {
    if (blob.endsWith(".incomplete")) continue;
    const whole = isContentHash(blob) && (await hasContent(join(repository, "blobs", blob), { hash: blob }));
    if (!whole) found.push(blob);
  }
  const snapshot = join(repository, "snapshots", COMMIT);
  for (const file of await readdir(snapshot, { recursive: true }).catch(() => [])) {
    const content = await readFile(join(snapshot, file), "utf8").catch((error: NodeJS.ErrnoException) => error.code);
    if (content !== "EISDIR" && content !== FILES[file.replaceAll("\\", "/")]) found.push(file);
  }
  const ref = await readFile(join(repository, "refs", "main"), "utf8").catch(() => COMMIT);
  return ref === COMMIT ? found : [...found, ref];
}

describe("fetchEncoder() on a disk that crashes", () => {
  it.each(LOSSES)(
    "leaves nothing or the complete file under every name, and completes it the next time; lost: %s [R26]",
    { timeout: 120_000 },
    async (loss) => {
      const whole = await crashingFiles(await newHome(), { at: Infinity });
      await fetchTo(await newHome(), whole.files);
      expect(whole.calls).toEqual(expect.arrayContaining(["open", "write", "fsync", "rename", "symlink", "fsyncDir"]));
      for (let at = 0; at < whole.calls.length; at++) {
        const home = await newHome();
        const disk = await crashingFiles(home, { at });
        const ended = await fetchTo(home, disk.files).then(
          () => "done",
          ({ code }: { readonly code?: string }) => code,
        );
        // What comes after the last change of the disk, and cleaning up, may fail without a word.
        expect(["done", "E_OUTPUT_WRITE"]).toContain(ended);
        await disk.lose(loss);
        expect([at, await broken(home)]).toEqual([at, []]);
        const { path } = await fetchTo(home, hastyFiles);
        for (const [file, content] of Object.entries(FILES)) {
          expect(await readFile(join(path, file), "utf8")).toBe(content);
        }
        expect(await broken(home)).toEqual([]);
        expect(await fetchTo(home, hastyFiles, { offline: true })).toMatchObject({ path });
      }
    },
  );

  it("would leave a torn file without its fsync", async () => {
    const home = await newHome();
    const disk = await crashingFiles(home, { at: Infinity, without: ["fsync"] });
    await fetchTo(home, disk.files);
    await disk.lose("content, zeros");
    expect(await broken(home)).not.toEqual([]);
    expect(await fetchTo(home, hastyFiles)).toMatchObject({ revision: COMMIT });
    expect(await broken(home)).toEqual([]);
  });
});
