import { lstat, mkdir, readFile, readdir, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchEncoder, type HubOptions } from "../../../../src/encoder/hub/fetchEncoder.js";
import { parseHubId } from "../../../../src/encoder/hub/id.js";
import { hubCacheFolder, hubSettings } from "../../../../src/encoder/hub/access.js";
import {
  COMMIT,
  ENCODER_FILES,
  ID,
  failure,
  gitHash,
  hashOf,
  sha256,
  startHub,
  temporaryFolder,
  writeFiles,
  type FakeHub,
} from "./fakeHub.js";

vi.mock("node:fs/promises", { spy: true });

const MODEL = "onnx/model.onnx";
const MODEL_TEXT = ENCODER_FILES[MODEL];
const WANTED = Object.keys(ENCODER_FILES).filter((file) => file !== "pytorch_model.bin");

let hub: FakeHub;
let home: Awaited<ReturnType<typeof temporaryFolder>>;
let repository: string;

beforeEach(async () => {
  [hub, home] = await Promise.all([startHub(), temporaryFolder()]);
  repository = join(home.path, "hub", "models--owner--name");
});
afterEach(async () => {
  vi.mocked(symlink).mockReset();
  await Promise.all([hub.close(), home.remove()]);
});

const main = { id: ID, revision: "main" };
const pinned = { id: ID, revision: COMMIT };
const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  HF_HOME: home.path,
  HF_ENDPOINT: hub.url,
  ...more,
});
const options = (more: HubOptions = {}): HubOptions => ({ env: env(), retryDelayMs: 1, ...more });
const snapshot = (file: string): string => join(repository, "snapshots", COMMIT, file);
const isModelRequest = (url: string | undefined): boolean => url?.endsWith(MODEL) ?? false;

/** Names of unfinished files anywhere in the cache. */
async function unfinished(): Promise<string[]> {
  const names = await readdir(home.path, { recursive: true }).catch(() => []);
  return names.filter((name) => name.includes("incomplete"));
}

