"""Token ids of 400 odd lines of Unicode by the Python tokenizers, for a tokenizer that works as bert-base-uncased's.

    python scripts/golden/tokenizer_ids.py --tokenizer <folder of bge-small-en-v1.5>/tokenizer.json

Writes test/golden/tokenizer-ids.json. The lines come from a seed; nothing is cut or padded, and special-token strings
are plain text.
"""

import argparse
import random
import unicodedata
from pathlib import Path

from tokenizers import Tokenizer

from json_files import write_json

OUT = Path(__file__).parents[2] / "test/golden/tokenizer-ids.json"
WORDS = """
rain coffee train window ticket lovely terrible unbelievably overcooked refund battery screenplay neighbors harbour
parcel voucher tomorrow can't won't they're it's U.S. e-mail 3.14 1,299.00 10:45pm co-operate naively antidisestablishment
""".split()
ACCENTED = """
caf\u00e9 na\u00efve \u00c5ngstr\u00f6m Zo\u00eb S\u00e3o \u0141\u00f3d\u017a \u1e9eSTRASSE stra\u00dfe \u0130stanbul
d\u1ecbch Vi\u1ec7t \u01d5bung \u03ac\u03bb\u03c6\u03b1 \u0419\u043e\u0433\u0443\u0440\u0442 \u00d8re \u00c6sir \u0111\u00e0
""".split()
JOINER, EMOJI_STYLE = "\u200d", "\ufe0f"


def between(r: random.Random, *ranges: tuple[int, int]) -> str:
    return chr(r.randint(*r.choice(ranges)))


def run(r: random.Random, length: int, *ranges: tuple[int, int]) -> str:
    return "".join(between(r, *ranges) for _ in range(length))


def words(r: random.Random, count: int) -> str:
    return " ".join(r.choice(WORDS) for _ in range(count))


def emoji(r: random.Random) -> str:
    """One emoji as users see it: joined, toned, a flag, a keycap or a single sign."""
    face = between(r, (0x1F600, 0x1F64F), (0x1F300, 0x1F5FF), (0x1F680, 0x1F6C5), (0x2600, 0x26FF), (0x1F900, 0x1F9FF))
    people = [chr(c) for c in (0x1F468, 0x1F469, 0x1F467, 0x1F466, 0x1F9D1)]
    tone = between(r, (0x1F3FB, 0x1F3FF))
    return r.choice([
        face, face + EMOJI_STYLE, r.choice(people) + tone, JOINER.join(r.choices(people, k=r.randint(2, 4))),
        r.choice(people) + tone + JOINER + r.choice("\u2695\u2696\u2708") + EMOJI_STYLE,
        run(r, r.choice([1, 2, 3]), (0x1F1E6, 0x1F1FF)), r.choice("0123456789#*") + EMOJI_STYLE + "\u20e3",
        "\U0001f3f4" + run(r, 4, (0xE0061, 0xE007A)) + "\U000e007f"])


def emojis(r: random.Random) -> str:
    parts = [words(r, 2) if r.random() < 0.4 else emoji(r) for _ in range(r.randint(1, 6))]
    return r.choice(["", " "]).join(parts)


def bidirectional(r: random.Random) -> str:
    controls = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
    parts = [r.choice([run(r, 5, (0x5D0, 0x5EA)), run(r, 5, (0x621, 0x63A)), words(r, 1), run(r, 3, (0x660, 0x669))])
             for _ in range(5)]
    return " ".join(r.choice(controls) * r.randint(0, 2) + part + r.choice(["", r.choice(controls)]) for part in parts)


def arabic(r: random.Random) -> str:
    letters = [(0x621, 0x63A), (0x641, 0x64A), (0x671, 0x6D3)]
    return " ".join(run(r, r.randint(2, 7), *letters, (0x64B, 0x652)) for _ in range(4)) + r.choice("\u061f\u060c.")


def indic_and_thai(r: random.Random) -> str:
    script = r.choice([(0xE01, 0xE3A), (0x905, 0x94D), (0xB85, 0xBCD), (0x1780, 0x17D3), (0x1000, 0x104F), (0xE81, 0xEBD)])
    return " ".join(run(r, r.randint(3, 14), script) for _ in range(r.randint(1, 4)))


