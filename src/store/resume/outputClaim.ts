import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { contentHash, hasContent } from "../../files/contentHash.js";
import { HeadstartError } from "../../errors.js";
import { commitFile, ignoringFailure, nodeFiles, removeLeftovers, type SealedFile } from "../../files/commit.js";
import type { FileSystem } from "../../files/fileSystem.js";
import { Printed, type FinishedRun } from "../../files/folderMark.js";
import { exists, refuseReplacingFile } from "../../files/replacing.js";
import { isClaim, lockFolder, type Owner } from "../../files/lock.js";
import { parseTempName, tempPath } from "../../files/tempName.js";
import { refuseLink, runFolder } from "./runFolder.js";
import { writing } from "../../files/writeError.js";

/*
 * While a command writes files that are whole only at its end, `<output>.headstart/` beside the first of them says so: it
 * holds the lock, the files as far as they are written, and, from the moment that they are whole until the command has
 * printed its result, a record `finished` with their checksums. So a command that was killed when its work was done is
 * known to be done, and one that was killed between two files goes on to write the others.
 */
const RECORD = "finished";

const FinishedRecord = z.strictObject({
  format: z.literal("headstart-finished"),
  version: z.literal(1),
  run: z.string(),
  printed: Printed,
  files: z.array(z.strictObject({ path: z.string(), sha256: z.string() })),
});
type FinishedRecord = z.infer<typeof FinishedRecord>;

interface ClaimOptions {
  /** Who asks. */
  readonly owner: Owner;
  /** What the command is, and on what. */
  readonly run: string | undefined;
  /** Replaces files that are there, where they may be replaced. @default false */
  readonly force?: boolean | undefined;
  /** The disk. @default nodeFiles */
  readonly files?: FileSystem | undefined;
}

/** Files that one command alone writes until `release`. */
interface OutputClaim {
  /** What the same command printed, or was about to print, when it had written all of the files; undefined where it is to do. */
  readonly finished: Printed | undefined;
  /** Where files lie until they are whole, on the disk of the first output. */
  readonly folder: string;
  /** Notes that files are whole, before they get their names. */
  readonly sealed: (files: readonly SealedFile[], finished: FinishedRun) => Promise<void>;
  /**
   * Removes the folder, and with it the lock; where files are whole but their result is not printed yet, only the lock.
   *
   * @param isPrinted  whether the result was printed
   */
  readonly release: (isPrinted: boolean) => Promise<void>;
}

/**
 * Claims files for one command, before any long work.
 *
 * @throws HeadstartError E_LOCKED, E_OUTPUT_EXISTS, E_OUTPUT_WRITE
 */
export async function claimFiles(outputs: readonly string[], options: ClaimOptions): Promise<OutputClaim> {
  const { owner, run, force, files = nodeFiles } = options;
  const [output] = outputs;
  const folder = runFolder(output);
  // Before it refuses anything: what a command has left that was killed when all was done must not stay.
  await ignoringFailure(removeLeftovers(folder, files));
  if (!(await exists(folder))) for (const path of outputs) await refuseReplacingFile(path, { force });
  await refuseForeign(folder, { output, files });
  const lock = await lockFolder(folder, { output, owner, files });
  const release = async (): Promise<void> => {
    const aside = tempPath(folder);
    await writing(output, () => files.rename(folder, aside));
    await writing(output, () => files.fsyncDir(dirname(folder)));
    await ignoringFailure(files.removeFolder(aside));
  };
  try {
    await ignoringFailure(removeLeftovers(join(folder, RECORD), files));
    const record = await readRecord(folder);
    // What another command has left says nothing of this one's files.
    const same = record?.run === run ? record : undefined;
    const own = same === undefined ? [] : await wholeFiles(same);
    for (const path of outputs) if (!own.includes(path)) await refuseReplacingFile(path, { force });
    const finished = outputs.every((path) => own.includes(path)) ? same?.printed : undefined;
    let isSealed = finished !== undefined;
    return {
      finished,
      folder,
      sealed: async (sealed, finished) => {
        await writeRecord(folder, { sealed, finished, files });
        isSealed = true;
      },
      release: (isPrinted) => (isSealed && !isPrinted ? lock.release() : release()),
    };
  } catch (error) {
    if (!(await exists(join(folder, RECORD)))) await ignoringFailure(release());
    else await lock.release();
    throw error;
  }
}

/** What a command did not make, it does not remove. @throws HeadstartError E_OUTPUT_EXISTS */
async function refuseForeign(folder: string, { output, files }: { output: string; files: FileSystem }): Promise<void> {
  if (!(await exists(folder))) return;
  await refuseLink(folder, output);
  const entries = await writing(output, () => files.list(folder));
  const isOwn = (name: string): boolean => name === RECORD || isClaim(name) || parseTempName(name) !== undefined;
  const foreign = entries.find(({ name, folder: isFolder }) => isFolder || !isOwn(name))?.name;
  const isRecord = entries.every(({ name }) => name !== RECORD) || (await readRecord(folder)) !== undefined;
  if (foreign === undefined && isRecord) return;
  const message =
    `Cannot write ${output}: ${folder} is where a command keeps what is not finished, and holds ${foreign ?? RECORD}, which is ` +
    `of another one. Repeat that command, move the folder, or choose another output`;
  throw new HeadstartError("E_OUTPUT_EXISTS", message, { file: folder });
}

async function readRecord(folder: string): Promise<FinishedRecord | undefined> {
  try {
    return FinishedRecord.safeParse(JSON.parse(await readFile(join(folder, RECORD), "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** Those of the recorded files that are there as they were written. */
async function wholeFiles({ files }: FinishedRecord): Promise<string[]> {
  const whole: string[] = [];
  for (const { path, sha256 } of files) {
    if (await hasContent(path, { hash: sha256 })) whole.push(path);
  }
  return whole;
}

async function writeRecord(
  folder: string,
  { sealed, finished, files }: { sealed: readonly SealedFile[]; finished: FinishedRun; files: FileSystem },
): Promise<void> {
  const hashed: FinishedRecord["files"] = [];
  for (const { path, temp } of sealed) hashed.push({ path, sha256: await contentHash(temp, "sha256") });
  const record: FinishedRecord = { format: "headstart-finished", version: 1, ...finished, files: hashed };
  const content = `${JSON.stringify(record)}\n`;
  await commitFile(join(folder, RECORD), (file) => file.write(content), { files, force: true });
}
