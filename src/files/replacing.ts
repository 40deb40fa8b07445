import type { Stats } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, resolve, sep } from "node:path";
import { HeadstartError } from "../errors.js";
import { whyForeign } from "./folderMark.js";
import { errnoOf, writeError } from "./writeError.js";

/*
 * What may be replaced, and what never is, whatever flags are given:
 *
 * - a file only where it is one: no folder, link, pipe or device;
 * - a folder only where headstart wrote it and nothing else is in it, and never a link to one, the working folder, a home
 *   folder, a root, or one of those that hold them.
 */

interface ReplaceOptions {
  /** Replaces what may be replaced. @default false */
  readonly force?: boolean | undefined;
}

/**
 * Refuses a file's `path` where there is something already that is not to be replaced.
 *
 * @throws HeadstartError E_OUTPUT_EXISTS; E_OUTPUT_WRITE where it cannot be looked at
 */
export async function refuseReplacingFile(path: string, { force = false }: ReplaceOptions = {}): Promise<void> {
  const found = await look(path);
  if (found === undefined) return;
  if (!found.isFile()) throw neverReplaced("E_OUTPUT_WRITE", path, kindOf(found));
  if (!force) throw refusal(path, "it exists; give --force to replace it");
}

/**
 * Refuses a folder's `path` where there is something already that is not to be replaced.
 *
 * @throws HeadstartError E_OUTPUT_EXISTS; E_OUTPUT_WRITE where it cannot be looked at
 */
export async function refuseReplacingFolder(path: string, { force = false }: ReplaceOptions = {}): Promise<void> {
  const found = await look(path);
  if (found === undefined) return;
  if (!found.isDirectory()) throw neverReplaced("E_OUTPUT_EXISTS", path, kindOf(found));
  const why = (await whyProtected(path)) ?? (await whyForeign(path));
  if (why !== undefined) throw refusal(path, `it is a folder that is not replaced: ${why}. Choose another name`);
  if (!force) throw refusal(path, "it exists; give --force to replace it");
}

/** Whether there is anything at `path`, a dangling link included. @throws HeadstartError E_OUTPUT_WRITE */
export const exists = async (path: string): Promise<boolean> => (await look(path)) !== undefined;

/** Whether `path` is `folder` or lies in it, with all links followed; false where one of them is not there. */
export async function isWithin(path: string, folder: string): Promise<boolean> {
  const [inner, outer] = await Promise.all([path, folder].map((one) => realpath(one).catch(() => undefined)));
  return inner !== undefined && outer !== undefined && holds(outer, inner);
}

const holds = (outer: string, inner: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);

async function whyProtected(path: string): Promise<string | undefined> {
  const real = await realpath(resolve(path));
  if (dirname(real) === real) return "it is a root folder";
  if (await isWithin(process.cwd(), real)) return "it is or holds the working folder";
  if (await isWithin(homedir(), real)) return "it is or holds a home folder";
  return undefined;
}

async function look(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    // ENOTDIR: a part of the path is a file; the write that follows says so.
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw writeError(path, error);
  }
}

function kindOf(found: Stats): string {
  if (found.isSymbolicLink()) return "a link";
  if (found.isDirectory()) return "a folder";
  if (found.isFile()) return "a file";
  return found.isFIFO() || found.isSocket() ? "a pipe" : "a device";
}

function neverReplaced(code: "E_OUTPUT_EXISTS" | "E_OUTPUT_WRITE", path: string, kind: string): HeadstartError {
  const message = `Cannot write ${path}: it is ${kind}, which is never replaced. Choose another name`;
  return new HeadstartError(code, message, { file: path });
}

const refusal = (path: string, why: string): HeadstartError =>
  new HeadstartError("E_OUTPUT_EXISTS", `Cannot write ${path}: ${why}`, { file: path });
