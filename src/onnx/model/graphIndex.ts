import { namesRead } from "./graphWalk.js";
import { ElementType, floats, integers, shapeOf, type GraphProto, type NodeProto, type TensorProto } from "./model.js";

/** A shape or axes have no more, and longer ones are not worth a copy at each question. */
const MOST_INTEGERS = 64;

const countOf = (t: TensorProto): number => shapeOf(t).reduce((product, size) => product * size, 1);

/** Who makes and who reads the tensors of a graph. */
export class GraphIndex {
  readonly #producers = new Map<string, NodeProto>();
  readonly #readers = new Map<string, NodeProto[]>();
  readonly #initializers: ReadonlyMap<string, TensorProto>;
  readonly #outputs: ReadonlySet<string>;

  constructor(graph: GraphProto) {
    for (const n of graph.node) {
      for (const name of n.output) if (name !== "") this.#producers.set(name, n);
      for (const name of new Set(namesRead(n))) {
        const readers = this.#readers.get(name);
        if (readers === undefined) this.#readers.set(name, [n]);
        else readers.push(n);
      }
    }
    this.#initializers = new Map(graph.initializer.map((t) => [t.name, t]));
    this.#outputs = new Set(graph.output.map(({ name }) => name));
  }

  /** The node that makes a tensor; undefined for inputs of the graph and weights. */
  producer(name: string | undefined): NodeProto | undefined {
    return name === undefined ? undefined : this.#producers.get(name);
  }

  readers(name: string): readonly NodeProto[] {
    return this.#readers.get(name) ?? [];
  }

  /** The node that alone reads a tensor; undefined for an output of the graph. */
  loneReader(name: string): NodeProto | undefined {
    const readers = this.readers(name);
    return readers.length === 1 && !this.isOutput(name) ? readers[0] : undefined;
  }

  /** The node that alone reads a tensor's numbers, where others may read its size; undefined for an output of the graph. */
  numberReader(name: string): NodeProto | undefined {
    const readers = this.readers(name).filter(({ opType }) => opType !== "Shape");
    return readers.length === 1 && !this.isOutput(name) ? readers[0] : undefined;
  }

  /** Whether a tensor is one of those that the graph gives. */
  isOutput(name: string): boolean {
    return this.#outputs.has(name);
  }

  /** A weight, or the value of a Constant. */
  constant(name: string | undefined): TensorProto | undefined {
    if (name === undefined) return undefined;
    const made = this.#producers.get(name);
    if (made?.opType === "Constant") return made.attribute.find((a) => a.name === "value")?.t;
    return this.#initializers.get(name);
  }

  /** Whether a tensor is the same in every run; an input left out is. */
  isConstant(name: string): boolean {
    return name === "" || this.#initializers.has(name) || this.#producers.get(name)?.opType === "Constant";
  }

  /** Whether a tensor is a constant float32 vector. */
  isVector(name: string): boolean {
    const found = this.constant(name);
    return found?.dims.length === 1 && found.dataType === ElementType.float32;
  }

  /** The numbers of a short constant of int64, such as a shape; undefined for anything else. */
  integers(name: string | undefined): number[] | undefined {
    const found = this.constant(name);
    return found === undefined || countOf(found) > MOST_INTEGERS ? undefined : integers(found);
  }

  /** The number of a constant float32 of one number; undefined for anything else. */
  scalar(name: string | undefined): number | undefined {
    const found = this.constant(name);
    return found === undefined || countOf(found) !== 1 ? undefined : floats(found)?.[0];
  }

  /** Names of all tensors that `name` is computed from, itself included. */
  ancestors(name: string): string[] {
    const found = new Set([name]);
    for (const one of found) for (const input of this.producer(one)?.input ?? []) if (input !== "") found.add(input);
    return [...found];
  }
}

/** The one input of a node that is no constant. */
export const varyingInput = (index: GraphIndex, n: NodeProto | undefined): string | undefined => {
  const varying = n?.input.filter((name) => !index.isConstant(name)) ?? [];
  return varying.length === 1 ? varying[0] : undefined;
};