describe("fetchEncoder()", () => {
  it("fetches what an encoder needs, and nothing else", async () => {
    const found = await fetchEncoder(main, options());
    expect(found).toEqual({ path: join(repository, "snapshots", COMMIT), revision: COMMIT, decisions: [] });
    for (const file of WANTED) expect(await readFile(snapshot(file), "utf8")).toBe(ENCODER_FILES[file]);
    expect(hub.requests.map((request) => request.split("?")[0]).sort()).toEqual(
      [`GET /api/models/${ID}/revision/main`, ...WANTED.map((file) => `GET /${ID}/resolve/${COMMIT}/${file}`)].sort(),
    );
  });

  it("lays the cache out as huggingface_hub does: blobs by hash, relative links, refs, marks of absence [B11]", async () => {
    await fetchEncoder(main, options());
    expect(await readFile(join(repository, "refs", "main"), "utf8")).toBe(COMMIT);
    expect((await readdir(join(repository, "blobs"))).sort()).toEqual(
      WANTED.map((file) => hashOf(file, ENCODER_FILES[file])).sort(),
    );
    expect(await readlink(snapshot("config.json"))).toBe(
      join("..", "..", "blobs", gitHash(ENCODER_FILES["config.json"])),
    );
    expect(await readlink(snapshot(MODEL))).toBe(join("..", "..", "..", "blobs", sha256(MODEL_TEXT)));
    const absent = join(repository, ".no_exist", COMMIT);
    expect((await stat(join(absent, "config_sentence_transformers.json"))).size).toBe(0);
    expect((await readdir(join(absent, "onnx"))).sort()).toEqual(["model.onnx_data"]);
    expect(await unfinished()).toEqual([]);
  });

  it("fetches the ONNX file that is asked for beside the one that is there, and asks for neither again", async () => {
    const [other, text] = ["onnx/model_q4.onnx", "small "];
    hub.files = { ...ENCODER_FILES, [other]: text };
    await fetchEncoder(pinned, options());
    expect(hub.requests.some((request) => request.includes(other))).toBe(false);
    hub.requests.length = 0;
    await fetchEncoder(pinned, options({ modelFile: other }));
    expect(await readFile(snapshot(other), "utf8")).toBe(text);
    expect(hub.requests.some((request) => isModelRequest(request.split("?")[0]))).toBe(false);
    hub.requests.length = 0;
    await fetchEncoder(pinned, options({ modelFile: other }));
    await fetchEncoder(pinned, options());
    expect(hub.requests).toEqual([]);
    const { code, message } = await failure(fetchEncoder(pinned, options({ modelFile: "onnx/model_q5.onnx" })));
    expect([code, message]).toEqual(["E_ENCODER_MISSING", expect.stringContaining(`${MODEL}, ${other}`)]);
  });

  it("fetches vocab.txt where there is no tokenizer.json, does without config.json, and remembers both", async () => {
    const { "tokenizer.json": _, "config.json": __, ...others } = ENCODER_FILES;
    hub.files = { ...others, "vocab.txt": "[UNK]" };
    await fetchEncoder(pinned, options());
    expect(await readFile(snapshot("vocab.txt"), "utf8")).toBe("[UNK]");
    hub.requests.length = 0;
    expect(await fetchEncoder(pinned, options({ offline: true }))).toMatchObject({ decisions: [] });
  });

  it("asks nothing for a commit that is complete in the cache", async () => {
    await fetchEncoder(pinned, options());
    hub.requests.length = 0;
    expect(await fetchEncoder(pinned, options())).toMatchObject({ revision: COMMIT, decisions: [] });
    expect(hub.requests).toEqual([]);
    await expect(stat(join(repository, "refs"))).rejects.toThrow("ENOENT");
  });

  it("asks once for a commit whose optional files the cache knows nothing of, then never again", async () => {
    await writeFiles(join(repository, "snapshots", COMMIT), {
      "config.json": ENCODER_FILES["config.json"],
      "tokenizer.json": ENCODER_FILES["tokenizer.json"],
      [MODEL]: MODEL_TEXT,
    });
    await fetchEncoder(pinned, options());
    expect(await readFile(snapshot("1_Pooling/config.json"), "utf8")).toBe(ENCODER_FILES["1_Pooling/config.json"]);
    expect(hub.requests.some((request) => isModelRequest(request))).toBe(false);
    hub.requests.length = 0;
    await fetchEncoder(pinned, options());
    expect(hub.requests).toEqual([]);
  });

  it("asks a branch for its commit alone when nothing changed", async () => {
    await fetchEncoder(main, options());
    hub.requests.length = 0;
    await fetchEncoder(main, options());
    expect(hub.requests).toEqual([`GET /api/models/${ID}/revision/main?blobs=true`]);
  });

  it("follows a branch to its new commit and keeps blobs that did not change", async () => {
    await fetchEncoder(main, options());
    hub.commit = "f".repeat(40);
    hub.files = { ...ENCODER_FILES, "config.json": '{"hidden_size": 64}' };
    hub.requests.length = 0;
    expect((await fetchEncoder(main, options())).revision).toBe("f".repeat(40));
    expect(hub.requests).toHaveLength(2);
    expect(await readFile(join(repository, "refs", "main"), "utf8")).toBe("f".repeat(40));
    expect(await readFile(snapshot("config.json"), "utf8")).toBe(ENCODER_FILES["config.json"]);
  });

  it("escapes a revision with slashes in the address and keeps it as a path in refs", async () => {
    await fetchEncoder({ id: ID, revision: "refs/pr/1" }, options());
    expect(hub.requests[0]).toBe(`GET /api/models/${ID}/revision/refs%2Fpr%2F1?blobs=true`);
    expect(await readFile(join(repository, "refs", "refs", "pr", "1"), "utf8")).toBe(COMMIT);
  });

  it("fetches a model's second file along with it", async () => {
    hub.files = { ...ENCODER_FILES, "onnx/model.onnx_data": "weights", "onnx/model_q4.onnx": "other" };
    await fetchEncoder(main, options());
    expect(await readFile(snapshot("onnx/model.onnx_data"), "utf8")).toBe("weights");
    await expect(stat(snapshot("onnx/model_q4.onnx"))).rejects.toThrow("ENOENT");
  });

  it("takes hashes from the ETag where the listing has none", async () => {
    hub.hashes = false;
    await fetchEncoder(main, options());
    expect(await readlink(snapshot(MODEL))).toContain(sha256(MODEL_TEXT));
    expect(await readlink(snapshot("config.json"))).toContain(gitHash(ENCODER_FILES["config.json"]));
  });

  it("tells of each file how far it is", async () => {
    const seen: { file: string; received: number; total: number }[] = [];
    await fetchEncoder(main, options({ onProgress: (progress) => void seen.push(progress) }));
    const model = seen.filter(({ file }) => file === MODEL);
    expect(model.at(-1)).toEqual({ file: MODEL, received: MODEL_TEXT.length, total: MODEL_TEXT.length });
    expect(model.map(({ received }) => received)).toEqual(model.map(({ received }) => received).sort((a, b) => a - b));
  });

  it("copies where links are not permitted", async () => {
    vi.mocked(symlink).mockRejectedValue(Object.assign(new Error("EPERM"), { code: "EPERM", syscall: "symlink" }));
    await fetchEncoder(pinned, options());
    expect((await lstat(snapshot(MODEL))).isFile()).toBe(true);
    expect(await readFile(snapshot(MODEL), "utf8")).toBe(MODEL_TEXT);
    hub.requests.length = 0;
    await fetchEncoder(pinned, options());
    expect(hub.requests).toEqual([]);
    expect(await unfinished()).toEqual([]);
  });

  it("serves two at once on a cold cache [A09, R27]", async () => {
    const both = await Promise.all([fetchEncoder(main, options()), fetchEncoder(main, options())]);
    expect(both.map(({ revision }) => revision)).toEqual([COMMIT, COMMIT]);
    for (const file of WANTED) expect(await readFile(snapshot(file), "utf8")).toBe(ENCODER_FILES[file]);
    expect(await unfinished()).toEqual([]);
  });

  it("says which path cannot be written", async () => {
    await writeFile(join(home.path, "hub"), "a file where the cache should be");
    expect(await failure(fetchEncoder(main, options()))).toMatchObject({
      code: "E_OUTPUT_WRITE",
      message: expect.stringContaining(join(home.path, "hub")),
    });
  });
});

