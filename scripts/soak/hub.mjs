// @ts-check
/** A model hub on this machine that holds the small encoder as `owner/tiny`, and misbehaves on request. */

import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join, relative, sep } from "node:path";
import { sha256 } from "../sha256.mjs";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/**
 * How the hub misbehaves at a request for a file, or for the listing.
 *
 * @type {Readonly<Record<string, (response: import("node:http").ServerResponse, body: Buffer, random: () => number) => void>>}
 */
export const MISBEHAVIORS = {
  "cuts the connection": (response, body, random) => {
    response.writeHead(200, { "content-length": body.length });
    response.write(body.subarray(0, Math.floor(random() * body.length)), () => response.destroy());
  },
  "sends fewer bytes": (response, body, random) =>
    void response.end(body.subarray(0, Math.floor(random() * body.length))),
  "sends more bytes": (response, body) => void response.end(Buffer.concat([body, Buffer.from("more")])),
  "sends other bytes": (response, body, random) => {
    const other = Buffer.from(body);
    other[Math.floor(random() * other.length)] ^= 1;
    response.end(other);
  },
  "sends a web page": (response) =>
    void response.writeHead(200, { "content-type": "text/html" }).end("<html>log in</html>"),
  "sends nothing": (response) => void response.end(),
  "is overloaded": (response) => void response.writeHead(503).end(),
  "asks to wait": (response) => void response.writeHead(429, { "retry-after": "1" }).end(),
  "knows of nothing": (response) => void response.writeHead(404).end(),
  refuses: (response) => void response.writeHead(403).end(),
  "turns in circles": (response) =>
    void response.writeHead(302, { location: "/api/models/owner/tiny/revision/main" }).end(),
  "leads elsewhere": (response) => void response.writeHead(302, { location: "file:///etc/passwd" }).end(),
  "hangs up": (response) => void response.destroy(),
};

/**
 * @param {string} root  the repository
 * @returns {Promise<{ readonly url: string, misbehave: string | undefined, share: number, random: () => number, close: () => void }>}
 */
export async function startHub(root) {
  const folder = join(root, "test/fixtures/tiny-bert");
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path).split(sep).join("/"), await readFile(path));
  }
  const server = createServer((request, response) => {
    const address = new URL(request.url ?? "/", "http://hub");
    const file = /^\/owner\/tiny\/resolve\/\w+\/(.+)$/.exec(address.pathname)?.[1];
    const body = file === undefined ? listing(files) : files.get(decodeURIComponent(file));
    if (body === undefined) return void response.writeHead(404).end();
    if (hub.misbehave !== undefined && hub.random() < hub.share)
      return MISBEHAVIORS[hub.misbehave](response, body, hub.random);
    response.writeHead(200, { "content-length": body.length, etag: `"${sha256(body)}"` });
    response.end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  const hub = {
    url: `http://127.0.0.1:${address.port}`,
    misbehave: /** @type {string | undefined} */ (undefined),
    share: 1,
    random: () => 0,
    close: () => void server.close(),
  };
  return hub;
}

/** @param {Map<string, Buffer>} files */
function listing(files) {
  const siblings = [...files].map(([rfilename, body]) => {
    return { rfilename, size: body.length, lfs: { sha256: sha256(body), size: body.length } };
  });
  return Buffer.from(JSON.stringify({ sha: COMMIT, siblings }));
}
