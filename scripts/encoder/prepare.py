"""Step 1: texts -> token ids.

    python prepare.py corpus.txt[.gz] --tokenizer <teacher>/tokenizer.json --out build/

Writes ids.npy (uint16, all texts one after the other, with [CLS] and [SEP]) and ends.npy (int64, where each text ends).
`--joined N` adds N long texts, each of consecutive ones joined and cut: a student that has seen none longer than a
sentence is far from its teacher on paragraphs. `--varied N` adds N texts in which words gave way to words that the
teacher embeds near them, and some of which begin as one text and end as another (after the data augmentation of Jiao et
al., TinyBERT, 2020): the teacher says what they mean, and the student sees words in company that the corpus lacks.
"""

import argparse
import gzip
import re
from pathlib import Path

import numpy as np
import onnx
from tokenizers import Tokenizer

from bert_onnx import pytorch_weights


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


def neighbors(tokenizer: Tokenizer, teacher: str, count: int) -> np.ndarray:
    """Tokens x count: the other whole words whose embeddings are nearest to each whole word's; -1 for other tokens."""
    embeddings = pytorch_weights(onnx.load(teacher))["embeddings.word_embeddings.weight"]
    vectors = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    words = np.array([i for word, i in tokenizer.get_vocab().items() if re.fullmatch("[a-z]{2,}", word)])
    result = np.full((len(vectors), count), -1)
    for part in np.array_split(words, 32):
        near = vectors[part] @ vectors[words].T
        near[part[:, None] == words] = -np.inf
        result[part] = words[np.argpartition(-near, count, axis=1)[:, :count]]
    return result


def varied(texts: list[np.ndarray], count: int, near: np.ndarray, tails: np.ndarray, seed: int) -> list[np.ndarray]:
    """`count` random texts, 10 to 40 % of their words exchanged for near ones; a third end as another text does.

    near: what `neighbors` gives; tails: of every token, whether it goes on with the word before it.
    """
    random = np.random.default_rng(seed)
    result = []
    while len(result) < count:
        text = texts[random.integers(len(texts))]
        if random.random() < 1 / 3:
            other = texts[random.integers(len(texts))]
            text = np.concatenate([text[:random.integers(1, len(text))], other[random.integers(1, len(other)):]])
        text = text.copy()
        whole = (near[text, 0] >= 0) & ~np.append(tails[text[1:]], False)
        chosen = np.flatnonzero(whole & (random.random(len(text)) < random.uniform(0.1, 0.4)))
        text[chosen] = near[text[chosen], random.integers(near.shape[1], size=len(chosen))]
        if len(text) > 2:
            result.append(text)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--max-tokens", type=int, default=128, help="of a text that is not joined")
    parser.add_argument("--joined", type=int, default=50_000, metavar="N")
    parser.add_argument("--varied", type=int, default=0, metavar="N")
    parser.add_argument("--teacher", help="the teacher's fp32 ONNX, for --varied")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.varied > 0 and args.teacher is None:
        parser.error("--varied needs --teacher")

    tokenizer = Tokenizer.from_file(args.tokenizer)
    tokenizer.no_padding()
    tokenizer.enable_truncation(args.max_tokens)
    texts = list(lines(args.corpus))
    ids = []
    for start in range(0, len(texts), 10_000):
        ids += [np.array(e.ids, dtype=np.uint16) for e in tokenizer.encode_batch(texts[start:start + 10_000])]
    added = joined(ids, args.joined, args.seed)
    if args.varied > 0:
        vocabulary = tokenizer.get_vocab()
        tails = np.zeros(len(vocabulary), dtype=bool)
        tails[[i for word, i in vocabulary.items() if word.startswith("##")]] = True
        added += varied(ids, args.varied, neighbors(tokenizer, args.teacher, 12), tails, args.seed)
    ids += added
    ends = np.cumsum([len(text) for text in ids])
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "ids.npy", np.concatenate(ids))
    np.save(out / "ends.npy", ends)
    print(f"{len(ids):,} texts, {ends[-1]:,} tokens, {ends[-1] / len(ids):.1f} a text")


if __name__ == "__main__":
    main()
