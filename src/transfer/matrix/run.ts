import { checkLabels } from "../../dataset/labelSet.js";
import type { LabeledCorpus } from "../../dataset/labeledCorpus.js";
import type { Encoder } from "../../encoder/encoder.js";
import { HeadstartError } from "../../errors.js";
import { counted } from "../../text/numbers.js";
import type { Matrix } from "../../math/matrix.js";
import { corpusNotices, corpusSummary } from "../experiment/corpusSummary.js";
import { provenanceOf } from "../experiment/provenance.js";
import type { TransferOptions } from "../experiment/run.js";
import type { NamedRows } from "./domain.js";
import { transferMatrix, type MatrixOptions } from "./matrix.js";
import { mismatchOf } from "./mismatch.js";
import type { MatrixRecord } from "./record.js";

/** A domain as it was read and mapped. */
export interface DomainCorpus {
  /** Short, no two alike; see domainNames(). */
  readonly name: string;
  readonly corpus: LabeledCorpus;
}

export interface RunMatrixOptions
  extends MatrixOptions, Pick<TransferOptions, "asked" | "createdAt" | "clock" | "report"> {
  /** Gives vectors of texts, with whatever cache and progress the caller wants. */
  readonly vectorsOf: (texts: readonly string[], what: string) => Promise<Matrix>;
}

/** One row to train on, one to choose C on and one to test on. */
const LEAST_PER_LABEL = 3;

/**
 * Checks domains before the long part: each has labels to learn, and some two can be compared.
 *
 * @returns why pairs cannot be compared, each reason once
 * @throws HeadstartError E_LABELS naming the domain, E_LABEL_MAP where no two have the same labels
 */
export function checkDomains(domains: readonly DomainCorpus[], map: MatrixOptions["map"]): readonly string[] {
  for (const { corpus } of domains) checkDomain(corpus, map);
  const labels = domains.map(({ name, corpus }) => ({ name, labels: [...new Set(corpus.labels)] }));
  const pairs = labels.flatMap((source, i) => labels.slice(i + 1).map((target) => mismatchOf(source, target, map)));
  const reasons = pairs.filter((reason) => reason !== undefined);
  if (reasons.length < pairs.length) return reasons;
  throw new HeadstartError(
    "E_LABEL_MAP",
    `Cannot compare any two of ${counted(domains.length, "domain")}: ${reasons[0]}`,
  );
}

function checkDomain({ labels, files }: LabeledCorpus, map: MatrixOptions["map"]): void {
  try {
    checkLabels(labels, { map, minPerClass: LEAST_PER_LABEL });
  } catch (error) {
    if (!(error instanceof HeadstartError)) throw error;
    throw new HeadstartError(error.code, `${files.join(", ")}: ${error.message}`, { file: files[0] });
  }
}

/**
 * Embeds each domain once and compares every domain with every other; see transferMatrix().
 *
 * @throws HeadstartError as checkDomains()
 */
export async function runMatrix(
  encoder: Encoder,
  domains: readonly DomainCorpus[],
  options: RunMatrixOptions,
): Promise<MatrixRecord> {
  const { clock, map } = options;
  const began = clock();
  checkDomains(domains, map);
  const named: NamedRows[] = [];
  for (const { name, corpus } of domains) {
    const vectors = await options.vectorsOf(corpus.texts, name);
    named.push({ name, rows: { texts: corpus.texts, labels: corpus.labels, vectors } });
  }
  const embedded = clock();
  const result = await transferMatrix(named, options);
  return {
    format: "headstart-matrix",
    ...provenanceOf(encoder, options),
    domains: result.domains.map((domain, i) => {
      const { corpus } = domains[i];
      return { ...domain, corpus: corpusSummary(corpus, corpus.labels) };
    }),
    cells: result.cells,
    summary: result.summary,
    warnings: [...corpusNotices(domains.map(({ corpus }) => corpus)), ...result.warnings],
    seconds: { embed: (embedded - began) / 1000, all: (clock() - began) / 1000 },
    report: options.report,
  };
}