describe("fetchEncoder() with files that arrive wrong", () => {
  const send = (respond: (response: Parameters<FakeHub["intercept"]>[1]) => void): void => {
    hub.intercept = (request, response) => {
      if (isModelRequest(request.url)) respond(response);
      return isModelRequest(request.url);
    };
  };

  it("refuses another content, saying both hashes, and keeps nothing of it [B12]", async () => {
    const other = MODEL_TEXT.replace("model", "MODEL");
    send((response) => response.end(other));
    const { code, message } = await failure(fetchEncoder(main, options()));
    expect(code).toBe("E_CHECKSUM");
    expect(message).toContain(sha256(MODEL_TEXT));
    expect(message).toContain(sha256(other));
    await expect(stat(snapshot(MODEL))).rejects.toThrow("ENOENT");
    await expect(stat(join(repository, "blobs", sha256(MODEL_TEXT)))).rejects.toThrow("ENOENT");
    await expect(stat(join(repository, "refs", "main"))).rejects.toThrow("ENOENT");
    expect(await unfinished()).toEqual([]);
  });

  it("refuses a plain file whose git hash differs", async () => {
    hub.intercept = (request, response) => {
      if (!request.url!.endsWith("tokenizer.json")) return false;
      response.end("[]");
      return true;
    };
    expect(await failure(fetchEncoder(main, options()))).toMatchObject({
      code: "E_CHECKSUM",
      message: expect.stringContaining(gitHash("{}")),
    });
  });

  it("refuses a short body, saying both sizes [B12]", async () => {
    send((response) => response.end(MODEL_TEXT.slice(0, 100)));
    const { code, message } = await failure(fetchEncoder(main, options()));
    expect(code).toBe("E_CHECKSUM");
    expect(message).toContain(`(${MODEL_TEXT.length} bytes)`);
    expect(message).toContain("(100 bytes)");
  });

  it("stops reading a body that is longer than announced", async () => {
    let ended = false;
    send((response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(MODEL_TEXT)) continue;
      };
      response.on("drain", more).on("close", () => (ended = true));
      more();
    });
    expect((await failure(fetchEncoder(main, options()))).code).toBe("E_CHECKSUM");
    await vi.waitFor(() => expect(ended).toBe(true));
    expect(await unfinished()).toEqual([]);
  });

  const cutShort = (response: Parameters<FakeHub["intercept"]>[1]): void => {
    response.writeHead(200, { "content-length": MODEL_TEXT.length });
    response.write(MODEL_TEXT.slice(0, 5000), () => setTimeout(() => response.destroy(), 5));
  };

  it("starts a file again after a cut connection [B12]", async () => {
    let cuts = 0;
    hub.intercept = (request, response) => {
      if (!isModelRequest(request.url) || cuts === 2) return false;
      cuts++;
      cutShort(response);
      return true;
    };
    await fetchEncoder(main, options());
    expect(cuts).toBe(2);
    expect(await readFile(snapshot(MODEL), "utf8")).toBe(MODEL_TEXT);
    expect(await unfinished()).toEqual([]);
  });

  it("gives up after four cut connections, naming the file and keeping nothing of it [B12, R26, R30]", async () => {
    send(cutShort);
    expect(await failure(fetchEncoder(main, options()))).toMatchObject({
      code: "E_HUB",
      message: expect.stringContaining(MODEL),
    });
    expect(hub.requests.filter((request) => isModelRequest(request))).toHaveLength(4);
    expect(await unfinished()).toEqual([]);
  });

  it("counts a connection that goes silent as cut", async () => {
    let silent = 0;
    hub.intercept = (request, response) => {
      if (!isModelRequest(request.url) || silent > 0) return false;
      silent++;
      response.writeHead(200, { "content-length": MODEL_TEXT.length }).write("model ");
      return true;
    };
    await fetchEncoder(main, options({ stallMs: 500 }));
    expect(silent).toBe(1);
    expect(await readFile(snapshot(MODEL), "utf8")).toBe(MODEL_TEXT);
  });

  it("waits for a slow connection as long as something comes", async () => {
    const pieces = MODEL_TEXT.match(/.{1,20000}/gs)!;
    send((response) => {
      response.writeHead(200, { "content-length": MODEL_TEXT.length });
      pieces.forEach((piece, i) => setTimeout(() => response.write(piece), 100 * i));
      setTimeout(() => response.end(), 100 * pieces.length);
    });
    await fetchEncoder(main, options({ stallMs: 400 }));
    expect(await readFile(snapshot(MODEL), "utf8")).toBe(MODEL_TEXT);
  });

  it("stops when it is aborted, and removes what was incomplete", async () => {
    const stop = new AbortController();
    send((response) => {
      response.writeHead(200, { "content-length": MODEL_TEXT.length }).write("model ");
      setTimeout(() => stop.abort(new Error("enough")), 20);
    });
    await expect(fetchEncoder(main, options({ signal: stop.signal }))).rejects.toThrow("enough");
    expect(hub.requests.filter((request) => isModelRequest(request))).toHaveLength(1);
    expect(await unfinished()).toEqual([]);
  });

  it("fetches a damaged file again, and refuses it offline [B12]", async () => {
    await fetchEncoder(pinned, options());
    const blob = join(repository, "blobs", sha256(MODEL_TEXT));
    await writeFile(blob, MODEL_TEXT.replace("model", "MODEL"));
    expect(await failure(fetchEncoder(pinned, options({ offline: true })))).toMatchObject({
      code: "E_CHECKSUM",
      message: expect.stringContaining(blob),
    });
    await fetchEncoder(pinned, options());
    expect(await readFile(blob, "utf8")).toBe(MODEL_TEXT);
  });
});

