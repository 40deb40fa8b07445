/** What lies in a model at any depth: graphs inside nodes, bodies of functions, and the tensors of all of them. */

import type { AttributeProto, GraphProto, ModelProto, NodeProto, SparseTensorProto, TensorProto } from "./onnx_pb.js";

/** The graphs in a node's attributes, not those in their nodes. */
export const graphsOf = (n: NodeProto): GraphProto[] =>
  n.attribute.flatMap((a) => [...(a.g === undefined ? [] : [a.g]), ...a.graphs]);

/** These nodes, and those of the graphs inside them at any depth. */
const withInner = (nodes: readonly NodeProto[]): NodeProto[] =>
  // Decoding a file ends at a depth of 33 graphs, so this does too.
  nodes.flatMap((n) => [n, ...graphsOf(n).flatMap((graph) => withInner(graph.node))]);

/** All nodes of a model: of its graph, of the graphs inside nodes, and of its functions. */
export const everyNode = (model: ModelProto): NodeProto[] => [
  ...withInner(model.graph?.node ?? []),
  ...model.functions.flatMap((one) => withInner(one.node)),
];

/** Names of the tensors that a node reads, those among them that the graphs inside it take from around. */
export function namesRead(n: NodeProto): string[] {
  const graphs = graphsOf(n);
  if (graphs.length === 0) return n.input;
  const inner = graphs.flatMap((graph) => [...graph.node.flatMap(namesRead), ...graph.output.map(({ name }) => name)]);
  return [...n.input, ...inner];
}

/** All weights and constants of a model, sparse ones by their numbers and indices. */
export const everyTensor = (model: ModelProto): TensorProto[] => [
  ...(model.graph === undefined ? [] : tensorsOf(model.graph)),
  ...model.functions.flatMap((one) =>
    [...one.node.flatMap((n) => n.attribute), ...one.attributeProto].flatMap(inAttribute),
  ),
];

/** All sparse tensors of a model. */
export function everySparseTensor(model: ModelProto): SparseTensorProto[] {
  const ofGraphs = [model.graph, ...everyNode(model).flatMap(graphsOf)].flatMap((g) => g?.sparseInitializer ?? []);
  const attributes = [
    ...everyNode(model).flatMap((n) => n.attribute),
    ...model.functions.flatMap((f) => f.attributeProto),
  ];
  return [...ofGraphs, ...attributes.flatMap(sparseOf)];
}

// The order is part of an encoder's fingerprint: files of weights are hashed as they come.
const tensorsOf = (graph: GraphProto): TensorProto[] => [
  ...graph.initializer,
  ...graph.node.flatMap((n) => n.attribute.flatMap(inAttribute)),
  ...graph.sparseInitializer.flatMap(partsOf),
];

const inAttribute = (a: AttributeProto): TensorProto[] => [
  ...(a.t === undefined ? [] : [a.t]),
  ...[...(a.g === undefined ? [] : [a.g]), ...a.graphs].flatMap(tensorsOf),
  ...a.tensors,
  ...sparseOf(a).flatMap(partsOf),
];

const sparseOf = (a: AttributeProto): SparseTensorProto[] => [
  ...(a.sparseTensor === undefined ? [] : [a.sparseTensor]),
  ...a.sparseTensors,
];

const partsOf = ({ values, indices }: SparseTensorProto): TensorProto[] =>
  [values, indices].filter((part) => part !== undefined);
