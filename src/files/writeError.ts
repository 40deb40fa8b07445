import { HeadstartError, messageOf } from "../errors.js";

/** What each errno means for someone who wanted a file written, and what to do about it. */
const REASONS: Readonly<Record<string, readonly [reason: string, advice: string]>> = {
  ENOSPC: ["the disk is full", "Free some space there and run the command again"],
  EDQUOT: ["the disk quota is used up", "Free some space there and run the command again"],
  EFBIG: ["the file would be larger than the file system allows", "Write to another disk"],
  EACCES: ["there is no permission to write there", "Choose another place or change its permissions"],
  EPERM: ["there is no permission to write there", "Choose another place or change its permissions"],
  EROFS: ["the file system is read-only", "Choose another place"],
  ENOTDIR: ["a part of the path is a file, not a folder", "Choose another place"],
  EEXIST: ["a part of the path is a file, not a folder", "Choose another place"],
  EISDIR: ["there is a folder of that name", "Choose another name"],
  ENOTEMPTY: ["there is a folder of that name", "Choose another name"],
  ENOENT: ["its folder is gone", "Create the folder and run the command again"],
  ENAMETOOLONG: ["the name is too long for the file system", "Choose a shorter name"],
  EIO: ["the disk reported an error", "Check the disk, or write to another one"],
  EMFILE: ["too many files are open", "Raise the limit (ulimit -n) and run the command again"],
  ENFILE: ["too many files are open on this machine", "Close some programs and run the command again"],
};

/** The errno of a failed file call, such as `ENOSPC`; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/** The error for output that cannot be written: names the path, the errno and what it means. */
export function writeError(path: string, cause: unknown): HeadstartError {
  const errno = errnoOf(cause);
  const detail = messageOf(cause);
  const [reason, advice] = REASONS[errno ?? ""] ?? [detail, "Choose another place or try again"];
  const named = errno === undefined ? reason : `${reason} (${errno})`;
  return new HeadstartError("E_OUTPUT_WRITE", `Cannot write ${path}: ${named}. ${advice}`, { file: path, cause });
}

/** Runs one file call; what it throws becomes `writeError` of `path`. */
export async function writing<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof HeadstartError ? error : writeError(path, error);
  }
}
