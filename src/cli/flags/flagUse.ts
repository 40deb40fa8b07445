import { HeadstartError } from "../../errors.js";

/*
 * Which flags have an effect for what, where not all of a command's have one for every kind of head. commandUse.ts has
 * what does not depend on it.
 */

/** Flags by the name that commander gives them. */
type GivenFlags = Readonly<Record<string, unknown>>;

/** What `train` makes, what the heads of `predict`, `evaluate` and `compare` are, what `transfer` compares. */
export type Kind = "logistic" | "mlp" | "search" | "label errors" | "classifier" | "multi-label" | "tagger";

const NAMES: Readonly<Record<Kind, string>> = {
  logistic: "logistic heads",
  mlp: "MLPs (--head mlp)",
  search: "a search (--tune)",
  "label errors": "a search for label errors (--label-errors)",
  classifier: "heads that give one label a text",
  "multi-label": "heads that give several labels a text (--multi-label)",
  tagger: "heads that find entities (--task ner)",
};

/** Flags that choose what `train` makes, as they are written, and what each is for. */
const CHOICES: Readonly<Record<string, string>> = {
  "--tune": "heads that give one label a text",
  "--label-errors": "rows of one label each",
  "--multi-label": "rows with any number of labels each",
  "--task ner": "sentences with tagged entities",
};

type Uses = readonly (readonly [flags: readonly string[], by: readonly Kind[]])[];

const MLPS: readonly Kind[] = ["mlp", "search"];
const TRAINED: readonly Kind[] = ["logistic", ...MLPS];
const TEXTS: readonly Kind[] = [...TRAINED, "multi-label"];
const MLP_FLAGS = ["hidden", "activation", "dropout", "batchSize", "learningRate", "schedule", "weightDecay"];
const TAGGER_FLAGS = ["crf", "layers", "scalarMix", "subwordPooling", "surfaceFeatures", "context", "ensemble"];
/** How entities and tags in files are read. */
const ENTITY_FLAGS = ["offsets", "tagNames"];
const SELECTIVE = ["threshold", "minPrecision", "maxRisk", "maxFalseAlarms", "coverage", "costs"];
/** Words with tags have no columns, and their vectors are of all words of a sentence. */
const OF_ROWS = ["textColumn", "labelColumn", "dropMissing", "header", "delimiter", "quote"];
const OF_TEXTS = [...OF_ROWS, "pooling", "layer", "normalize"];

const USES = {
  train: [
    [OF_TEXTS, [...TEXTS, "label errors"]],
    [MLP_FLAGS, MLPS],
    [
      ["epochs", "patience"],
      [...MLPS, "tagger"],
    ],
    [
      ["head", "task"],
      [...TRAINED, "tagger"],
    ],
    [["map"], [...TEXTS, "tagger", "label errors"]],
    [["minPerClass", "poolRare"], TEXTS],
    [["dev"], [...TEXTS, "tagger"]],
    [["tune", "fewShot", "learningCurve", "tensorboard", "classWeights", "explainable"], TRAINED],
    [["tuneSeconds", "tuneLayers", "tunePoolings"], TRAINED],
    [["cv"], ["logistic", "mlp"]],
    [["labelErrors"], ["label errors"]],
    [["multiLabel"], ["multi-label"]],
    [[...TAGGER_FLAGS, ...ENTITY_FLAGS], ["tagger"]],
  ],
  predict: [
    [[...SELECTIVE, "sets", "explain"], ["classifier"]],
    [["probabilities"], ["classifier", "multi-label"]],
    [["html"], ["tagger"]],
  ],
  evaluate: [
    [OF_ROWS, ["classifier", "multi-label"]],
    [[...SELECTIVE, "report"], ["classifier"]],
    [ENTITY_FLAGS, ["tagger"]],
  ],
  compare: [
    [OF_ROWS, ["classifier"]],
    [ENTITY_FLAGS, ["tagger"]],
  ],
  transfer: [
    [OF_TEXTS, ["classifier"]],
    [["classWeights", "suggest", "adapt", "matrix"], ["classifier"]],
    [["crf", "epochs", ...ENTITY_FLAGS], ["tagger"]],
  ],
} satisfies Readonly<Record<string, Uses>>;

/** What these flags have when they were not given. */
const UNGIVEN: GivenFlags = {
  task: "classification",
  classWeights: "none",
  surfaceFeatures: true,
  // Of transfer, which has --no-head.
  head: true,
  normalize: true,
  header: true,
};

/**
 * Refuses flags that would do nothing for the kind of head that a command is about.
 *
 * @throws HeadstartError E_USAGE naming the first
 */
export function refuseUnused(command: keyof typeof USES, kind: Kind, flags: GivenFlags): void {
  for (const [names, by] of USES[command] as Uses) {
    const name = by.includes(kind) ? undefined : names.find((one) => isGiven(flags, one));
    if (name === undefined) continue;
    throw new HeadstartError("E_USAGE", refusalOf(name, { flags, kind, by }));
  }
}

function refusalOf(
  name: string,
  { flags, kind, by }: { readonly flags: GivenFlags; readonly kind: Kind; readonly by: readonly Kind[] },
): string {
  const flag = name === "task" && flags["task"] === "ner" ? "--task ner" : written(name, flags[name]);
  const choice = CHOICES[flag];
  const whom = choice ?? by.map((one) => NAMES[one]).join(", ");
  const isOther = choice !== undefined && NAMES[kind].includes("(--");
  const advice = isOther ? "Leave one of the two out" : "Leave it out";
  return `${flag} does nothing for ${NAMES[kind]}: it is for ${whom}. ${advice}`;
}

/** The kinds that a flag has an effect for; undefined where it has one for all. */
export function usedBy(command: string, name: string): readonly Kind[] | undefined {
  const uses = (USES as Readonly<Record<string, Uses>>)[command] ?? [];
  return uses.find(([names]) => names.includes(name))?.[1];
}

/** What `train` makes with these flags. */
export function trainedKind({ multiLabel, task, tune, head, labelErrors }: GivenFlags): Kind {
  if (multiLabel !== undefined) return "multi-label";
  if (task === "ner") return "tagger";
  if (labelErrors === true) return "label errors";
  if (tune === true) return head === "logistic" ? "logistic" : "search";
  return head === "mlp" ? "mlp" : "logistic";
}

const isGiven = (flags: GivenFlags, name: string): boolean => {
  const value = flags[name];
  return value !== undefined && value !== UNGIVEN[name];
};

/** A flag as the user writes it: `batchSize` as `--batch-size`, `crf` as `--no-crf` where that made it false. */
export const written = (name: string, value: unknown): string =>
  `--${value === false ? "no-" : ""}${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
