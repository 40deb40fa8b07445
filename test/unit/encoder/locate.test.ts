import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  BUILT_IN_ENCODER,
  BUILT_IN_FOLDER,
  locateEncoder,
  type EncoderFile,
  type EncoderFolder,
  type LocateOptions,
} from "../../../src/encoder/locate.js";
import { COMMIT, ENCODER_FILES, failure, startHub, temporaryFolder, writeFiles } from "./hub/fakeHub.js";

let home: Awaited<ReturnType<typeof temporaryFolder>>;
let options: LocateOptions;
const FILES = { "config.json": "{}", "tokenizer.json": "{}", "onnx/model.onnx": "x" };

const filesOf = (found: EncoderFolder | EncoderFile): readonly string[] => (found.kind === "file" ? [] : found.files);

beforeEach(async () => {
  home = await temporaryFolder();
  // An endpoint that nothing may be asked of: a name that is wrongly taken for a hub id fails with another code.
  const env = { HF_HOME: join(home.path, "hf"), HF_HUB_OFFLINE: "1", HOME: home.path, USERPROFILE: home.path };
  options = { env, builtInFolder: join(home.path, "built-in") };
  await writeFiles(join(home.path, "built-in", BUILT_IN_ENCODER), FILES);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await home.remove();
});

describe("locateEncoder()", () => {
  it("finds the built-in encoder by name, whatever lies in the current folder", async () => {
    await mkdir(join(home.path, BUILT_IN_ENCODER));
    vi.spyOn(process, "cwd").mockReturnValue(home.path);
    expect(await locateEncoder(BUILT_IN_ENCODER, options)).toEqual({
      name: BUILT_IN_ENCODER,
      kind: "built-in",
      path: join(home.path, "built-in", BUILT_IN_ENCODER),
      files: ["config.json", "onnx/model.onnx", "tokenizer.json"],
      decisions: [],
    });
  });

  it("looks for built-in encoders in data/encoders below the package's root", () => {
    expect(BUILT_IN_FOLDER.endsWith(join("data", "encoders"))).toBe(true);
    expect(existsSync(join(dirname(dirname(BUILT_IN_FOLDER)), "package.json"))).toBe(true);
  });

  it("says that the package is incomplete when the built-in encoder is gone", async () => {
    const gone = { ...options, builtInFolder: join(home.path, "nowhere") };
    expect(await failure(locateEncoder(BUILT_IN_ENCODER, gone))).toMatchObject({
      code: "E_ENCODER_MISSING",
      message: expect.stringContaining("Install the package again"),
    });
  });

  it.each([
    ["absolute", (path: string) => path],
    ["with a slash at the end", (path: string) => path + sep],
    ["below ~", () => "~/mine"],
  ])("finds a local folder: %s", async (_, nameOf) => {
    const path = join(home.path, "mine");
    await writeFiles(path, FILES);
    const name = nameOf(path);
    expect(await locateEncoder(name, options)).toMatchObject({ name, kind: "local", path, decisions: [] });
  });

  it("prefers a local folder to a hub id of the same name, and says so", async () => {
    vi.spyOn(process, "cwd").mockReturnValue(home.path);
    await writeFiles(join(home.path, "owner", "name"), FILES);
    const found = await locateEncoder("owner/name", options);
    expect(found).toMatchObject({ kind: "local", path: join(home.path, "owner", "name") });
    expect(found.decisions).toEqual([expect.stringContaining("not the hub's model")]);
    expect((await failure(locateEncoder("owner/other", options))).code).toBe("E_OFFLINE");
  });

  it("fetches a hub id and lists the files of its snapshot", async () => {
    const hub = await startHub();
    try {
      const online = { ...options, env: { HF_HOME: join(home.path, "hf"), HF_ENDPOINT: hub.url } };
      const found = await locateEncoder(`owner/name@${COMMIT}`, online);
      expect(found).toMatchObject({ name: `owner/name@${COMMIT}`, kind: "hub", revision: COMMIT, decisions: [] });
      expect(filesOf(found)).toEqual(
        Object.keys(ENCODER_FILES)
          .filter((file) => !file.endsWith(".bin"))
          .sort(),
      );
    } finally {
      await hub.close();
    }
  });

  it.each([
    "",
    " ",
    "../../x@y",
    "./missing",
    "~/missing",
    "/missing",
    "C:\\missing",
    "a\0b",
    "./a\0b",
    "name",
    "name@rev",
    "a/b/c",
    "CON",
    "x".repeat(4096),
    `${"x".repeat(100)}/${"y".repeat(110)}`,
    `../${"x".repeat(5000)}`,
    "https://huggingface.co/a/b",
  ])("refuses %j and says what is accepted, asking nobody", async (name) => {
    const { code, message } = await failure(locateEncoder(name, options));
    expect(code).toBe("E_ENCODER_MISSING");
    expect(message).toContain(`${BUILT_IN_ENCODER} (built in), a local folder, a file of word vectors, or a hub id`);
    expect(message).not.toContain("\0");
    expect(message.length).toBeLessThan(500);
  });

  it("suggests the built-in name for a slip of the pen", async () => {
    expect((await failure(locateEncoder("headstrat-mini", options))).message).toContain("Did you mean headstart-mini?");
    expect((await failure(locateEncoder("something-else", options))).message).not.toContain("Did you mean");
  });

  it.each(["m.pkl", "m.PICKLE", "m.bin", "m.pt", "m.pth", "m.joblib"])(
    "refuses %s, which can run code [B09]",
    async (file) => {
      await writeFile(join(home.path, file), "x");
      for (const name of [join(home.path, file), `folder/${file}`]) {
        const { code, message } = await failure(locateEncoder(name, options));
        expect(code).toBe("E_ENCODER_UNSUPPORTED");
        expect(message).toMatch(/can run code when loaded. Export the encoder to ONNX/);
      }
    },
  );

  it("tells to name the folder of an ONNX file, or of any other file", async () => {
    await writeFiles(home.path, { "model.onnx": "x", "notes.txt": "x" });
    for (const file of ["model.onnx", "notes.txt"]) {
      const { code, message } = await failure(locateEncoder(join(home.path, file), options));
      expect(code).toBe("E_ENCODER_UNSUPPORTED");
      expect(message).toMatch(/Name (a|the) folder/);
    }
  });

  it("does not list folders behind links, hidden folders, pipes and devices [B11]", async () => {
    const path = join(home.path, "mine");
    await writeFiles(path, { ...FILES, ".git/config": "x", "1_Pooling/config.json": "{}" });
    await symlink("/", join(path, "root"));
    await symlink("/dev/zero", join(path, "model.onnx"));
    await symlink(join(path, "config.json"), join(path, "linked.json"));
    await symlink(join(path, "nothing"), join(path, "broken.json"));
    execFileSync("mkfifo", [join(path, "pipe.onnx")]);
    expect(filesOf(await locateEncoder(path, options))).toEqual([
      "1_Pooling/config.json",
      "config.json",
      "linked.json",
      "onnx/model.onnx",
      "tokenizer.json",
    ]);
  });
});
