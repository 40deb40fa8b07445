import { evaluateHead, mistakesOf, type Evaluated } from "../classify/evaluate.js";
import { labelIndices, labelSpace } from "../classify/labelSpace.js";
import type { LabelledCorpus } from "../classify/labelled.js";
import { measureTrust } from "../classify/trust.js";
import { HeadstartError } from "../errors.js";
import { headTask, loadHead, type SavedHead } from "../head/headFolder.js";
import { saveEvaluationReport } from "../report/saveReport.js";
import { loadMultiLabel } from "../head/multiLabelFolder.js";
import { evaluationText } from "../report/terminal.js";
import { trustText } from "../report/trustText.js";
import { openRowWriter, rowFormat } from "../store/rowWriter.js";
import { embedTexts, labelMapOf, readRows, warnOfUnused, withCache, type AddCommand, type Context } from "./context.js";
import { gatherRejects } from "./rejects.js";
import { defined, withCommonFlags, type CorpusFlags, type EncoderFlags, type GlobalFlags } from "./options.js";
import { evaluateMultiLabelCommand, refuseFlags } from "./multiLabel.js";
import { openHeadEncoder } from "./headEncoder.js";
import { evaluateTaggerCommand } from "./evaluateTagger.js";
import { checkOutputs } from "./outputs.js";
import { promiseOf, wishOf, withWishFlags, type WishFlags } from "./wish.js";

interface EvaluateFlags extends GlobalFlags, CorpusFlags, EncoderFlags, WishFlags {
  readonly map?: string;
  readonly errors?: string;
  readonly report?: string;
}

const EXAMPLES = `
Examples:
  headstart evaluate sentiment-head test.csv
  headstart evaluate sentiment reviews.csv --map "neutral=drop,4=positive,0=negative,2=drop"
  headstart evaluate head test.csv --errors mistakes.csv --json
  headstart evaluate head test.csv --max-risk 0.05 --report evaluation.html`;

export const addEvaluate: AddCommand = (program, context) => {
  const command = program
    .command("evaluate")
    .description("measure a head on a labelled corpus")
    .argument("<head>", "folder that train wrote, or the name of a head that ships (sentiment)")
    .argument("<corpus...>", "files with a text and a label column")
    .option("--map <map>", "rename or drop labels of the corpus and answers of the head")
    .option("--errors <file>", "write the mistakes, most confident first (.csv or .jsonl)")
    .option("--report <file>", "write a page with reliability diagram, risk and coverage, label sets (.html)");
  withWishFlags(command);
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
  const { print, printJson } = context;
  if (flags.errors !== undefined) rowFormat(flags.errors);
  if (flags.report !== undefined) checkPage(flags.report);
  const outputs = [flags.errors, flags.report].filter((output) => output !== undefined);
  await checkOutputs(outputs, { inputs: files, force: flags.force });
  const several = await loadMultiLabel(head);
  if (several !== undefined) {
    const { map: mapped, errors, report, minPrecision, maxRisk, coverage, costs } = flags;
    refuseFlags({ "--map": mapped, "--errors": errors, "--report": report, "--min-precision": minPrecision });
    refuseFlags({ "--max-risk": maxRisk, "--coverage": coverage, "--costs": costs });
    return evaluateMultiLabelCommand(context, { saved: several, files, flags });
  }
  const map = labelMapOf(flags.map);
  if ((await headTask(head)) === "ner") return evaluateTaggerCommand(context, { head, files, flags, map });
  const saved = await loadHead(head);
  const rejects = gatherRejects(flags.errors);
  const rows = await readRows(context, files, { flags, map, rejects });
  warnOfUnused(context, map, [rows.seen, saved.head.labels]);
  // Labels are checked before the long part begins.
  const { labels } = labelSpace(saved.head.labels, map);
  labelIndices(labels, rows.labels, files.join(", "));
  const wish = wishOf(flags, labels);
  promiseOf(saved, { ...defined({ map }), wish, sets: undefined });
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
    const trust = measureTrust(saved, { evaluated, vectors }, { ...defined({ map, wish }), seed: flags.seed });
    if (flags.errors !== undefined) await writeErrors(flags.errors, { evaluated, rows, force: flags.force });
    await rejects.save(context.talk);
    const { evaluation } = evaluated;
    const record = { head, corpus: files, evaluation, trust };
    if (flags.report !== undefined) await saveEvaluationReport(flags.report, record, defined({ force: flags.force }));
    const written = defined({ errors: flags.errors, report: flags.report });
    const { rejected } = rows.counts;
    if (flags.json)
      await printJson({ ...evaluation, ...trust, head, corpus: files, rejected, dropped: rows.dropped, ...written });
    else {
      const title = `${head} on ${files.join(", ")}`;
      await print(`${evaluationText(evaluation, { title })}\n\n${trustText(trust)}`.split("\n"));
    }
  } finally {
    await encoder.close();
  }
}

function checkPage(file: string): void {
  if (file.endsWith(".html")) return;
  throw new HeadstartError("E_OUTPUT_ENDING", `Cannot write a page to ${file}. Give a name that ends in .html`, {
    file,
  });
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