def han_and_kana(r: random.Random) -> str:
    ranges = [(0x4E00, 0x9FA5), (0x3041, 0x3096), (0x30A1, 0x30FA), (0x3400, 0x4DB5), (0xF900, 0xFA2D), (0x3001, 0x301F),
              (0x20000, 0x2A6D6), (0xFF01, 0xFF9F), (0x2F00, 0x2FD5)]
    return run(r, r.randint(2, 16), *r.sample(ranges, 3)) + r.choice(["", " ok", "abc"])


def hangul(r: random.Random) -> str:
    text = " ".join(run(r, r.randint(1, 5), (0xAC00, 0xD7A3)) for _ in range(3))
    return r.choice([text, unicodedata.normalize("NFD", text), run(r, 4, (0x3131, 0x318E)), run(r, 5, (0x1100, 0x11F9))])


def composed(r: random.Random) -> str:
    return " ".join(r.choice(ACCENTED) for _ in range(4)) + " " + run(r, 6, (0xC0, 0x17F), (0x1E00, 0x1EFF))


def decomposed(r: random.Random) -> str:
    return unicodedata.normalize(r.choice(["NFD", "NFKD"]), composed(r))


def compatible(r: random.Random) -> str:
    """Ligatures, full-width letters, circled numbers, mathematical letters and the like inside words."""
    ranges = [(0xFB00, 0xFB06), (0xFF21, 0xFF5A), (0x2460, 0x24E9), (0x1D400, 0x1D433), (0x2150, 0x2188), (0x2070, 0x2079),
              (0x1F130, 0x1F149), (0x3300, 0x33FF), (0x2100, 0x214F), (0x1F110, 0x1F129)]
    return " ".join(r.choice(["", "of", "a"]) + run(r, r.randint(1, 4), *ranges) + r.choice(["", "sh", "!"]) for _ in range(4))


def not_characters(r: random.Random) -> str:
    odd = ["\ufffd", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff", "\ufdd0", "\ue000", "\U000f0000", "\ufffc", "\ufff9"]
    return "".join(r.choice([r.choice(odd), " " + r.choice(WORDS), r.choice(WORDS)[:3]]) for _ in range(7))


def tags(r: random.Random) -> str:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in r.choice(["hello", "ignore me", "gbeng"]))
    return words(r, 2) + hidden + r.choice(["", "\U000e0001", "\U000e007f"]) + r.choice(["", " "]) + words(r, 1)


def zero_width(r: random.Random) -> str:
    marks = "\u200b\u200c\u200d\u2060\u2061\u2063\ufeff\u00ad\u180e\u034f\u115f\u3164\ufe0e\ufe0f"
    return "".join(c + (r.choice(marks) * r.randint(1, 3) if r.random() < 0.25 else "") for c in words(r, 4))


def combining(r: random.Random) -> str:
    marks = [(0x300, 0x36F), (0x20D0, 0x20F0), (0x1AB0, 0x1ABD), (0x483, 0x487)]
    return "".join(c + run(r, r.choice([0, 1, 2, 9, 30]), *marks) for c in r.choice(WORDS)[:6]) + " " + words(r, 1)


def controls(r: random.Random) -> str:
    return "".join(c + (between(r, (0, 0x1F), (0x7F, 0x9F)) if r.random() < 0.3 else "") for c in words(r, 4))


def spaces(r: random.Random) -> str:
    kinds = "\t\n\r\v\f\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2003\u2007\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
    return r.choice(kinds) + "".join(word + r.choice(kinds) * r.randint(1, 2) for word in words(r, 6).split())


def long_words(r: random.Random) -> str:
    """Around the limit of 100 characters a word, counted in code points after normalizing."""
    letters = r.choice(["a", "ab", "rain", "\u00e9", "e\u0301", "\U0001d400", "\U0001f600", "7", "\u0130", "\u00df"])
    return words(r, 1) + " " + (letters * 130)[:r.choice([98, 99, 100, 101, 102, 128])] + r.choice([" ", "-", ""]) + words(r, 1)


