import { transferMatrix } from "../../../../../src/transfer/matrix/matrix.js";
import type { MatrixRecord } from "../../../../../src/transfer/matrix/record.js";
import { cloud } from "../../../transfer/matrix/clouds.js";

/** A record of three domains, the last of which has a label that the others lack. */
export async function matrixRecord(
  names: readonly string[],
  label = (one: string): string => one,
): Promise<MatrixRecord> {
  const rows = names.map((_, i) => cloud(40, { seed: i + 1 }));
  const labeled = rows.map((one, i) => ({
    ...one,
    labels: one.labels.map((own, r) => (i === 2 && r < 8 ? label("else") : label(own))),
  }));
  const result = await transferMatrix(
    names.map((name, i) => ({ name, rows: labeled[i] })),
    { seed: 1, threads: 1 },
  );
  const corpus = (file: string) => ({ files: [file], rows: 40, rejected: 0, dropped: 0, labels: {} });
  return {
    ...result,
    format: "headstart-matrix",
    version: 1,
    createdAt: "2026-01-02T03:04:05.000Z",
    seed: 1,
    headstart: "1.0.0",
    encoder: { name: names[0], fingerprint: names[1], width: 4, decisions: [] },
    map: { [names[0]]: names[1] },
    options: {},
    domains: result.domains.map((domain) => ({ ...domain, corpus: corpus(domain.name) })),
    seconds: { embed: 1, all: 2 },
    report: "out/report.html",
  };
}
