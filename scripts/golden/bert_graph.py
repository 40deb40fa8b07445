"""BERT as an ONNX graph, named and arranged as PyTorch's exporter does it (opset 11).

Weights come under the names of `transformers.BertModel`. Embeddings, biases and layer norms keep those names as
initializers; weights of products are stored transposed under a number, `onnx::MatMul_100`, and are known by their node,
`/encoder/layer.0/attention/self/query/MatMul`.
"""

import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LOWEST = np.float32(np.finfo(np.float32).min)


class Graph:
    """Nodes and initializers in the making; a node is named by its scope and operator, numbered from the second on."""

    def __init__(self):
        self.nodes, self.initializers, self.counts, self.products = [], [], {}, 0

    def node(self, scope: str, operator: str, *inputs: str, **attributes) -> str:
        """Adds a node and gives the name of its output."""
        count = self.counts.get((scope, operator), 0)
        self.counts[scope, operator] = count + 1
        name = f"{scope}/{operator}" + (f"_{count}" if count else "")
        self.nodes.append(helper.make_node(operator, list(inputs), [f"{name}_output_0"], name=name, **attributes))
        return f"{name}_output_0"

    def constant(self, scope: str, value: np.ndarray) -> str:
        return self.node(scope, "Constant", value=numpy_helper.from_array(np.asarray(value)))

    def initializer(self, name: str, value: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        return name

    def dense(self, scope: str, x: str, weights: dict[str, np.ndarray]) -> str:
        path = scope.strip("/").replace("/", ".")
        weight = self.initializer(f"onnx::MatMul_{100 + self.products}", weights[f"{path}.weight"].T)
        self.products += 1
        product = self.node(scope, "MatMul", x, weight)
        return self.node(scope, "Add", self.initializer(f"{path}.bias", weights[f"{path}.bias"]), product)

    def layer_norm(self, scope: str, x: str, weights: dict[str, np.ndarray]) -> str:
        path = scope.strip("/").replace("/", ".")
        centerd = self.node(scope, "Sub", x, self.node(scope, "ReduceMean", x, axes=[-1]))
        square = self.node(scope, "Pow", centerd, self.constant(scope, np.float32(2)))
        variance = self.node(scope, "ReduceMean", square, axes=[-1])
        root = self.node(scope, "Sqrt", self.node(scope, "Add", variance, self.constant(scope, np.float32(1e-12))))
        scaled = self.node(scope, "Mul", self.node(scope, "Div", centerd, root),
                           self.initializer(f"{path}.weight", weights[f"{path}.weight"]))
        return self.node(scope, "Add", scaled, self.initializer(f"{path}.bias", weights[f"{path}.bias"]))

    def size(self, scope: str, x: str, axis: int) -> str:
        """The length of `x` along an axis as a tensor of one number."""
        length = self.node(scope, "Gather", self.node(scope, "Shape", x), self.constant(scope, np.int64(axis)), axis=0)
        return self.node(scope, "Unsqueeze", length, axes=[0])

    def reshape(self, scope: str, x: str, sizes: list[int]) -> str:
        """Keeps batch and tokens of `x`, and gives what follows them the `sizes`."""
        parts = [self.size(scope, x, 0), self.size(scope, x, 1)]
        parts += [self.constant(scope, np.array([size], np.int64)) for size in sizes]
        return self.node(scope, "Reshape", x, self.node(scope, "Concat", *parts, axis=0))

    def rename_last(self, name: str) -> None:
        self.nodes[-1].output[0] = name


def attention_mask(graph: Graph) -> str:
    """0 for a real token and the lowest float for padding, [batch, 1, 1, tokens]."""
    wide = graph.node("", "Unsqueeze", graph.node("", "Unsqueeze", "attention_mask", axes=[1]), axes=[2])
    mask = graph.node("", "Cast", wide, to=TensorProto.FLOAT)
    padding = graph.node("", "Sub", graph.constant("", np.float32(1)), mask)
    return graph.node("", "Mul", padding, graph.constant("", LOWEST))


def embeddings(graph: Graph, weights: dict[str, np.ndarray], token_types: bool) -> str:
    scope, positions = "/embeddings", len(weights["embeddings.position_embeddings.weight"])

    def first_tokens(values: np.ndarray) -> str:
        """`values`, [1, positions], as long as the texts."""
        one = np.array([1], np.int64)
        return graph.node(scope, "Slice", graph.constant(scope, values), graph.constant(scope, one - 1),
                          graph.size(scope, "input_ids", 1), graph.constant(scope, one), graph.constant(scope, one))

    def lookup(table: str, indices: str) -> str:
        name = f"embeddings.{table}.weight"
        return graph.node(f"{scope}/{table}", "Gather", graph.initializer(name, weights[name]), indices)

    types = "token_type_ids" if token_types else first_tokens(np.zeros([1, positions], np.int64))
    words = lookup("word_embeddings", "input_ids")
    typed = graph.node(scope, "Add", words, lookup("token_type_embeddings", types))
    placed = lookup("position_embeddings", first_tokens(np.arange(positions)[None]))
    return graph.layer_norm(f"{scope}/LayerNorm", graph.node(scope, "Add", typed, placed), weights)


def layer(graph: Graph, index: int, x: str, mask: str, weights: dict[str, np.ndarray], heads: int) -> str:
    scope = f"/encoder/layer.{index}"
    inner, width = f"{scope}/attention/self", len(weights["embeddings.LayerNorm.weight"])

    def projected(name: str, order: list[int]) -> str:
        y = graph.reshape(inner, graph.dense(f"{inner}/{name}", x, weights), [heads, width // heads])
        return graph.node(inner, "Transpose", y, perm=order)

    query, key = projected("query", [0, 2, 1, 3]), projected("key", [0, 2, 3, 1])
    value = projected("value", [0, 2, 1, 3])
    scores = graph.node(inner, "Div", graph.node(inner, "MatMul", query, key),
                        graph.constant(inner, np.float32(math.sqrt(width // heads))))
    attention = graph.node(inner, "Softmax", graph.node(inner, "Add", scores, mask), axis=3)
    mixed = graph.node(inner, "Transpose", graph.node(inner, "MatMul", attention, value), perm=[0, 2, 1, 3])
    out = graph.dense(f"{scope}/attention/output/dense", graph.reshape(inner, mixed, [width]), weights)
    x = graph.layer_norm(f"{scope}/attention/output/LayerNorm",
                         graph.node(f"{scope}/attention/output", "Add", out, x), weights)
    wide = gelu(graph, f"{scope}/intermediate/intermediate_act_fn",
                graph.dense(f"{scope}/intermediate/dense", x, weights))
    out = graph.dense(f"{scope}/output/dense", wide, weights)
    return graph.layer_norm(f"{scope}/output/LayerNorm", graph.node(f"{scope}/output", "Add", out, x), weights)


def gelu(graph: Graph, scope: str, x: str) -> str:
    """x (1 + erf(x / sqrt 2)) / 2."""
    erf = graph.node(scope, "Erf", graph.node(scope, "Div", x, graph.constant(scope, np.float32(math.sqrt(2)))))
    product = graph.node(scope, "Mul", x, graph.node(scope, "Add", erf, graph.constant(scope, np.float32(1))))
    return graph.node(scope, "Mul", product, graph.constant(scope, np.float32(0.5)))


def model_of(graph: Graph, inputs: list, outputs: list) -> onnx.ModelProto:
    """The finished model; `inputs` and `outputs` are (name, element type, shape)."""
    made = helper.make_graph(graph.nodes, "headstart", [helper.make_tensor_value_info(*i) for i in inputs],
                             [helper.make_tensor_value_info(*o) for o in outputs], graph.initializers)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 11)], producer_name="headstart")
    model.ir_version = 6
    onnx.checker.check_model(model, full_check=True)
    return model


def bert(weights: dict[str, np.ndarray], heads: int, *, token_types: bool = True, output: str = "last_hidden_state",
         pooled: str | None = None) -> onnx.ModelProto:
    """BERT with one output of hidden states, [batch, tokens, width].

    Without `token_types` the model asks for no `token_type_ids` and takes 0. `pooled` names a further output, listed
    first: tanh of a dense layer over the first token, [batch, width].
    """
    graph = Graph()
    mask = attention_mask(graph)
    x = embeddings(graph, weights, token_types)
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
    for index in range(layers):
        x = layer(graph, index, x, mask, weights, heads)
    graph.rename_last(output)
    width = len(weights["embeddings.LayerNorm.weight"])
    outputs = [(output, TensorProto.FLOAT, ["batch_size", "sequence_length", width])]
    if pooled:
        first = graph.node("/pooler", "Gather", output, graph.constant("/pooler", np.int64(0)), axis=1)
        graph.node("/pooler/activation", "Tanh", graph.dense("/pooler/dense", first, weights))
        graph.rename_last(pooled)
        outputs.insert(0, (pooled, TensorProto.FLOAT, ["batch_size", width]))
    names = ["input_ids", "attention_mask"] + (["token_type_ids"] if token_types else [])
    inputs = [(name, TensorProto.INT64, ["batch_size", "sequence_length"]) for name in names]
    return model_of(graph, inputs, outputs)
