import { countOf, labelCounts, type LabeledCorpus } from "../../dataset/labeledCorpus.js";
import { quotedLabels } from "../../dataset/mapLabels.js";
import { HeadstartError } from "../../errors.js";
import { counted } from "../../text/numbers.js";
import { needsLabels, UNLABELED_ADAPTATIONS, type AskedAdaptation } from "../adaptation/adapt.js";

/** Of each label, to choose C on one and train on the other. */
const LEAST_ROWS = 2;

/** @throws HeadstartError E_USAGE for adaptations that need labeled rows of the target, where there are none */
export function checkAsked(asked: readonly AskedAdaptation[], hasTargetTrain: boolean): void {
  const name = hasTargetTrain ? undefined : asked.find(needsLabels);
  if (name === undefined) return;
  const others = UNLABELED_ADAPTATIONS.filter((one) => one !== "none");
  throw new HeadstartError(
    "E_USAGE",
    `Cannot adapt by ${name}: it trains on labeled rows of the target. Pass some as --target-train, or adapt by what needs ` +
      `none: ${others.join(", ")} or auto`,
  );
}

interface Corpora {
  readonly source: Pick<LabeledCorpus, "labels">;
  readonly targetTrain?: Pick<LabeledCorpus, "labels" | "files"> | undefined;
}

/** @throws HeadstartError E_USAGE as `checkAsked`; E_LABELS where `l2sp` has too few rows of a label to go on from the source */
export function checkAdaptations(asked: readonly AskedAdaptation[], { source, targetTrain }: Corpora): void {
  checkAsked(asked, targetTrain !== undefined);
  if (targetTrain === undefined || !asked.includes("l2sp")) return;
  const rows = labelCounts(targetTrain.labels);
  const rare = [...new Set(source.labels)].filter((label) => countOf(rows, label) < LEAST_ROWS).sort();
  if (rare.length === 0) return;
  throw new HeadstartError(
    "E_LABELS",
    `Cannot adapt by l2sp: ${targetTrain.files.join(", ")} has fewer than ${counted(LEAST_ROWS, "row")} of ${quotedLabels(rare)}, ` +
      `which the source has. Give more rows, drop the label with --map, or adapt by easyadapt`,
    { file: targetTrain.files[0] },
  );
}
