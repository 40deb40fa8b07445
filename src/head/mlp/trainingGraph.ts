import {
  newModel,
  node,
  tensor,
  valueInfo,
  writeModel,
  type ElementTypeName,
  type OnnxModel,
} from "../../onnx/model/model.js";
import { GELU_CUBE, GELU_SCALE, type Activation } from "./activation.js";

export interface MlpShape {
  /** Width of the vectors, of every hidden layer, and the number of labels. */
  readonly widths: readonly number[];
  readonly activation: Activation;
}

/** Adds the nodes that carry a gradient back: takes the name of the output's, gives the name of the input's. */
type Backward = (gradient: string) => string;

/** A graph under construction; each layer's forward nodes give their own backward. */
interface Building {
  readonly model: OnnxModel;
  readonly type: ElementTypeName;
  /** Adds a node and gives the name of its output. */
  readonly add: (type: string, inputs: readonly string[], attributes?: Readonly<Record<string, bigint>>) => string;
  /** The name of a constant. */
  readonly constant: (value: number) => string;
}

interface Layer {
  readonly output: string;
  readonly backward: Backward;
}

/**
 * One training step of an MLP as an ONNX model: from rows and parameters to the loss and its gradient.
 *
 * Inputs: `x` `[rows, width]`, of which the rows `index` `[batch]` are taken; `truth` `[batch, labels]`, one-hot times the
 * row's weight; `weight` `[batch, 1]`; for every layer i `w<i>` `[in, out]` and `b<i>` `[out]`; with `dropout` for every
 * hidden layer `mask<i>` `[batch, out]`. Outputs: `loss`, the weighted sum over the batch, and `dw<i>`, `db<i>`.
 */
export function stepModel({ widths, activation }: MlpShape, type: ElementTypeName, dropout: boolean): Uint8Array {
  const to = building(type);
  const { add, model } = to;
  const depth = widths.length - 1;
  const layers: Backward[] = [];
  let hidden = add("Gather", ["x", "index"], { axis: 0n });
  for (let i = 0; i < depth; i++) {
    const parts = [dense(to, hidden, i)];
    if (i < depth - 1) parts.push(activate(to, activation, parts[0].output));
    if (i < depth - 1 && dropout) parts.push(multiply(to, parts[1].output, `mask${i}`));
    hidden = parts[parts.length - 1].output;
    layers.push(...parts.map(({ backward }) => backward));
  }
  let gradient = logLoss(to, hidden);
  for (const backward of layers.reverse()) gradient = backward(gradient);
  const parameters = parameterInfos(widths, type);
  model.graph.input = [
    valueInfo("x", type, ["rows", widths[0]]),
    valueInfo("index", "int32", ["batch"]),
    valueInfo("truth", type, ["batch", widths[depth]]),
    valueInfo("weight", type, ["batch", 1]),
    ...parameters("w", "b"),
    ...(dropout ? widths.slice(1, -1).map((width, i) => valueInfo(`mask${i}`, type, ["batch", width])) : []),
  ];
  model.graph.output = [valueInfo("loss", type, []), ...parameters("dw", "db")];
  return writeModel(model);
}

/** The forward pass alone: `x` `[rows, width]` and parameters to `logits` `[rows, classes]`. */
export function logitsModel({ widths, activation }: MlpShape, type: ElementTypeName): Uint8Array {
  const to = building(type);
  let hidden = "x";
  for (let i = 0; i < widths.length - 1; i++) {
    if (i > 0) hidden = activate(to, activation, hidden).output;
    hidden = dense(to, hidden, i).output;
  }
  to.model.graph.node.push(node("Identity", { inputs: [hidden], outputs: ["logits"] }));
  to.model.graph.input = [valueInfo("x", type, ["rows", widths[0]]), ...parameterInfos(widths, type)("w", "b")];
  to.model.graph.output = [valueInfo("logits", type, ["rows", widths.at(-1)!])];
  return writeModel(to.model);
}

