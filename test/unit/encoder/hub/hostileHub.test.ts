import { mkdir, readdir, rm, stat, statfs, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HeadstartError } from "../../../../src/errors.js";
import { fetchEncoder, type HubOptions } from "../../../../src/encoder/hub/fetchEncoder.js";
import { isSafePath } from "../../../../src/encoder/folder/requiredFiles.js";
import { tempPath } from "../../../../src/files/tempName.js";
import { COMMIT, ENCODER_FILES, ID, gitHash, sha256, startHub, temporaryFolder, type FakeHub } from "./fakeHub.js";

vi.mock("node:fs/promises", { spy: true });

const MODEL = "onnx/model.onnx";
const MODEL_TEXT = ENCODER_FILES[MODEL];
const LIMITS = { settings: 100_000, model: 150_000 };

let hub: FakeHub;
let home: Awaited<ReturnType<typeof temporaryFolder>>;
let repository: string;

beforeEach(async () => {
  [hub, home] = await Promise.all([startHub(), temporaryFolder()]);
  repository = join(home.path, "hub", "models--owner--name");
});
afterEach(async () => {
  vi.mocked(statfs).mockReset();
  await Promise.all([hub.close(), home.remove()]);
});

const fetched = (more: HubOptions = {}) =>
  fetchEncoder(
    { id: ID, revision: "main" },
    { env: { HF_HOME: home.path, HF_ENDPOINT: hub.url }, retryDelayMs: 1, ...more },
  );

/** The error that a download ends with, once it is sure that it left nothing unfinished and no ref. */
async function refused(more: HubOptions = {}): Promise<HeadstartError> {
  const error: unknown = await fetched(more).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HeadstartError)) throw new Error(`not refused as it should be: ${String(error)}`);
  const left = (await readdir(home.path, { recursive: true }).catch(() => [])).map((name) => basename(name));
  expect(left.filter((name) => name.includes("incomplete"))).toEqual([]);
  expect(left).not.toContain("refs");
  expect(left).not.toContain(basename(MODEL));
  return error;
}

type Answer = (response: ServerResponse, method: string | undefined) => void;

/** Responds so to requests for `file`; to a HEAD with the file's own ETag. */
function answer(file: string, how: Answer): void {
  hub.intercept = (request, response) => {
    if (!request.url!.endsWith(`/${file}`)) return false;
    how(response, request.method);
    return true;
  };
}

/** Sends for ever, in pieces of 1 MiB, and counts the bytes. */
function endless(response: ServerResponse): { sent: number } {
  const count = { sent: 0 };
  const piece = "x".repeat(2 ** 20);
  const more = (): void => {
    while (!response.destroyed && response.write(piece)) count.sent += piece.length;
    count.sent += piece.length;
  };
  response.on("drain", more);
  more();
  return count;
}

/** The listing says hashes and no sizes, and replies say none either. */
function withoutSizes(how: Record<string, Answer>): void {
  const siblings = Object.entries(ENCODER_FILES).map(([rfilename, text]) =>
    rfilename.endsWith(".onnx") ? { rfilename, lfs: { sha256: sha256(text) } } : { rfilename, blobId: gitHash(text) },
  );
  hub.intercept = (request, response) => {
    if (request.url!.startsWith("/api/")) response.end(JSON.stringify({ sha: COMMIT, siblings }));
    else {
      const file = Object.keys(how).find((name) => request.url!.endsWith(`/${name}`));
      if (file === undefined) return false;
      how[file](response, request.method);
    }
    return true;
  };
}

/** A listing with these files beside, or instead of, those of the encoder. */
function list(siblings: readonly object[]): void {
  hub.intercept = (request, response) => {
    if (!request.url!.startsWith("/api/")) return false;
    response.end(JSON.stringify({ sha: COMMIT, siblings }));
    return true;
  };
}

const whole = (rfilename: string, more: object = {}): object => ({
  rfilename,
  size: ENCODER_FILES[rfilename]?.length,
  blobId: gitHash(ENCODER_FILES[rfilename] ?? ""),
  ...more,
});
const SMALL = ["config.json", "tokenizer.json"].map((name) => whole(name));

