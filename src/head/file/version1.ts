import { z } from "zod";

/** The fields that version 1 called something else, by their path; `*` is every item of a list. */
const RENAMED: Readonly<Record<string, string>> = {
  neighbours: "neighbors",
  "calibration.keptAnswers": "keptPredictions",
  "mlp.decay": "weightDecay",
  "training.strength": "C",
  "training.trials.*.strength": "C",
  "training.few": "fewShot",
  "training.tuning": "search",
  "training.tuning.rivals": "candidates",
  "training.layerShares": "layerWeights",
  "training.balance": "outsideBias",
  "training.trials.*.balance": "outsideBias",
  "words.subWords": "subwordPooling",
  "words.reach": "contextWindow",
  "words.writing": "surfaceFeatures",
};

const Version1 = z.looseObject({ version: z.literal(1) });
const Sha256Only = z.looseObject({ sha256: z.string() });

/** The value of a `headstart.json` of version 1 in the names of version 2; any other as it is. */
export const inNewNames = (value: unknown): unknown =>
  Version1.safeParse(value).success ? withWeights(renamed(value, "")) : value;

function renamed(value: unknown, path: string): unknown {
  const below = (name: string): string => (path === "" ? name : `${path}.${name}`);
  if (Array.isArray(value)) return value.map((item) => renamed(item, below("*")));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, own]) => [RENAMED[below(name)] ?? name, renamed(own, below(name))]),
  );
}

/** Multi-label heads of version 1 named the weights' sha256 only. */
function withWeights(value: unknown): unknown {
  const old = Sha256Only.safeParse(value);
  if (!old.success) return value;
  const { sha256, ...fields } = old.data;
  return { ...fields, weights: { file: "head.safetensors", sha256 } };
}
