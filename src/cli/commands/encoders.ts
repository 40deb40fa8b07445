import { listEncoders } from "../../encoder/listing.js";
import { escapeControls, padRight } from "../../report/text/width.js";
import type { AddCommand, Context } from "../context.js";
import { withCommonFlags } from "../flags/commonFlags.js";
import { withExamples } from "../flags/flag.js";
import type { GlobalFlags } from "../flags/options.js";

const EXAMPLES = ["encoders", "encoders --json"];

export const addEncoders: AddCommand = (program, context) => {
  const command = program
    .command("encoders")
    .description("list the encoders that can be used here: built in and in the hub's cache");
  withCommonFlags(command);
  withExamples(command, EXAMPLES).action((flags: GlobalFlags) => encodersCommand(context(), flags));
};

async function encodersCommand({ print, printJson, env }: Context, flags: GlobalFlags): Promise<void> {
  const found = await listEncoders(env);
  if (flags.json) return printJson({ encoders: found });
  const lines = found.map(
    (e) =>
      `${padRight(escapeControls(e.name), 44)} ${e.kind.padEnd(9)} ${`${(e.bytes / 1e6).toFixed(1)} MB`.padStart(9)}  ${e.license}`,
  );
  const other =
    "Any folder in Hugging Face layout with an ONNX file works too, and a file of word vectors: --encoder ./folder";
  await print([...lines, other]);
}
