import { evaluateHead, mistakesOf, type Evaluated } from "../classify/evaluate.js";
import { labelIndices, labelSpace } from "../classify/labelSpace.js";
import type { LabelledCorpus } from "../classify/labelled.js";
import { headTask, loadHead, type SavedHead } from "../head/headFolder.js";
import { evaluationText } from "../report/terminal.js";
import { openRowWriter, rowFormat } from "../store/rowWriter.js";
import {
  embedTexts,
  gatherRejects,
  labelMapOf,
  readRows,
  warnOfUnused,
  withCache,
  type AddCommand,
  type Context,
} from "./context.js";
import { defined, withCommonFlags, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "./options.js";
import { openHeadEncoder } from "./headEncoder.js";
import { evaluateTaggerCommand } from "./evaluateTagger.js";
import { checkOutputs } from "./outputs.js";

interface EvaluateFlags extends GlobalFlags, CorpusFlags, EncoderFlags {
  readonly map?: string;
  readonly errors?: string;
}

const EXAMPLES = `
Examples:
  headstart evaluate sentiment-head test.csv
  headstart evaluate sentiment reviews.csv --map "neutral=drop,4=positive,0=negative,2=drop"
  headstart evaluate head test.csv --errors mistakes.csv --json`;

export const addEvaluate: AddCommand = (program, context) => {
  const command = program
    .command("evaluate")
    .description("measure a head on a labelled corpus")
    .argument("<head>", "folder that train wrote, or the name of a head that ships (sentiment)")
    .argument("<corpus...>", "files with a text and a label column")
    .option("--map <map>", "rename or drop labels of the corpus and answers of the head")
    .option("--errors <file>", "write the mistakes, most confident first (.csv or .jsonl)");
  withCommonFlags(command, ["corpus", "labels", "encoder", "output"])
    .addHelpText("after", EXAMPLES)
    .action((head: string, files: string[], flags: EvaluateFlags) =>
      evaluateCommand(context(), { head, files, flags }),
    );
};

async function evaluateCommand(
  context: Context,
  { head, files, flags }: { readonly head: string; readonly files: readonly string[]; readonly flags: EvaluateFlags },
): Promise<void> {
  const { print } = context;
  if (flags.errors !== undefined) {
    rowFormat(flags.errors);
    await checkOutputs([flags.errors], { inputs: files, force: flags.force });
  }
  const map = labelMapOf(flags.map);
  if ((await headTask(head)) === "ner") return evaluateTaggerCommand(context, { head, files, flags, map });
  const saved = await loadHead(head);
  const rejects = gatherRejects(flags.errors);
  const rows = await readRows(context, files, { flags, map, rejects });
  warnOfUnused(context, map, [rows.seen, saved.head.labels]);
  // Labels are checked before the long part begins.
  labelIndices(labelSpace(saved.head.labels, map).labels, rows.labels, files.join(", "));
  const encoder = await openHeadEncoder(context, saved.file, flags);
  try {
    const { vectors } = await withCache(context, { flags, encoder }, (cache) =>
      embedTexts(context, rows.texts, { encoder, cache, flags, what: "texts" }),
    );
    const judged = { ...saved, labelCounts: saved.file.training.labelCounts };
    const evaluated = evaluateHead(
      judged,
      { ...rows, vectors },
      { ...defined({ map }), seed: flags.seed, file: files.join(", ") },
    );
    warnOfMissing(context, saved, evaluated);
    if (flags.errors !== undefined) await writeErrors(flags.errors, { evaluated, rows, force: flags.force });
    await rejects.save(context.talk);
    const { evaluation } = evaluated;
    const errors = defined({ errors: flags.errors });
    if (flags.json)
      await print(
        `${JSON.stringify({ ...evaluation, head, corpus: files, rejected: rows.counts.rejected, dropped: rows.dropped, ...errors })}\n`,
      );
    else await print(`${evaluationText(evaluation, { title: `${head} on ${files.join(", ")}` })}\n`);
  } finally {
    await encoder.close();
  }
}

function warnOfMissing({ talk }: Context, { head }: SavedHead, { evaluation }: Evaluated): void {
  if (evaluation.missing.length === 0) return;
  const names = evaluation.missing.map((label) => `"${label}"`).join(", ");
  const drops = evaluation.missing.map((label) => `${label}=drop`).join(",");
  const how =
    head.labels.length - evaluation.missing.length >= 2 ? `; --map "${drops}" keeps the head from answering so` : "";
  talk.warn(`no row has the label ${names}, and every such answer counts as a mistake${how}`);
}

async function writeErrors(
  file: string,
  { evaluated, rows, force }: { evaluated: Evaluated; rows: LabelledCorpus; force: boolean | undefined },
): Promise<void> {
  const writer = await openRowWriter(
    file,
    ["text", "label", "predicted", "probability", "file", "line"],
    defined({ force }),
  );
  try {
    const { labels, truth, predicted, probabilities } = evaluated;
    for (const r of mistakesOf(evaluated)) {
      const probability = probabilities[r * labels.length + predicted[r]];
      await writer.write([
        rows.texts[r],
        labels[truth[r]],
        labels[predicted[r]],
        probability,
        rows.places[r].file,
        rows.places[r].line,
      ]);
    }
    await writer.commit();
  } finally {
    await writer.abort();
  }
}
