import { rankCorrelation } from "../ranking/rankCorrelation.js";
import type { LayerScore, MeasureAgreement } from "./record.js";

const MEASURES = ["logMe", "hScore", "neighbors"] as const;

/** How well each measure orders the layers as training does: on the rows of the corpus, and on those of the target. */
export function agreementsOf(layers: readonly LayerScore[]): readonly MeasureAgreement[] {
  const inDomain = layers.map((one) => one.inDomain);
  const ofCorpus = (of: "inDomain" | "target", truth: readonly number[]): MeasureAgreement[] =>
    MEASURES.map((measure) => ({
      measure,
      rows: "corpus",
      of,
      ...rankCorrelation(
        layers.map((one) => one[measure]),
        truth,
      ),
    }));
  const target = layers.flatMap((one) => one.target ?? []);
  if (target.length < layers.length) return ofCorpus("inDomain", inDomain);
  const ofTarget = [
    ...MEASURES.map((measure) => ({ measure, values: layers.map(({ onTarget }) => onTarget![measure]) })),
    { measure: "leep" as const, values: layers.map(({ leep }) => leep!) },
  ].map(({ measure, values }): MeasureAgreement => ({
    measure,
    rows: "target",
    of: "target",
    ...rankCorrelation(values, target),
  }));
  const carriesOver: MeasureAgreement = {
    measure: "inDomain",
    rows: "corpus",
    of: "target",
    ...rankCorrelation(inDomain, target),
  };
  return [...ofCorpus("inDomain", inDomain), carriesOver, ...ofCorpus("target", target), ...ofTarget];
}
