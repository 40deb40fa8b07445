"""Step 3: the student's weights -> fp32 ONNX with the teacher's graph, checked against PyTorch.

    python export.py --run build/run --teacher <folder>/onnx/model.onnx --out build/fp32.onnx
"""

import argparse

import numpy as np
import onnx
import onnxruntime
import torch

from bert_onnx import shallower
from distill import bert


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", required=True, help="what distill.py wrote")
    parser.add_argument("--teacher", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()

    state = torch.load(f"{args.run}/student.pt", map_location="cpu", weights_only=True)
    student = bert(state).eval()
    layers = student.config.num_hidden_layers
    weights = {name: value.numpy() for name, value in state.items()}
    onnx.save(shallower(onnx.load(args.teacher), weights, layers), args.out)

    ids = torch.randint(1000, 30000, (4, 24), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    mask[2, 10:] = 0
    with torch.inference_mode():
        expected = student(input_ids=ids, attention_mask=mask).last_hidden_state[:, 0].numpy()
    feeds = {"input_ids": ids.numpy(), "attention_mask": mask.numpy(), "token_type_ids": np.zeros_like(ids.numpy())}
    found = onnxruntime.InferenceSession(args.out).run(["last_hidden_state"], feeds)[0][:, 0]
    cosines = (found * expected).sum(-1) / np.linalg.norm(found, axis=-1) / np.linalg.norm(expected, axis=-1)
    print(f"{layers} layers, cosine to PyTorch {cosines.min():.8f} at least")
    if cosines.min() < 0.999999:
        raise SystemExit("the export differs from PyTorch")


if __name__ == "__main__":
    main()
