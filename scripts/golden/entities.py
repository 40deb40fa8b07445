"""Writes test/golden/entities.json: entity scores of random tag sequences by seqeval.

Run from the repository root: python scripts/golden/entities.py
Needs seqeval 1.2.2. The same seed gives the same file.
"""

import json
import pathlib
import random
import warnings

from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.scheme import IOB2

warnings.filterwarnings("ignore")
PAIRS = 1000
TAGS = ["O", "B-a", "I-a", "B-b", "I-b", "B-c", "I-c"]
draw = random.Random(7)


def sequence(length):
    return [draw.choice(TAGS) if draw.random() < 0.6 else "O" for _ in range(length)]


def disturbed(tags):
    return [draw.choice(TAGS) if draw.random() < 0.3 else tag for tag in tags]


def scores(truth, predicted, **mode):
    measures = (precision_score, recall_score, f1_score)
    return [round(float(measure([truth], [predicted], zero_division=0, **mode)), 12) for measure in measures]


pairs = []
for _ in range(PAIRS):
    truth = sequence(draw.randint(1, 12))
    predicted = disturbed(truth)
    # Tags as indices into `tags`, a letter each, so that the file stays small.
    code = lambda tags: "".join(str(TAGS.index(tag)) for tag in tags)
    strict = scores(truth, predicted, mode="strict", scheme=IOB2)
    pairs.append([code(truth), code(predicted), strict, scores(truth, predicted)])

path = pathlib.Path("test/golden/entities.json")
path.write_text(json.dumps({"tags": TAGS, "pairs": pairs}, separators=(",", ":")) + "\n")
