// @ts-check
/** Published files by checksum: from the cache folder when they are there and whole, else from the network. */

import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sha256 } from "../sha256.mjs";

/** @import { RawFile } from "./sources.mjs" */

/** The largest file has 3 MB. */
const TIMEOUT_MS = 120_000;

/** A failure that whoever runs the script can do something about. */
export class DownloadError extends Error {
  /** @override */
  name = "DownloadError";
}

/**
 * Bytes of a published file, in memory.
 *
 * A cached file that is not what is pinned (cut short, edited) is fetched again. What was fetched reaches the cache only
 * when size and checksum are right, and whole.
 *
 * @param {RawFile} raw
 * @param {{ readonly baseUrl: string, readonly cacheDir: string, readonly say?: (line: string) => void }} options
 * @returns {Promise<Uint8Array>}
 * @throws {DownloadError} when it cannot be had, or is not what is pinned
 */
export async function rawFile(raw, { baseUrl, cacheDir, say = () => {} }) {
  const cached = join(cacheDir, raw.repository, raw.commit, raw.path);
  const known = await readFile(cached).catch(() => undefined);
  if (known !== undefined && mismatch(raw, known) === undefined) return known;
  const url = `${baseUrl.replace(/\/+$/, "")}/${raw.repository}/${raw.commit}/${raw.path}`;
  say(`  ${url} (${raw.bytes.toLocaleString("en")} bytes)`);
  const bytes = await download(url, raw.bytes);
  const wrong = mismatch(raw, bytes);
  if (wrong !== undefined) {
    throw new DownloadError(
      `Cannot use ${url}: ${wrong}. The file is not the one that this version was made for; nothing of it was kept. ` +
        `Try again, or name another source with --base-url`,
    );
  }
  await commit(cached, bytes);
  return bytes;
}

/**
 * Writes a file so that it is either whole under its name or not there.
 *
 * @param {string} path  its folders are made
 * @param {string | Uint8Array} content
 */
export async function commit(path, content) {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  try {
    const file = await open(part, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true });
    throw cause;
  }
}

/**
 * What differs from the pin, or undefined.
 *
 * @param {RawFile} raw
 * @param {Uint8Array} bytes
 */
function mismatch(raw, bytes) {
  if (bytes.length > raw.bytes) return `it has more than the expected ${raw.bytes} bytes`;
  if (bytes.length < raw.bytes) return `it has ${bytes.length} bytes instead of ${raw.bytes}`;
  const found = sha256(bytes);
  return found === raw.sha256 ? undefined : `its sha256 is ${found} instead of ${raw.sha256}`;
}

/**
 * Reads no further than one chunk past `limit`, so a wrong address cannot fill the memory.
 *
 * @param {string} url
 * @param {number} limit  bytes
 */
async function download(url, limit) {
  const chunks = [];
  let length = 0;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`the server responded with ${response.status} ${response.statusText}`.trimEnd());
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > limit) break;
    }
  } catch (cause) {
    throw new DownloadError(
      `Cannot download ${url}: ${reason(cause)}. The small corpora in data/ work without a network; files fetched so ` +
        `far are kept, so run this again later, or name a mirror with --base-url`,
      { cause },
    );
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** `fetch` hides what happened in the cause. @param {unknown} error @returns {string} */
function reason(error) {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reason(error.cause);
  return error.message || String(/** @type {{ code?: unknown }} */ (error).code ?? error.name);
}
