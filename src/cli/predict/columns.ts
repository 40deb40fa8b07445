import type { Explanation } from "../../classification/explain.js";
import type { SelectivePrediction } from "../../classification/predict.js";
import { excerpt, HeadstartError } from "../../errors.js";
import type { FoundEntity } from "../../tagging/evaluate.js";
import type { TextEntities } from "../../tagging/predict.js";
import type { Cell } from "../../vectors/rowWriter.js";

type LabelPrediction = SelectivePrediction & { readonly explanation?: Explanation | undefined };

/** What a head of any kind predicts for a text. */
export type AnyPrediction = LabelPrediction | TextEntities;

/** What the columns of predictions depend on. */
export interface ColumnOptions {
  readonly format: "csv" | "jsonl";
  /** Kind of the head. */
  readonly kind: "classifier" | "multi-label" | "tagger";
  /** Of the head. */
  readonly labels: readonly string[];
  /** Stands before the name of every column; without it each has a name of its own. */
  readonly prefix?: string | undefined;
  /** Whether CSV gets the probability of every label; JSONL always does. */
  readonly probabilities?: boolean | undefined;
  readonly sets?: number | undefined;
  readonly explain?: boolean | undefined;
}

/** Cells that stand behind those of the input; `json` is what JSONL gets instead, where that is another. */
export interface PredictionCells {
  readonly cells: readonly Cell[];
  readonly json: readonly (string | undefined)[];
}

/** The columns that predictions add to those of the input. */
export interface PredictionColumns {
  readonly names: readonly string[];
  /** One row for a text, or of entities in CSV one for each; a text without any has one of empty cells. */
  readonly rowsOf: (prediction: AnyPrediction) => readonly PredictionCells[];
}

interface Column<P> {
  readonly field: string;
  readonly cell: (prediction: P) => Cell;
  readonly json?: ((prediction: P) => string) | undefined;
}

/** Names of fields that would tell too little among the input's columns. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  label: "predicted_label",
  labels: "predicted_labels",
  set: "prediction_set",
};

export function predictionColumns(options: ColumnOptions): PredictionColumns {
  const { format, kind, prefix } = options;
  if (kind === "tagger" && format === "csv") return entityRows(prefix ?? "entity_");
  const columns = (kind === "tagger" ? [ENTITIES] : labelColumns(options)) as readonly Column<AnyPrediction>[];
  return {
    names: columns.map(({ field }) => (prefix === undefined ? (OWN_NAMES[field] ?? field) : prefix + field)),
    rowsOf: (prediction) => [
      {
        cells: columns.map(({ cell }) => cell(prediction)),
        json: columns.map(({ json }) => json?.(prediction)),
      },
    ],
  };
}

function labelColumns(options: ColumnOptions): readonly Column<LabelPrediction>[] {
  const { format, kind, labels, sets, explain } = options;
  const asked = <T>(isAsked: boolean, columns: readonly T[]): readonly T[] => (isAsked ? columns : []);
  if (format === "jsonl") {
    return [
      LABEL,
      { ...PROBABILITY, json: ({ probability }) => exact(probability) },
      { field: "probabilities", cell: (own) => own.probabilities, json: (own) => probabilitiesJson(own, labels) },
      ...asked(kind === "multi-label", [{ field: "labels", cell: (own: LabelPrediction) => own.labels ?? null }]),
      ...asked(sets !== undefined, [{ field: "set", cell: (own: LabelPrediction) => own.set ?? null }]),
      ...asked(explain === true, [{ field: "explanation", cell: (own: LabelPrediction) => own.explanation ?? null }]),
    ];
  }
  const ofLabels = labels.map((label): Column<LabelPrediction> => {
    return { field: `probability_${label}`, cell: ({ probabilities }) => rounded(probabilities[label]) };
  });
  return [
    LABEL,
    PROBABILITY,
    ...asked(options.probabilities === true, ofLabels),
    ...asked(sets !== undefined, [{ field: "set", cell: (own: LabelPrediction) => own.set?.join("|") ?? null }]),
    ...asked(explain === true, EXPLANATION),
  ];
}

const LABEL: Column<LabelPrediction> = { field: "label", cell: ({ label }) => label };
const PROBABILITY: Column<LabelPrediction> = { field: "probability", cell: (own) => rounded(own.probability) };

const EXPLANATION: readonly Column<LabelPrediction>[] = [
  { field: "further_than", cell: ({ explanation: why }) => why?.distance?.percentile.toFixed(2) ?? null },
  { field: "nearest_text", cell: ({ explanation: why }) => why?.neighbors?.[0]?.text ?? null },
  { field: "nearest_label", cell: ({ explanation: why }) => why?.neighbors?.[0]?.label ?? null },
  {
    field: "words",
    cell: ({ explanation: why }) =>
      why?.words.map(({ text, change }) => `${text} ${change.toFixed(3)}`).join("; ") ?? null,
  },
];

const ENTITIES: Column<TextEntities> = {
  field: "entities",
  cell: ({ entities }) => entities.map((entity) => ({ ...entity, score: Number(exact(entity.score)) })),
};

const ENTITY_COLUMNS: readonly Column<FoundEntity>[] = [
  { field: "start", cell: ({ start }) => start },
  { field: "end", cell: ({ end }) => end },
  { field: "text", cell: ({ text }) => text },
  { field: "label", cell: ({ label }) => label },
  { field: "score", cell: ({ score }) => rounded(score) },
];

function entityRows(prefix: string): PredictionColumns {
  const none = { cells: ENTITY_COLUMNS.map(() => null), json: [] };
  return {
    names: ENTITY_COLUMNS.map(({ field }) => prefix + field),
    rowsOf: (prediction) => {
      const { entities } = prediction as TextEntities;
      if (entities.length === 0) return [none];
      return entities.map((entity) => ({ cells: ENTITY_COLUMNS.map(({ cell }) => cell(entity)), json: [] }));
    },
  };
}

/**
 * A probability as CSV has it: what lies beyond these digits is of no use, and never with an exponent, which not every
 * program takes for a number.
 */
const rounded = (probability: number): string => probability.toFixed(6);

/** The same as JSONL has it, with digits enough that the probabilities of a text sum to 1. */
const exact = (probability: number): string => probability.toFixed(9).replace(/\.?0+$/, "");

const probabilitiesJson = ({ probabilities }: LabelPrediction, labels: readonly string[]): string =>
  `{${labels.map((label) => `${JSON.stringify(label)}:${exact(probabilities[label])}`).join(",")}}`;

/**
 * Refuses to add columns of predictions to an input that has a column of such a name.
 *
 * @throws HeadstartError E_COLUMN_AMBIGUOUS with a prefix that makes all names different
 */
export function refuseTakenNames(columns: readonly string[], options: ColumnOptions & { readonly file: string }): void {
  const clash = (prefix: string | undefined): string | undefined =>
    predictionColumns({ ...options, prefix }).names.find((name) => columns.includes(name));
  const column = clash(options.prefix);
  if (column === undefined) return;
  let free = "model_";
  for (let i = 2; clash(free) !== undefined; i++) free = `model${i}_`;
  throw new HeadstartError(
    "E_COLUMN_AMBIGUOUS",
    `Cannot add predictions to the columns of ${options.file}: it has a column "${excerpt(column)}" already. ` +
      `Give those of the predictions other names, such as with --prefix ${free}`,
    { file: options.file, column },
  );
}
