import { HeadstartError } from "../errors.js";
import { withFile } from "./readBytes.js";
import { exists, refuseReplacingFile } from "./replacing.js";

/*
 * Files that a command may write beside its output, under names that the user did not give: they are replaced and removed
 * without being asked, so only where they are headstart's own.
 */

/** What the beginning of a file says of it. */
const OWN = {
  /** A row that was rejected, as JSON. */
  rejectedRows: (start: string) => /^\{"file":"[^\n]*"reason":"/.test(start),
  page: (start: string) => start.includes('<meta name="generator" content="headstart" />'),
} as const;

type Companion = keyof typeof OWN;

/** Longer than the head of a page, and than a rejected row up to its reason. */
const LOOKED_AT = 2 ** 16;

/** Whether there is such a file of headstart's at `path`. */
export async function isOwnCompanion(path: string, kind: Companion): Promise<boolean> {
  if (!(await exists(path))) return false;
  const start = await withFile(path, ({ bytes }) => bytes(0, LOOKED_AT)).catch(() => undefined);
  return start !== undefined && OWN[kind](Buffer.from(start).toString("utf8"));
}

/** @throws HeadstartError E_OUTPUT_EXISTS for a file that is not headstart's, E_OUTPUT_WRITE for what is no file */
export async function refuseForeignCompanion(path: string, kind: Companion): Promise<void> {
  await refuseReplacingFile(path, { force: true });
  if (!(await exists(path)) || (await isOwnCompanion(path, kind))) return;
  const message = `Cannot write ${path}: there is such a file, which headstart did not write. Move it, or choose another output`;
  throw new HeadstartError("E_OUTPUT_EXISTS", message, { file: path });
}
