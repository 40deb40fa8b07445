import type { Option } from "commander";
import { HeadstartError } from "../../errors.js";
import type { Corpus } from "../../corpus/corpus.js";
import type { StoreKind } from "../../vectors/storedVectors.js";
import { vectorFormat } from "../../vectors/format.js";
import { openVectorStream, type StreamFormat } from "../../vectors/stream.js";
import { openVectorWriter, outputFiles, type VectorWriter } from "../../vectors/writer.js";
import type { Context } from "../context.js";
import { flag } from "../flags/flag.js";
import { defined } from "../flags/options.js";
import { checkFiles } from "../outputPaths.js";

/** Flags that say where vectors go, and in which form. */
export interface EmbedOutputFlags {
  readonly output: string;
  readonly to?: StreamFormat | undefined;
  readonly store: StoreKind;
  readonly force?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Where the vectors go. */
export type EmbedOutput =
  { readonly kind: "file"; readonly path: string } | { readonly kind: "pipe"; readonly format: StreamFormat };

export const toFlag = (): Option =>
  flag("output", "--to <format>", "format of -o -").default(undefined, "jsonl").choices(["csv", "jsonl", "arrow"]);

/**
 * Where `-o` says that the vectors go, refused before any long work where that cannot be.
 *
 * @throws HeadstartError E_USAGE, E_OUTPUT_ENDING, E_OUTPUT_WRITE
 */
export async function chooseOutput(
  { inputs, uses }: { readonly inputs: readonly string[]; readonly uses: readonly string[] },
  { output: path, to, json }: EmbedOutputFlags,
): Promise<EmbedOutput> {
  if (path === "-") {
    if (json) throw new HeadstartError("E_USAGE", "-o - and --json both write to stdout. Leave one of them out");
    return { kind: "pipe", format: to ?? "jsonl" };
  }
  const format = vectorFormat(path, "write");
  if (to !== undefined && to !== format) {
    throw new HeadstartError("E_USAGE", `--to ${to} is for -o -; the ending of ${path} says ${format}. Leave it out`);
  }
  // What is there already is for the run that claims the output to refuse: it may be its own.
  await checkFiles(outputFiles(path), { inputs, uses, force: true });
  return { kind: "file", path };
}

export interface EmbedShape {
  readonly width: number;
  readonly columns: readonly string[];
  readonly types: Corpus["types"];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface OpenOutputOptions {
  readonly shape: EmbedShape;
  readonly flags: EmbedOutputFlags;
  /** Where a file lies until it is complete. */
  readonly workFolder: string | undefined;
}

/** Opens what `chooseOutput` chose. */
export async function openOutput(
  { printData }: Context,
  output: EmbedOutput,
  { shape, flags, workFolder }: OpenOutputOptions,
): Promise<VectorWriter> {
  const options = { ...shape, store: flags.store };
  if (output.kind === "pipe") return openVectorStream({ write: printData }, { ...options, format: output.format });
  return openVectorWriter(output.path, { ...options, claimed: true, ...defined({ force: flags.force, workFolder }) });
}