describe("fetchEncoder() bounds a file by its kind", () => {
  it.each([
    [MODEL, LIMITS.model],
    ["tokenizer.json", LIMITS.settings],
  ])("whose size nobody says: %s", async (file, limit) => {
    let count = { sent: 0 };
    withoutSizes({ [file]: (response) => (count = endless(response)) });
    const { code, message } = await refused({ limits: LIMITS });
    expect(code).toBe("E_HUB");
    expect(message).toContain(`Cannot fetch ${file}`);
    expect(message).toContain(String(limit));
    expect(count.sent).toBeLessThan(limit + 16 * 2 ** 20); // what the sockets hold
  });

  it("with the limits that it has by itself", async () => {
    withoutSizes({ "config.json": endless });
    expect((await refused()).message).toContain(String(64 * 2 ** 20));
  });

  it.each([10 ** 15, 2 ** 53 - 1, 1e300])("whose size is said to be %d, before any file is asked for", async (size) => {
    list([...SMALL, whole(MODEL, { lfs: { sha256: sha256(MODEL_TEXT), size } })]);
    expect((await refused()).code).toBe("E_HUB");
    expect(hub.requests).toHaveLength(1);
  });

  it("whose reply says more than the limit, without reading it", async () => {
    withoutSizes({ [MODEL]: (response) => response.writeHead(200, { "content-length": 10 ** 12 }).write("x") });
    expect((await refused()).message).toContain("1.0 TB");
  });

  it("that was compressed on the way though nobody asked: a bomb", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
    withoutSizes({ [MODEL]: (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb) });
    expect((await refused({ limits: LIMITS })).message).toContain(String(LIMITS.model));
  });

  it("and takes one that was compressed on the way and is what it should be", async () => {
    const packed = gzipSync(MODEL_TEXT);
    withoutSizes({
      [MODEL]: (response) =>
        response.writeHead(200, { "content-encoding": "gzip", "content-length": packed.length }).end(packed),
    });
    const { path } = await fetched();
    expect((await stat(join(path, MODEL))).size).toBe(MODEL_TEXT.length);
  });

  it("and an encoder by the number of its files", async () => {
    const data = Array.from({ length: 3000 }, (_, i) => whole(`${MODEL}_data_${i}`, { size: 1 }));
    list([...SMALL, whole(MODEL), ...data]);
    expect((await refused()).message).toContain("3003 files");
    expect(hub.requests).toHaveLength(1);
  });
});

describe("fetchEncoder() and the free space", () => {
  const free = (...bytes: readonly number[]): void => {
    for (const [i, each] of bytes.entries()) {
      const found = { type: 0, blocks: 1, bfree: each, bavail: each, bsize: 1, files: 0, ffree: 0 };
      if (i === bytes.length - 1) vi.mocked(statfs).mockResolvedValue(found);
      else vi.mocked(statfs).mockResolvedValueOnce(found);
    }
  };

  it("fetches nothing that has no room, and says how much is needed and free", async () => {
    free(100_000);
    const error = await refused();
    expect([error.code, error.exitCode]).toEqual(["E_OUTPUT_WRITE", 5]);
    expect(error.message).toMatch(/needs 120\.\d kB, and 100\.0 kB are free/);
    expect(hub.requests).toHaveLength(1);
  });

  it("counts only what the cache lacks", async () => {
    await fetched();
    hub.commit = "f".repeat(40);
    hub.files = { ...ENCODER_FILES, "config.json": '{"hidden_size": 64}' };
    free(500);
    expect((await fetched()).revision).toBe(hub.commit);
  });

  it("stops a body of unknown size before it fills the disk", async () => {
    const pieces = 40;
    withoutSizes({
      [MODEL]: (response) => {
        for (let i = 0; i < pieces; i++) response.write(Buffer.alloc(2 ** 20));
        response.end();
      },
    });
    // One look at the whole and one at each small file, then those at the model, the second of which finds too little.
    free(...Array.from({ length: 9 }, () => 1e9), 1e6);
    const error = await refused();
    expect(error.code).toBe("E_OUTPUT_WRITE");
    expect(error.message).toContain(`more of ${MODEL}`);
  });

  it("goes on where the system does not tell", async () => {
    vi.mocked(statfs).mockRejectedValue(new Error("not supported"));
    expect((await fetched()).revision).toBe(COMMIT);
    vi.mocked(statfs).mockResolvedValue({ type: 0, blocks: 0, bfree: 0, bavail: 0, bsize: 0, files: 0, ffree: 0 });
    await rm(repository, { recursive: true });
    expect((await fetched()).revision).toBe(COMMIT);
  });
});

describe("fetchEncoder() and what killed downloads left", () => {
  const gone = 2 ** 22 + 1; // more than any pid
  const leftBy = (pid: number, name: string): string => name.replace(`.${process.pid}.`, `.${pid}.`);

  it("removes it, and leaves alone what a live process, another machine or another program is writing", async () => {
    const blobs = join(repository, "blobs");
    await mkdir(blobs, { recursive: true });
    const own = basename(tempPath(join(blobs, "download"), "incomplete"));
    const elsewhere = leftBy(gone, own).replace(/\.[0-9a-f]{6}-/, ".ffffff-");
    const kept = [own, leftBy(process.ppid, own), elsewhere, `${"a".repeat(64)}.incomplete`];
    for (const name of [...kept, leftBy(gone, own)]) await writeFile(join(blobs, name), "x");
    await fetched();
    const left = (await readdir(blobs)).filter((name) => name.endsWith("incomplete"));
    expect(left.sort()).toEqual(kept.sort());
  });
});

