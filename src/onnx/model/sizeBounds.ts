import { excerpt, HeadstartError } from "../../errors.js";
import { everyNode, everyTensor, graphsOf, namesRead } from "./graphWalk.js";
import { elementCount, known, knownConstant, NOTHING, product, type KnownTensor } from "./knownTensor.js";
import type { OnnxModel } from "./model.js";
import type { AttributeProto, FunctionProto, GraphProto, NodeProto, TensorProto, ValueInfoProto } from "./onnx_pb.js";
import { outputsOf } from "./shapeRules.js";

/** Operators that an encoder has no use for, and that run for as long or make as much as a number in the file says. */
const REFUSED = new Set(
  (
    "Loop Scan SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SequenceMap " +
    "SplitToSequence ConcatFromSequence Optional OptionalGetElement OptionalHasElement RandomNormal RandomNormalLike " +
    "RandomUniform RandomUniformLike Multinomial Bernoulli Resize Upsample ConvTranspose MaxUnpool Col2Im CenterCropPad " +
    "AffineGrid GridSample RoiAlign MaxRoiPool NonMaxSuppression HannWindow HammingWindow BlackmanWindow " +
    "MelWeightMatrix DFT STFT StringNormalizer StringConcat StringSplit RegexFullMatch TfIdfVectorizer ImageDecoder " +
    "BeamSearch GreedySearch Sampling WhisperBeamSearch Tokenizer WordConvEmbedding ConvTransposeWithDynamicPads"
  ).split(" "),
);
/** Operators whose outputs have the size that some of their inputs say. */
const SIZE_MAKING = new Set("ConstantOfShape Expand Tile Range Pad OneHot".split(" "));
/** Operators with sizes in their attributes. */
const WINDOWED = new Set("Conv ConvInteger QLinearConv MaxPool AveragePool LpPool NhwcMaxPool FusedConv".split(" "));
const WIDEST_WINDOW = 2 ** 16;

/** Nodes once functions stand in place of their calls; the largest encoders have some ten thousand. */
const MOST_NODES = 50_000;
/** Elements of one tensor that is larger than what it is made from: 512 MB of float32. */
const LARGEST = 2 ** 27;
/** Elements of all those together. */
const MOST_GROWN = 2 ** 29;
/** Functions that call one another. */
const MOST_DEPTH = 64;
/** Products of two numbers among constants, which the runtime computes while it loads a model. */
const MOST_FOLDED = 2 ** 34;
/** A batch that is small beside the bounds, so that only what does not grow with it reaches them. */
const SAMPLE = { texts: 2, tokens: 16 } as const;

interface Seen extends KnownTensor {
  /** Whether it is the same in every run. */
  readonly fixed: boolean;
}

const UNKNOWN: Seen = { ...NOTHING, fixed: false };

type Attributes = ReadonlyMap<string, AttributeProto>;

/** Names of tensors in a graph, those of the graphs around it among them. */
interface Scope {
  readonly names: Map<string, Seen>;
  readonly around: Scope | undefined;
  /** Of the call, within a function. */
  readonly attributes: Attributes;
  /** Calls of functions around it. */
  readonly depth: number;
}

interface BoundOptions {
  readonly file: string;
  /** Bytes of a short tensor that lies in another file. */
  readonly outside: (t: TensorProto) => Uint8Array | undefined;
}

/**
 * Refuses a model that makes large tensors of small ones, whatever the texts: the runtime would take gigabytes or go on
 * for hours, while it loads the model or at every run.
 *
 * Shapes, and the few numbers that they are computed from, are followed through the graph for a small batch. Where they
 * cannot be followed the model is let through, unless the size is a constant: that need not be hidden.
 *
 * @throws HeadstartError E_ENCODER_UNSUPPORTED
 */
export function refuseHugeTensors(model: OnnxModel, options: BoundOptions): void {
  new Reckoning(model, options).run();
}

class Reckoning {
  readonly #model: OnnxModel;
  readonly #options: BoundOptions;
  readonly #functions: ReadonlyMap<string, FunctionProto>;
  readonly #weights: number;
  #nodes = 0;
  #grown = 0;
  #folded = 0;
  #work = 0;

  constructor(model: OnnxModel, options: BoundOptions) {
    this.#model = model;
    this.#options = options;
    this.#functions = new Map(model.functions.map((one) => [callee(one.domain, one.name), one]));
    this.#weights = everyTensor(model).reduce((sum, t) => sum + product(t.dims.map(Number)), 0);
  }

