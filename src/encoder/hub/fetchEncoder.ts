import { join } from "node:path";
import { HeadstartError } from "../../errors.js";
import { nodeFiles, type FileSystem } from "../../files/fileSystem.js";
import { readRef, repositoryFolder, snapshotFolder } from "./cache.js";
import { TRIES, type DownloadProgress } from "./download.js";
import { fetchFiles, type HubFolder } from "./fetchFiles.js";
import { isCommit, type HubId } from "./id.js";
import { HUB_LIMITS, type HubLimits } from "./limits.js";
import { fetchListing } from "./listing.js";
import { HubUnreachable, withRetries, type HubAccess } from "./request.js";
import { hubSettings } from "./access.js";
import { damagedFile, readSnapshot, type Snapshot } from "./snapshot.js";

export type { HubFolder } from "./fetchFiles.js";

export interface HubOptions {
  /** Read HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE from here. @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Ask nothing of the network. @default what HF_HUB_OFFLINE says */
  readonly offline?: boolean | undefined;
  /** The ONNX file to fetch, where the repository has several. @default one with a usual name */
  readonly modelFile?: string | undefined;
  /** Called for each piece of a file that arrives. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Stops a download; what was incomplete is removed. */
  readonly signal?: AbortSignal | undefined;
  /** Wait before the first repetition of a request; doubles each time. @default 500 */
  readonly retryDelayMs?: number | undefined;
  /** Time in which something must come, or 16 KiB of a body, before a connection counts as cut. @default 10000 */
  readonly stallMs?: number | undefined;
  /** Most bytes of a file. @default HUB_LIMITS */
  readonly limits?: HubLimits | undefined;
  /** The disk. @default nodeFiles */
  readonly files?: FileSystem | undefined;
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
  const cached =
    commit === undefined ? undefined : await readSnapshot(repository, { commit, modelFile: options.modelFile });
  const { offline = settings.offline, limits = HUB_LIMITS, files = nodeFiles, ...rest } = options;
  if (offline) return offlineFolder(hub, { repository, commit, cached });
  if (isCommit(hub.revision) && cached !== undefined && (await isWhole(cached))) {
    return { path: cached.path, revision: hub.revision, decisions: [] };
  }
  const access = { ...settings, ...rest, files, offline, limits };
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
