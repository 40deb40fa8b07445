import { stat } from "node:fs/promises";
import { join, normalize, resolve } from "node:path";
import { contentHash, sha256 } from "../files/contentHash.js";
import { listFiles } from "../encoder/folder/folder.js";
import { ignoringFailure, nodeFiles, removeLeftovers } from "../files/commit.js";
import { restoreFolder } from "../files/commitFolder.js";
import { isComplete, readMark, type FinishedRun, type Printed } from "../files/folderMark.js";
import { claimFiles } from "../store/resume/outputClaim.js";
import { thisProcess } from "../files/lock.js";
import type { RowWriterOptions } from "../vectors/rowWriter.js";
import { VERSION } from "../version.js";
import type { Context } from "./context.js";
import { isClosedPipe } from "./closedPipe.js";
import type { GlobalFlags } from "./flags/options.js";
import { checkFiles, checkFolder, withoutSlash } from "./outputPaths.js";

/** A command as far as its result depends on it. */
export interface Command {
  readonly name: string;
  readonly flags: GlobalFlags;
  /** Files and folders that it reads, and other names such as of encoders, which are passed over. */
  readonly inputs: readonly string[];
  /** Texts that it is given as they are. */
  readonly texts?: readonly string[] | undefined;
  /** Folders that it uses and that its result does not depend on, such as of a cache. */
  readonly uses?: readonly string[] | undefined;
}

/** The encoder and the cache of a command, where flags name them. */
export function readBeside(
  { env }: Context,
  { encoder, cache }: { readonly encoder?: string | undefined; readonly cache?: string | boolean | undefined },
): { readonly inputs: readonly string[]; readonly uses: readonly string[] } {
  const folder = cache === undefined || cache === true ? env["HEADSTART_CACHE"] : cache;
  return { inputs: encoder === undefined ? [] : [encoder], uses: folder ? [folder] : [] };
}

/** Flags that change how a result is computed or reported, not what it is. */
const WITHOUT_EFFECT = ["force", "json", "quiet", "verbose", "debug", "offline", "cache", "cacheMax"];

/** What a command is and on what, as a hash; undefined where that is unknown, as for a pipe. */
async function identityOf({ name, flags, inputs, texts = [] }: Command): Promise<string | undefined> {
  const counted = Object.entries(flags).filter(([flag]) => !WITHOUT_EFFECT.includes(flag));
  const read: [string, string][] = [];
  for (const input of new Set(inputs)) {
    const content = await contentOf(input);
    if (content === undefined) return undefined;
    read.push([normalize(input), content]);
  }
  return sha256(JSON.stringify([name, VERSION, counted.sort(), read, texts]));
}

/** Of a file its hash, of a folder what tells that a file in it changed, of a name that is neither nothing. */
async function contentOf(input: string): Promise<string | undefined> {
  const found = await stat(input).catch(() => undefined);
  if (input === "-") return undefined;
  if (found === undefined) return "";
  if (found.isFile()) return contentHash(input, "sha256");
  if (!found.isDirectory()) return undefined;
  // A folder that is too large to be an encoder or a head is refused where it is used.
  const names = await listFiles(input).catch(() => undefined);
  const files = names?.map(async (name) => {
    const { size, mtimeNs } = await stat(join(input, name), { bigint: true });
    return `${name} ${size} ${mtimeNs}`;
  });
  return files && (await Promise.all(files)).join("\n");
}

/** A folder that a command is to write. */
export interface FolderOutput {
  /** For the function that writes it. */
  readonly saving: (printed: Printed) => { readonly force: boolean; readonly finished: FinishedRun | undefined };
}

/**
 * Refuses a folder that a command cannot write, before any long work; where the same command on the same input has
 * written it already, says so, prints what that printed, and gives undefined.
 *
 * @throws HeadstartError E_USAGE, E_OUTPUT_EXISTS, E_OUTPUT_WRITE
 */
