import path from "node:path";
import type { LabelMap } from "../corpus/labelMap.js";
import { saveTaggingReport } from "../report/saveReport.js";
import type { TaggingEvaluation } from "../tagging/evaluate.js";
import type { TaggedCorpus } from "../tagging/sentence.js";
import { VERSION } from "../version.js";
import { runTaggingTransfer } from "../transfer/taggingTransfer.js";
import { openEncoder, warnOfUnused, type Context } from "./context.js";
import { gatherRejects } from "./rejects.js";
import type { FolderOutput } from "./finished.js";
import { defined } from "./options.js";
import { embedSentences, readSentences, withWordCache, type TaggerFlags } from "./taggerContext.js";

export interface TransferTaggerFlags extends TaggerFlags {
  readonly source: string[];
  readonly target: string[];
  readonly sourceDev?: string[];
  readonly targetTrain?: string[];
  readonly crf?: boolean;
  readonly epochs?: number;
  readonly output: string;
}

/** `transfer --task ner`: entities of one domain learnt, those of another found. */
export async function transferTaggerCommand(
  context: Context,
  {
    flags,
    map,
    output,
  }: { readonly flags: TransferTaggerFlags; readonly map: LabelMap | undefined; readonly output: FolderOutput },
): Promise<void> {
  const rejects = gatherRejects(flags.output);
  const read = (files: readonly string[]) => readSentences(context, files, { flags, map, rejects });
  const corpora = {
    source: await read(flags.source),
    sourceDev: flags.sourceDev && (await read(flags.sourceDev)),
    target: await read(flags.target),
    targetTrain: flags.targetTrain && (await read(flags.targetTrain)),
  };
  const all = Object.values(corpora).flatMap((corpus) => (corpus === undefined ? [] : [corpus.seen]));
  warnOfUnused(context, map, all);
  const encoder = await openEncoder(context, flags, { layers: "spread" });
  try {
    const job = { encoder, flags, subWords: "first" } as const;
    const embedded = await withWordCache(context, job, async (cache) => {
      const embed = (corpus: TaggedCorpus) => embedSentences(context, corpus, { ...job, cache });
      return {
        source: await embed(corpora.source),
        sourceDev: corpora.sourceDev && (await embed(corpora.sourceDev)),
        target: await embed(corpora.target),
        targetTrain: corpora.targetTrain && (await embed(corpora.targetTrain)),
      };
    });
    const result = await runTaggingTransfer(embedded, {
      ...defined({ threads: flags.threads, epochs: flags.epochs }),
      crf: flags.crf === true,
      layerCount: encoder.ports.states.length,
      seed: flags.seed,
      signal: context.signal,
    });
    const report = path.join(flags.output, "report.html");
    const made = { createdAt: context.now(), headstart: VERSION, seed: flags.seed, encoder: encoder.name };
    const record = {
      ...made,
      map: Object.fromEntries([...(map ?? [])].map(([a, b]) => [a, b ?? "drop"])),
      ...result,
      report,
    };
    const line = (name: string, e: TaggingEvaluation | null): string =>
      e === null
        ? ""
        : `${name.padEnd(34)} ${e.entityF1.toFixed(3)} (95 % ${e.interval95[0].toFixed(3)} to ${e.interval95[1].toFixed(3)}), ${e.n} sentences\n`;
    const printed = {
      json: `${JSON.stringify(record)}\n`,
      text:
        line("entity F1 in-domain", result.source) +
        line("entity F1 on the target", result.target) +
        line("trained on the target", result.ceiling) +
        line("trained on source and target", result.joint) +
        `${"verdict".padEnd(34)} ${result.verdict.call}: ${result.verdict.because}\n${"report".padEnd(34)} ${report}\n`,
    };
    await rejects.save(context.talk);
    await saveTaggingReport(flags.output, record, output.saving(printed));
    await context.print(flags.json ? printed.json : printed.text);
  } finally {
    await encoder.close();
  }
}
