import { roundTogether, type Moments } from "./int8Rounding.js";
import { floats, shapeOf, tensor, type TensorProto } from "../model/model.js";

/**
 * Largest magnitude of an int8 weight. With 64 the sum of two products of an unsigned and a signed byte stays within
 * 16 bits, so processors without VNNI, which add in 16 bits, give the same integers as those with it.
 */
const WEIGHT_STEPS = 64;
/** Table rows are looked up, not multiplied, so they use the whole byte. */
const TABLE_STEPS = 127;
/** Keeps a column of zeros from dividing by zero. */
const TINY = 1e-30;

/** A weight matrix, row-major. */
export interface Weights {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float32Array;
}

/** The numbers of a float32 matrix of at least `minWeights` numbers, as a fresh array; undefined for anything else. */
export function bigWeights(t: TensorProto | undefined, minWeights: number): Weights | undefined {
  if (t === undefined || t.dims.length !== 2) return undefined;
  const [rows, cols] = shapeOf(t);
  if (rows * cols < minWeights) return undefined;
  const data = floats(t);
  return data === undefined ? undefined : { rows, cols, data };
}

/** What is known of the rows that a product takes. */
export interface WeightInput {
  /** What the weights' rows are multiplied by, and the inputs divided by. */
  readonly rowFactors?: Float32Array | undefined;
  /** Of the inputs, before they are divided. Without them each weight is rounded by itself. */
  readonly moments?: Moments | undefined;
}

/** `name/int8` and `name/scale`, one scale a column, of the weights with row r multiplied by `rowFactors[r]`. */
export function columnScaled(
  name: string,
  { rows, cols, data }: Weights,
  { rowFactors, moments }: WeightInput = {},
): TensorProto[] {
  const scaled = rowFactors === undefined ? data : data.map((w, i) => w * rowFactors[Math.floor(i / cols)]);
  const scale = new Float32Array(cols);
  for (let i = 0; i < scaled.length; i++) scale[i % cols] = Math.max(scale[i % cols], Math.abs(scaled[i]));
  for (let c = 0; c < cols; c++) scale[c] = Math.max(scale[c], TINY) / WEIGHT_STEPS;
  const steps =
    moments === undefined
      ? Int8Array.from(scaled, (w, i) => Math.round(w / scale[i % cols]))
      : roundTogether(
          { rows, cols, data: scaled },
          { scale, moments: divided(moments, rowFactors), most: WEIGHT_STEPS },
        );
  return [tensor(`${name}/int8`, "int8", [rows, cols], steps), tensor(`${name}/scale`, "float32", [cols], scale)];
}

/** Moments of the inputs once input r is divided by `factors[r]`. */
function divided(moments: Moments, factors: Float32Array | undefined): Moments {
  if (factors === undefined) return moments;
  const size = factors.length;
  return moments.map((sum, i) => sum / (factors[i % size] * factors[Math.floor(i / size)]));
}

/** `name/int8` and `name/scale`, one scale a row. */
export function rowScaled(name: string, { rows, cols, data }: Weights): TensorProto[] {
  const scale = new Float32Array(rows);
  const steps = new Int8Array(data.length);
  for (let r = 0; r < rows; r++) {
    let largest = TINY;
    for (let c = 0; c < cols; c++) largest = Math.max(largest, Math.abs(data[r * cols + c]));
    scale[r] = largest / TABLE_STEPS;
    for (let c = 0; c < cols; c++) steps[r * cols + c] = Math.round(data[r * cols + c] / scale[r]);
  }
  return [tensor(`${name}/int8`, "int8", [rows, cols], steps), tensor(`${name}/scale`, "float32", [rows, 1], scale)];
}
