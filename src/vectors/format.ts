import { HeadstartError } from "../errors.js";

/** File formats that hold vectors. */
export type VectorFormat = "parquet" | "arrow" | "npy" | "jsonl";

const FORMATS: readonly VectorFormat[] = ["parquet", "arrow", "npy", "jsonl"];

/**
 * The format that the ending of `path` names, in small or capital letters.
 *
 * @throws HeadstartError E_OUTPUT_ENDING or E_INPUT_ENDING listing the four
 */
export function vectorFormat(path: string, purpose: "read" | "write"): VectorFormat {
  const format = FORMATS.find((name) => path.toLowerCase().endsWith(`.${name}`));
  if (format !== undefined) return format;
  const endings = ".parquet, .arrow, .npy or .jsonl";
  throw new HeadstartError(
    purpose === "write" ? "E_OUTPUT_ENDING" : "E_INPUT_ENDING",
    `Cannot ${purpose} vectors ${purpose === "write" ? "to" : "from"} ${path}: the ending says the format. ` +
      `Give a name that ends in ${endings}`,
    { file: path },
  );
}