  run(): void {
    if (everyNode(this.#model).length > MOST_NODES) throw this.#tooMany();
    const { graph } = this.#model;
    const names = new Map(graph.input.map((input) => [input.name, sampled(input)]));
    this.#runGraph(graph, { names, around: undefined, attributes: new Map(), depth: 0 });
  }

  /** What the outputs of a graph are, and a look at all on the way. */
  #runGraph(graph: GraphProto, scope: Scope): Seen[] {
    for (const t of graph.initializer) scope.names.set(t.name, { ...this.#constant(t), fixed: true });
    for (const { values, dims } of graph.sparseInitializer)
      scope.names.set(values?.name ?? "", { ...known(values?.dataType, dims.map(Number)), fixed: true });
    this.#runNodes(graph.node, scope);
    return graph.output.map(({ name }) => lookUp(scope, name));
  }

  #runNodes(nodes: readonly NodeProto[], scope: Scope): void {
    for (const n of inOrder(nodes)) {
      this.#nodes++;
      if (this.#nodes > MOST_NODES) throw this.#tooMany();
      const outputs = this.#runNode(n, scope);
      n.output.forEach((name, i) => name !== "" && scope.names.set(name, outputs[i] ?? UNKNOWN));
    }
  }

  #runNode(n: NodeProto, scope: Scope): Seen[] {
    const inputs = n.input.map((name) => (name === "" ? { ...NOTHING, fixed: true } : lookUp(scope, name)));
    const body = this.#functions.get(callee(n.domain, n.opType));
    if (body !== undefined) return this.#call(body, { n, inputs, scope });
    if (REFUSED.has(n.opType)) throw this.#refused(n, `has the operator ${n.opType}, which no encoder has a use for`);
    this.#checkWindow(n, scope);
    const inner = graphsOf(n).map((graph) => this.#runGraph(graph, { ...scope, names: new Map(), around: scope }));
    if (inner.length > 0) return chosen(inputs[0] ?? UNKNOWN, inner, n);
    const fixed = inputs.every((x) => x.fixed);
    const found = this.#outputs(n, inputs, scope);
    const outputs = n.output.map((_, i) => ({ ...(found[i] ?? NOTHING), fixed }));
    this.#check(n, { inputs, outputs, fixed });
    return outputs;
  }

  #outputs(n: NodeProto, inputs: readonly Seen[], scope: Scope): readonly KnownTensor[] {
    const bound = attributesOf(n, scope);
    const plain = inputs.map((x, i) => (n.input[i] === "" ? NOTHING : x));
    try {
      return outputsOf(n.opType, {
        inputs: plain,
        outputs: n.output.length,
        ints: (name) => intsIn(bound.get(name)),
        text: (name) => new TextDecoder().decode(bound.get(name)?.s),
        constant: (name) => this.#inAttribute(bound.get(name)),
      });
    } catch {
      return []; // an axis beyond the shape, say: the runtime refuses it with its own words
    }
  }

  #constant(t: TensorProto): KnownTensor {
    return knownConstant(t, this.#options.outside);
  }

  #inAttribute(a: AttributeProto | undefined): KnownTensor | undefined {
    if (a?.t !== undefined) return this.#constant(a.t);
    if (a?.sparseTensor !== undefined) return known(a.sparseTensor.values?.dataType, a.sparseTensor.dims.map(Number));
    if (a === undefined) return undefined;
    return a.floats.length > 0 ? known(1, [a.floats.length], a.floats) : known(1, [], [a.f]);
  }

  #call(body: FunctionProto, { n, inputs, scope }: { n: NodeProto; inputs: readonly Seen[]; scope: Scope }): Seen[] {
    const defaults = body.attributeProto.map((a): [string, AttributeProto] => [a.name, a]);
    const attributes = new Map([...defaults, ...attributesOf(n, scope)]);
    const names = new Map(body.input.map((name, i) => [name, inputs[i] ?? { ...NOTHING, fixed: true }]));
    const depth = scope.depth + 1;
    // A function that calls itself would go on until the bound on nodes, and deeper than the stack.
    if (depth > MOST_DEPTH) throw this.#refused(n, `has functions that call one another more than ${MOST_DEPTH} deep`);
    const own: Scope = { names, around: undefined, attributes, depth };
    this.#runNodes(body.node, own);
    return body.output.map((name) => lookUp(own, name));
  }

