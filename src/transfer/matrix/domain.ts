import { evaluateHead, type Evaluated } from "../../classification/evaluate.js";
import { trainClassifier, type TrainedHead, type TrainOptions } from "../../classification/train.js";
import { holdOut, type LabeledVectors } from "../../dataset/labeledVectors.js";
import { mainScore } from "../experiment/drop.js";
import { withoutNear } from "../experiment/leakage.js";
import type { MatrixDomain } from "./record.js";

/** Rows of a domain, with its name. */
export interface NamedRows {
  readonly name: string;
  readonly rows: LabeledVectors;
}

/** A domain with its head. */
export interface PreparedDomain {
  readonly name: string;
  readonly train: LabeledVectors;
  readonly test: LabeledVectors;
  readonly trained: TrainedHead;
  readonly C: number;
  /** The head in its own domain. */
  readonly own: Evaluated;
}

const HELD_OUT = { devFraction: 0.2, maxDev: 5000, keepInTrain: true } as const;

/** Splits a domain's rows by seed, and trains and tests a head in it. */
export async function prepareDomain({ name, rows }: NamedRows, options: TrainOptions): Promise<PreparedDomain> {
  const { seed = 1 } = options;
  const { train, dev } = holdOut(rows, { ...HELD_OUT, seed });
  const test = withoutNear(train, dev);
  const trained = await trainClassifier(train, options);
  const own = evaluateHead(trained, test, { seed, file: name });
  return { name, train, test, trained, C: trained.C!, own };
}

export function domainSummary({ name, train, test, own, C }: PreparedDomain): MatrixDomain {
  const { score, interval95 } = mainScore(own.evaluation);
  const { accuracy } = own.evaluation;
  return { name, train: train.texts.length, test: test.texts.length, macroF1: score, accuracy, interval95, C };
}
