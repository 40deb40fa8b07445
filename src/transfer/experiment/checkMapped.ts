import { checkLabels } from "../../dataset/labelSet.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import type { UnlabeledCorpus } from "../../dataset/unlabeledCorpus.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { bridge, droppingFlag } from "../../dataset/mapAdvice.js";
import { quotedLabels } from "../../dataset/mapLabels.js";
import { HeadstartError } from "../../errors.js";

interface Corpora {
  readonly source: LabeledCorpus;
  readonly sourceDev?: LabeledCorpus | undefined;
  readonly target: LabeledCorpus | UnlabeledCorpus;
  readonly targetTrain?: LabeledCorpus | undefined;
}

/** Before the long part: whether there are labels to learn, and the target has none that were not learned. */
export function checkMapped({ source, sourceDev, target, targetTrain }: Corpora, map: LabelMap | undefined): void {
  const labeled = target.labels === null ? undefined : target;
  for (const corpus of [sourceDev, labeled, targetTrain])
    if (corpus !== undefined) requireKnown(corpus, source, bridgeWith(map));
  if (targetTrain !== undefined && labeled !== undefined) requireKnown(labeled, targetTrain, addRows(targetTrain, map));
  // One row of a label to train on, one to choose C on and, unless they are given, one held out.
  checkLabels(source.labels, { map, minPerClass: sourceDev === undefined ? 3 : 2 });
  if (targetTrain !== undefined) checkLabels(targetTrain.labels, { map, minPerClass: 1 });
}

/** What to do about labels that were not learned. */
type OnStrange = (strange: readonly string[], known: readonly string[]) => string;

const bridgeWith =
  (map: LabelMap | undefined): OnStrange =>
  (strange, known) =>
    bridge(strange, { known, map });

/** The same domain has these labels under no other name: its training rows are too few to hold them. */
const addRows =
  ({ files }: LabeledCorpus, map: LabelMap | undefined): OnStrange =>
  (strange, known) => {
    const drop = known.length < 2 ? undefined : droppingFlag(strange, [...known, ...strange], { map });
    const add = `Add rows of ${strange.length === 1 ? "that label" : "those labels"} to ${files.join(", ")}`;
    return drop === undefined ? add : `${add}, or leave such rows out with ${drop}`;
  };

function requireKnown(corpus: LabeledCorpus, learned: LabeledCorpus, advice: OnStrange): void {
  const known = [...new Set(learned.labels)];
  const strange = [...new Set(corpus.labels)].filter((label) => !known.includes(label));
  if (strange.length === 0) return;
  throw new HeadstartError(
    "E_LABEL_MAP",
    `${corpus.files.join(", ")} has labels that ${learned.files.join(", ")} has not: ${quotedLabels(strange)}. It has ` +
      `${quotedLabels(known)}. ${advice(strange, known)}`,
    { file: corpus.files[0] },
  );
}
