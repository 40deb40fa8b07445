import { predictProbabilities, likeliest, type Head } from "../head/head.js";
import type { Matrix } from "../math/matrix.js";
import { labelSets } from "../metrics/conformal.js";
import { decide, NO_ANSWER, type Rule } from "./selectivePrediction.js";

/** The answer of a head for one text. */
export interface Prediction {
  readonly label: string;
  /** Of every label; they sum to 1. Has no prototype, so a label may have any name. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** An answer that may be withheld. */
export interface Answer extends Omit<Prediction, "label"> {
  /** Null where the rule gives no answer. */
  readonly label: string | null;
  /** Of the label; of the likeliest one where there is no answer. */
  readonly probability: number;
  /** Labels among which the true one is, as often as was promised; absent unless asked for. */
  readonly set?: readonly string[];
  /** Of a multi-label head: the labels that `label` joins. */
  readonly labels?: readonly string[];
}

export interface AnswerOptions {
  /** When to answer, and with what. @default the likeliest label, always */
  readonly rule?: Rule;
  /** Least probability of a label in a label set (see conformal.ts). @default no sets */
  readonly setThreshold?: number;
}

/** Answers for rows of vectors `[texts, width]`. */
export function predictVectors(head: Head, vectors: Matrix): Prediction[] {
  return answerVectors(head, vectors).map(({ label, probabilities }) => ({ label: label!, probabilities }));
}

/** Answers for rows of vectors `[texts, width]` that keep to a rule. */
export function answerVectors(head: Head, vectors: Matrix, options: AnswerOptions = {}): Answer[] {
  const { rule, setThreshold } = options;
  const { labels } = head;
  const probabilities = predictProbabilities(head, vectors);
  const tops = likeliest(probabilities, labels.length);
  const answers = rule === undefined ? tops : decide(probabilities, rule);
  const sets = setThreshold === undefined ? undefined : labelSets(probabilities, labels.length, setThreshold);
  return Array.from(answers, (answer, r) => {
    const named = Object.create(null) as Record<string, number>;
    labels.forEach((label, k) => (named[label] = probabilities[r * labels.length + k]));
    return {
      label: answer === NO_ANSWER ? null : labels[answer],
      probability: probabilities[r * labels.length + (answer === NO_ANSWER ? tops[r] : answer)],
      probabilities: named,
      ...(sets === undefined ? {} : { set: sets[r].map((k) => labels[k]) }),
    };
  });
}
