import { z } from "zod";
import { HeadstartError } from "../../errors.js";
import { isCommit, type HubId } from "./id.js";
import { isContentHash } from "../../files/contentHash.js";
import { HubUnreachable, ask, type HubAccess, type Reply } from "./request.js";
import { jsonOrUndefined } from "../../formats/json.js";

/** A file of a repository at one commit. */
export interface RemoteFile {
  readonly name: string;
  /** Undefined where the listing does not say it. */
  readonly bytes: number | undefined;
  /** SHA-256 of a file in large-file storage, git's hash of any other; undefined where the listing does not say it. */
  readonly hash: string | undefined;
}

export interface Listing {
  /** 40 hex digits; the files of a commit never change. */
  readonly commit: string;
  readonly files: readonly RemoteFile[];
}

const ListingReply = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().int().nonnegative().nullish(),
      blobId: z.string().nullish(),
      lfs: z.object({ sha256: z.string().nullish(), size: z.number().int().nonnegative().nullish() }).nullish(),
    }),
  ),
});

const MAX_LISTING_BYTES = 32 * 1024 * 1024;

/**
 * Asks the hub which commit a revision is and which files it has.
 *
 * @throws HubUnreachable when there is no response
 * @throws HeadstartError E_ENCODER_MISSING when there is no such model or revision; E_HUB when it may not be read or the
 *   response is no listing
 */
export async function fetchListing(hub: HubId, access: HubAccess): Promise<Listing> {
  const address = `${access.endpoint}/api/models/${hub.id}/revision/${encodeURIComponent(hub.revision)}?blobs=true`;
  const reply = await ask("GET", address, access);
  if (reply.status !== 200) throw await refusal(reply, address, hub);
  const parsed = ListingReply.safeParse(await jsonOf(reply));
  if (!parsed.success || (isCommit(hub.revision) && parsed.data.sha !== hub.revision)) {
    throw new HeadstartError(
      "E_HUB",
      `Cannot read the file list of ${hub.id}: ${address} sent something else. Check HF_ENDPOINT`,
      { file: address },
    );
  }
  const files = parsed.data.siblings.map(({ rfilename, size, blobId, lfs }) => ({
    name: rfilename,
    bytes: lfs?.size ?? size ?? undefined,
    hash: [lfs ? lfs.sha256 : blobId].find((hash) => typeof hash === "string" && isContentHash(hash)) ?? undefined,
  }));
  return { commit: parsed.data.sha, files };
}

/** The body as JSON, or undefined when it is none or too long to be a listing. */
async function jsonOf(reply: Reply): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of reply.chunks()) {
    bytes += part.length;
    if (bytes > MAX_LISTING_BYTES) return undefined;
    parts.push(part);
  }
  return jsonOrUndefined(Buffer.concat(parts).toString("utf8"));
}

/** What a response other than 200 means; HubUnreachable where another try may help. */
export async function refusal(reply: Reply, address: string, hub: HubId): Promise<HeadstartError | HubUnreachable> {
  await reply.discard();
  const { status } = reply;
  if (status === 408 || status === 429 || status >= 500) return new HubUnreachable(`HTTP ${status}`);
  const place = { file: address };
  if (status === 401 || status === 403) {
    return new HeadstartError(
      "E_HUB",
      `Cannot fetch ${hub.id} (HTTP ${status}): it does not exist, is private, or its terms are not accepted yet. ` +
        "Check the name, or set HF_TOKEN to a token that may read it",
      place,
    );
  }
  if (status === 404) {
    const what =
      reply.headers.get("x-error-code") === "RevisionNotFound"
        ? `the model has no revision "${hub.revision}"`
        : "the hub has no such model, revision or file";
    return new HeadstartError(
      "E_ENCODER_MISSING",
      `Cannot fetch ${hub.id} (${address}): ${what}. Check the name`,
      place,
    );
  }
  return new HeadstartError(
    "E_HUB",
    `Cannot fetch ${hub.id}: ${address} responded with HTTP ${status}. Check HF_ENDPOINT`,
    place,
  );
}
