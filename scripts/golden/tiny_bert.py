"""Small encoders of random weights for tests, and what Python makes of some texts with them.

    python scripts/golden/tiny_bert.py

Writes test/fixtures/{tiny-bert,tiny-bert-cls,tiny-bert-output-names,odd-inputs,rank2-output,dynamic-int8}/ and
test/golden/tiny-bert*.json. The same seed gives the same bytes. Special-token strings in a text are plain text.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertConfig, BertModel

from bert_graph import Graph, bert, model_of
from json_files import floats, write_json
from tiny_tokenizer import tiny_tokenizer

sys.path.insert(0, str(Path(__file__).parents[1] / "encoder"))
from bert_onnx import pytorch_weights  # noqa: E402

ROOT = Path(__file__).parents[2]
FIXTURES, GOLDEN = ROOT / "test/fixtures", ROOT / "test/golden"
WIDTH, LAYERS, HEADS, INNER, POSITIONS = 32, 2, 4, 64, 64
TOKENIZER = tiny_tokenizer()
CONFIG = {
    "architectures": ["BertModel"], "model_type": "bert", "hidden_size": WIDTH, "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS, "intermediate_size": INNER, "hidden_act": "gelu",
    "vocab_size": TOKENIZER.get_vocab_size(), "max_position_embeddings": POSITIONS, "type_vocab_size": 2,
    "layer_norm_eps": 1e-12, "pad_token_id": 0,
}
TEXTS = [
    "A good film.",
    "I love this movie, the food was great!",
    "the food was bad; the service was slow",
    "Caf\u00e9 d\u00e9j\u00e0 vu: na\u00efve se\u00f1or, re\u0301sume\u0301",
    "so happy \U0001f600 today \U0001f44d\U0001f3fd",
    "",
    " \t \n ",
    "x",
    "\u65e5\u672c\u8a9e\u306e\u672c and \u4e2d\u6587",
    "tab\tnul\u0000bell\u0007 zero\u200bwidth soft\u00adhyphen end\u007f\ufffd",
    "[MASK] [PAD] is [CLS] no [SEP] [UNK] [mask]",
    "@user FREE prize!!! call 0800-123 now &amp; win \u00a31000\u2026",
    "unknownness " + "z" * 101 + " " + "z" * 40,
    "z" * 100,
    " ".join(["day", "night"] * 31),
    " ".join(["day", "night"] * 31) + " time",
    "this is a very slow story. " * 20,
]
CLS_TEXTS = ["good film", "Ask: good film", "", "the best book of the day " * 4]


def random_weights(seed: int) -> dict[str, np.ndarray]:
    """Weights under their PyTorch names, wide enough that texts differ clearly."""
    random = np.random.default_rng(seed)
    model = BertModel(BertConfig(**CONFIG))
    weights = {}
    for name, parameter in model.named_parameters():
        noise = random.standard_normal(parameter.shape)
        weights[name] = 1 + 0.1 * noise if name.endswith("LayerNorm.weight") else (0.1 if "bias" in name else 0.3) * noise
    return {name: value.astype(np.float32) for name, value in weights.items()}


def torch_model(weights: dict[str, np.ndarray]) -> BertModel:
    model = BertModel(BertConfig(**CONFIG, attn_implementation="eager"))
    model.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in weights.items()})
    return model.eval()


def token_ids(text: str, limit: int) -> tuple[list[int], bool]:
    """Token ids cut to `limit`, and whether any were cut."""
    TOKENIZER.encode_special_tokens = True
    TOKENIZER.no_truncation()
    full = len(TOKENIZER.encode(text).ids)
    TOKENIZER.enable_truncation(limit)
    ids = TOKENIZER.encode(text).ids
    TOKENIZER.no_truncation()
    return ids, full > limit


def hidden_states(model: BertModel, ids: list[int]) -> np.ndarray:
    """[layers + 1, tokens, width], the embeddings first."""
    with torch.inference_mode():
        return torch.cat(model(torch.tensor([ids]), output_hidden_states=True).hidden_states).numpy()


def normalized(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def check(model: onnx.ModelProto, weights: dict[str, np.ndarray], output: str) -> None:
    """The graph gives what PyTorch gives, alone and padded, and its weights are found again by node name.

    A token's vector may differ by a millionth of its length in any place.
    """
    found = pytorch_weights(model)
    lost = [name for name in weights if not name.startswith("pooler") and not np.array_equal(found[name], weights[name])]
    if lost:
        raise SystemExit(f"weights not found again in the graph: {lost}")
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    reference, worst = torch_model(weights), 0.0
    for text in TEXTS:
        ids, _ = token_ids(text, POSITIONS)
        for padding in (0, POSITIONS - len(ids)):
            feeds = {"input_ids": np.array([ids + [0] * padding]),
                     "attention_mask": np.array([[1] * len(ids) + [0] * padding]),
                     "token_type_ids": np.zeros([1, len(ids) + padding], np.int64)}
            got = session.run([output], {i.name: feeds[i.name] for i in session.get_inputs()})[0][0, :len(ids)]
            wanted = hidden_states(reference, ids)[-1]
            lengths = np.linalg.norm(wanted, axis=1, keepdims=True)
            worst = max(worst, (np.abs(got - wanted) / lengths).max())
    print(f"{output}: largest difference to PyTorch {worst:.1e}")
    if worst > 1e-6:
        raise SystemExit("the graph differs from PyTorch")


def write_folder(name: str, model: onnx.ModelProto | None, *, at: str = "onnx/model.onnx", pooling: str | None = None,
                 normalize: bool = True, limit: int = POSITIONS, prompts: dict | None = None) -> Path:
    """An encoder in the layout of the Hugging Face hub; without `pooling` there is nothing of sentence-transformers."""
    folder = FIXTURES / name
    (folder / at).parent.mkdir(parents=True, exist_ok=True)
    if model:
        (folder / at).write_bytes(model.SerializeToString(deterministic=True))
    TOKENIZER.encode_special_tokens = False
    TOKENIZER.save(str(folder / "tokenizer.json"), pretty=False)
    files = {"config.json": CONFIG, "tokenizer_config.json": {
        "tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": POSITIONS, "unk_token": "[UNK]",
        "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]"}}
    if pooling:
        paths = {"Transformer": "", "Pooling": "1_Pooling"} | ({"Normalize": "2_Normalize"} if normalize else {})
        files["modules.json"] = [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{module}"}
            for i, (module, path) in enumerate(paths.items())]
        files["1_Pooling/config.json"] = {
            "word_embedding_dimension": WIDTH, "pooling_mode_cls_token": pooling == "cls",
            "pooling_mode_mean_tokens": pooling == "mean", "pooling_mode_max_tokens": pooling == "max"}
        files["sentence_bert_config.json"] = {"max_seq_length": limit, "do_lower_case": False}
    if prompts:
        files["config_sentence_transformers.json"] = prompts
    for file, value in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(json.dumps(value) + "\n")
    return folder


def odd_inputs() -> onnx.ModelProto:
    """A model of pictures: the mean of each channel."""
    graph = Graph()
    graph.node("", "GlobalAveragePool", "pixel_values")
    graph.rename_last("last_hidden_state")
    return model_of(graph, [("pixel_values", TensorProto.FLOAT, ["batch_size", 3, "height", "width"])],
                    [("last_hidden_state", TensorProto.FLOAT, ["batch_size", 3, 1, 1])])


def rank2_output(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """A model that pools by itself: the mean of the word embeddings, [batch, width], and nothing by token."""
    graph, name = Graph(), "embeddings.word_embeddings.weight"
    words = graph.node("/embeddings", "Gather", graph.initializer(name, weights[name]), "input_ids")
    mask = graph.node("", "Unsqueeze", graph.node("", "Cast", "attention_mask", to=TensorProto.FLOAT), axes=[2])
    total = graph.node("", "ReduceSum", graph.node("", "Mul", words, mask), axes=[1], keepdims=0)
    graph.node("", "Div", total, graph.node("", "ReduceSum", mask, axes=[1], keepdims=0))
    graph.rename_last("sentence_embedding")
    shape = ["batch_size", "sequence_length"]
    return model_of(graph, [(i, TensorProto.INT64, shape) for i in ("input_ids", "attention_mask")],
                    [("sentence_embedding", TensorProto.FLOAT, ["batch_size", WIDTH])])


def dynamic_int8(model: onnx.ModelProto) -> onnx.ModelProto:
    with tempfile.TemporaryDirectory() as folder:
        onnx.save(model, f"{folder}/model.onnx")
        quantize_dynamic(f"{folder}/model.onnx", f"{folder}/int8.onnx", per_channel=True, weight_type=QuantType.QInt8)
        return onnx.load(f"{folder}/int8.onnx")


def golden(weights: dict[str, np.ndarray]) -> list[dict]:
    """Per text: token ids; last layer pooled three ways; the mean normalized; the mean of every layer."""
    model, rows = torch_model(weights), []
    for text in TEXTS:
        ids, truncated = token_ids(text, POSITIONS)
        states = hidden_states(model, ids)
        means = states.mean(axis=1, dtype=np.float32)
        rows.append({"text": text, "ids": ids, "truncated": truncated, "vector": floats(normalized(means[-1])),
                     "cls": floats(states[-1, 0]), "max": floats(states[-1].max(axis=0)), "layerMeans": floats(means)})
    return rows


def golden_cls(weights: dict[str, np.ndarray], prompts: dict[str, str], limit: int) -> list[dict]:
    model, rows = torch_model(weights), []
    for text in CLS_TEXTS:
        for prompt, words in prompts.items():
            ids, truncated = token_ids(words + text, limit)
            rows.append({"text": text, "prompt": prompt, "ids": ids, "truncated": truncated,
                         "vector": floats(hidden_states(model, ids)[-1, 0])})
    return rows


def main() -> None:
    weights, others = random_weights(1), random_weights(2)
    model = bert(weights, HEADS)
    check(model, weights, "last_hidden_state")
    write_folder("tiny-bert", model, pooling="mean")
    write_json(GOLDEN / "tiny-bert.json", {"encoder": "tiny-bert", "maxTokens": POSITIONS, "texts": golden(weights)})

    prompts = {"prompts": {"query": "ask: ", "doc": ""}, "default_prompt_name": "query"}
    write_folder("tiny-bert-cls", model, pooling="cls", normalize=False, limit=16, prompts=prompts)
    write_json(GOLDEN / "tiny-bert-cls.json", {
        "encoder": "tiny-bert-cls", "maxTokens": 16, "texts": golden_cls(weights, prompts["prompts"], 16)})

    named = bert(others, HEADS, token_types=False, output="output_0", pooled="pooled")
    check(named, others, "output_0")
    write_folder("tiny-bert-output-names", named, at="model.onnx")
    write_json(GOLDEN / "tiny-bert-output-names.json", {
        "encoder": "tiny-bert-output-names", "maxTokens": POSITIONS, "texts": golden(others)[:4]})

    write_folder("odd-inputs", odd_inputs())
    write_folder("rank2-output", rank2_output(weights))
    write_folder("dynamic-int8", dynamic_int8(model), pooling="mean")


if __name__ == "__main__":
    main()