describe("fetchEncoder() and redirects", () => {
  const redirectModel = (location: string): void => {
    hub.intercept = (request, response) => {
      if (!isModelRequest(request.url)) return false;
      response.writeHead(302, { location }).end();
      return true;
    };
  };

  it("sends the token to the endpoint and not to another origin", async () => {
    const storage = await startHub();
    try {
      storage.intercept = (_, response) => Boolean(response.end(MODEL_TEXT));
      redirectModel(`${storage.url}/signed?key=secret`);
      await fetchEncoder(main, options({ env: env({ HF_TOKEN: "hf_abc" }) }));
      expect(new Set(hub.authorizations)).toEqual(new Set(["Bearer hf_abc"]));
      expect(storage.authorizations).toEqual([undefined]);
      expect(await readFile(snapshot(MODEL), "utf8")).toBe(MODEL_TEXT);
    } finally {
      await storage.close();
    }
  });

  it.each(["file:///etc/passwd", "ftp://127.0.0.1/x", "http://["])("refuses one to %s [B12]", async (location) => {
    redirectModel(location);
    expect((await failure(fetchEncoder(main, options()))).code).toBe("E_HUB");
    expect(hub.requests.filter((request) => isModelRequest(request))).toHaveLength(1);
    expect(await unfinished()).toEqual([]);
  });

  it("refuses one from https to http [B12]", async () => {
    const predictions = vi
      .spyOn(globalThis, "fetch")
      .mockResolvedValue(new Response(null, { status: 302, headers: { location: `${hub.url}/x` } }));
    try {
      const secure = env({ HF_ENDPOINT: "https://127.0.0.1:1" });
      expect((await failure(fetchEncoder(main, options({ env: secure })))).code).toBe("E_HUB");
      expect(predictions).toHaveBeenCalledTimes(1);
    } finally {
      predictions.mockRestore();
    }
  });

  it("gives up a circle", async () => {
    redirectModel(`/${ID}/resolve/${COMMIT}/${MODEL}`);
    expect(await failure(fetchEncoder(main, options()))).toMatchObject({
      code: "E_HUB",
      message: expect.stringContaining("redirects"),
    });
  });
});