const parameterInfos = (widths: readonly number[], type: ElementTypeName) => (weight: string, bias: string) =>
  widths
    .slice(1)
    .flatMap((width, i) => [
      valueInfo(`${weight}${i}`, type, [widths[i], width]),
      valueInfo(`${bias}${i}`, type, [width]),
    ]);

function building(type: ElementTypeName): Building {
  const model = newModel(17);
  const constants = new Map<number, string>();
  return {
    model,
    type,
    add: (op, inputs, attributes = {}) => {
      const output = `t${model.graph.node.length}`;
      model.graph.node.push(node(op, { inputs, outputs: [output] }, { attributes }));
      return output;
    },
    constant: (value) => {
      const known = constants.get(value);
      if (known !== undefined) return known;
      const name = `c${constants.size}`;
      const data = type === "float32" ? Float32Array.of(value) : Float64Array.of(value);
      model.graph.initializer.push(tensor(name, type, [], data));
      constants.set(value, name);
      return name;
    },
  };
}

function dense({ add, model }: Building, input: string, i: number): Layer {
  return {
    output: add("Gemm", [input, `w${i}`, `b${i}`]),
    backward: (gradient) => {
      const name = (type: string, inputs: readonly string[], output: string, attributes: Record<string, bigint>) =>
        model.graph.node.push(node(type, { inputs, outputs: [output] }, { attributes }));
      name("Gemm", [input, gradient], `dw${i}`, { transA: 1n });
      const axis = "rows";
      if (!model.graph.initializer.some((t) => t.name === axis)) {
        model.graph.initializer.push(tensor(axis, "int64", [1], BigInt64Array.of(0n)));
      }
      name("ReduceSum", [gradient, axis], `db${i}`, { keepdims: 0n });
      return i === 0 ? gradient : add("Gemm", [gradient, `w${i}`], { transB: 1n });
    },
  };
}

function multiply({ add }: Building, input: string, mask: string): Layer {
  return { output: add("Mul", [input, mask]), backward: (gradient) => add("Mul", [gradient, mask]) };
}

function activate(to: Building, activation: Activation, input: string): Layer {
  return activation === "relu" ? relu(to, input) : gelu(to, input);
}

function relu({ add, constant }: Building, input: string): Layer {
  return {
    output: add("Relu", [input]),
    backward: (gradient) => add("Where", [add("Greater", [input, constant(0)]), gradient, constant(0)]),
  };
}

/** z / 2 (1 + t) with t = tanh(s (z + c z^3)); its derivative is (1 + t) / 2 + z / 2 (1 - t^2) s (1 + 3 c z^2). */
function gelu({ add, constant }: Building, z: string): Layer {
  const square = add("Mul", [z, z]);
  const cubic = add("Add", [add("Mul", [square, constant(GELU_CUBE)]), constant(1)]);
  const t = add("Tanh", [add("Mul", [add("Mul", [z, cubic]), constant(GELU_SCALE)])]);
  const share = add("Mul", [add("Add", [t, constant(1)]), constant(0.5)]);
  return {
    output: add("Mul", [z, share]),
    backward: (gradient) => {
      const flat = add("Sub", [constant(1), add("Mul", [t, t])]);
      const inner = add("Add", [add("Mul", [square, constant(3 * GELU_CUBE)]), constant(1)]);
      const rise = add("Mul", [add("Mul", [flat, inner]), add("Mul", [z, constant(GELU_SCALE / 2)])]);
      return add("Mul", [gradient, add("Add", [share, rise])]);
    },
  };
}

/** Adds `loss` and gives the name of its gradient: weight times probability, minus truth. */
function logLoss({ add, model }: Building, logits: string): string {
  const logs = add("LogSoftmax", [logits], { axis: -1n });
  const sum = add("ReduceSum", [add("Mul", [logs, "truth"])], { keepdims: 0n });
  model.graph.node.push(node("Neg", { inputs: [sum], outputs: ["loss"] }));
  return add("Sub", [add("Mul", [add("Exp", [logs]), "weight"]), "truth"]);
}