  #checkWindow(n: NodeProto, scope: Scope): void {
    if (!WINDOWED.has(n.opType)) return;
    const sizes = [...attributesOf(n, scope).values()].flatMap((a) => intsIn(a) ?? []);
    if (sizes.some((size) => Math.abs(size) > WIDEST_WINDOW))
      throw this.#refused(n, "has a window wider than any text");
  }

  #check(
    n: NodeProto,
    { inputs, outputs, fixed }: { inputs: readonly Seen[]; outputs: readonly Seen[]; fixed: boolean },
  ): void {
    if (n.opType === "Constant") return;
    const largest = inputs.reduce((most, x) => Math.max(most, elementCount(x) ?? 0), 1);
    for (const output of outputs) {
      const count = elementCount(output);
      if (count === undefined && fixed && SIZE_MAKING.has(n.opType))
        throw this.#refused(n, `makes a tensor by ${n.opType} whose size, though constant, is unknown`);
      if (count === undefined) continue;
      if (count > largest) this.#grown += count;
      if (fixed) this.#folded += count;
      if (fixed && n.opType.includes("MatMul")) this.#work += count * (inputs[0]?.shape?.at(-1) ?? 1);
      const grows = count > largest && (count > LARGEST || this.#grown > MOST_GROWN);
      if (grows || this.#folded > LARGEST + 4 * this.#weights || this.#work > MOST_FOLDED) {
        const shape = output.shape?.join(" x ") ?? "";
        throw this.#refused(
          n,
          `makes a tensor of ${shape} by ${n.opType}, whatever the text, more than an encoder needs`,
        );
      }
    }
  }

  #refused({ name, output }: NodeProto, found: string): HeadstartError {
    const { file } = this.#options;
    const at = excerpt(name === "" ? (output[0] ?? "") : name);
    const message = `Cannot use ${file} as an encoder: its node "${at}" ${found}. Export the encoder again`;
    return new HeadstartError("E_ENCODER_UNSUPPORTED", message, { file });
  }

  #tooMany(): HeadstartError {
    const { file } = this.#options;
    const message = `Cannot use ${file} as an encoder: it has more than ${MOST_NODES} nodes. Export the encoder again`;
    return new HeadstartError("E_ENCODER_UNSUPPORTED", message, { file });
  }
}

const callee = (domain: string, name: string): string => `${domain === "ai.onnx" ? "" : domain}:${name}`;

function lookUp(scope: Scope, name: string): Seen {
  for (let one: Scope | undefined = scope; one !== undefined; one = one.around) {
    const found = one.names.get(name);
    if (found !== undefined) return found;
  }
  return UNKNOWN;
}

/** A node's attributes by name; within a function, those of the call in place of references to them. */
function attributesOf(n: NodeProto, { attributes }: Scope): Map<string, AttributeProto> {
  const bound = n.attribute.flatMap((a): [string, AttributeProto][] => {
    const meant = a.refAttrName === "" ? a : attributes.get(a.refAttrName);
    return meant === undefined ? [] : [[a.name, meant]];
  });
  return new Map(bound);
}

const INTS = 7;

function intsIn(a: AttributeProto | undefined): number[] | undefined {
  if (a === undefined) return undefined;
  return a.type === INTS || a.ints.length > 0 ? a.ints.map(Number) : [Number(a.i)];
}

/** What an If gives: that of the branch taken where it is known, else what both agree on. */
function chosen(condition: Seen, branches: readonly (readonly Seen[])[], { output, attribute }: NodeProto): Seen[] {
  const named = attribute.filter((a) => a.g !== undefined).map((a) => a.name);
  const taken =
    condition.numbers === undefined ? -1 : named.indexOf(condition.numbers[0] === 1 ? "then_branch" : "else_branch");
  return output.map((_, i) => {
    const all = branches.map((branch) => branch[i] ?? UNKNOWN);
    const fixed = condition.fixed && all.every((one) => one.fixed);
    if (taken >= 0) return { ...(all[taken] ?? UNKNOWN), fixed };
    const agree = all.every((one) => one.shape !== undefined && String(one.shape) === String(all[0].shape));
    return { ...(agree ? known(all[0].type, all[0].shape) : NOTHING), fixed };
  });
}

/** An input of the model as a small batch gives it; inputs that are not known are segments or nothing. */
function sampled(input: ValueInfoProto): Seen {
  const type = input.type?.value.case === "tensorType" ? input.type.value.value : undefined;
  const shape = type?.shape?.dim.map(({ value }, i) => {
    const fixed = value.case === "dimValue" && value.value > 0n ? Number(value.value) : undefined;
    return fixed ?? (i === 0 ? SAMPLE.texts : SAMPLE.tokens);
  }) ?? [SAMPLE.texts, SAMPLE.tokens];
  const number = input.name === "token_type_ids" ? 0 : 1;
  const count = product(shape);
  const numbers = count <= SAMPLE.texts * SAMPLE.tokens ? Array.from({ length: count }, () => number) : undefined;
  return { ...known(type?.elemType, shape, numbers), fixed: false };
}

/** Nodes after those whose outputs they read: the runtime takes them in any order. */
function inOrder(nodes: readonly NodeProto[]): NodeProto[] {
  const makers = new Map(nodes.flatMap((n) => n.output.map((name): [string, NodeProto] => [name, n])));
  const waiting = new Map<NodeProto, number>();
  const readers = new Map<NodeProto, NodeProto[]>();
  for (const n of nodes) {
    const sources = new Set(namesRead(n).flatMap((name) => (name === "" ? [] : (makers.get(name) ?? []))));
    waiting.set(n, sources.size);
    for (const source of sources) {
      const known = readers.get(source);
      if (known === undefined) readers.set(source, [n]);
      else known.push(n);
    }
  }
  const ready = nodes.filter((n) => waiting.get(n) === 0);
  for (const n of ready) {
    for (const reader of readers.get(n) ?? []) {
      const left = waiting.get(reader)! - 1;
      waiting.set(reader, left);
      if (left === 0) ready.push(reader);
    }
  }
  return ready;
}