describe("fetchEncoder() and refusals", () => {
  const respondToAll = (status: number, headers: Record<string, string> = {}, body = ""): void => {
    hub.intercept = (_, response) => Boolean(response.writeHead(status, headers).end(body));
  };

  it.each([401, 403])("names HF_TOKEN for %i", async (status) => {
    respondToAll(status);
    expect(await failure(fetchEncoder(main, options({ env: env({ HF_TOKEN: "hf_secret" }) })))).toMatchObject({
      code: "E_HUB",
      message: expect.stringMatching(/^(?!.*hf_secret).*HF_TOKEN/),
    });
  });

  it("says that a model or a revision does not exist", async () => {
    respondToAll(404);
    expect((await failure(fetchEncoder(main, options()))).code).toBe("E_ENCODER_MISSING");
    respondToAll(404, { "x-error-code": "RevisionNotFound" });
    expect(await failure(fetchEncoder({ id: ID, revision: "v9" }, options()))).toMatchObject({
      code: "E_ENCODER_MISSING",
      message: expect.stringContaining('no revision "v9"'),
    });
  });

  it("does not take a page, or another commit than asked for, for a listing", async () => {
    respondToAll(200, {}, "<html>Please log in</html>");
    expect((await failure(fetchEncoder(main, options()))).code).toBe("E_HUB");
    respondToAll(200, {}, JSON.stringify({ sha: "f".repeat(40), siblings: [] }));
    expect((await failure(fetchEncoder(pinned, options()))).code).toBe("E_HUB");
  });

  it("says what a repository without ONNX has", async () => {
    hub.files = { "config.json": "{}", "tokenizer.json": "{}", "model.safetensors": "x" };
    expect(await failure(fetchEncoder(main, options()))).toMatchObject({
      code: "E_ENCODER_UNSUPPORTED",
      message: expect.stringContaining("model.safetensors"),
    });
  });

  it("misses a tokenizer before it fetches the model", async () => {
    hub.files = { "config.json": "{}", [MODEL]: MODEL_TEXT };
    expect(await failure(fetchEncoder(main, options()))).toMatchObject({
      code: "E_ENCODER_MISSING",
      message: expect.stringContaining("tokenizer.json is missing"),
    });
    expect(hub.requests).toHaveLength(1);
  });

  it("never asks for, or writes, a path that leads out of the repository [B11]", async () => {
    const hostile = {
      "onnx/model.onnx_data/../../../../../../out": "x",
      "1_Pooling\\..\\..\\config.json": "x",
      "/abs.onnx": "x",
    };
    hub.files = { ...ENCODER_FILES, ...hostile };
    await fetchEncoder(main, options());
    expect((await readdir(home.path)).sort()).toEqual(["hub"]);
    expect(await readdir(join(repository, "snapshots"))).toEqual([COMMIT]);
    expect(hub.requests).toHaveLength(1 + WANTED.length);
    hub.files = { "config.json": "{}", "tokenizer.json": "{}", "../../../../out.onnx": "x" };
    expect((await failure(fetchEncoder(main, options()))).code).toBe("E_ENCODER_UNSUPPORTED");
  });
});

