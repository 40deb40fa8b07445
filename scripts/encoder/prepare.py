"""Step 1: texts -> token ids.

    python prepare.py corpus.txt[.gz] --tokenizer <teacher>/tokenizer.json --out build/

Writes ids.npy (uint16, all texts one after the other, with [CLS] and [SEP]) and ends.npy (int64, where each text ends).
`--joined N` adds N long texts, each of consecutive ones joined and cut: a student that has seen none longer than a
sentence is far from its teacher on paragraphs.
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


def joined(texts: list[np.ndarray], count: int, seed: int) -> list[np.ndarray]:
    """`count` texts of 32 to 512 tokens, evenly over the logarithm, each from a random place of `texts` on."""
    random = np.random.default_rng(seed)
    first, last = texts[0][:1], texts[0][-1:]
    result = []
    for length in np.exp(random.uniform(np.log(32), np.log(512), count)).astype(int):
        at, parts, total = random.integers(len(texts)), [], 2
        while total < length:
            parts.append(texts[at % len(texts)][1:-1])
            total += len(parts[-1])
            at += 1
        result.append(np.concatenate([first, np.concatenate(parts)[:length - 2], last]))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--max-tokens", type=int, default=128, help="of a text that is not joined")
    parser.add_argument("--joined", type=int, default=50_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    tokenizer = Tokenizer.from_file(args.tokenizer)
    tokenizer.no_padding()
    tokenizer.enable_truncation(args.max_tokens)
    texts = list(lines(args.corpus))
    ids = []
    for start in range(0, len(texts), 10_000):
        ids += [np.array(e.ids, dtype=np.uint16) for e in tokenizer.encode_batch(texts[start:start + 10_000])]
    ids += joined(ids, args.joined, args.seed)
    ends = np.cumsum([len(text) for text in ids])
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "ids.npy", np.concatenate(ids))
    np.save(out / "ends.npy", ends)
    print(f"{len(ids):,} texts, {ends[-1]:,} tokens, {ends[-1] / len(ids):.1f} a text")


if __name__ == "__main__":
    main()
