import { stat } from "node:fs/promises";
import { contentHash } from "../encoder/contentHash.js";

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

/** The first of the files that is not what it was, or undefined. */
export async function changedInput(identities: readonly InputIdentity[]): Promise<InputIdentity | undefined> {
  for (const identity of identities) {
    const found = await stat(identity.file, { bigint: true }).catch(() => undefined);
    if (found?.size === identity.bytes && found.mtimeNs === identity.changed) continue;
    if (found?.size !== identity.bytes || (await contentHash(identity.file, "sha256")) !== identity.sha256) {
      return identity;
    }
  }
  return undefined;
}
