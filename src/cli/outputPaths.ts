import { stat } from "node:fs/promises";
import { normalize, relative, resolve, sep } from "node:path";
import { InvalidArgumentError } from "commander";
import { HeadstartError } from "../errors.js";
import { checkOutputFolder } from "../files/commit.js";
import { refuseForeignCompanion } from "../files/companions.js";
import { isWithin, refuseReplacingFile, refuseReplacingFolder } from "../files/replacing.js";
import { runFolder } from "../store/resume/runFolder.js";

/** Where the rejected rows of a run that writes `output`, a file or folder, are listed. */
export const rejectedRowsFile = (output: string): string => `${withoutSlash(output)}.rejects.jsonl`;

/** Where the losses of a training that writes `output` are shown as it goes. */
export const pageBeside = (output: string): string => `${withoutSlash(output)}.training.html`;

export const withoutSlash = (output: string): string =>
  output.replace(sep === "/" ? /(?<=.)\/+$/ : /(?<=.)[/\\]+$/, "");

/** A folder as a flag names it: `head/.` is `head/`. */
export function folderName(value: string): string {
  if (value !== "") return normalize(value);
  throw new InvalidArgumentError("Give a name.");
}

/** A file as a flag names it. */
export function fileName(value: string): string {
  if (value !== "") return value;
  throw new InvalidArgumentError("Give a name.");
}

export interface OutputOptions {
  /** Files and folders that the run reads, and other names such as of encoders, which are passed over. */
  readonly inputs: readonly string[];
  /** Folders that the run writes to as well, such as a cache. */
  readonly uses?: readonly string[] | undefined;
  readonly force: boolean | undefined;
}

/**
 * Refuses, before any long work, files that are there already, that cannot be written, or that the run reads: an input
 * is never written, `force` or not.
 *
 * @throws HeadstartError E_USAGE, E_OUTPUT_EXISTS, E_OUTPUT_WRITE
 */
export async function checkFiles(outputs: readonly string[], options: OutputOptions): Promise<void> {
  const { inputs, uses = [], force } = options;
  for (const output of outputs) {
    await refuseInputs([output, rejectedRowsFile(output)], inputs);
    refuseBelow([output, runFolder(output), rejectedRowsFile(output)], uses);
    await refuseReplacingFile(output, { force });
    await refuseForeignCompanion(rejectedRowsFile(output), "rejectedRows");
    await checkOutputFolder(output);
  }
}

/**
 * The same for a folder, which must not hold an input either, or lie in one.
 *
 * @throws HeadstartError E_USAGE, E_OUTPUT_EXISTS, E_OUTPUT_WRITE
 */
export async function checkFolder(output: string, { inputs, uses = [], force }: OutputOptions): Promise<void> {
  await refuseInputs([output, rejectedRowsFile(output), pageBeside(output)], [...inputs, ...uses]);
  for (const input of [...inputs, ...uses])
    if (await isWithin(input, output)) throw isInput(output, `it holds ${input}, which this run reads`);
  refuseBelow([output, rejectedRowsFile(output), pageBeside(output)], uses);
  await refuseReplacingFolder(withoutSlash(output), { force });
  await refuseForeignCompanion(rejectedRowsFile(output), "rejectedRows");
  await refuseForeignCompanion(pageBeside(output), "page");
  await checkOutputFolder(output);
}

/** Folders that the run would make where its output goes; they need not be there yet, so their names tell. */
function refuseBelow(outputs: readonly string[], uses: readonly string[]): void {
  for (const output of outputs) {
    const use = uses.find((one) => !/^\.\.(?:[/\\]|$)/.test(relative(resolve(output), resolve(one))));
    if (use !== undefined) throw isInput(output, `${use}, which this run writes to as well, would lie in it`);
  }
}

/** An input itself, by whatever name, and anything that is there in a folder that is an input. */
async function refuseInputs(outputs: readonly string[], inputs: readonly string[]): Promise<void> {
  for (const output of outputs) {
    for (const input of inputs) {
      if (await isSameFile(output, input)) throw isInput(output, "this run reads it");
      if (await isWithin(output, input)) throw isInput(output, `it lies in ${input}, which this run reads`);
    }
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((path) => stat(path, { bigint: true }).catch(() => undefined)));
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}

const isInput = (path: string, how: string): HeadstartError =>
  new HeadstartError("E_USAGE", `Cannot write ${path}: ${how}. Choose another name for the output`, {
    file: path,
  });