export async function openFolder(
  context: Context,
  output: string,
  command: Command,
): Promise<FolderOutput | undefined> {
  const { force = false } = command.flags;
  const path = withoutSlash(output);
  await ignoringFailure(restoreFolder(path).then(() => removeLeftovers(path, nodeFiles)));
  const mark = force ? undefined : await readMark(path);
  const { inputs, uses = [] } = command;
  await checkFolder(output, { inputs, uses, force: force || mark !== undefined });
  const run = await identityOf(command);
  if (mark?.printed !== undefined && mark.run === run && (await isComplete(path, mark))) {
    await reportFinished(context, [output], { flags: command.flags, printed: mark.printed });
    return undefined;
  }
  await checkFolder(output, { inputs, uses, force });
  return {
    saving: (printed) => {
      context.signal.throwIfAborted();
      return { force, finished: run === undefined ? undefined : { run, printed } };
    },
  };
}

/** Files that a command is to write, and that no other writes meanwhile. */
export interface FileOutputs {
  /** Where rows that are too many for the memory may lie meanwhile. */
  readonly folder: string;
  /** For the function that gives the files their names, all of them at once. */
  readonly saving: (printed: Printed) => RowWriterOptions;
  /** Prints the result, unless that was done as it came; until then the same command given again would do so. */
  readonly print: (printed?: Printed) => Promise<void>;
  /** To be called when the command has ended, however it has. */
  readonly close: () => Promise<void>;
}

/**
 * The same for files.
 *
 * @throws HeadstartError E_USAGE, E_OUTPUT_EXISTS, E_OUTPUT_WRITE, E_LOCKED
 */
export async function openFiles(
  context: Context,
  outputs: readonly string[],
  command: Command,
): Promise<FileOutputs | undefined> {
  const { force = false } = command.flags;
  const run = (await identityOf(command)) ?? `${resolve(outputs[0])} ${context.now()}`;
  await checkFiles(outputs, { inputs: command.inputs, uses: command.uses ?? [], force: true });
  const claim = await claimFiles(outputs, { owner: thisProcess(context.now()), run, force });
  if (claim.finished !== undefined && !force) {
    await reportFinished(context, outputs, { flags: command.flags, printed: claim.finished });
    await claim.release(true);
    return undefined;
  }
  let isPrinted = false;
  return {
    folder: claim.folder,
    saving: (printed) => ({
      force,
      claimed: true,
      onSealed: async (files) => {
        // The last moment at which a signal can still keep the files from getting their names.
        context.signal.throwIfAborted();
        await claim.sealed(files, { run, printed });
      },
    }),
    print: async (printed) => {
      if (printed !== undefined) await printResult(context, command.flags, printed);
      isPrinted = true;
    },
    close: () => claim.release(isPrinted),
  };
}

/** Prints a result in the way that the flags ask for. */
export function printResult(
  { print, printJson, printJsonLines }: Context,
  { json: asked, verbose }: Pick<GlobalFlags, "json" | "verbose">,
  { lines, more = lines, json }: Printed,
): Promise<void> {
  const printing =
    asked !== true
      ? print(verbose === true ? more : lines)
      : Array.isArray(json)
        ? printJsonLines(json as readonly object[])
        : printJson(json);
  // All is done: whoever does not want to hear of it need not.
  return printing.catch((error: unknown) => {
    if (!isClosedPipe(error)) throw error;
  });
}

async function reportFinished(
  context: Context,
  outputs: readonly string[],
  { flags, printed }: { readonly flags: GlobalFlags; readonly printed: Printed },
): Promise<void> {
  const [it, was] = outputs.length === 1 ? ["it", "was"] : ["them", "were"];
  context.reporter.info(
    `${outputs.join(" and ")} ${was} written by the same command on the same input, so there is nothing to do; --force writes ${it} again`,
  );
  await printResult(context, flags, printed);
}
