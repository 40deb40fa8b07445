"""Step 2: teach a shallow BERT to give its teacher's vectors.

    python distill.py --data build/ --teacher <folder>/onnx/model.onnx --out build/run --minutes 85

Per batch, with h the teacher's hidden states and s the student's, both after the last layer:

    loss = (1 - cos(h_CLS, s_CLS)) + a mean over tokens (1 - cos(h, s)) + b mean (H H' - S S')^2

where H and S hold the normalized CLS vectors of the batch; a is 0.3 and b is 2 by default. The state is
saved every few minutes; the same command goes on from it. `--minutes` spreads the learning-rate schedule over a budget
of time, `--texts` over a number of texts (the same seed then gives the same run).
"""

import argparse
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from transformers import BertConfig, BertModel

from bert_onnx import pytorch_weights
from muon import Muon


def depth(weights: dict[str, torch.Tensor]) -> int:
    return 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))


def bert(weights: dict[str, torch.Tensor]) -> BertModel:
    config = BertConfig(
        vocab_size=30522, hidden_size=384, num_hidden_layers=depth(weights), num_attention_heads=12, intermediate_size=1536,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    model = BertModel(config, add_pooling_layer=False)
    state = {name: value for name, value in weights.items() if not name.startswith("pooler")}
    missing, _ = model.load_state_dict(state, strict=False)
    if missing:
        raise SystemExit(f"the teacher's ONNX lacks {missing[:5]}")
    return model


def started_from(weights: dict[str, torch.Tensor], chosen: list[int]) -> dict[str, torch.Tensor]:
    """The teacher's weights with only the `chosen` layers, renumbered from 0."""
    result = {name: value for name, value in weights.items() if not name.startswith("encoder.layer.")}
    for new, old in enumerate(chosen):
        prefix = f"encoder.layer.{old}."
        for name, value in weights.items():
            if name.startswith(prefix):
                result[f"encoder.layer.{new}.{name.removeprefix(prefix)}"] = value
    return result


def with_layer_on_top(
        student: dict[str, torch.Tensor], weights: dict[str, torch.Tensor], old: int) -> dict[str, torch.Tensor]:
    """A student's weights with one more layer, which starts from the teacher's layer `old` but adds nothing yet.

    Its two output products are zero and its normalizations plain, so the vectors keep their directions, but for the
    mean of their components.
    """
    prefix = f"encoder.layer.{old}."
    result = dict(student)
    for name, value in weights.items():
        if name.startswith(prefix):
            part = name.removeprefix(prefix)
            if "LayerNorm" in part:
                value = torch.full_like(value, 1.0 if part.endswith("weight") else 0.0)
            elif "output.dense" in part:
                value = torch.zeros_like(value)
            result[f"encoder.layer.{depth(student)}.{part}"] = value
    return result


class Teacher:
    """Hidden states of the last layer: in PyTorch from the ONNX weights, or by onnxruntime (`--teacher-int8`)."""

    def __init__(self, path: str, weights: dict[str, torch.Tensor], device: str, int8: str | None):
        self.device, self.session = device, None
        if int8:
            import onnxruntime
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = torch.get_num_threads()
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            self.session = onnxruntime.InferenceSession(int8, options, providers=["CPUExecutionProvider"])
        else:
            self.model = bert(weights).to(device).eval()

    def __call__(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        if self.session:
            feeds = {"input_ids": ids.numpy(), "attention_mask": mask.numpy(), "token_type_ids": np.zeros_like(ids.numpy())}
            names = {i.name for i in self.session.get_inputs()}
            hidden = self.session.run(None, {k: v for k, v in feeds.items() if k in names})[0]
            return torch.from_numpy(hidden)
        with torch.inference_mode(), half(self.device):
            return self.model(input_ids=ids, attention_mask=mask).last_hidden_state.float().clone()


def half(device: str):
    """bf16 where the machine multiplies in it, else fp32."""
    fast = device == "cuda" or (hasattr(torch.cpu, "_is_avx512_bf16_supported") and torch.cpu._is_avx512_bf16_supported())
    return torch.autocast(device, dtype=torch.bfloat16, enabled=fast)


def batches(ids: np.ndarray, ends: np.ndarray, seed: int, budget: int, skip: int):
    """Endless batches of texts of similar length, `budget` tokens with padding; the first `skip` are passed over.

    Texts are shuffled once an epoch; windows of 16,384 of them are sorted by length and cut.
    """
    starts = np.concatenate([[0], ends[:-1]])
    lengths = ends - starts
    epoch = 0
    while True:
        random = np.random.default_rng([seed, epoch])
        order = random.permutation(len(ends))
        for at in range(0, len(order), 16_384):
            window = order[at:at + 16_384]
            window = window[np.argsort(lengths[window], kind="stable")]
            cuts, first = [], 0
            for i in range(len(window)):
                if (i + 1 - first) * lengths[window[i]] > budget:
                    cuts.append(window[first:i])
                    first = i
            cuts.append(window[first:])
            for b in random.permutation(len(cuts)):
                if skip > 0:
                    skip -= 1
                    continue
                rows = cuts[b]
                width = lengths[rows].max()
                batch = np.zeros((len(rows), width), dtype=np.int64)
                for r, t in enumerate(rows):
                    batch[r, :lengths[t]] = ids[starts[t]:ends[t]]
                yield torch.from_numpy(batch)
        epoch += 1


def loss_of(h: torch.Tensor, s: torch.Tensor, mask: torch.Tensor, token_weight: float,
            similarity_weight: float) -> tuple[torch.Tensor, dict[str, float]]:
    cls_h, cls_s = F.normalize(h[:, 0], dim=-1), F.normalize(s[:, 0], dim=-1)
    cls = (1 - (cls_h * cls_s).sum(-1)).mean()
    real = mask.bool()
    tokens = (1 - F.cosine_similarity(h[real], s[real], dim=-1)).mean()
    similarity = (cls_h @ cls_h.T - cls_s @ cls_s.T).square().mean()
    return cls + token_weight * tokens + similarity_weight * similarity, {
        "cls": cls.item(), "tokens": tokens.item(), "similarity": similarity.item()}


def save(path: Path, state: dict) -> None:
    part = path.with_suffix(".part")
    torch.save(state, part)
    with open(part, "rb") as file:
        os.fsync(file.fileno())
    part.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="what prepare.py wrote")
    parser.add_argument("--teacher", required=True, help="the teacher's fp32 ONNX")
    parser.add_argument("--teacher-int8", help="a quantized ONNX of the teacher, for its forward pass on a CPU")
    parser.add_argument("--out", required=True)
    parser.add_argument("--init", help="go on from the weights of another run (student.pt)")
    parser.add_argument("--add-layer", type=int, metavar="N",
                        help="put one more layer on top of --init's, started from the teacher's layer N")
    parser.add_argument("--layers", default="0,3,7,11", help="the teacher's layers that start the student's")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--texts", type=int)
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--warmup", type=int, default=200, help="steps")
    parser.add_argument("--token-weight", type=float, default=0.3, help="a in the loss")
    parser.add_argument("--similarity-weight", type=float, default=2.0, help="b in the loss")
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--optimizer", choices=["adamw", "muon"], default="adamw",
                        help="muon: AdamW for all but the layers' matrices")
    parser.add_argument("--train-embeddings", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    if (args.minutes is None) == (args.texts is None):
        parser.error("give --minutes or --texts")
    if args.add_layer is not None and not args.init:
        parser.error("--add-layer goes with --init")

    torch.manual_seed(args.seed)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    weights = {name: torch.from_numpy(value.copy()) for name, value in pytorch_weights(onnx.load(args.teacher)).items()}
    chosen = [int(n) for n in args.layers.split(",")]
    start = started_from(weights, chosen)
    if args.init:
        start = torch.load(args.init, map_location="cpu")
        if args.add_layer is not None:
            start = with_layer_on_top(start, weights, args.add_layer)
    student = bert(start).to(args.device).train()
    for parameter in student.embeddings.parameters():
        parameter.requires_grad = args.train_embeddings
    trained = [p for p in student.parameters() if p.requires_grad]
    matrices = [p for p in student.encoder.parameters() if p.ndim == 2] if args.optimizer == "muon" else []
    others = [p for p in trained if not any(p is m for m in matrices)]
    optimizers = [torch.optim.AdamW(others, lr=args.lr, weight_decay=0.01)]
    if matrices:
        optimizers.append(Muon(matrices, lr=args.lr, weight_decay=0.01))
    teacher = Teacher(args.teacher, weights, args.device, args.teacher_int8)

    step, texts, before = 0, 0, 0.0
    if (out / "state.pt").exists():
        state = torch.load(out / "state.pt", map_location=args.device, weights_only=True)
        student.load_state_dict(state["student"])
        for optimizer, its in zip(optimizers, state["optimizers"]):
            optimizer.load_state_dict(its)
        step, texts, before = state["step"], state["texts"], state["seconds"]
    began = saved = time.monotonic()
    sums, summed, log = {}, 0, open(out / "losses.jsonl", "a")

    def checkpoint(seconds: float) -> None:
        save(out / "state.pt", {"student": student.state_dict(), "step": step, "texts": texts, "seconds": seconds,
                                "optimizers": [optimizer.state_dict() for optimizer in optimizers]})
        save(out / "student.pt", student.state_dict())

    for ids in batches(np.load(args.data + "/ids.npy"), np.load(args.data + "/ends.npy"), args.seed, args.batch_tokens, step):
        seconds = before + time.monotonic() - began
        done = seconds / (args.minutes * 60) if args.minutes else texts / args.texts
        if done >= 1:
            break
        for group in (group for optimizer in optimizers for group in optimizer.param_groups):
            group["lr"] = args.lr * min((step + 1) / args.warmup, 1 - done)
        ids = ids.to(args.device)
        mask = (ids != 0).long()
        h = teacher(ids, mask)
        with half(args.device):
            s = student(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        loss, parts = loss_of(h, s, mask, args.token_weight, args.similarity_weight)
        if not math.isfinite(loss.item()):
            raise SystemExit(f"loss is {loss.item()} at step {step}: lower --lr")
        student.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        for optimizer in optimizers:
            optimizer.step()
        step += 1
        texts += len(ids)
        summed += 1
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + value
        if step % 50 == 0:
            row = {"step": step, "texts": texts, "seconds": round(seconds),
                   **{k: round(v / summed, 5) for k, v in sums.items()}}
            print(json.dumps(row), flush=True)
            log.write(json.dumps(row) + "\n")
            log.flush()
            sums, summed = {}, 0
        if time.monotonic() - saved > 180:
            checkpoint(seconds)
            saved = time.monotonic()
    checkpoint(before + time.monotonic() - began)
    print(f"done: {texts:,} texts in {step:,} steps")


if __name__ == "__main__":
    main()
