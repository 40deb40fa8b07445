"""Step 1: texts -> token ids.

    python prepare.py corpus.txt[.gz] --tokenizer <teacher>/tokenizer.json --out build/

Writes ids.npy (uint16, all texts one after the other, with [CLS] and [SEP]) and ends.npy (int64, where each text ends).
"""

import argparse
import gzip
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer


def lines(path: str):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf8") as file:
        for line in file:
            if text := line.strip():
                yield text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--max-tokens", type=int, default=64)
    args = parser.parse_args()

    tokenizer = Tokenizer.from_file(args.tokenizer)
    tokenizer.no_padding()
    tokenizer.enable_truncation(args.max_tokens)
    texts = list(lines(args.corpus))
    ids, ends, total = [], [], 0
    for start in range(0, len(texts), 10_000):
        for encoding in tokenizer.encode_batch(texts[start:start + 10_000]):
            ids.append(np.array(encoding.ids, dtype=np.uint16))
            total += len(encoding.ids)
            ends.append(total)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "ids.npy", np.concatenate(ids))
    np.save(out / "ends.npy", np.array(ends, dtype=np.int64))
    print(f"{len(texts):,} texts, {total:,} tokens, {total / len(texts):.1f} a text")


if __name__ == "__main__":
    main()
