import { known, MOST_NUMBERS, NOTHING, product, type KnownTensor } from "./knownTensor.js";
import { axisOf, broadcast, isLeftOut, listed, spread, type Call, type NumberRule } from "./numberRules.js";

function reshaped({ inputs: [x, to], ints }: Call): KnownTensor[] {
  const sizes = to?.numbers ?? ints("shape");
  if (sizes === undefined) return [NOTHING];
  const copies = ints("allowzero")?.[0] !== 1;
  const shape = sizes.map((size, i) => (size === 0 && copies ? (x.shape?.[i] ?? Number.NaN) : size));
  const free = shape.indexOf(-1);
  const count = x.shape === undefined ? Number.NaN : product(x.shape);
  if (free >= 0) shape[free] = count / product(shape.toSpliced(free, 1));
  return [known(x.type, shape, x.numbers)];
}

function sliced(call: Call): KnownTensor[] {
  const { inputs } = call;
  const [{ shape, numbers, type }] = inputs;
  const [starts, ends] = [listed(call, 1, "starts"), listed(call, 2, "ends")];
  if (shape === undefined || starts === undefined || ends === undefined) return [known(type, undefined)];
  const axes = isLeftOut(call, 3, "axes") ? starts.map((_, i) => i) : listed(call, 3, "axes");
  const steps = (inputs[4] ?? NOTHING) === NOTHING ? starts.map(() => 1) : inputs[4].numbers;
  if (axes === undefined || steps === undefined) return [known(type, undefined)];
  const result = [...shape];
  let kept = numbers;
  for (const [i, given] of axes.entries()) {
    const [axis, step] = [axisOf(given, shape.length), steps[i]];
    const size = shape[axis];
    const clamp = (end: number, least: number, most: number): number =>
      Math.min(most, Math.max(least, end < 0 ? end + size : end));
    const [from, to] =
      step > 0
        ? [clamp(starts[i], 0, size), clamp(ends[i], 0, size)]
        : [clamp(starts[i], 0, size - 1), clamp(ends[i], -1, size - 1)];
    result[axis] = Math.max(0, Math.ceil((to - from) / step));
    kept =
      shape.length === 1
        ? numbers && Array.from({ length: result[axis] }, (_, n) => numbers[from + n * step])
        : undefined;
  }
  return [known(type, result, kept)];
}

function gathered({ inputs: [x, at], ints }: Call): KnownTensor[] {
  if (x.shape === undefined || at?.shape === undefined) return [known(x.type, undefined)];
  const axis = axisOf(ints("axis")?.[0] ?? 0, x.shape.length);
  const [before, size, after] = [x.shape.slice(0, axis), x.shape[axis], x.shape.slice(axis + 1)];
  const shape = [...before, ...at.shape, ...after];
  const inner = product(after);
  const { numbers } = x;
  if (numbers === undefined || at.numbers === undefined || product(shape) > MOST_NUMBERS) return [known(x.type, shape)];
  const places = at.numbers.map((place) => axisOf(place, size));
  const taken = Array.from({ length: product(before) }, (_, o) =>
    places.flatMap((place) => numbers.slice((o * size + place) * inner, (o * size + place + 1) * inner)),
  );
  return [known(x.type, shape, taken.flat())];
}

function joined({ inputs, ints }: Call): KnownTensor[] {
  const [{ shape, type }] = inputs;
  if (shape === undefined || inputs.some((x) => x.shape?.length !== shape.length)) return [known(type, undefined)];
  const axis = axisOf(ints("axis")?.[0] ?? 0, shape.length);
  const sum = inputs.reduce((all, x) => all + x.shape![axis], 0);
  const inOrder = product(shape.slice(0, axis)) === 1 && inputs.every((x) => x.numbers !== undefined);
  const numbers = inOrder && sum <= MOST_NUMBERS ? inputs.flatMap((x) => x.numbers!) : undefined;
  return [known(type, shape.with(axis, sum), numbers)];
}

