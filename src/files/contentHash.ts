import { createHash, type Hash } from "node:crypto";
import { open, stat } from "node:fs/promises";

/** Bytes, or a text that stands for its bytes in UTF-8. */
type Content = Uint8Array | string;

/** A SHA-256 to come: `update` adds content, `digest` ends it. */
export const startSha256 = (): Hash => createHash("sha256");

/** The 32 bytes of the SHA-256 of `parts`, one after another. */
export function sha256Bytes(...parts: readonly Content[]): Buffer {
  const hash = startSha256();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** SHA-256 of `parts`, one after another, in lower-case hex digits. */
export const sha256 = (...parts: readonly Content[]): string => sha256Bytes(...parts).toString("hex");

/** Whether a text has the form of a hash that the hub names content by: git's (40 hex digits) or SHA-256 (64). */
export const isContentHash = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

/**
 * Hash of a file as the hub names it.
 *
 * @param kind  "sha256" for files in large-file storage; "git" for all others: SHA-1 over `blob <size>\0` and the bytes
 * @returns     lower-case hex digits
 * @see https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
 */
export async function contentHash(path: string, kind: "sha256" | "git"): Promise<string> {
  const file = await open(path);
  try {
    const hash = kind === "git" ? createHash("sha1") : startSha256();
    if (kind === "git") hash.update(`blob ${(await file.stat()).size}\0`);
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 })) hash.update(chunk);
    return hash.digest("hex");
  } finally {
    await file.close();
  }
}

/** The hash of `path` of the same kind as `wanted`. */
export const hashLike = (wanted: string, path: string): Promise<string> =>
  contentHash(path, wanted.length === 40 ? "git" : "sha256");

/** Whether `path` is a file with this hash and, where it is known, this size. */
export async function hasContent(
  path: string,
  wanted: { readonly hash: string; readonly bytes?: number | undefined },
): Promise<boolean> {
  try {
    const found = await stat(path);
    if (!found.isFile() || (wanted.bytes !== undefined && found.size !== wanted.bytes)) return false;
    return (await hashLike(wanted.hash, path)) === wanted.hash;
  } catch {
    return false; // not there, or not readable: to be fetched
  }
}
