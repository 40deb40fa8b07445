import { createHash } from "node:crypto";
import { readFile, readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fetchEncoder } from "../../src/encoder/hub/fetchEncoder.js";
import { ENCODER_FILES, ID, gitHash, sha256, startHub, type FakeHub } from "../unit/encoder/hub/fakeHub.js";
import { ROOT, sandbox, startProcess, type Finished, type Sandbox } from "./runCli.js";

const MODEL = "onnx/model.onnx";

let hub: FakeHub;
let box: Sandbox;
beforeEach(async () => {
  [hub, box] = await Promise.all([startHub(), sandbox()]);
  hub.files = { ...ENCODER_FILES, "onnx/model.onnx_data": "weights ".repeat(1000) };
});
afterEach(() => hub.close());

/** A process that fetches the encoder and kills itself instead of its call number `at` that changes the cache. */
function fetching(at: number, home: string): Promise<Finished> {
  const program = `
    import fs from "node:fs/promises";
    import { syncBuiltinESMExports } from "node:module";
    let calls = 0;
    for (const name of ["mkdir", "open", "writeFile", "symlink", "rename", "rm"]) {
      const real = fs[name];
      fs[name] = (...args) => {
        if (name === "open" && (args[1] ?? "r") === "r") return real(...args);
        if (calls++ === ${at}) process.kill(process.pid, "SIGKILL");
        return real(...args);
      };
    }
    syncBuiltinESMExports();
    const { fetchEncoder } = await import(${JSON.stringify(new URL("../../dist/encoder/hub/fetchEncoder.js", import.meta.url).href)});
    await fetchEncoder({ id: ${JSON.stringify(ID)}, revision: "main" }, { retryDelayMs: 1 });
    console.log(calls);`;
  const env = { ...box.env, HF_HOME: home, HF_ENDPOINT: hub.url };
  return startProcess(["--input-type=module", "-e", program], { cwd: ROOT, env, input: "" }).finished;
}

/** Fetches the encoder in this process, which no other has begun to. */
const fetched = (home: string) =>
  fetchEncoder({ id: ID, revision: "main" }, { env: { HF_HOME: home, HF_ENDPOINT: hub.url }, retryDelayMs: 1 });

/** What has a final name and is not whole: blobs, links, a ref, or a model beside which other files of the encoder lack. */
async function halfFiles(home: string): Promise<readonly string[]> {
  const repository = join(home, "hub", "models--owner--name");
  const entries = await readdir(repository, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((file) => !file.endsWith("incomplete"));
  const isWhole = async (file: string): Promise<boolean> => {
    const text = await readFile(join(repository, file), "utf8");
    const [kind, name] = file.split("/");
    if (kind === "blobs") return name === (name.length === 64 ? sha256(text) : gitHash(text));
    if (kind === "snapshots") return text === hub.files[file.split("/").slice(2).join("/")];
    return kind === "refs" ? text === hub.commit && files.some((one) => one.endsWith(MODEL)) : text === "";
  };
  const wrong: string[] = [];
  for (const file of files) if (!(await isWhole(file))) wrong.push(file);
  if (!files.some((file) => file.startsWith("snapshots") && file.endsWith(MODEL))) return wrong;
  const beside = Object.keys(hub.files).filter((file) => !file.endsWith(".bin"));
  return [...wrong, ...beside.filter((file) => !files.includes(`snapshots/${hub.commit}/${file}`))];
}

/** Resolves once something of a file has come. */
async function begun(home: string): Promise<void> {
  for (;;) {
    const names = await readdir(home, { recursive: true }).catch(() => []);
    const unfinished = names.filter((name) => name.endsWith("incomplete"));
    const sizes = await Promise.all(
      unfinished.map(async (name) => (await stat(join(home, name)).catch(() => ({ size: 0 }))).size),
    );
    if (sizes.some((size) => size > 0)) return;
    await sleep(10);
  }
}

/** All files of a cache and what is in them. */
async function contentOf(home: string): Promise<readonly string[]> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const hash = async (file: string) =>
    createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
  const lines = await Promise.all(files.map(async (file) => `${file.slice(home.length)} ${await hash(file)}`));
  return lines.sort();
}

it("a download that is killed at any call leaves nothing half, and the next ends as if it had not been [B12, R26, R30]", async () => {
  const calls = Number((await fetching(-1, box.path("whole"))).stdout);
  const whole = await contentOf(box.path("whole"));
  expect(calls).toBeGreaterThan(40);
  // Every call of the first file and of the end, and of the files between some of each kind.
  const points = Array.from({ length: calls }, (_, at) => at).filter(
    (at) => at < 10 || at % 7 === 0 || at >= calls - 8,
  );
  let leftovers = 0;
  for (const at of points) {
    const home = box.path(`killed-${at}`);
    expect((await fetching(at, home)).stdout).toBe("");
    expect(await halfFiles(home)).toEqual([]);
    const names = await readdir(home, { recursive: true }).catch(() => []);
    leftovers += names.filter((name) => name.endsWith("incomplete")).length;
    await fetched(home);
    expect(await contentOf(home)).toEqual(whole);
  }
  expect(leftovers).toBeGreaterThan(2);
}, 180_000);

it("one that is killed in the middle of a body likewise", async () => {
  for (const file of ["config.json", "onnx/model.onnx_data", MODEL]) {
    const home = box.path(`in-${file.replaceAll("/", "-")}`);
    const text = hub.files[file];
    hub.intercept = (request, response) => {
      if (!request.url!.endsWith(`/${file}`)) return false;
      response.writeHead(200, { "content-length": text.length }).write(text.slice(0, text.length / 2));
      void begun(home).then(() => running.process.kill("SIGKILL"));
      return true;
    };
    const env = { HF_HOME: home, HF_ENDPOINT: hub.url };
    const running = box.start(["embed", "-", "-o", "-", "--encoder", ID], { env, input: "text\nsun\n" });
    expect((await running.finished).code).toBe(137);
    expect(await halfFiles(home)).toEqual([]);
    hub.intercept = () => false;
    await fetched(home);
    const names = await readdir(home, { recursive: true });
    expect(names.filter((name) => name.endsWith("incomplete"))).toEqual([]);
  }
});
