import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
export const ID = "owner/name";

/** Files of a repository that is an encoder as far as fetching and settings go; the model is "in large-file storage". */
export const ENCODER_FILES: Readonly<Record<string, string>> = {
  "config.json": '{"model_type": "bert", "hidden_size": 32, "num_hidden_layers": 2, "max_position_embeddings": 512}',
  "tokenizer.json": "{}",
  "tokenizer_config.json": '{"model_max_length": 512}',
  "modules.json": JSON.stringify([
    { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
    { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
    { idx: 2, name: "2", path: "2_Normalize", type: "sentence_transformers.models.Normalize" },
  ]),
  "1_Pooling/config.json": '{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}',
  "sentence_bert_config.json": '{"max_seq_length": 256, "do_lower_case": false}',
  "README.md": "---\nlicense: mit\n---\n# A model\n",
  "pytorch_model.bin": "not wanted",
  "onnx/model.onnx": "model ".repeat(20_000),
};

export const gitHash = (text: string): string =>
  createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0`)
    .update(text)
    .digest("hex");
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const isLarge = (file: string): boolean => /\.(onnx|onnx_data|bin)$/.test(file);
export const hashOf = (file: string, text: string): string => (isLarge(file) ? sha256(text) : gitHash(text));

export interface FakeHub {
  readonly url: string;
  /** `METHOD path` of every request so far. */
  readonly requests: string[];
  readonly authorizations: (string | undefined)[];
  /** Changes the responses to the next requests; true means: this one was responded to here. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
  files: Readonly<Record<string, string>>;
  /** Whether the listing says hashes and sizes. */
  hashes: boolean;
  commit: string;
  close(): Promise<void>;
}

export async function startHub(): Promise<FakeHub> {
  const server: Server = createServer((request, response) => {
    hub.requests.push(`${request.method} ${request.url}`);
    hub.authorizations.push(request.headers.authorization);
    if (!hub.intercept(request, response)) answer(hub, request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const hub: FakeHub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    authorizations: [],
    intercept: () => false,
    files: ENCODER_FILES,
    hashes: true,
    commit: COMMIT,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return hub;
}

function answer(hub: FakeHub, request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent((request.url ?? "").split("?")[0]);
  const file = path.startsWith(`/${ID}/resolve/${hub.commit}/`) ? path.split("/").slice(5).join("/") : undefined;
  if (path.startsWith(`/api/models/${ID}/revision/`)) {
    response.setHeader("content-type", "application/json").end(JSON.stringify(listingOf(hub)));
  } else if (file !== undefined && hub.files[file] !== undefined) {
    const text = hub.files[file];
    response.setHeader("etag", `"${isLarge(file) ? gitHash("pointer") : gitHash(text)}"`);
    response.setHeader("x-repo-commit", hub.commit);
    if (isLarge(file)) response.setHeader("x-linked-etag", `"${sha256(text)}"`);
    response.setHeader("content-length", Buffer.byteLength(text)).end(request.method === "HEAD" ? undefined : text);
  } else {
    response.writeHead(404, { "x-error-code": "RepoNotFound" }).end("Not found");
  }
}

function listingOf({ files, hashes, commit }: FakeHub): unknown {
  const siblings = Object.entries(files).map(([rfilename, text]) => ({
    rfilename,
    ...(hashes ? { size: text.length, blobId: gitHash(isLarge(rfilename) ? "pointer" : text) } : {}),
    ...(hashes && isLarge(rfilename) ? { lfs: { sha256: sha256(text), size: text.length, pointerSize: 130 } } : {}),
  }));
  return { id: ID, sha: commit, siblings };
}

/** A fresh folder, and how to remove it with all that is in it. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "headstart-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** Code and message of the error that `action` ends with. */
export async function failure(action: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Error && "code" in error) return { code: String(error.code), message: error.message };
  throw new Error(`expected a failure with a code, got ${String(error)}`);
}
