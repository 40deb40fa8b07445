import type { Training } from "../report/text/trainingSummary.js";
import type { CorpusFlags } from "./flags/options.js";

interface Trained extends CorpusFlags {
  readonly task?: string | undefined;
  readonly dev?: readonly string[] | undefined;
  readonly map?: string | undefined;
}

/** The arguments with which `headstart evaluate` reads labels as the training did. */
export function nextOf(trained: Trained): Pick<Training, "evaluate" | "remark"> {
  const { task, dev, map, textColumn, labelColumn, header, delimiter, quote } = trained;
  const named = [
    ["--text-column", textColumn],
    ["--label-column", labelColumn],
    ["--map", map],
    ["--delimiter", delimiter === "\t" ? "tab" : delimiter],
    ["--quote", quote],
  ].flatMap(([flag, value]) => (flag === undefined || value === undefined ? [] : [flag, value]));
  const flags = header === false ? ["--no-header", ...named] : named;
  if (dev !== undefined && !dev.includes("-")) return { evaluate: [...dev, ...flags] };
  const corpus = task === "ner" ? "test.conll" : "test.csv";
  return {
    evaluate: [corpus, ...flags],
    remark: `${corpus}: labeled ${task === "ner" ? "sentences" : "rows"} of your own`,
  };
}
