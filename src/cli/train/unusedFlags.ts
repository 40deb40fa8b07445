import { HeadstartError } from "../../errors.js";

/** What a `train` makes, as its flags say. */
type Made = "logistic" | "mlp" | "search" | "entities" | "several labels";

/** Flags of train by the name that commander gives them, those that not every training has a use for. */
type Given = Readonly<Record<string, unknown>>;

const NAMES: Readonly<Record<Made, string>> = {
  logistic: "logistic heads",
  mlp: "perceptrons (--head mlp)",
  search: "a search (--tune)",
  entities: "heads that find entities (--task ner)",
  "several labels": "heads that give several labels a text (--multi-label)",
};

const PERCEPTRONS: readonly Made[] = ["mlp", "search"];
const ONE_LABEL: readonly Made[] = ["logistic", ...PERCEPTRONS];

const USES: readonly (readonly [flags: readonly string[], by: readonly Made[]])[] = [
  [["hidden", "activation", "dropout", "batchSize", "learningRate", "schedule", "decay", "patience"], PERCEPTRONS],
  [["epochs"], [...PERCEPTRONS, "entities"]],
  [["head"], [...ONE_LABEL, "entities"]],
  [["map"], [...ONE_LABEL, "entities"]],
  [["tune", "few", "tensorboard", "classWeights", "explainable"], ONE_LABEL],
  [["tuneLayers", "tunePoolings"], ["search"]],
  [["crf", "layers", "mixLayers", "subWords", "writing", "reach", "nets"], ["entities"]],
];

/** What these flags have when they were not given. */
const UNGIVEN: Given = { classWeights: "none", writing: true };

/**
 * Refuses flags that would do nothing to the training that the others ask for.
 *
 * @throws HeadstartError E_USAGE naming the first
 */
export function refuseUnused(flags: Given): void {
  const made = madeBy(flags);
  for (const [names, by] of USES) {
    const name = by.includes(made) ? undefined : names.find((one) => isGiven(flags, one));
    if (name === undefined) continue;
    const whom = by.map((one) => NAMES[one]).join(", ");
    const message = `${written(name)} does nothing for ${NAMES[made]}: it is for ${whom}. Leave it out, or ask for one of these`;
    throw new HeadstartError("E_USAGE", message);
  }
}

function madeBy({ multiLabel, task, tune, head }: Given): Made {
  if (multiLabel !== undefined) return "several labels";
  if (task === "ner") return "entities";
  if (tune === true) return head === "logistic" ? "logistic" : "search";
  return head === "mlp" ? "mlp" : "logistic";
}

const isGiven = (flags: Given, name: string): boolean => {
  const value = flags[name];
  return value !== undefined && value !== UNGIVEN[name];
};

/** `batchSize` as the user writes it: `--batch-size`. */
const written = (name: string): string =>
  name === "writing" ? "--no-writing" : `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
