import { vectorsOf } from "../classify/vectors.js";
import { predictVectors } from "../classify/predict.js";
import { EMBED_DEFAULTS } from "../encoder/embed.js";
import { HeadstartError } from "../errors.js";
import { headTask, loadHead } from "../head/headFolder.js";
import { rowFormat } from "../store/rowWriter.js";
import { withCache, type AddCommand, type Context } from "./context.js";
import { openHeadEncoder } from "./headEncoder.js";
import { linesOf } from "./lines.js";
import {
  defined,
  embedOptions,
  withCommonFlags,
  type CorpusFlags,
  type EncoderFlags,
  type GlobalFlags,
} from "./options.js";
import { checkOutputs } from "./outputs.js";
import { predictTaggerCommand } from "./predictTagger.js";
import { predictCorpus, type Answering } from "./predictCorpus.js";

interface PredictFlags extends GlobalFlags, CorpusFlags, EncoderFlags {
  readonly input?: string[];
  readonly output?: string;
  readonly html?: string;
}

const EXAMPLES = `
Examples:
  headstart predict sentiment "I loved it" "What a waste of time"
  cat texts.txt | headstart predict sentiment-head
  headstart predict sentiment-head --input tweets.csv -o answers.csv`;

export const addPredict: AddCommand = (program, context) => {
  const command = program
    .command("predict")
    .description("answer for texts: arguments, lines of a pipe, or a corpus")
    .argument("<head>", "folder that train wrote, or the name of a head that ships (sentiment)")
    .argument("[texts...]", "texts to answer for")
    .option("--input <corpus...>", "answer for a corpus")
    .option("-o, --output <file>", "where the answers for a corpus go (.csv or .jsonl)")
    .option("--html <file>", "heads that find entities: a page with the texts and their entities marked");
  withCommonFlags(command, ["corpus", "encoder", "output"])
    .addHelpText("after", EXAMPLES)
    .action((head: string, texts: string[], flags: PredictFlags) => predictCommand(context(), { head, texts, flags }));
};

async function predictCommand(
  context: Context,
  {
    head: name,
    texts,
    flags,
  }: { readonly head: string; readonly texts: readonly string[]; readonly flags: PredictFlags },
): Promise<void> {
  const { input, output } = flags;
  checkUsage(context, texts, flags);
  if (input !== undefined && output !== undefined) {
    rowFormat(output);
    await checkOutputs([output], { inputs: input, force: flags.force });
  }
  if ((await headTask(name)) === "ner") {
    if (flags.html !== undefined) await checkOutputs([flags.html], { inputs: input ?? [], force: flags.force });
    return predictTaggerCommand(context, { head: name, texts, flags });
  }
  if (flags.html !== undefined)
    throw new HeadstartError("E_USAGE", "--html is for heads that find entities. Leave it out");
  const { head, file } = await loadHead(name);
  const encoder = await openHeadEncoder(context, file, flags);
  try {
    await withCache(context, { flags, encoder }, async (cache) => {
      const answering = { head, encoder, cache, flags };
      if (input !== undefined && output !== undefined) return predictCorpus(context, { ...answering, input, output });
      if (texts.length > 0) return answer(context, texts, answering);
      const { encoding, invalidUtf8 } = flags;
      const lines = linesOf(context.stdin, { most: EMBED_DEFAULTS.window, invalidUtf8, ...defined({ encoding }) });
      for await (const some of lines) await answer(context, some, answering);
    });
  } finally {
    await encoder.close();
  }
}

function checkUsage({ stdin }: Context, texts: readonly string[], { input, output }: PredictFlags): void {
  if ((input === undefined) !== (output === undefined)) {
    throw new HeadstartError("E_USAGE", "--input and --output go together: --input tweets.csv -o answers.csv");
  }
  if (input !== undefined && texts.length > 0) throw new HeadstartError("E_USAGE", "Give texts or --input, not both");
  if (input === undefined && texts.length === 0 && stdin.isTTY) {
    throw new HeadstartError(
      "E_USAGE",
      'Give texts, a pipe of lines, or --input: headstart predict sentiment "I loved it"',
    );
  }
}

async function answer(
  { print, signal }: Context,
  texts: readonly string[],
  { head, encoder, cache, flags }: Answering,
): Promise<void> {
  const { vectors } = await vectorsOf(encoder, texts, { ...embedOptions(flags), ...defined({ cache }), signal });
  const answers = predictVectors(head, vectors);
  await print(answers.map((prediction, i) => `${JSON.stringify({ text: texts[i], ...prediction })}\n`).join(""));
}
