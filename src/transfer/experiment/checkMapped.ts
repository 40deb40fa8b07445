import { checkLabels } from "../../dataset/labelSet.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import type { UnlabeledCorpus } from "../../dataset/unlabeledCorpus.js";
import type { LabelMap } from "../../dataset/labelMap.js";
import { bridge } from "../../dataset/mapAdvice.js";
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
  for (const corpus of [sourceDev, labeled, targetTrain]) if (corpus !== undefined) requireKnown(corpus, source, map);
  if (targetTrain !== undefined && labeled !== undefined) requireKnown(labeled, targetTrain, map);
  // One row of a label to train on, one to choose C on and, unless they are given, one held out.
  checkLabels(source.labels, { map, minPerClass: sourceDev === undefined ? 3 : 2 });
  if (targetTrain !== undefined) checkLabels(targetTrain.labels, { map, minPerClass: 1 });
}

function requireKnown(corpus: LabeledCorpus, learned: LabeledCorpus, map: LabelMap | undefined): void {
  const known = new Set(learned.labels);
  const strange = [...new Set(corpus.labels)].filter((label) => !known.has(label));
  if (strange.length === 0) return;
  throw new HeadstartError(
    "E_LABEL_MAP",
    `${corpus.files.join(", ")} has labels that ${learned.files.join(", ")} has not: ${quotedLabels(strange)}. It has ` +
      `${quotedLabels([...known])}. ${bridge(strange, { known: [...known], map })}`,
    { file: corpus.files[0] },
  );
}
