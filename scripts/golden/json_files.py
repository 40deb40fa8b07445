"""JSON that is small, diffs by line and gives the same bytes every time."""

import json
from pathlib import Path

import numpy as np


def floats(array: np.ndarray) -> list:
    """A float32 array as nested lists of the shortest decimals that give it back bit for bit."""
    if array.dtype != np.float32:
        raise TypeError(f"floats() takes float32, got {array.dtype}")
    if array.ndim > 1:
        return [floats(row) for row in array]
    return [float(str(value)) for value in array]


def write_json(path: Path, value: dict) -> None:
    """A field a line, and for a list of objects an object a line; everything beyond ASCII is escaped."""
    def line(part) -> str:
        return json.dumps(part, separators=(",", ":"))

    fields = []
    for name, part in value.items():
        rows = isinstance(part, list) and part and isinstance(part[0], (dict, str))
        text = "[\n" + ",\n".join(map(line, part)) + "\n]" if rows else line(part)
        fields.append(f"{line(name)}: {text}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(fields) + "\n}\n", encoding="ascii")
