import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fetchEncoder } from "../../../src/encoder/hub/fetchEncoder.js";
import { listEncoders } from "../../../src/encoder/listing.js";
import { COMMIT, ENCODER_FILES, startHub, temporaryFolder, writeFiles } from "./hub/fakeHub.js";

let home: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => void (home = await temporaryFolder()));
afterEach(() => home.remove());

const list = () => listEncoders({ HF_HOME: join(home.path, "hf") }, { builtInFolder: join(home.path, "built-in") });
const repository = (name: string): string => join(home.path, "hf", "hub", name);
const OTHER = "a".repeat(40);

describe("listEncoders()", () => {
  it("is empty where there is nothing, and creates nothing", async () => {
    expect(await list()).toEqual([]);
  });

  it("lists the built-in encoder with size and license", async () => {
    const path = join(home.path, "built-in", "headstart-mini");
    await writeFiles(path, { "onnx/model.onnx": "12345", "README.md": "---\nlicense: mit\n---\n" });
    expect(await list()).toEqual([{ name: "headstart-mini", kind: "built-in", bytes: 5 + 21, license: "mit", path }]);
  });

  it("lists what was fetched from the hub, by the name that finds it again", async () => {
    const hub = await startHub();
    try {
      const env = { HF_HOME: join(home.path, "hf"), HF_ENDPOINT: hub.url };
      await fetchEncoder({ id: "owner/name", revision: "main" }, { env });
    } finally {
      await hub.close();
    }
    const kept = Object.entries(ENCODER_FILES).filter(([file]) => file !== "pytorch_model.bin");
    expect(await list()).toEqual([
      {
        name: "owner/name",
        kind: "hub",
        revision: COMMIT,
        bytes: kept.reduce((sum, [, text]) => sum + text.length, 0),
        license: "mit",
        path: join(repository("models--owner--name"), "snapshots", COMMIT),
      },
    ]);
  });

  it("names a state that main is not by its commit, and leaves out what has no ONNX file or is no model", async () => {
    const model = { "onnx/model.onnx": "x" };
    await writeFiles(repository("models--o--two"), { "refs/main": COMMIT });
    await writeFiles(join(repository("models--o--two"), "snapshots", COMMIT), model);
    await writeFiles(join(repository("models--o--two"), "snapshots", OTHER), model);
    await writeFiles(join(repository("models--o--torch"), "snapshots", COMMIT), { "pytorch_model.bin": "x" });
    await writeFiles(join(repository("datasets--o--set"), "snapshots", COMMIT), model);
    await writeFiles(join(repository("models--alone"), "snapshots", COMMIT), model);
    await writeFiles(join(repository("models--o--odd"), "snapshots", "not-a-commit"), model);
    await writeFile(repository("version.txt"), "1");
    expect((await list()).map(({ name, license }) => [name, license])).toEqual([
      ["o/two", "unknown"],
      [`o/two@${OTHER}`, "unknown"],
    ]);
  });

  it.each([
    ["---\r\ntags:\r\n- x\r\nlicense: apache-2.0\r\n---\r\n", "apache-2.0"],
    ["---\nlicense:\n- mit\n- cc-by-4.0\ntags:\n- x\n---\n", "mit, cc-by-4.0"],
    ['---\nlicense: "mit" # as the authors say\n---\n', "mit"],
    ["---\nlicense: [mit]\n---\n", "mit"],
    ["---\nlicense:\n---\n", "unknown"],
    ["---\nlicense_name: other\n---\nlicense: gpl", "unknown"],
    ["license: mit", "unknown"],
  ])("reads the license of %j", async (readme, expected) => {
    await writeFiles(join(home.path, "built-in", "e"), { "model.onnx": "x", "README.md": readme });
    expect((await list())[0].license).toBe(expected);
  });
});
