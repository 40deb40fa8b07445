import { stat } from "node:fs/promises";
import { contentHash } from "../../files/contentHash.js";
import { HeadstartError, messageOf } from "../../errors.js";

/** A file as it was when a run began. */
export interface InputIdentity {
  /** As the user named it. */
  readonly file: string;
  readonly bytes: bigint;
  /** Of the whole file: hashing takes less than a thousandth of embedding. */
  readonly sha256: string;
  /** Last change, nanoseconds since 1970. */
  readonly changed: bigint;
}

/** Identities of the files of a corpus; undefined where one of them cannot be read twice, such as a pipe. */
export async function identifyInputs(paths: readonly string[]): Promise<readonly InputIdentity[] | undefined> {
  const identities: InputIdentity[] = [];
  for (const file of paths) {
    const found = file === "-" ? undefined : await stat(file, { bigint: true });
    if (!found?.isFile()) return undefined;
    identities.push({ file, bytes: found.size, changed: found.mtimeNs, sha256: await contentHash(file, "sha256") });
  }
  return identities;
}

/**
 * The first of the files that is not what it was, or undefined.
 *
 * @throws HeadstartError E_INPUT_UNREADABLE for one that nobody can tell it of
 */
export async function changedInput(identities: readonly InputIdentity[]): Promise<InputIdentity | undefined> {
  for (const identity of identities) {
    try {
      const found = await stat(identity.file, { bigint: true });
      if (found.size === identity.bytes && found.mtimeNs === identity.changed) continue;
      if (found.size !== identity.bytes || (await contentHash(identity.file, "sha256")) !== identity.sha256) {
        return identity;
      }
    } catch (cause) {
      throw unreadable(identity.file, cause);
    }
  }
  return undefined;
}

function unreadable(file: string, cause: unknown): HeadstartError {
  const found = messageOf(cause);
  const message = `Cannot look at ${file} again, so nobody knows whether it changed while it was read: ${found}. Bring it back`;
  return new HeadstartError("E_INPUT_UNREADABLE", message, { file, cause });
}
