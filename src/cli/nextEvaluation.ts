import type { Training } from "../report/text/trainingSummary.js";
import type { CorpusFlags } from "./flags/options.js";

interface Trained extends Pick<CorpusFlags, "encoding" | "from" | "header" | "delimiter" | "quote"> {
  readonly task?: string | undefined;
  readonly dev?: readonly string[] | undefined;
}

/** The arguments with which `headstart evaluate` reads rows as the training did; columns and map are in the head. */
export function nextOf(trained: Trained): Pick<Training, "evaluate" | "remark"> {
  const { task, dev, encoding, from, header, delimiter, quote } = trained;
  const named = [
    ["--encoding", encoding],
    ["--from", from],
    ["--delimiter", delimiter === "\t" ? "tab" : delimiter],
    ["--quote", quote],
  ].flatMap(([flag, value]) => (flag === undefined || value === undefined ? [] : [flag, value]));
  const flags = header === false ? ["--no-header", ...named] : named;
  if (dev !== undefined && !dev.includes("-")) return { evaluate: [...dev, ...flags] };
  const corpus = task === "ner" ? "test.conll" : "test.csv";
  return {
    evaluate: [corpus],
    remark: `${corpus}: labeled ${task === "ner" ? "sentences" : "rows"} of your own`,
  };
}
