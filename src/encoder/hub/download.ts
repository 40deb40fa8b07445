import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { HeadstartError } from "../../errors.js";
import type { FileSystem } from "../../files/fileSystem.js";
import { hasContent, hashLike, isContentHash } from "../../files/contentHash.js";
import { ignoringFailure } from "../../files/commit.js";
import { blobPath, inCache, syncNames, temporaryName, type HubCache } from "./cache.js";
import type { HubId } from "./id.js";
import { byteLimitOf, refuseToFill, tooLarge, type HubLimits } from "./limits.js";
import { refusal, type RemoteFile } from "./listing.js";
import { ask, withRetries, type HubAccess, type Reply } from "./request.js";

/** How far one file is; after a cut connection `received` starts again at 0. */
export interface DownloadProgress {
  /** Path in the repository. */
  readonly file: string;
  /** Bytes. */
  readonly received: number;
  /** Bytes; what was received so far where the hub does not say it. */
  readonly total: number;
}

export interface DownloadOptions extends HubAccess, HubCache {
  readonly hub: HubId;
  readonly commit: string;
  /** The ONNX file that is asked for. */
  readonly modelFile?: string | undefined;
  readonly limits: HubLimits;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

export const TRIES = 4;

/** Bytes of a body of unknown size after which the free space is looked at again. */
const LOOK_EVERY = 16 * 2 ** 20;

/**
 * Brings one file into the cache's blobs, unless it is there already, and gives its blob's path.
 *
 * It appears under its name only when complete, checked and on the disk; two processes may fetch the same file at once.
 *
 * @throws HeadstartError E_CHECKSUM when size or hash differ from what the hub says; E_HUB for one beyond its limit;
 *   E_OUTPUT_WRITE
 * @throws HubUnreachable when the connection was cut each time
 */
export async function downloadBlob(file: RemoteFile, options: DownloadOptions): Promise<string> {
  const hash = file.hash ?? (await withRetries(() => fetchHash(file, options), TRIES, options));
  const blob = blobPath(options.repository, hash);
  const wanted = { hash, bytes: file.bytes };
  if (await hasContent(blob, { hash })) return blob;
  await withRetries(() => fetchInto(blob, { ...file, ...wanted }, options), TRIES, options);
  return blob;
}

type KnownFile = RemoteFile & { readonly hash: string };

async function fetchInto(blob: string, file: KnownFile, options: DownloadOptions): Promise<void> {
  const address = addressOf(file, options);
  const reply = await ask("GET", address, options);
  if (reply.status !== 200) throw await refusal(reply, address, options.hub);
  const temporary = temporaryName(options.repository);
  await inCache(temporary, async () => {
    try {
      await options.files.mkdir(dirname(blob));
      await writeBody(temporary, reply, { ...options, file });
      await check(temporary, file, address);
      await moveTo(blob, temporary, { ...options, hash: file.hash });
    } finally {
      await reply.discard().catch(() => undefined);
      await ignoringFailure(options.files.unlink(temporary)); // it is gone where all went well
    }
  });
}

async function writeBody(
  path: string,
  reply: Reply,
  { file, onProgress, ...options }: DownloadOptions & { readonly file: RemoteFile },
): Promise<void> {
  const total = file.bytes ?? statedBytes(reply);
  const limit = byteLimitOf(file.name, options.limits);
  if (total !== undefined && total > limit) throw tooLarge(file.name, { ...options, bytes: total });
  const opened = await options.files.open(path);
  try {
    const room = roomFor(file, { path, total });
    let received = 0;
    for await (const chunk of reply.chunks()) {
      await room(received);
      const at = received;
      received += chunk.length;
      if (received > limit) throw tooLarge(file.name, options);
      await opened.write(chunk, at);
      onProgress?.({ file: file.name, received, total: total ?? received });
      if (total !== undefined && received > total) break; // the check says so; an endless body must not fill the disk
    }
    await opened.fsync();
  } finally {
    await opened.close();
  }
}

/** Bytes that the reply says its body has. Of one that was compressed on the way, though not asked for, it says others. */
function statedBytes({ headers }: Reply): number | undefined {
  const stated = Number(headers.get("content-length") ?? Number.NaN);
  return Number.isSafeInteger(stated) && !headers.has("content-encoding") ? stated : undefined;
}

/** Looks, before so many bytes came and while a body of unknown size goes on, whether the disk has room for more. */
function roomFor(
  { name, bytes }: RemoteFile,
  { path, total }: { readonly path: string; readonly total: number | undefined },
): (received: number) => Promise<void> {
  // Room for what the listing names was checked before the first file.
  let next = bytes === undefined ? 0 : Infinity;
  return async (received) => {
    if (received < next) return;
    next = total === undefined ? received + LOOK_EVERY : Infinity;
    await refuseToFill(dirname(path), {
      bytes: total ?? LOOK_EVERY,
      what: `${received === 0 ? "" : "more of "}${name}`,
    });
  };
}

async function check(path: string, file: KnownFile, address: string): Promise<void> {
  const { size } = await stat(path);
  const found = await hashLike(file.hash, path);
  if (found === file.hash && (file.bytes === undefined || file.bytes === size)) return;
  const expected = file.bytes === undefined ? file.hash : `${file.hash} (${file.bytes} bytes)`;
  throw new HeadstartError(
    "E_CHECKSUM",
    `Cannot use ${file.name} from ${address}: expected ${expected}, found ${found} (${size} bytes). ` +
      "It was not kept; try again, or check what stands between here and the hub",
    { file: address },
  );
}

async function moveTo(
  blob: string,
  temporary: string,
  { hash, files }: { readonly hash: string; readonly files: FileSystem },
): Promise<void> {
  try {
    await files.rename(temporary, blob);
  } catch (error) {
    // Windows refuses to replace a file that another process has open: it is the same content then.
    if (!(await hasContent(blob, { hash }))) throw error;
  }
  await syncNames(dirname(blob), files);
}

/** For hubs whose listing has no hashes: the ETag of the content is its hash. */
async function fetchHash(file: RemoteFile, options: DownloadOptions): Promise<string> {
  const address = addressOf(file, options);
  const reply = await ask("HEAD", address, options);
  if (reply.status !== 200) throw await refusal(reply, address, options.hub);
  await reply.discard();
  if (reply.etag !== undefined && isContentHash(reply.etag)) return reply.etag;
  throw new HeadstartError(
    "E_HUB",
    `Cannot check ${file.name}: ${address} does not say its hash. Check HF_ENDPOINT, or name a local folder`,
    { file: address },
  );
}

const addressOf = (file: RemoteFile, { endpoint, hub, commit }: DownloadOptions): string =>
  `${endpoint}/${hub.id}/resolve/${commit}/${file.name.split("/").map(encodeURIComponent).join("/")}`;
