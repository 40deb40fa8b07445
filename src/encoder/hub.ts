import { join } from "node:path";
import { HeadstartError } from "../errors.js";
import { hasContent } from "./contentHash.js";
import {
  absenceMarker,
  linkBlob,
  markAbsent,
  readRef,
  repositoryFolder,
  snapshotFolder,
  writeRef,
} from "./hubCache.js";
import { TRIES, downloadBlob, type DownloadOptions, type DownloadProgress } from "./hubDownload.js";
import { OPTIONAL_FILES, neededFiles } from "./hubFiles.js";
import { isCommit, type HubId } from "./hubId.js";
import { fetchListing, type Listing, type RemoteFile } from "./hubListing.js";
import { HubUnreachable, withRetries, type HubAccess } from "./hubRequest.js";
import { hubSettings } from "./hubSettings.js";
import { damagedFile, readSnapshot, type Snapshot } from "./hubSnapshot.js";
import { PREFERRED_MODEL_FILES, chooseModelFile } from "./modelFile.js";

export interface HubOptions {
  /** Read HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE from here. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Ask nothing of the network. @default what HF_HUB_OFFLINE says */
  readonly offline?: boolean;
  /** Called for each piece of a file that arrives. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Stops a download; what was incomplete is removed. */
  readonly signal?: AbortSignal;
  /** Wait before the first repetition of a request; doubles each time. @default 500 */
  readonly retryDelayMs?: number;
  /** Longest silence before a connection counts as cut. @default 30000 */
  readonly stallMs?: number;
}

/** An encoder's files in the cache. */
export interface HubFolder {
  readonly path: string;
  /** Commit, 40 hex digits. */
  readonly revision: string;
  readonly decisions: readonly string[];
}

/**
 * Brings the files that an encoder needs from the hub into the cache, or finds them there.
 *
 * A commit that is complete in the cache is used without any request; of a branch or tag the hub is asked each time, and
 * when it cannot be reached, what the cache has is used and a decision says so. Whatever is used was compared with its
 * hash.
 *
 * @throws HeadstartError E_OFFLINE, E_HUB, E_CHECKSUM, E_ENCODER_MISSING, E_ENCODER_UNSUPPORTED, E_OUTPUT_WRITE
 */
export async function fetchEncoder(hub: HubId, options: HubOptions = {}): Promise<HubFolder> {
  const settings = hubSettings(options.env ?? process.env);
  const repository = repositoryFolder(settings.cache, hub.id);
  const commit = await readRef(repository, hub.revision);
  const cached = commit === undefined ? undefined : await readSnapshot(repository, commit);
  if (options.offline ?? settings.offline) return offlineFolder(hub, { repository, commit, cached });
  if (isCommit(hub.revision) && cached !== undefined && (await isWhole(cached))) {
    return { path: cached.path, revision: hub.revision, decisions: [] };
  }
  const access = { ...settings, ...options };
  try {
    const tries = cached === undefined || cached.missing !== undefined ? TRIES : 1;
    const listing = await withRetries(() => fetchListing(hub, access), tries, access);
    return await fetchFiles(listing, { ...access, hub, repository, commit: listing.commit });
  } catch (error) {
    if (!(error instanceof HubUnreachable)) throw error;
    if (commit === undefined || cached === undefined || cached.missing !== undefined)
      throw unreached(error, hub, access);
    const note = `the hub could not be reached (${error.message}); commit ${commit.slice(0, 12)} from the cache is used`;
    return await usableFolder(cached, commit, [note]);
  }
}

const isWhole = async (snapshot: Snapshot): Promise<boolean> =>
  snapshot.missing === undefined && snapshot.unknown.length === 0 && (await damagedFile(snapshot)) === undefined;

async function fetchFiles(listing: Listing, options: DownloadOptions): Promise<HubFolder> {
  const { commit, repository, hub } = options;
  const remote = new Map(listing.files.map((file) => [file.name, file]));
  const names = [...remote.keys()];
  const path = snapshotFolder(repository, commit);
  for (const name of neededFiles(names, hub.id)) {
    const file = remote.get(name);
    if (file !== undefined) await fetchFile(file, join(path, name), options);
  }
  for (const name of [...OPTIONAL_FILES, ...PREFERRED_MODEL_FILES, `${chooseModelFile(names)}_data`]) {
    if (!remote.has(name)) await markAbsent(absenceMarker(repository, commit, name));
  }
  await writeRef(repository, hub.revision, commit); // last: until now the cache goes on meaning the commit it had
  return { path, revision: commit, decisions: [] };
}

/** Puts one file into the snapshot, unless it is there, whole. */
async function fetchFile(file: RemoteFile, path: string, options: DownloadOptions): Promise<void> {
  if (file.hash !== undefined && (await hasContent(path, { hash: file.hash }))) return;
  try {
    await linkBlob(await downloadBlob(file, options), path);
  } catch (error) {
    throw error instanceof HubUnreachable ? cut(error, file.name, options) : error;
  }
}

interface Cached {
  readonly repository: string;
  readonly commit: string | undefined;
  readonly cached: Snapshot | undefined;
}

async function offlineFolder(hub: HubId, { repository, commit, cached }: Cached): Promise<HubFolder> {
  let lacking: string;
  if (commit === undefined) lacking = join(repository, "refs", hub.revision);
  else if (cached === undefined) lacking = join(snapshotFolder(repository, commit), "config.json");
  else if (cached.missing !== undefined) lacking = join(cached.path, cached.missing);
  else return usableFolder(cached, commit, []);
  throw new HeadstartError(
    "E_OFFLINE",
    `Cannot use ${hub.id} offline: the cache lacks ${lacking}. ` +
      "Run once without --offline and HF_HUB_OFFLINE, or name a local folder",
    { file: lacking },
  );
}

/** A snapshot whose needed files are there and undamaged; says which others are taken as absent without proof. */
async function usableFolder(snapshot: Snapshot, revision: string, notes: readonly string[]): Promise<HubFolder> {
  const damaged = await damagedFile(snapshot);
  if (damaged !== undefined) {
    throw new HeadstartError(
      "E_CHECKSUM",
      `Cannot use ${damaged}: its bytes are not those that its name is the hash of. Delete it and run once online`,
      { file: damaged },
    );
  }
  const unproven = snapshot.unknown.filter((file) => file.endsWith(".json"));
  const taken = unproven.length === 0 ? [] : [`not in the cache and taken as absent: ${unproven.join(", ")}`];
  return { path: snapshot.path, revision, decisions: [...notes, ...taken] };
}

function unreached(cause: HubUnreachable, hub: HubId, { endpoint }: HubAccess): HeadstartError {
  return new HeadstartError(
    "E_HUB",
    `Cannot fetch ${hub.id}: ${endpoint} was not reached (${cause.message}). ` +
      "Check the connection, set HF_ENDPOINT to a mirror, or name a local folder",
    { file: endpoint, cause },
  );
}

function cut(cause: HubUnreachable, file: string, { hub, endpoint }: DownloadOptions): HeadstartError {
  return new HeadstartError(
    "E_HUB",
    `Cannot fetch ${file} of ${hub.id} from ${endpoint}: the connection failed ${TRIES} times (${cause.message}). ` +
      "Nothing incomplete was kept; run the command again",
    { file, cause },
  );
}