describe("fetchEncoder() without the hub", () => {
  it("names what a cold cache lacks, without a request [B12, G05]", async () => {
    const cold = await failure(fetchEncoder(main, options({ offline: true })));
    expect(cold).toMatchObject({
      code: "E_OFFLINE",
      message: expect.stringContaining(join(repository, "refs", "main")),
    });
    const byVariable = await failure(fetchEncoder(pinned, options({ env: env({ HF_HUB_OFFLINE: "1" }) })));
    expect(byVariable).toMatchObject({ code: "E_OFFLINE", message: expect.stringContaining(snapshot("config.json")) });
    expect(hub.requests).toEqual([]);
  });

  it.each([main, pinned])("uses a warm cache, without a request: $revision [G05]", async (id) => {
    await fetchEncoder(id, options());
    hub.requests.length = 0;
    const offline = await fetchEncoder(id, options({ env: env({ HF_HUB_OFFLINE: "true" }) }));
    expect(offline).toEqual({ path: join(repository, "snapshots", COMMIT), revision: COMMIT, decisions: [] });
    expect(hub.requests).toEqual([]);
  });

  it("names the one file that a warm cache lacks [B12, G05]", async () => {
    await fetchEncoder(main, options());
    for (const file of [MODEL, "1_Pooling/config.json", "tokenizer.json"]) {
      await rm(snapshot(file));
      expect(await failure(fetchEncoder(main, options({ offline: true })))).toMatchObject({
        code: "E_OFFLINE",
        message: expect.stringContaining(snapshot(file)),
      });
    }
  });

  it("says which settings it takes as absent without proof", async () => {
    await fetchEncoder(main, options());
    await rm(join(repository, ".no_exist"), { recursive: true });
    const { decisions } = await fetchEncoder(main, options({ offline: true }));
    expect(decisions).toEqual([
      "not in the cache and taken as absent: special_tokens_map.json, config_sentence_transformers.json",
    ]);
  });

  it("falls back to the cached commit of a branch, and says so", async () => {
    await fetchEncoder(main, options());
    const endpoint = hub.url;
    await hub.close();
    const { revision, decisions } = await fetchEncoder(main, options({ env: env({ HF_ENDPOINT: endpoint }) }));
    expect(revision).toBe(COMMIT);
    expect(decisions).toEqual([expect.stringContaining(`commit ${COMMIT.slice(0, 12)} from the cache`)]);
  });

  it("treats a hub that is overloaded as one that is not reached", async () => {
    hub.intercept = (_, response) => Boolean(response.writeHead(503).end());
    expect(await failure(fetchEncoder(main, options()))).toMatchObject({
      code: "E_HUB",
      message: expect.stringContaining("HTTP 503"),
    });
    expect(hub.requests).toHaveLength(4);
  });

  it("does not fall back to a cache that lacks the model", async () => {
    await fetchEncoder(main, options());
    await rm(snapshot(MODEL));
    hub.intercept = (_, response) => Boolean(response.writeHead(503).end());
    expect((await failure(fetchEncoder(main, options()))).code).toBe("E_HUB");
  });
});

