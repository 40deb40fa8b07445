import { HeadstartError } from "../../errors.js";
import { distill, DISTILL_DEFAULTS, type TokenTable } from "../../encoder/static/distill.js";
import { bytesIn, saveTableFiles, tokenTableFiles } from "../../encoder/static/saveTokenTable.js";
import { openEncoder, type AddCommand, type Context } from "../context.js";
import { withCommonFlags } from "../flags/commonFlags.js";
import { flag, withExamples } from "../flags/flag.js";
import { wholeNumber, type EncoderFlags, type GlobalFlags } from "../flags/options.js";
import { openFolder, printResult, readBeside } from "../finished.js";
import { folderName } from "../outputPaths.js";

interface DistillFlags extends GlobalFlags, EncoderFlags {
  readonly output: string;
  readonly dims?: number | undefined;
  readonly weights: "none" | "zipf";
}

const EXAMPLES = [
  "distill headstart-mini -o fast",
  "embed tweets.csv -o tweets.parquet --encoder ./fast",
  "distill Xenova/bge-small-en-v1.5 -o small --dims 128",
];

export const addDistill: AddCommand = (program, context) => {
  const command = program
    .command("distill")
    .alias("distil")
    .description("turn an encoder into a table of token vectors, far faster and less accurate")
    .argument("<encoder>", "built-in name, folder or hub id")
    .addOption(
      flag("output", "-o, --output <folder>", "folder of the table").argParser(folderName).makeOptionMandatory(),
    )
    .addOption(
      flag("output", "--dims <number>", "dimensions of a vector")
        .default(undefined, `${DISTILL_DEFAULTS.dims}, at most the encoder's`)
        .argParser(wholeNumber(1)),
    )
    .addOption(
      flag("output", "--weights <how>", "weights of tokens; zipf: common ones count less")
        .choices(["none", "zipf"])
        .default(DISTILL_DEFAULTS.weights),
    );
  withCommonFlags(command);
  withExamples(command, EXAMPLES).action((name: string, flags: DistillFlags) => distillCommand(context(), name, flags));
};

async function distillCommand(context: Context, name: string, flags: DistillFlags): Promise<void> {
  const { reporter, clock, signal } = context;
  if (flags.encoder !== undefined && flags.encoder !== name) {
    throw new HeadstartError("E_USAGE", `Cannot distill both ${name} and ${flags.encoder}. Leave --encoder out`);
  }
  const { uses } = readBeside(context, flags);
  const output = await openFolder(context, flags.output, { name: "distill", flags, inputs: [name], uses });
  if (output === undefined) return;
  const encoder = await openEncoder(context, { ...flags, encoder: name });
  try {
    const began = clock();
    const meter = reporter.meter("tokens through the encoder");
    const table = await distill(encoder, {
      dims: flags.dims,
      threads: flags.threads,
      weights: flags.weights,
      signal,
      onProgress: ({ done, total }) => meter.update(done, total),
    });
    meter.end();
    const files = tokenTableFiles(table);
    const seconds = (clock() - began) / 1000;
    const summary = summarize(table, { output: flags.output, bytes: bytesIn(files), seconds });
    const printed = { lines: [described(summary)], json: summary };
    await saveTableFiles(flags.output, files, output.saving(printed));
    await printResult(context, flags, printed);
  } finally {
    await encoder.close();
  }
}

interface Summary {
  readonly encoder: string;
  readonly output: string;
  /** Entries of the tokenizer, and those of them that have a vector. */
  readonly vocabulary: number;
  readonly tokens: number;
  readonly dims: number;
  readonly explained: number;
  readonly weights: DistillFlags["weights"];
  readonly bytes: number;
  readonly seconds: number;
}

function summarize(
  { from, embeddings, tokens, explained, sif }: TokenTable,
  rest: Pick<Summary, "output" | "bytes" | "seconds">,
): Summary {
  return {
    encoder: from.name,
    ...rest,
    vocabulary: embeddings.rows,
    tokens,
    dims: embeddings.cols,
    explained,
    weights: sif === undefined ? "none" : "zipf",
  };
}

const described = ({ output, tokens, vocabulary, dims, explained, bytes, seconds }: Summary): string =>
  `${output}: ${tokens} of ${vocabulary} tokens x ${dims}, ${(100 * explained).toFixed(1)} % of the variance, ` +
  `${(bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(1)} s`;
