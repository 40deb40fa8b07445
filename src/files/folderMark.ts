import { readFile, readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { z } from "zod";
import { contentHash, hasContent } from "./contentHash.js";
import { createFile, type FileSystem } from "./fileSystem.js";

/** The file by which a folder that headstart wrote is known. */
export const MARK = ".headstart";

/** What is no array or object is no result; zod's own record drops a name such as `__proto__`. */
const Result = z.custom<object>((value) => typeof value === "object" && value !== null, "expected an object");

const Lines = z.array(z.string()).readonly();

export const Printed = z.strictObject({ lines: Lines, more: Lines.optional(), json: Result });

const FolderMark = z.strictObject({
  format: z.literal("headstart-folder"),
  version: z.literal(1),
  /** Everything in the folder beside the mark: names, relative, with `/` on every system, sorted; and what they held. */
  files: z.array(z.strictObject({ name: z.string(), sha256: z.string() })),
  /** What the command that wrote it was, and on what; another command or another input gives another. */
  run: z.string().optional(),
  /** What that command printed. */
  printed: Printed.optional(),
});

/** What a folder that headstart wrote says of itself. */
type FolderMark = z.infer<typeof FolderMark>;
/** A result as a command prints it: lines for people, more of them for those who ask; with `--json` an object, or several, one a line. */
export type Printed = z.infer<typeof Printed>;

/** A finished command, so that a later one can tell that it would do the same. */
export interface FinishedRun {
  readonly run: string;
  readonly printed: Printed;
}

/** Larger files are no mark: what a command prints has some kilobytes. */
const MOST_BYTES = 2 ** 24;

/** Marks a folder, with all that is in it, as written by headstart. */
export async function writeMark(
  folder: string,
  { files, finished }: { readonly files: FileSystem; readonly finished: FinishedRun | undefined },
): Promise<void> {
  const names = (await filesIn(folder)).filter((name) => name !== MARK);
  const hashed: FolderMark["files"] = [];
  for (const name of names) hashed.push({ name, sha256: await contentHash(join(folder, name), "sha256") });
  const mark: FolderMark = { format: "headstart-folder", version: 1, files: hashed, ...finished };
  await createFile(files, join(folder, MARK), [Buffer.from(`${JSON.stringify(mark, null, 2)}\n`)]);
}

/** The mark of a folder; undefined where it has none that can be read. */
export async function readMark(folder: string): Promise<FolderMark | undefined> {
  return FolderMark.safeParse(await readJson(join(folder, MARK))).data;
}

/** The JSON of a small file; undefined where there is none. */
async function readJson(file: string): Promise<unknown> {
  try {
    const found = await stat(file);
    return found.isFile() && found.size <= MOST_BYTES ? JSON.parse(await readFile(file, "utf8")) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Why a folder is not headstart's to remove, as a clause about it: it has no mark, or holds what the mark does not name, or
 * a card that somebody has changed. Undefined for one that may be removed, such as an empty one.
 */
export async function whyForeign(folder: string): Promise<string | undefined> {
  const mark = await readMark(folder);
  const known = mark?.files.map(({ name }) => name) ?? (await unmarked(folder));
  // Without a mark one look is enough: the folder may be a whole disk.
  const found = known === undefined ? await readdir(folder) : await filesIn(folder);
  const own = new Set([MARK, ...LEFT_BY_DESKTOPS, ...(known ?? [])]);
  const foreign = found.find((name) => !own.has(name));
  if (foreign !== undefined) return `it holds ${foreign}, which headstart did not write`;
  if (known === undefined) return found.length > 0 ? "it does not say that headstart wrote it" : undefined;
  const changed = mark && (await changedIn(folder, mark)).find((name) => found.includes(name) && isForPeople(name));
  return changed === undefined ? undefined : `${changed} in it was changed after headstart wrote it`;
}

/** Whether a file is one that people write on, such as a card: a change in another is damage, and no reason to keep it. */
const isForPeople = (name: string): boolean => name.endsWith(".md");

/** Whether a folder holds all that its mark names, as it was written. */
export const isComplete = async (folder: string, mark: FolderMark): Promise<boolean> =>
  (await changedIn(folder, mark)).length === 0;

/** Names of the files that are not as they were written, or not there. */
async function changedIn(folder: string, { files }: FolderMark): Promise<string[]> {
  const changed: string[] = [];
  for (const { name, sha256 } of files)
    if (!(await hasContent(join(folder, name), { hash: sha256 }))) changed.push(name);
  return changed;
}

/** Reports that headstart wrote before it marked folders: nothing in them is for people to write on. */
const UNMARKED_REPORT = {
  says: z.looseObject({ headstart: z.string(), verdict: z.looseObject({}), report: z.string() }),
  files: ["record.json", "report.html"],
};

async function unmarked(folder: string): Promise<readonly string[] | undefined> {
  const { says, files } = UNMARKED_REPORT;
  return says.safeParse(await readJson(join(folder, "record.json"))).success ? files : undefined;
}

/** What file managers put into every folder that they show. */
const LEFT_BY_DESKTOPS = [".DS_Store", "Thumbs.db", "desktop.ini"];

/** Names of all files below a folder, and of empty folders with a `/`; links and devices end in `@`, as no mark has them. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const nameOf = (path: string): string => relative(folder, path).split(sep).join("/");
  const parents = new Set(entries.map(({ parentPath }) => nameOf(parentPath)));
  return entries
    .map((entry) => ({ entry, name: nameOf(join(entry.parentPath, entry.name)) }))
    .filter(({ name }) => !parents.has(name))
    .map(({ entry, name }) => (entry.isFile() ? name : entry.isDirectory() ? `${name}/` : `${name}@`))
    .sort();
}
