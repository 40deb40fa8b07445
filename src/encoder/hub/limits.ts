import { stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HeadstartError } from "../../errors.js";
import { blobPath, snapshotFolder } from "./cache.js";
import { isSettingsFile } from "../folder/requiredFiles.js";
import type { HubId } from "./id.js";
import type { RemoteFile } from "./listing.js";
import { sizeText } from "../../text/numbers.js";

/** Most bytes of one file that are fetched, whatever the hub says or does not say of its size. */
export interface HubLimits {
  /** Settings, tokenizers and model cards; that of the largest vocabularies has some 35 MB. */
  readonly settings: number;
  /** Models and their second files. */
  readonly model: number;
}

export const HUB_LIMITS: HubLimits = { settings: 64 * 2 ** 20, model: 16 * 2 ** 30 };

/** Files of one encoder: more are no encoder, and each costs a request. */
const MOST_FILES = 256;

export const byteLimitOf = (file: string, limits: HubLimits): number =>
  isSettingsFile(file) ? limits.settings : limits.model;

/** @throws HeadstartError E_HUB for more files, or larger ones, than any encoder has */
export function refuseTooMuch(
  files: readonly RemoteFile[],
  { hub, limits }: { readonly hub: HubId; readonly limits: HubLimits },
): void {
  if (files.length > MOST_FILES) {
    throw new HeadstartError(
      "E_HUB",
      `Cannot fetch ${hub.id}: it has ${files.length} files that belong to the encoder, more than ${MOST_FILES}. ` +
        "Download those that are needed yourself, and name their folder",
      { file: hub.id },
    );
  }
  for (const { name, bytes } of files) {
    if (bytes !== undefined && bytes > byteLimitOf(name, limits)) throw tooLarge(name, { hub, limits, bytes });
  }
}

/** The error for a file beyond its limit. @param bytes  that it is said to have; undefined where nobody says it */
export function tooLarge(
  file: string,
  { hub, limits, bytes }: { readonly hub: HubId; readonly limits: HubLimits; readonly bytes?: number | undefined },
): HeadstartError {
  const kind = isSettingsFile(file) ? "file of settings, vocabulary or words" : "file of a model";
  const limit = byteLimitOf(file, limits);
  const found =
    bytes === undefined ? `more than ${sizeText(limit)} came of it` : `it is said to have ${sizeText(bytes)}`;
  return new HeadstartError(
    "E_HUB",
    `Cannot fetch ${file} of ${hub.id}: ${found}, and a ${kind} may have ${sizeText(limit)} (${limit} bytes). ` +
      "Nothing of it was kept. Check HF_ENDPOINT, or download the model yourself and name its folder",
    { file },
  );
}

/** @throws HeadstartError E_OUTPUT_WRITE when the disk has no room for those of `files` that the cache lacks */
export async function refuseWithoutRoom(
  files: readonly RemoteFile[],
  { repository, commit, hub }: { readonly repository: string; readonly commit: string; readonly hub: HubId },
): Promise<void> {
  let bytes = 0;
  for (const { name, bytes: own = 0, hash } of files) {
    const places = [join(snapshotFolder(repository, commit), name), ...(hash ? [blobPath(repository, hash)] : [])];
    const sizes = await Promise.all(
      places.map((path) =>
        stat(path).then(
          (found) => found.size,
          () => undefined,
        ),
      ),
    );
    if (!sizes.includes(own)) bytes += own;
  }
  await refuseToFill(repository, { bytes, what: `the files of ${hub.id}` });
}

/** @throws HeadstartError E_OUTPUT_WRITE when the disk of `folder` has fewer than `bytes` free, where it tells */
export async function refuseToFill(
  folder: string,
  { bytes, what }: { readonly bytes: number; readonly what: string },
): Promise<void> {
  const free = await freeBytes(folder);
  if (free === undefined || free >= bytes) return;
  throw new HeadstartError(
    "E_OUTPUT_WRITE",
    `Cannot fetch ${what} into ${folder}: this needs ${sizeText(bytes)}, and ${sizeText(free)} are free there. ` +
      "Make room, or set HF_HOME to a folder on another disk",
    { file: folder },
  );
}

/** Bytes that may be written below `folder`, which need not exist; undefined where the system does not tell. */
async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { blocks, bavail, bsize } = await statfs(folder);
    return blocks === 0 ? undefined : bavail * bsize; // file systems of other machines may tell nothing but zeros
  } catch {
    return dirname(folder) === folder ? undefined : freeBytes(dirname(folder));
  }
}
