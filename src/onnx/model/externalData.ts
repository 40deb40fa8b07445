import { closeSync, openSync, readSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { excerpt, HeadstartError } from "../../errors.js";
import { everyTensor } from "./graphWalk.js";
import type { OnnxModel, TensorProto } from "./model.js";
import { statedBytes, isOutside } from "./tensorSizes.js";

/** Files that hold weights outside the model file, as the model names them, in its order. */
export function externalFiles(model: OnnxModel): string[] {
  const names = everyTensor(model).flatMap((t) =>
    t.externalData.filter((e) => e.key === "location").map((e) => e.value),
  );
  return [...new Set(names)];
}

/**
 * Paths of the files that hold weights outside the model file. Only plain names in the same folder are followed, only to
 * regular files, and only where all weights that are said to lie there fit in.
 *
 * @throws HeadstartError E_ENCODER_INVALID for another name or a place beyond a file's end; E_ENCODER_MISSING when a file
 *   is not there
 */
export async function weightFiles(model: OnnxModel, file: string): Promise<string[]> {
  const sizes = new Map<string, number>();
  for (const name of externalFiles(model)) {
    if (!isPlainName(name)) {
      const message = `${file} wants weights from outside its folder: ${quoted(name)}. It is refused`;
      throw new HeadstartError("E_ENCODER_INVALID", message, { file });
    }
    const found = await stat(beside(file, name)).catch(() => undefined);
    if (!found?.isFile()) {
      throw new HeadstartError(
        "E_ENCODER_MISSING",
        `${file} keeps weights in ${quoted(name)}, which is no file beside it. Fetch that file too`,
        { file },
      );
    }
    sizes.set(name, found.size);
  }
  for (const tensor of everyTensor(model).filter(isOutside)) {
    const wrong = wrongPlace(tensor, sizes);
    if (wrong === undefined) continue;
    const message = `Cannot use ${file}: the weights ${quoted(tensor.name)} ${wrong}. Fetch or export it again`;
    throw new HeadstartError("E_ENCODER_INVALID", message, { file });
  }
  return [...sizes.keys()].map((name) => beside(file, name));
}

/** The bytes of a tensor that lies beside `file`, as `weightFiles` has found it; undefined where they cannot be read. */
export function outsideBytes(tensor: TensorProto, file: string): Uint8Array | undefined {
  const place = placeOf(tensor);
  const bytes = statedBytes(tensor);
  if (place.location === undefined || bytes === undefined) return undefined;
  const found = new Uint8Array(bytes);
  const opened = openSync(beside(file, place.location), "r");
  try {
    return readSync(opened, found, 0, bytes, Number(place.offset)) === bytes ? found : undefined;
  } finally {
    closeSync(opened);
  }
}

const quoted = (name: string): string => `"${excerpt(name)}"`;

const beside = (file: string, name: string): string => path.join(path.dirname(file), name);

/** Whether a name is one of a file beside, and no other than the runtime, which reads bytes, would look for. */
const isPlainName = (name: string): boolean =>
  // oxlint-disable-next-line no-control-regex
  name === path.basename(name) && !["", ".", ".."].includes(name) && !/[\\/\u0000-\u001f\ufffd]/.test(name);

function placeOf({ externalData }: TensorProto): {
  readonly location: string | undefined;
  readonly offset: string;
  readonly length: string | undefined;
} {
  const said = (key: string): string | undefined => externalData.findLast((e) => e.key === key)?.value;
  return { location: said("location"), offset: said("offset") ?? "0", length: said("length") };
}

/** What is wrong with the place that a tensor says its numbers have in a file. */
function wrongPlace(tensor: TensorProto, sizes: ReadonlyMap<string, number>): string | undefined {
  const { location, offset, length } = placeOf(tensor);
  if (location === undefined) return "lie outside, but the model does not say where";
  const size = sizes.get(location) ?? 0;
  const bytes = statedBytes(tensor) ?? Infinity;
  if (![offset, length ?? "0"].every((number) => /^\d{1,15}$/.test(number)))
    return `lie at byte ${quoted(offset)}, ${quoted(length ?? "")} of them, which are no numbers of bytes`;
  if (Number(length ?? 0) > 0 && Number(length) !== bytes) return `have ${length} bytes where their dims need ${bytes}`;
  if (Number(offset) + bytes > size) return `end at byte ${Number(offset) + bytes} of ${location}, which has ${size}`;
  return undefined;
}
