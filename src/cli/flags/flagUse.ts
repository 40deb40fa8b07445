import { HeadstartError } from "../../errors.js";

/*
 * Which flags have an effect for what, where not all of a command's have one for every kind of head. Flags that all
 * commands accept, such as --encoder, are not among them.
 */

/** Flags by the name that commander gives them. */
type GivenFlags = Readonly<Record<string, unknown>>;

/** What `train` makes, what the head of `predict` and `evaluate` is, what `transfer` compares. */
export type Kind = "logistic" | "mlp" | "search" | "classifier" | "multi-label" | "tagger";

const NAMES: Readonly<Record<Kind, string>> = {
  logistic: "logistic heads",
  mlp: "perceptrons (--head mlp)",
  search: "a search (--tune)",
  classifier: "heads that give one label a text",
  "multi-label": "heads that give several labels a text (--multi-label)",
  tagger: "heads that find entities (--task ner)",
};

type Uses = readonly (readonly [flags: readonly string[], by: readonly Kind[]])[];

const MLPS: readonly Kind[] = ["mlp", "search"];
const TRAINED: readonly Kind[] = ["logistic", ...MLPS];
const REJECT_OPTION = ["minPrecision", "maxRisk", "coverage", "costs"];

const USES = {
  train: [
    [["hidden", "activation", "dropout", "batchSize", "learningRate", "schedule", "decay", "patience"], MLPS],
    [["epochs"], [...MLPS, "tagger"]],
    [
      ["head", "map"],
      [...TRAINED, "tagger"],
    ],
    [["tune", "few", "tensorboard", "classWeights", "explainable", "check"], TRAINED],
    [["tuneLayers", "tunePoolings"], ["search"]],
    [
      ["pooling", "layer", "normalize"],
      [...TRAINED, "multi-label"],
    ],
    [["crf", "layers", "mixLayers", "subwordPooling", "writing", "reach", "nets"], ["tagger"]],
  ],
  predict: [
    [[...REJECT_OPTION, "sets", "explain"], ["classifier"]],
    [["html"], ["tagger"]],
  ],
  evaluate: [
    [[...REJECT_OPTION, "report"], ["classifier"]],
    [["map"], ["classifier", "tagger"]],
  ],
  transfer: [
    [["pooling", "layer", "normalize"], ["classifier"]],
    [["classWeights"], ["classifier"]],
    [["crf", "epochs"], ["tagger"]],
  ],
} satisfies Readonly<Record<string, Uses>>;

/** What these flags have when they were not given. */
const UNGIVEN: GivenFlags = { classWeights: "none", writing: true, normalize: true };

/**
 * Refuses flags that would do nothing for the kind of head that a command is about.
 *
 * @throws HeadstartError E_USAGE naming the first
 */
export function refuseUnused(command: keyof typeof USES, kind: Kind, flags: GivenFlags): void {
  for (const [names, by] of USES[command] as Uses) {
    const name = by.includes(kind) ? undefined : names.find((one) => isGiven(flags, one));
    if (name === undefined) continue;
    const whom = by.map((one) => NAMES[one]).join(", ");
    throw new HeadstartError(
      "E_USAGE",
      `${written(name)} does nothing for ${NAMES[kind]}: it is for ${whom}. Leave it out`,
    );
  }
}

/** What `train` makes with these flags. */
export function trainedKind({ multiLabel, task, tune, head }: GivenFlags): Kind {
  if (multiLabel !== undefined) return "multi-label";
  if (task === "ner") return "tagger";
  if (tune === true) return head === "logistic" ? "logistic" : "search";
  return head === "mlp" ? "mlp" : "logistic";
}

const isGiven = (flags: GivenFlags, name: string): boolean => {
  const value = flags[name];
  return value !== undefined && value !== UNGIVEN[name];
};

/** Flags that turn off what is on without them. */
const NEGATED: Readonly<Record<string, string>> = { writing: "--no-writing", normalize: "--no-normalize" };

/** `batchSize` as the user writes it: `--batch-size`. */
const written = (name: string): string => NEGATED[name] ?? `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
