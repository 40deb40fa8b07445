import { HeadstartError } from "../../errors.js";
import { readSafetensors, writeSafetensors, type Tensor } from "../../formats/safetensors.js";

/** The tensors of a head's file, by name and shape; a dimension that is undefined may be of any size. */
export interface TensorShelf {
  /** As the user named it. */
  readonly file: string;
  readonly floats: Take<Float32Array>;
  readonly doubles: Take<Float64Array>;
  readonly integers: Take<Int32Array>;
  readonly bytes: Take<Uint8Array>;
  /** The error for tensors that do not go together. */
  readonly invalid: (found: string) => HeadstartError;
}

/** @throws HeadstartError E_HEAD_INVALID naming a tensor that is missing or of another kind or shape */
type Take<A> = (name: string, ...shape: readonly (number | undefined)[]) => A;

/**
 * Opens a head's tensors.
 *
 * @throws HeadstartError E_HEAD_INVALID for what is no safetensors file, and for NaN or infinity in any tensor
 */
export function tensorShelf(content: Uint8Array, file: string): TensorShelf {
  const tensors = readSafetensors(content, { file });
  const invalid = (found: string): HeadstartError =>
    new HeadstartError("E_HEAD_INVALID", `Cannot load the head: ${file}, ${found}. Train the head again`, { file });
  const wild = notFinite(tensors);
  if (wild !== undefined) throw invalid(wild);
  const taker =
    <A>(dtype: Tensor["dtype"]): Take<A> =>
    (name, ...shape) => {
      const t = tensors.get(name);
      const fits = t?.dtype === dtype && t.shape.length === shape.length;
      if (fits && shape.every((d, i) => d === undefined || d === t.shape[i])) return t.data as A;
      const found = t === undefined ? "is missing" : `is ${t.dtype} [${t.shape.join(", ")}]`;
      throw invalid(`the tensor "${name}" ${found}, expected ${dtype} [${shape.map((d) => d ?? "any").join(", ")}]`);
    };
  return {
    file,
    floats: taker("F32"),
    doubles: taker("F64"),
    integers: taker("I32"),
    bytes: taker("U8"),
    invalid,
  };
}

/** Tensors as the bytes of a file. @throws HeadstartError E_DIVERGED for NaN or infinity in any of them */
export function tensorBytes(tensors: ReadonlyMap<string, Tensor>, format: string): Uint8Array {
  const wild = notFinite(tensors);
  if (wild === undefined) return writeSafetensors(tensors, { format });
  throw new HeadstartError(
    "E_DIVERGED",
    `Cannot save the head: ${wild}. Train it again, with a smaller learning rate or on other vectors`,
  );
}

/** What is not finite, as a clause. */
function notFinite(tensors: ReadonlyMap<string, Tensor>): string | undefined {
  for (const [name, { dtype, data }] of tensors) {
    if (dtype !== "F32" && dtype !== "F64") continue;
    const at = data.findIndex((x) => !Number.isFinite(x));
    if (at >= 0) return `the tensor "${name}" has ${data[at]} at number ${at + 1} of ${data.length}`;
  }
  return undefined;
}