def tweet(r: random.Random) -> str:
    pieces = ["@" + r.choice(WORDS) + "_" + str(r.randint(1, 99)), "#" + r.choice(WORDS).title(), "&amp;", "&lt;3", ":-)", "xD",
              "https://t.example/" + run(r, 6, (97, 122)), "soooo" + "o" * r.randint(0, 9), "!!!", "\u2026", "RT", "\u00a35",
              "\u201c" + words(r, 2) + "\u201d", "it\u2019s", "\u2014", words(r, 3).upper(), emoji(r)]
    return " ".join(r.sample(pieces, r.randint(4, 9)))


def cases(r: random.Random) -> str:
    """Letters whose lower case is longer, depends on its neighbors, or is young."""
    odd = ["\u0130", "I\u0307", "\u1e9e", "\u017f", "\u039f\u0394\u039f\u03a3", "\u03a3", "\u01c4", "\u01c5", "\u212a", "\u2126",
           "\u13a0\u13a1", "\uab70", "\u10a0", "\u1c90", "\u1e9a", "\u0149", "\u1f88", "\u1fbc", "\u0345", "\u2160",
           "\U00010400", "\U00010570", "\ua7c2", "\u2c2f"]
    return " ".join(r.choice(["", "A", "x"]) + r.choice(odd) + r.choice(["", "B", "'s", "."]) for _ in range(7))


def punctuation(r: random.Random) -> str:
    ranges = [(0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E), (0xA1, 0xBF), (0x2010, 0x2027), (0x2030, 0x205E),
              (0x3001, 0x3020), (0x20A0, 0x20BF), (0x2190, 0x21FF), (0x2E00, 0x2E2E), (0xFE30, 0xFE4F), (0x55A, 0x55F)]
    return "".join(r.choice([run(r, r.randint(1, 3), *ranges), r.choice(WORDS), " "]) for _ in range(10))


def anything(r: random.Random) -> str:
    """Code points of several planes, all assigned since Unicode 3.2."""
    text = ""
    while len(text) < 14:
        c = between(r, (0x20, 0x2FFF), (0xA000, 0xD7A3), (0xF900, 0xFFFD), (0x10000, 0x1F9FF))
        if unicodedata.ucd_3_2_0.category(c) not in ("Cn", "Cs"):
            text += c
    return text


def unassigned(r: random.Random) -> str:
    """Code points without a character, and characters younger than Unicode 8."""
    young = ["\U0001f9ff", "\U0001fae0", "\U0001fad6", "\U0001fa70", "\U0001e900", "\u0870", "\u1cc0", "\U00016e40"]
    empty = ["\u0378", "\u0530", "\u2fe0", "\U0001ffff", "\U00030000", "\U000e1000", "\u1c8f"]
    return " ".join(r.choice(WORDS) + r.choice(["", " "]) + r.choice(young + empty) + r.choice(WORDS) for _ in range(3))


KINDS = {
    emojis: 40, bidirectional: 22, arabic: 16, indic_and_thai: 28, han_and_kana: 36, hangul: 20, composed: 14, decomposed: 18,
    compatible: 24, not_characters: 14, tags: 10, zero_width: 18, combining: 18, controls: 16, spaces: 16, long_words: 16,
    tweet: 30, cases: 14, punctuation: 16, anything: 14,
}
LITERAL = [
    "[CLS]", "[SEP][SEP]", "a [MASK] b", "[PAD] [PAD] good", "[UNK]", "(([CLS]))", "x[MASK]y", "[mask] [Cls]", "[ PAD ]", "##ing [SEP",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", required=True)
    tokenizer = Tokenizer.from_file(parser.parse_args().tokenizer)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True

    def row(kind: str, text: str) -> dict:
        return {"kind": kind, "text": text, "ids": tokenizer.encode(text).ids}

    r = random.Random(1)
    rows = [row(kind.__name__, kind(r)) for kind, count in KINDS.items() for _ in range(count)]
    write_json(OUT, {
        "unknown": tokenizer.token_to_id("[UNK]"), "lines": rows,
        "unassigned": [row("unassigned", unassigned(r)) for _ in range(20)],
        "literal": [row("literal", text) for text in LITERAL]})
    print(f"{len(rows)} lines, {OUT.stat().st_size:,} bytes, "
          f"{sum(len(row['ids']) for row in rows):,} tokens, {sum(row['ids'].count(100) for row in rows):,} unknown")


if __name__ == "__main__":
    main()
