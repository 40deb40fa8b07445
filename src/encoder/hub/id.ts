/** A model on the hub, and which state of it. */
export interface HubId {
  /** `owner/name` */
  readonly id: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

const PART = /^[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Whether a revision is a whole commit id, which always means the same files. */
export const isCommit = (revision: string): boolean => COMMIT.test(revision);

/**
 * Reads `owner/name` or `owner/name@revision` (without one: `main`); undefined for anything else.
 *
 * The hub's own rules: no `--` or `..`, no `.git` at the end. They matter here, because both parts and the revision
 * become folder names in the cache.
 */
export function parseHubId(text: string): HubId | undefined {
  const at = text.indexOf("@");
  const id = at === -1 ? text : text.slice(0, at);
  const revision = at === -1 ? "main" : text.slice(at + 1);
  const parts = id.split("/");
  if (parts.length !== 2 || !parts.every((part) => PART.test(part))) return undefined;
  if (id.includes("--") || id.includes("..") || id.endsWith(".git")) return undefined;
  return isRevision(revision) ? { id, revision } : undefined;
}

/** Names that git allows and that are safe as a path below `refs/`. */
function isRevision(revision: string): boolean {
  return (
    revision.length <= 120 &&
    !revision.includes("..") &&
    revision.split("/").every((part) => /^[A-Za-z0-9_](?:[\w.+-]*[\w+-])?$/.test(part) && !part.endsWith(".lock"))
  );
}