describe("fetchEncoder() ends with 4, 5 or 6 and leaves nothing unfinished", () => {
  it.each<[string, Answer]>([
    ["a part of a file (206)", (r) => r.writeHead(206, { "content-range": "bytes 0-4/120000" }).end("model")],
    ["not modified (304)", (r) => r.writeHead(304).end()],
    ["no content (204)", (r) => r.writeHead(204).end()],
    ["an empty body", (r) => r.end()],
    ["a body that is shorter than stated", (r) => r.writeHead(200, { "content-length": 9 }).end("model")],
    ["an unknown encoding", (r) => r.writeHead(200, { "content-encoding": "gzip" }).end("no gzip at all")],
    ["headers of megabytes", (r) => r.socket!.end(`HTTP/1.1 200 OK\r\nx-long: ${"x".repeat(3_000_000)}\r\n\r\n`)],
    ["no HTTP", (r) => r.socket!.end("220 smtp.example ESMTP\r\n")],
    ["a redirect that has a password", (r) => r.writeHead(302, { location: "http://a:b@127.0.0.1:9/" }).end()],
  ])("for %s", async (_, how) => {
    answer(MODEL, how);
    const { exitCode, message } = await refused({ stallMs: 500 });
    expect([4, 5, 6]).toContain(exitCode);
    expect(message).toContain(ID);
  });

  it("for a body that comes byte by byte", async () => {
    const timers = new Set<NodeJS.Timeout>();
    answer(MODEL, (response) => {
      response.writeHead(200, { "content-length": MODEL_TEXT.length });
      timers.add(setInterval(() => response.write("m"), 10));
    });
    try {
      const { code, message } = await refused({ stallMs: 200 });
      expect(code).toBe("E_HUB");
      expect(message).toMatch(/no more than \d+ bytes came for 0\.2 s/);
    } finally {
      for (const timer of timers) clearInterval(timer);
    }
  });

  it.each([
    ["nothing", ""],
    ["quotes", 'W/"x"'],
    ["a path", "../../../../out"],
    ["a digit too few", "0".repeat(39)],
    ["letters", "g".repeat(64)],
    ["thousands of digits", "0".repeat(10_000)],
  ])("for %s as the only hash of a file", async (_, etag) => {
    hub.hashes = false;
    answer(MODEL, (response) => response.writeHead(200, { etag: `"${etag}"` }).end());
    expect((await refused()).code).toBe("E_HUB");
  });

  it.each([
    ["a lone surrogate", "\ud800.onnx"],
    ["controls", "\u001b[2J\u009b.onnx"],
    ["4,096 characters", `${"m".repeat(4091)}.onnx`],
    ["more bytes than a file system takes", `${"模".repeat(90)}.onnx`],
    ["a way out", "../../../../out.onnx"],
    ["an absolute path", "/out.onnx"],
  ])("for a model whose name has %s [B11]", async (_, rfilename) => {
    expect(isSafePath(rfilename)).toBe(false);
    list([...SMALL, { rfilename, size: 1, blobId: gitHash("x") }]);
    expect((await refused()).code).toBe("E_ENCODER_UNSUPPORTED");
    expect(await readdir(home.path)).toEqual([]);
  });

  it("for a listing of as many names as fit", async () => {
    list(Array.from({ length: 100_000 }, (_, i) => ({ rfilename: `${i}/${"x".repeat(40)}.json` })));
    const { code, message } = await refused();
    expect(code).toBe("E_ENCODER_UNSUPPORTED");
    expect(message.length).toBeLessThan(2000);
  });

  it("for a listing without an end", async () => {
    hub.intercept = (_, response) => Boolean(endless(response));
    expect((await refused()).code).toBe("E_HUB");
  });
});

it("a name that is no path of its own changes nothing for the model beside it", async () => {
  hub.files = { ...ENCODER_FILES, "../other.onnx": "x", "\u202e.onnx/../x": "x" };
  delete (hub.files as Record<string, string>)[MODEL];
  hub.files = { ...hub.files, "model_int4.onnx": "x" };
  const { path } = await fetched();
  expect((await stat(join(path, "model_int4.onnx"))).size).toBe(1);
});