describe("hubSettings()", () => {
  it("finds the cache in the order of huggingface_hub", () => {
    const all = { HF_HUB_CACHE: "/a", HF_HOME: "/b", XDG_CACHE_HOME: "/c", HOME: "/d", USERPROFILE: "/d" };
    expect(hubCacheFolder(all)).toBe("/a");
    expect(hubCacheFolder({ ...all, HF_HUB_CACHE: "" })).toBe(join("/b", "hub"));
    expect(hubCacheFolder({ XDG_CACHE_HOME: "/c" })).toBe(join("/c", "huggingface", "hub"));
    expect(hubCacheFolder({ HOME: "/d", USERPROFILE: "/d" })).toBe(join("/d", ".cache", "huggingface", "hub"));
    expect(hubCacheFolder({ HOME: "/d", USERPROFILE: "/d", HF_HOME: "~/h" })).toBe(join("/d", "h", "hub"));
  });

  it("reads endpoint, token and offline, and refuses what cannot be one", () => {
    expect(
      hubSettings({ HF_ENDPOINT: "https://mirror.example/hf/", HF_TOKEN: " t\n", HF_HUB_OFFLINE: "ON" }),
    ).toMatchObject({
      endpoint: "https://mirror.example/hf",
      token: "t",
      offline: true,
    });
    expect(hubSettings({ HF_HUB_OFFLINE: "0", HF_TOKEN: "" })).toMatchObject({
      endpoint: "https://huggingface.co",
      offline: false,
    });
    expect(hubSettings({ HF_TOKEN: "" }).token).toBeUndefined();
    for (const bad of ["file:///x", "nonsense", "https://user:pass@host"]) {
      expect(() => hubSettings({ HF_ENDPOINT: bad })).toThrow(/^(?!.*pass).*HF_ENDPOINT/);
    }
    expect(() => hubSettings({ HF_TOKEN: "a\nb" })).toThrow(/^(?!.*a\nb).*HF_TOKEN/);
  });
});

describe("parseHubId()", () => {
  it("reads owner/name and a revision", () => {
    expect(parseHubId("BAAI/bge-small-en-v1.5")).toEqual({ id: "BAAI/bge-small-en-v1.5", revision: "main" });
    expect(parseHubId(`a/b@${COMMIT}`)).toEqual({ id: "a/b", revision: COMMIT });
    expect(parseHubId("a/b@refs/pr/1")).toEqual({ id: "a/b", revision: "refs/pr/1" });
  });

  it.each([
    "name",
    "a/b/c",
    "../../x@y",
    "a/..",
    "a--b/c",
    "a/b--c",
    "a/b.git",
    "a/b@",
    "a/b@../x",
    "a/b@/x",
    "a/b@x/",
    "a/b@x@y",
    "a/b@.x",
    "a/b@x y",
    "a/b\0",
    "a /b",
    `${"a".repeat(97)}/b`,
    "https://huggingface.co/a/b",
    "a\\b/c",
  ])("refuses %j [B11]", (text) => {
    expect(parseHubId(text)).toBeUndefined();
  });
});

it("the cache folder that was asked for is the only one written", async () => {
  await mkdir(join(home.path, "elsewhere"));
  await fetchEncoder(main, options({ env: env({ HF_HUB_CACHE: join(home.path, "mine") }) }));
  expect((await readdir(home.path)).sort()).toEqual(["elsewhere", "mine"]);
});
