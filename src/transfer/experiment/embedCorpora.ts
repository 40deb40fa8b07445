import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { holdOut, type LabeledVectors, type TextVectors } from "../../dataset/labeledVectors.js";
import { newRows, withoutSeenDev } from "../../dataset/seenRows.js";
import type { UnlabeledCorpus } from "../../dataset/unlabeledCorpus.js";
import type { Matrix } from "../../math/matrix.js";
import { withoutNear } from "./leakage.js";

/** The corpora of a transfer experiment, read and mapped. */
export interface TransferCorpora {
  readonly source: LabeledCorpus;
  /** Rows of the source's domain to evaluate on. @default a fifth of the source, equal texts on one side */
  readonly sourceDev?: LabeledCorpus | undefined;
  /** With labels or without: then the head's accuracy on it is forecast, and nothing else said of its scores. */
  readonly target: LabeledCorpus | UnlabeledCorpus;
  /** Labeled rows of the target's domain: they give the in-domain ceiling and the verdict. */
  readonly targetTrain?: LabeledCorpus | undefined;
}

const HELD_OUT = { devFraction: 0.2, maxDev: 5000 } as const;
const SOURCE_DEV = {
  dev: "source dev",
  training: "source",
  instead: "leave out --source-dev: a fifth of the source is then held out",
  rowsLeft: newRows,
} as const;

/** The rows of an experiment with their vectors. */
export interface EmbeddedCorpora {
  /** Rows of the source to train on. */
  readonly source: LabeledVectors;
  /** These and the rows held out of it. */
  readonly sourceAll: LabeledVectors;
  readonly sourceDev: LabeledVectors;
  readonly target: TextVectors;
  readonly targetTrain: LabeledVectors | undefined;
  /** Where `sourceDev` comes from. */
  readonly how: string;
  /** Rows given for it that are left out. */
  readonly seenDev: number;
  readonly warnings: readonly string[];
}

/** Embeds the corpora of an experiment, and holds out rows of the source where none are given. */
export async function embedCorpora(
  { source, sourceDev, target, targetTrain }: TransferCorpora,
  options: {
    readonly vectorsOf: (texts: readonly string[], what: string) => Promise<Matrix>;
    readonly seed?: number | undefined;
  },
): Promise<EmbeddedCorpora> {
  const { devCorpus, seenDev, remark } = withoutSeenDev({ corpus: source, devCorpus: sourceDev }, SOURCE_DEV);
  const embedded = async <L>(corpus: { texts: readonly string[]; labels: L }, what: string) => ({
    texts: corpus.texts,
    labels: corpus.labels,
    vectors: await options.vectorsOf(corpus.texts, what),
  });
  const all = await embedded(source, "source texts");
  const held = devCorpus && (await embedded(devCorpus, "source dev texts"));
  const rest = {
    sourceAll: all,
    target: await embedded(target, "target texts"),
    targetTrain: targetTrain && (await embedded(targetTrain, "target training texts")),
  };
  if (held !== undefined)
    return {
      source: all,
      sourceDev: held,
      ...rest,
      how: `given: ${sourceDev!.files.join(", ")}`,
      seenDev,
      warnings: remark === undefined ? [] : [remark],
    };
  const { train, dev: drawn } = holdOut(all, { ...HELD_OUT, keepInTrain: true, seed: options.seed ?? 1 });
  const dev = withoutNear(train, drawn);
  const how = `${dev.texts.length} of the source's ${all.texts.length} rows, held out by seed ${options.seed ?? 1}, equal texts on one side`;
  return { source: train, sourceDev: dev, ...rest, how, seenDev, warnings: [] };
}