function squeezed(call: Call): KnownTensor[] {
  const [{ shape, numbers, type }] = call.inputs;
  const axes = listed(call, 1, "axes")?.map((axis) => axisOf(axis, shape?.length ?? 0));
  if (shape === undefined || (axes === undefined && !isLeftOut(call, 1, "axes"))) return [known(type, undefined)];
  return [
    known(
      type,
      shape.filter((size, i) => (axes === undefined ? size !== 1 : !axes.includes(i))),
      numbers,
    ),
  ];
}

function unsqueezed(call: Call): KnownTensor[] {
  const [{ shape, numbers, type }] = call.inputs;
  const axes = listed(call, 1, "axes");
  if (shape === undefined || axes === undefined) return [known(type, undefined)];
  const result = [...shape];
  const rank = shape.length + axes.length;
  for (const axis of axes.map((one) => axisOf(one, rank)).toSorted((a, b) => a - b)) result.splice(axis, 0, 1);
  return [known(type, result, numbers)];
}

function split(call: Call): KnownTensor[] {
  const [{ shape, type }] = call.inputs;
  const sizes = listed(call, 1, "split");
  return Array.from({ length: call.outputs }, (_, i) => {
    if (shape === undefined || (sizes === undefined && !isLeftOut(call, 1, "split"))) return known(type, undefined);
    const axis = axisOf(call.ints("axis")?.[0] ?? 0, shape.length);
    const size = sizes?.[i] ?? Math.ceil((shape[axis] ?? 0) / call.outputs);
    return known(type, shape.with(axis, size));
  });
}

function padded(call: Call): KnownTensor[] {
  const [x] = call.inputs;
  const pads = listed(call, 1, "pads");
  const shape = x.shape ?? pads?.slice(pads.length / 2).map(() => 1);
  const axes = (call.inputs[3] ?? NOTHING) === NOTHING ? shape?.map((_, i) => i) : call.inputs[3].numbers;
  if (shape === undefined || pads === undefined || axes === undefined) return [known(x.type, undefined)];
  const result = [...shape];
  for (const [i, axis] of axes.entries()) result[axisOf(axis, shape.length)] += pads[i] + pads[i + axes.length];
  return [known(x.type, result)];
}

function tiled({ inputs: [x, times] }: Call): KnownTensor[] {
  return [
    known(
      x.type,
      times?.numbers?.map((t, i) => t * (x.shape?.[i] ?? 1)),
    ),
  ];
}

function transposed({ inputs: [{ shape, numbers, type }], ints }: Call): KnownTensor[] {
  const order = ints("perm") ?? shape?.map((_, i) => shape.length - 1 - i);
  return [
    known(type, order && shape && order.map((axis) => shape[axis]), (shape?.length ?? 2) < 2 ? numbers : undefined),
  ];
}

function picked({ inputs: [x, at], ints }: Call): KnownTensor[] {
  const deep = at?.shape?.at(-1);
  const batch = ints("batch_dims")?.[0] ?? 0;
  if (x.shape === undefined || at?.shape === undefined || deep === undefined) return [known(x.type, undefined)];
  return [known(x.type, [...at.shape.slice(0, -1), ...x.shape.slice(batch + deep)])];
}

function flattened({ inputs: [{ shape, numbers, type }], ints }: Call): KnownTensor[] {
  const axis = axisOf(ints("axis")?.[0] ?? 1, shape?.length ?? 0);
  return [known(type, shape && [product(shape.slice(0, axis)), product(shape.slice(axis))], numbers)];
}

function expanded({ inputs: [x, to] }: Call): KnownTensor[] {
  const shape = broadcast([x.shape ?? [], to?.numbers]);
  return [known(x.type, shape, shape && spread(x, shape))];
}

/** Operators that lay the numbers of their input out anew, or leave some of them out. */
export const LAYOUT_RULES: readonly (readonly [op: string, rule: NumberRule])[] = [
  ["Reshape", reshaped],
  ["Slice", sliced],
  ["Gather", gathered],
  ["Concat", joined],
  ["Squeeze", squeezed],
  ["Unsqueeze", unsqueezed],
  ["Split", split],
  ["Pad", padded],
  ["Tile", tiled],
  ["Transpose", transposed],
  ["GatherND", picked],
  ["Flatten", flattened],
  ["Expand", expanded],
  ["GatherElements", ({ inputs: [x, at] }) => [known(x.type, at?.shape)]],
];
