import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { HeadstartError } from "../../errors.js";
import type { FileSystem } from "../../files/fileSystem.js";
import { isClaim } from "../../files/lock.js";
import { withFile } from "../../files/readBytes.js";
import { exists } from "../../files/replacing.js";
import { parseTempName } from "../../files/tempName.js";
import { writing } from "../../files/writeError.js";

/*
 * What a run needs to go on after it was killed lies in `<output>.headstart/`:
 *
 *   lock/            who is writing the output
 *   manifest         what the run depends on, and a record of each shard with its checksum
 *   <n>.vectors      a shard: the vectors of consecutive rows, in float32
 *   .<name>.*.tmp    the output as far as it is written
 *
 * A shard is written under a temporary name, brought to the disk, renamed, its folder brought to the disk, and then its
 * record is added to the manifest: what the manifest names is there. A run that goes on reads its input from the start,
 * takes the vectors that are there from the shards, and writes the output anew. So the output, whatever its format, is
 * made in one way only, the columns beside the vectors are kept nowhere else, and the list of rejected rows comes whole.
 * Reading a row again costs a hundredth of embedding it.
 */

const SHARD = /^\d{8,}\.vectors$/;

/** Name of the file of shard `n`. */
export const shardName = (n: number): string => `${String(n).padStart(8, "0")}.vectors`;

/** Folder of what an unfinished run to `output` keeps. */
export const runFolder = (output: string): string => `${output}.headstart`;

/** What a run did not make, it does not remove. @throws HeadstartError E_OUTPUT_EXISTS */
export async function refuseForeign(
  folder: string,
  { output, files }: { output: string; files: FileSystem },
): Promise<void> {
  if (!(await exists(folder))) return;
  await refuseLink(folder, output);
  const entries = await writing(output, () => files.list(folder));
  let foreign = entries.find(({ name, folder: isFolder }) => isFolder || !isOwn(name))?.name;
  for (const [name, start] of Object.entries(STARTS)) {
    const found = entries.some((entry) => entry.name === name) && !start.test(await startOf(join(folder, name)));
    if (found) foreign ??= name;
  }
  if (foreign === undefined) return;
  const message =
    `Cannot write ${output}: ${folder} is where an unfinished run keeps what it has, and holds ${foreign}, which is none ` +
    `of that. Move it, or choose another output`;
  throw new HeadstartError("E_OUTPUT_EXISTS", message, { file: folder });
}

/** @throws HeadstartError E_OUTPUT_EXISTS where the folder of an unfinished run is a link or a file */
export async function refuseLink(folder: string, output: string): Promise<void> {
  if ((await lstat(folder)).isDirectory()) return;
  const message =
    `Cannot write ${output}: ${folder} is where an unfinished run keeps what it has, and it is no folder but a link or ` +
    `a file. Move it, or choose another output`;
  throw new HeadstartError("E_OUTPUT_EXISTS", message, { file: folder });
}

/** How headstart's own files begin, whatever a loss of power has left of them. */
const STARTS: Readonly<Record<string, RegExp>> = {
  manifest: /^(?:[0-9a-f]{8} \{|[0-9a-f]{0,8} ?$|\0)/,
  finished: /^(?:\{"format":"headstart-finished"|\0|$)/,
};

const startOf = (path: string): Promise<string> =>
  withFile(path, async ({ bytes }) => Buffer.from(await bytes(0, 64)).toString("latin1")).catch(() => "");

const isOwn = (name: string): boolean =>
  name === "manifest" || name === "finished" || SHARD.test(name) || isClaim(name) || parseTempName(name) !== undefined;
