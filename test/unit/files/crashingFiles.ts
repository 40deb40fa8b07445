import { mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { nodeFiles, type FileSystem } from "../../../src/files/fileSystem.js";

/**
 * What a disk has lost when the machine comes up again: nothing (the process was killed, not the machine), every change
 * that no fsync had covered, or only the content that no fsync had covered, which is then cut off or zeros.
 */
export type Loss = "nothing" | "all unsynced" | "content" | "content, zeros";

export const LOSSES: readonly Loss[] = ["nothing", "all unsynced", "content", "content, zeros"];

/** A disk that does not wait for its fsyncs, for what has no crash to fear. */
export const hastyFiles: FileSystem = {
  ...nodeFiles,
  open: async (path, mode) => ({ ...(await nodeFiles.open(path, mode)), fsync: async () => {} }),
  reopen: async (path, bytes) => ({ ...(await nodeFiles.reopen(path, bytes)), fsync: async () => {} }),
  fsync: async () => {},
  fsyncDir: async () => {},
};

export interface CrashOptions {
  /** The call, from 0, that is not made any more; a write is made by half. */
  readonly at: number;
  /** Calls that do nothing, as on a disk that lies. */
  readonly without?: readonly ("fsync" | "fsyncDir")[];
}

export interface CrashingFiles {
  readonly files: FileSystem;
  readonly calls: readonly string[];
  /** Brings the folder into the state in which the machine would find it. */
  readonly lose: (loss: Loss) => Promise<void>;
}

type OpenFile = Awaited<ReturnType<FileSystem["open"]>>;

/** Content that has reached the disk; the file itself may have more. */
interface Node {
  synced: Buffer;
  /** Of a link, which has no content of its own. */
  readonly target?: string | undefined;
}

/** A disk under `root` that fails from one call on, and knows what of it an fsync has covered. */
export async function crashingFiles(root: string, { at, without = [] }: CrashOptions): Promise<CrashingFiles> {
  const calls: string[] = [];
  /** Files by path, as programs see them and as the disk has them. */
  const seen = new Map<string, Node>();
  for (const path of await filesUnder(root)) seen.set(path, await nodeAt(path));
  let onDisk = new Map(seen);
  /** Folders that moved, old path and new, and that the disk has not seen move. */
  let moved: (readonly [string, string])[] = [];

  const step = (name: string): void => {
    if (calls.length >= at) throw Object.assign(new Error("the machine is gone"), { code: "EIO" });
    calls.push(name);
  };
  const inside = (path: string, folder: string): boolean => path.startsWith(folder + sep);
  const move = (names: Map<string, Node>, from: string, to: string): Map<string, Node> =>
    new Map(
      [...names].map(([path, node]) => [
        path === from || inside(path, from) ? to + path.slice(from.length) : path,
        node,
      ]),
    );

  /** Files that the program had open; a process that is gone leaves none. */
  const opened = new Set<OpenFile>();
  const handle = (path: string, node: Node, file: OpenFile) => ({
    write: async (bytes: Uint8Array, position: number) => {
      if (calls.length === at) await file.write(bytes.subarray(0, bytes.length / 2), position);
      step("write");
      await file.write(bytes, position);
    },
    fsync: async () => {
      step("fsync");
      if (!without.includes("fsync")) node.synced = await readFile(pathOf(seen, node) ?? path);
    },
    close: async () => {
      opened.delete(file);
      await file.close();
    },
  });

  const files: FileSystem = {
    open: async (path, mode) => {
      step("open");
      const file = await nodeFiles.open(path, mode);
      opened.add(file);
      const node: Node = { synced: Buffer.alloc(0) };
      seen.set(path, node);
      return handle(path, node, file);
    },
    reopen: async (path, bytes) => {
      step("reopen");
      const file = await nodeFiles.reopen(path, bytes);
      opened.add(file);
      return handle(path, seen.get(path)!, file);
    },
    rename: async (from, to) => {
      step("rename");
      await nodeFiles.rename(from, to);
      const node = seen.get(from);
      seen.delete(to);
      for (const [path, one] of move(seen, from, to)) if (!seen.has(path)) seen.set(path, one);
      for (const path of seen.keys()) if (path === from || inside(path, from)) seen.delete(path);
      if (node === undefined) moved.push([from, to]);
    },
    unlink: async (path) => {
      step("unlink");
      await nodeFiles.unlink(path);
      seen.delete(path);
    },
    symlink: async (target, path) => {
      step("symlink");
      await nodeFiles.symlink(target, path);
      seen.set(path, { synced: Buffer.alloc(0), target });
    },
    mkdir: async (path, mode) => {
      step("mkdir");
      await nodeFiles.mkdir(path, mode);
    },
    removeFolder: async (path) => {
      step("removeFolder");
      // As a kill in the middle of it: the files go one by one.
      for (const file of (await filesUnder(path)).sort()) {
        await nodeFiles.unlink(file);
        seen.delete(file);
        step("removeFolder");
      }
      await nodeFiles.removeFolder(path);
    },
    fsync: async (path) => {
      step("fsync");
      if (!without.includes("fsync")) seen.get(path)!.synced = await readFile(path);
    },
    fsyncDir: async (folder) => {
      step("fsyncDir");
      if (without.includes("fsyncDir")) return;
      for (const [from, to] of moved) if (dirname(from) === folder) onDisk = move(onDisk, from, to);
      moved = moved.filter(([from]) => dirname(from) !== folder);
      for (const path of onDisk.keys()) if (dirname(path) === folder) onDisk.delete(path);
      for (const [path, node] of seen) if (dirname(path) === folder) onDisk.set(path, node);
    },
    list: nodeFiles.list,
  };

  const lose = async (loss: Loss): Promise<void> => {
    for (const file of opened) await file.close();
    opened.clear();
    if (loss === "nothing") return;
    const found = loss === "all unsynced" ? onDisk : seen;
    const contents = new Map<string, Buffer>();
    const links = [...found].flatMap(([path, { target }]) => (target === undefined ? [] : [[path, target] as const]));
    for (const [path, { synced, target }] of found) {
      if (target !== undefined) continue;
      const rest = loss === "content, zeros" ? (await readFile(path)).length - synced.length : 0;
      contents.set(path, Buffer.concat([synced, Buffer.alloc(Math.max(0, rest))]));
    }
    for (const name of await readdir(root)) await rm(join(root, name), { recursive: true });
    for (const [path, content] of contents) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    for (const [path, target] of links) {
      await mkdir(dirname(path), { recursive: true });
      await symlink(target, path);
    }
  };
  return { files, calls, lose };
}

const pathOf = (names: ReadonlyMap<string, Node>, node: Node): string | undefined =>
  [...names].find(([, one]) => one === node)?.[0];

async function nodeAt(path: string): Promise<Node> {
  const target = await readlink(path).catch(() => undefined);
  return target === undefined ? { synced: await readFile(path) } : { synced: Buffer.alloc(0), target };
}

/** Files and links. */
async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name));
}
