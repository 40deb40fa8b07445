"""Short trainings beside one another, each with one thing changed, scored on dev splits.

    python trials.py --data build --teacher <folder> --texts 24000 --out build/trials [--only "6 layers" ...]

Every trial goes through all steps (distill, export, quantize, evaluate --dev) in a folder of its own; what is there
already is not done again. Ends with a table.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

TRIALS: dict[str, list[str]] = {
    "as it ships: 4 layers from 0, 3, 7, 11": [],
    "3 layers from 0, 5, 11": ["--layers", "0,5,11"],
    "6 layers from 0, 2, 4, 6, 8, 11": ["--layers", "0,2,4,6,8,11"],
    "4 layers from 0, 1, 2, 3": ["--layers", "0,1,2,3"],
    "4 layers from 2, 5, 8, 11": ["--layers", "2,5,8,11"],
    "no token targets": ["--token-weight", "0"],
    "token targets weigh 1": ["--token-weight", "1"],
    "no similarities within the batch": ["--similarity-weight", "0"],
    "learning rate 1e-4": ["--lr", "1e-4"],
    "learning rate 6e-4": ["--lr", "6e-4"],
    "embeddings trained too": ["--train-embeddings"],
}


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def trial(name: str, flags: list[str], args: argparse.Namespace) -> dict:
    out = args.out / name.replace(" ", "-").replace(",", "").replace(":", "")
    out.mkdir(parents=True, exist_ok=True)
    result = out / "result.json"
    if not result.exists():
        teacher = args.teacher / "onnx" / "model.onnx"
        int8 = ["--teacher-int8", str(args.teacher_int8)] if args.teacher_int8 else []
        run(sys.executable, "distill.py", "--data", str(args.data), "--teacher", str(teacher), *int8, "--out", str(out),
            "--texts", str(args.texts), "--batch-tokens", str(args.batch_tokens), "--warmup", str(args.warmup), *flags)
        run(sys.executable, "export.py", "--run", str(out), "--teacher", str(teacher), "--out", str(out / "fp32.onnx"))
        run("node", "quantize.mjs", "--model", str(out / "fp32.onnx"), "--teacher", str(args.teacher),
            "--out", str(out / "encoder"))
        scores = run("node", "evaluate.mjs", "--dev", "--encoder", str(out / "encoder"), "--cache", str(out / "cache"))
        losses = json.loads((out / "losses.jsonl").read_text().splitlines()[-1])
        result.write_text(json.dumps({**losses, **json.loads(scores.splitlines()[-1])}))
    return json.loads(result.read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True, help="its folder in Hugging Face layout")
    parser.add_argument("--teacher-int8", type=Path)
    parser.add_argument("--texts", type=int, default=24_000)
    parser.add_argument("--warmup", type=int, default=20, help="steps; a short training has few")
    parser.add_argument("--batch-tokens", type=int, default=1024, help="small, for more steps from few texts")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", help="trials whose names contain one of these")
    args = parser.parse_args()
    for name in ("data", "teacher", "teacher_int8", "out"):
        if path := getattr(args, name):
            setattr(args, name, path.resolve())
    chosen = {n: f for n, f in TRIALS.items() if not args.only or any(part in n for part in args.only)}
    print("| trial | CLS loss | token loss | SST-2 val | TweetEval val | balanced | WNUT dev |\n"
          "| --- | --- | --- | --- | --- | --- | --- |")
    for name, flags in chosen.items():
        r = trial(name, flags, args)
        print(f"| {name} | {r['cls']:.3f} | {r['tokens']:.3f} | {r['SST-2 val']:.3f} | {r['TweetEval val']:.3f} "
              f"| {r['TweetEval val, balanced']:.3f} | {r['WNUT dev']:.3f} |", flush=True)


if __name__ == "__main__":
    main()
