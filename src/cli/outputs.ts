import { stat } from "node:fs/promises";
import { HeadstartError } from "../errors.js";
import { checkOutputFolder, refuseExisting } from "../store/commit.js";

/** Where the rejected rows of a run that writes `output`, a file or folder, are told of. */
export const rejectsFile = (output: string): string => `${withoutSlash(output)}.rejects.jsonl`;

/** Where the losses of a training that writes `output` are shown as it goes. */
export const pageBeside = (output: string): string => `${withoutSlash(output)}.training.html`;

const withoutSlash = (output: string): string => output.replace(/(?<=.)[/\\]+$/, "");

/**
 * Refuses, before any long work, outputs that are there already, that cannot be written, or that the run reads: an input
 * is never written, `force` or not.
 *
 * @throws HeadstartError E_USAGE, E_OUTPUT_EXISTS, E_OUTPUT_WRITE
 */
export async function checkOutputs(
  outputs: readonly string[],
  { inputs, force }: { readonly inputs: readonly string[]; readonly force: boolean | undefined },
): Promise<void> {
  for (const output of outputs) {
    for (const input of inputs) {
      for (const written of [output, rejectsFile(output), pageBeside(output)]) {
        if (await isSameFile(written, input)) throw isInput(written);
      }
    }
    await refuseExisting(output, force);
    await checkOutputFolder(output);
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((path) => stat(path, { bigint: true }).catch(() => undefined)));
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}

function isInput(path: string): HeadstartError {
  return new HeadstartError("E_USAGE", `Cannot write ${path}: this run reads it. Choose another name for the output`, {
    file: path,
  });
}
