import { join } from "node:path";
import { HeadstartError } from "../../errors.js";
import { hasContent } from "../../files/contentHash.js";
import { absenceMarker, linkBlob, markAbsent, snapshotFolder, sweepLeftovers, writeRef } from "./cache.js";
import { TRIES, downloadBlob, type DownloadOptions } from "./download.js";
import { OPTIONAL_FILES, USUAL_FILES, isSafePath, neededFiles } from "../folder/requiredFiles.js";
import { refuseTooMuch, refuseWithoutRoom } from "./limits.js";
import type { Listing, RemoteFile } from "./listing.js";
import { HubUnreachable } from "./request.js";
import { PREFERRED_MODEL_FILES, chooseModelFile } from "../folder/modelFile.js";

/** An encoder's files in the cache. */
export interface HubFolder {
  readonly path: string;
  /** Commit, 40 hex digits. */
  readonly revision: string;
  readonly decisions: readonly string[];
}

/**
 * Brings the files of a commit that an encoder needs into the cache: the model after all others, then what the commit
 * lacks, and last the commit that the revision now is, so that a cache in which this was cut short goes on meaning what it
 * had. What downloads left that were killed is removed first.
 *
 * @throws HeadstartError E_HUB, E_CHECKSUM, E_ENCODER_MISSING, E_ENCODER_UNSUPPORTED, E_OUTPUT_WRITE
 */
export async function fetchFiles({ files }: Pick<Listing, "files">, options: DownloadOptions): Promise<HubFolder> {
  const { commit, repository, hub, modelFile } = options;
  const remote = new Map(files.filter(({ name }) => isSafePath(name)).map((file) => [file.name, file]));
  const names = [...remote.keys()];
  const needed = neededFiles(names, { name: hub.id, modelFile }).flatMap((name) => remote.get(name) ?? []);
  refuseTooMuch(needed, options);
  await sweepLeftovers(options);
  await refuseWithoutRoom(needed, options);
  const path = snapshotFolder(repository, commit);
  for (const file of needed) await fetchFile(file, join(path, file.name), options);
  const data = `${chooseModelFile(names, { asked: modelFile })}_data`;
  for (const name of [...USUAL_FILES, ...OPTIONAL_FILES, ...PREFERRED_MODEL_FILES, data]) {
    if (!remote.has(name)) await markAbsent(absenceMarker(repository, commit, name), options.files);
  }
  await writeRef(options, hub.revision, commit);
  return { path, revision: commit, decisions: [] };
}

/** Puts one file into the snapshot, unless it is there, whole. */
async function fetchFile(file: RemoteFile, path: string, options: DownloadOptions): Promise<void> {
  if (file.hash !== undefined && (await hasContent(path, { hash: file.hash }))) return;
  try {
    await linkBlob(await downloadBlob(file, options), path, options);
  } catch (error) {
    throw error instanceof HubUnreachable ? cut(error, file.name, options) : error;
  }
}

function cut(cause: HubUnreachable, file: string, { hub, endpoint }: DownloadOptions): HeadstartError {
  return new HeadstartError(
    "E_HUB",
    `Cannot fetch ${file} of ${hub.id} from ${endpoint}: the connection failed ${TRIES} times (${cause.message}). ` +
      "Nothing incomplete was kept; run the command again",
    { file, cause },
  );
}
