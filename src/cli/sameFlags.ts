import { isPipe } from "../corpus/source.js";
import { shellWord } from "../text/shell.js";
import { written } from "./flags/flagUse.js";

/** Flags about how rows are read and embedded, in the order in which they are written. */
const SAME = (
  "textColumn labelColumn map limit badRows header delimiter quote encoding invalidUtf8 maxField from dropMissing " +
  "classWeights encoder cache modelFile precision pooling normalize maxTokens prompt batchTokens allowBatchDependence seed offline"
).split(" ");

/** What they are where they were not given. */
const UNGIVEN: Readonly<Record<string, unknown>> = {
  badRows: "fail",
  invalidUtf8: "fail",
  classWeights: "none",
  header: true,
  normalize: true,
  seed: 1,
};

/** The flags of a command that another one needs to read and embed the same rows in the same way, as a shell takes them. */
export const sameFlags = (flags: Readonly<Record<string, unknown>>): readonly string[] =>
  SAME.flatMap((name) => {
    const value = flags[name];
    if (value === undefined || value === UNGIVEN[name]) return [];
    const word = name === "delimiter" && value === "\t" ? "tab" : String(value as string | number);
    return typeof value === "boolean" ? [written(name, value)] : [written(name, value), shellWord(word)];
  });

/** A command line for people to copy; undefined where its rows come from a pipe, which is empty by then. */
export function commandLine(
  words: readonly string[],
  { files, flags }: { readonly files: readonly string[]; readonly flags: Readonly<Record<string, unknown>> },
): string | undefined {
  if (files.some(isPipe)) return undefined;
  return ["headstart", ...words.map(shellWord), ...sameFlags(flags)].join(" ");
}
