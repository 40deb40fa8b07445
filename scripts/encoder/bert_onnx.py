"""BERT weights in ONNX files: read them into PyTorch, write a shallower model back as ONNX.

The ONNX file is taken as exported by optimum or sentence-transformers: embeddings, biases and layer norms carry their
PyTorch names, the weights of products are named by node and stored transposed.
"""

import re

import numpy as np
import onnx
from onnx import numpy_helper

MATMUL = re.compile(r"^/?(?:bert/)?encoder/layer\.(\d+)/(.+)/MatMul$")
LAYER = re.compile(r"encoder[./]layer\.(\d+)[./]")


def pytorch_weights(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """Initializers under the names of `transformers.BertModel`, weights of products as [out, in]."""
    initializers = {i.name: i for i in model.graph.initializer}
    weights = {
        name.removeprefix("bert."): numpy_helper.to_array(tensor)
        for name, tensor in initializers.items()
        if re.search(r"(embeddings|LayerNorm|layer\.\d+).*\.(weight|bias)$", name)
    }
    for node in model.graph.node:
        match = MATMUL.match(node.name)
        if node.op_type == "MatMul" and match and node.input[1] in initializers:
            name = f"encoder.layer.{match[1]}.{match[2].replace('/', '.')}.weight"
            weights[name] = numpy_helper.to_array(initializers[node.input[1]]).T.copy()
    return weights


def shallower(teacher: onnx.ModelProto, weights: dict[str, np.ndarray], layers: int) -> onnx.ModelProto:
    """The teacher's graph cut after `layers` layers, with `weights` (PyTorch names) in place of its own.

    Layer i of the result uses the nodes of the teacher's layer i, whichever layer its weights started from.
    """
    graph = teacher.graph
    initializers = {i.name: i for i in graph.initializer}
    for name, value in weights.items():
        if name in initializers:
            initializers[name].CopyFrom(numpy_helper.from_array(value.astype(np.float32), name))
    for node in graph.node:
        match = MATMUL.match(node.name)
        if node.op_type == "MatMul" and match and node.input[1] in initializers:
            name = f"encoder.layer.{match[1]}.{match[2].replace('/', '.')}.weight"
            if name in weights:
                value = np.ascontiguousarray(weights[name].T.astype(np.float32))
                initializers[node.input[1]].CopyFrom(numpy_helper.from_array(value, node.input[1]))
    last = [n for n in graph.node if n.name.split("/")[1:4] == ["encoder", f"layer.{layers - 1}", "output"]][-1]
    result = last.output[0]
    producers = {name: node for node in graph.node for name in node.output}
    wanted, stack = set(), [result]
    while stack:
        node = producers.get(stack.pop())
        if node is not None and id(node) not in wanted:
            wanted.add(id(node))
            stack.extend(node.input)
    nodes = [node for node in graph.node if id(node) in wanted]
    for node in nodes:
        for i, name in enumerate(node.output):
            if name == result:
                node.output[i] = "last_hidden_state"
    used = {name for node in nodes for name in node.input}
    output = onnx.ValueInfoProto()
    output.CopyFrom(graph.output[0])
    output.name = "last_hidden_state"
    cut = onnx.helper.make_graph(
        nodes, "headstart", list(graph.input), [output], [i for i in graph.initializer if i.name in used])
    model = onnx.helper.make_model(cut, opset_imports=teacher.opset_import, producer_name="headstart")
    model.ir_version = teacher.ir_version
    onnx.checker.check_model(model)
    return model
