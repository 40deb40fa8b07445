"""Token ids by the Python tokenizers for a small tokenizer of every kind, and its classes of characters.

    python scripts/golden/tokenizer_kinds.py

Writes test/golden/tokenizer-kinds.json and test/golden/tokenizer-classes.json. All texts were written for this project;
special-token strings are plain text. A tokenizer is one of a few vocabularies with some of its fields replaced.
"""

import io
import json
import random
import tempfile
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers as n, pre_tokenizers as p, processors, trainers

from golden_texts import MESSAGES, SENTENCES, TWEETS
from json_files import write_json
from tokenizer_ids import KINDS

OUT = Path(__file__).parents[2] / "test/golden"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
MARK = "\u2581"
TRAINERS = {"BPE": "Bpe"}
TEXTS = [
    "Die Geb\u00fchr f\u00fcr das Zimmer war \u00fcbertrieben hoch.", "L'\u00e9t\u00e9 \u00e0 Nantes, c'\u00e9tait d\u00e9j\u00e0 l'automne\u2026",
    "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1 \u03a3\u039f\u03a6\u039f\u03a3, \u03c4\u03b9 \u03ba\u03ac\u03bd\u03b5\u03b9\u03c2;",
    "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u0401\u043b\u043a\u0430 \u0438\u0306",
    "\u0645\u0631\u062d\u0628\u0627 \u0643\u064a\u0641 \u062d\u0627\u0644\u0643\u064e\u061f \u0661\u0662\u0663",
    "\u05e9\u05b8\u05dc\u05d5\u05b9\u05dd \u05e2\u05d5\u05dc\u05dd", "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e \u0967\u0968",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0e19\u0e49\u0e33", "\u4f60\u597d\uff0c\u4e16\u754c\u3002\u53bb\U00020000\u6d77",
    "\u6771\u4eac\u306f\u30ac\u30ad\uff76\uff9e\u3067\u3059\u3002", "\uc624\ub298 \ub0a0\uc528 \u1112\u1161\u11ab",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1eb\U0001f1ee\U0001f1ef\U0001f1f5 \U0001f44d\U0001f3fd \u2764\ufe0f 1\ufe0f\u20e3",
    "e\u0301a\u0308o\u0308\u0323 Z\u0351\u036b", "a\x00b\x07c\x1b[31md\x7fe\x85f \x0bg", "\uff26\uff35\uff2c\uff2c\u3000\uff57idth",
    "\ufb01sh \ufb03 \u00df \u1e9e \u212b \u2460 \u00bd \u2122 \u3314 \ufdfa", "a\u00a0b\u2003c\u1680d\u2028e\u200bf\ufeffg\th\r\ni\n\nj",
    "so\u00adft hy\u2060ph", "\ufe4ab c", "\ufdfa d", "\x0be f", "A\u0301 \u2460\u0301", "o" * 120 + " is long", "\u0663\u0664 12\u00bd \u00b2 \u2167", "\u0130stanbul \u0131I \u01c5 \u0149",
    "don't we'll I'VE they'RE it\u2019s '\u017f", "a  b   c ", " lead", "\tlead", "trail ", " ", "", "\n", "[MASK] [CLS]x<s>",
    "#hash @user http://a.b/c?d=1 :-) $5.00 ^^", "!!!???...", "--- ___ +++", "snake_case co-op", f"{MARK}{MARK}a {MARK}b",
    "new york newyork New  York <sp> foo<sp>bar", "\u0378\U000e1000\U00011d31 \u0897",
]
GPT4 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
        r"|\s+(?!\S)|\s+")
CLIP = r"<\|end\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
PATTERNS = [
    r"[[a-c]&&[^b]]", r"a{,2}", r"(?>a+)b|\p{^L}", r"[[:alpha:]]+|[[:^space:][:punct:]]", r"(?<=\p{P})\w|\bx", r"^.|.$",
    r"[\h&&\D]+", r"a{2}?", r"(?i:[k-m]|\x{e5})", r"(?<name>e)(?#c)[\]\-a]", r"\p{Han}+|\p{Greek}", r"x*",
]
BEHAVIORS = ["isolated", "removed", "merged_with_previous", "merged_with_next", "contiguous"]


def trained(model: str, pre_tokenizer: p.PreTokenizer, **options) -> dict:
    """A tokenizer with at most 320 tokens, as its JSON."""
    unknown = {} if model == "Unigram" else {"unk_token": "[UNK]"}
    tokenizer = Tokenizer(getattr(models, model)(**unknown, **options))
    tokenizer.pre_tokenizer = pre_tokenizer
    more = {"unk_token": "[UNK]"} if model == "Unigram" else options
    trainer = getattr(trainers, f"{TRAINERS.get(model, model)}Trainer")(
        vocab_size=320, special_tokens=SPECIAL, show_progress=False, **more)
    tokenizer.train_from_iterator([text for text in [*TEXTS, *SENTENCES] if text], trainer)
    return json.loads(tokenizer.to_str())


# Rules of a map of characters: code points and what they become. One begins like another, one drops its character.
RULES = """
0009\t0020
000A\t0020
000D\t0020
000B\t
00A0\t0020
0041\t0061
0041 0301\t00E1
0065 0301\t00E9
00BD\t0031 2044 0032
2460\t0031
3000\t0020
FB01\t0066 0069
FDFA\t0635 0020 0639
FE4A\t0020 0305
FF26\t0046
FF76 FF9E\t30AC
"""


def sentence_piece() -> tuple[dict, n.Normalizer]:
    """A model of SentencePiece with a map of characters."""
    made = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
        rules.write(RULES.lstrip())
        rules.flush()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter([text.replace("\x00", "") for text in [*TEXTS, *SENTENCES]]), model_writer=made,
            vocab_size=320, normalization_rule_tsv=rules.name, character_coverage=0.99, hard_vocab_limit=False,
            minloglevel=2)
    proto = sentencepiece_model_pb2.ModelProto.FromString(made.getvalue())
    tokenizer = Tokenizer(models.Unigram([(one.piece, one.score) for one in proto.pieces], 0, False))
    charsmap = n.Precompiled(proto.normalizer_spec.precompiled_charsmap)
    return json.loads(tokenizer.to_str()), n.Sequence([charsmap, n.Replace(Regex(" {2,}"), " ")])


def part_json(part) -> dict | None:
    """A normalizer, pre-tokenizer or post-processor as it stands in a file."""
    return None if part is None else json.loads(part.__getstate__())


def normalizer_kinds() -> dict[str, n.Normalizer]:
    bert = {f"bert {clean:d}{han:d}{accents}{lower:d}": n.BertNormalizer(clean, han, accents, lower)
            for clean in (True, False) for han in (True, False) for accents in (None, True, False) for lower in (True, False)}
    return {
        **bert, "lower": n.Lowercase(), "accents": n.Sequence([n.NFD(), n.StripAccents()]), "marks": n.StripAccents(),
        "nfc": n.NFC(), "nfd": n.NFD(), "nfkc": n.NFKC(), "nfkd": n.NFKD(), "nmt": n.Nmt(), "strip": n.Strip(),
        "strip left": n.Strip(right=False), "strip right": n.Strip(left=False), "bytes": n.ByteLevel(),
        "replace": n.Sequence([n.Replace("a", "$&1"), n.Replace(Regex(r"\s+|(?<=e)r"), " ")]),
        "prepend": n.Sequence([n.Prepend(MARK), n.Replace(" ", MARK)]),
    }


def pre_tokenizer_kinds() -> dict[str, p.PreTokenizer | None]:
    split = p.WhitespaceSplit()
    kinds = {
        "none": None, "bert": p.BertPreTokenizer(), "whitespace": p.Whitespace(), "spaces": split,
        "digits": p.Digits(False), "each digit": p.Digits(True), "character": p.CharDelimiterSplit("e"),
        "bytes": p.ByteLevel(False), "bytes prefixed": p.ByteLevel(True), "bytes whole": p.ByteLevel(True, use_regex=False),
        "metaspace": p.Metaspace(), "metaspace first": p.Metaspace(prepend_scheme="first"),
        "metaspace never": p.Metaspace(prepend_scheme="never"), "metaspace whole": p.Metaspace(split=False),
        "spaces, metaspace first": p.Sequence([split, p.Metaspace(prepend_scheme="first")]),
        "deberta": p.Sequence([split, p.Punctuation(), p.Digits(True)]), "length": p.FixedLength(3),
        "gpt4": p.Sequence([p.Split(Regex(GPT4), "isolated"), p.ByteLevel(False, use_regex=False)]),
        "clip": p.Sequence([p.Split(Regex(CLIP), "removed", invert=True), p.ByteLevel(False)]),
        "text": p.Split("a.b", "removed"), **{pattern: p.Split(Regex(pattern), "isolated") for pattern in PATTERNS},
    }
    for behavior in BEHAVIORS:
        kinds[f"punctuation {behavior}"] = p.Punctuation(behavior)
        kinds[f"split {behavior}"] = p.Split(Regex(r"[aeiou]|\p{P}"), behavior)
        kinds[f"inverted {behavior}"] = p.Split(Regex(r"\p{L}+"), behavior, invert=True)
    return kinds


ADDED = [
    AddedToken("new york"), AddedToken("<sp>", lstrip=True, normalized=False), AddedToken("York", single_word=True),
    AddedToken("foo", rstrip=True, normalized=False), AddedToken("MASK", normalized=False), AddedToken("\u00e9"),
    AddedToken("[MASK]", special=True), AddedToken("#", single_word=True, normalized=False),
]


def with_added(model: dict, **fields) -> dict:
    tokenizer = Tokenizer.from_str(json.dumps({**model, **fields}))
    tokenizer.add_tokens(ADDED)
    return {**fields, "added_tokens": json.loads(tokenizer.to_str())["added_tokens"]}


def with_bytes(model: dict, count: int, **more) -> dict:
    names, vocab = [f"<0x{byte:02X}>" for byte in range(count)], model["model"]["vocab"]
    own = [*vocab, *([name, -20.0] for name in names)] if isinstance(vocab, list) else {
        **vocab, **{name: len(vocab) + i for i, name in enumerate(names)}}
    return {**model["model"], "vocab": own, "byte_fallback": True, **more}


def kinds(bases: dict[str, dict], charsmap: n.Normalizer):
    """Name, base and fields of each tokenizer."""
    for name, part in normalizer_kinds().items():
        yield f"normalizer {name}", "BPE", {"normalizer": part_json(part)}
    for name, part in pre_tokenizer_kinds().items():
        yield f"pre-tokenizer {name}", "bytes" if "bytes" in name or name in ("gpt4", "clip") else "BPE", {
            "pre_tokenizer": part_json(part)}
    for name in ("whitespace", "deberta", "spaces"):
        for base in ("WordPiece", "WordLevel"):
            yield f"{base} {name}", base, {"pre_tokenizer": part_json(pre_tokenizer_kinds()[name])}
    for scheme in ("always", "first", "never"):
        yield f"Unigram {scheme}", "Unigram", {"pre_tokenizer": part_json(p.Metaspace(prepend_scheme=scheme))}
    for name in ("metaspace", "metaspace first", "spaces, metaspace first"):
        yield f"SentencePiece {name}", "SentencePiece", {
            "normalizer": part_json(charsmap), "pre_tokenizer": part_json(pre_tokenizer_kinds()[name])}
    bpe, nothing = bases["BPE"]["model"], {"pre_tokenizer": None}
    yield "BPE fused", "BPE", {**nothing, "model": {**bpe, "fuse_unk": True}}
    yield "BPE no unknown", "BPE", {**nothing, "model": {**bpe, "unk_token": None}}
    yield "BPE whole words", "BPE", {"model": {**bpe, "ignore_merges": True, "merges": bpe["merges"][:40]}}
    yield "BPE bytes", "BPE", {**nothing, "model": with_bytes(bases["BPE"], 256)}
    yield "BPE some bytes", "BPE", {**nothing, "model": with_bytes(bases["BPE"], 200)}
    yield "BPE some bytes fused", "BPE", {**nothing, "model": with_bytes(bases["BPE"], 200, fuse_unk=True)}
    yield "BPE ends", "ends", {}
    yield "BPE prefixes", "prefixes", {}
    yield "Unigram bytes", "Unigram", {"model": with_bytes(bases["Unigram"], 256)}
    yield "Unigram some bytes", "Unigram", {"model": with_bytes(bases["Unigram"], 200)}
    yield "added bert", "WordPiece", with_added(
        bases["WordPiece"], normalizer=part_json(n.BertNormalizer()), pre_tokenizer=part_json(p.BertPreTokenizer()))
    yield "added metaspace", "BPE", with_added(
        bases["BPE"], normalizer=part_json(n.Lowercase()), pre_tokenizer=part_json(p.Metaspace(prepend_scheme="first")))
    yield "added prepend", "BPE", with_added(
        bases["BPE"], normalizer=part_json(normalizer_kinds()["prepend"]), pre_tokenizer=None)
    cls, sep = ("[CLS]", 2), ("[SEP]", 3)
    for name, part in {
        "bert": processors.BertProcessing(sep, cls), "roberta": processors.RobertaProcessing(sep, cls),
        "template": processors.TemplateProcessing("[CLS] [MASK] $A [SEP]", None, [cls, ("[MASK]", 4), sep]),
        "sequence": processors.Sequence([processors.ByteLevel(), processors.TemplateProcessing("$A [SEP]", None, [sep])]),
    }.items():
        yield f"post-processor {name}", "WordPiece", {"post_processor": part_json(part)}


def ids_of(tokenizer: Tokenizer, text: str) -> list[int]:
    return tokenizer.encode(text).ids


def ranges(test) -> str:
    found: list[list[int]] = []
    for point in (*range(0xD800), *range(0xE000, 0x110000)):
        if test(chr(point)):
            if found and found[-1][1] == point - 1:
                found[-1][1] = point
            else:
                found.append([point, point])
    return " ".join(f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in found)


def classes() -> dict[str, str]:
    """Code points that a part treats in a way of its own, as hexadecimal ranges."""
    def cuts(part: p.PreTokenizer, pieces: int):
        return lambda one: len(part.pre_tokenize_str(f"a{one}a")) == pieces

    def drops(part: n.Normalizer):
        return lambda one: part.normalize_str(f"a{one}a") in ("aa", "a a") and one != " "

    def changes(part: n.Normalizer):
        return lambda one: part.normalize_str(one) != one

    return {
        "Punctuation": ranges(cuts(p.Punctuation(), 3)), "WhitespaceSplit": ranges(cuts(p.WhitespaceSplit(), 2)),
        "Digits": ranges(cuts(p.Digits(True), 3)), "Whitespace": ranges(cuts(p.Whitespace(), 1)),
        "StripAccents": ranges(drops(n.StripAccents())), "clean_text": ranges(drops(n.BertNormalizer(True, False, False, False))),
        "strip_accents": ranges(drops(n.BertNormalizer(False, False, True, False))),
        "handle_chinese_chars": ranges(changes(n.BertNormalizer(False, True, False, False))),
        "NFD": ranges(changes(n.NFD())), "NFKC": ranges(changes(n.NFKC())), "Lowercase": ranges(changes(n.Lowercase())),
    }


def main() -> None:
    split, bytes_ = p.WhitespaceSplit(), p.ByteLevel(False)
    bases = {
        "WordPiece": trained("WordPiece", split), "WordLevel": trained("WordLevel", split), "BPE": trained("BPE", split),
        "bytes": trained("BPE", bytes_), "Unigram": trained("Unigram", p.Metaspace()),
        "ends": trained("BPE", split, end_of_word_suffix="</w>"), "prefixes": trained("BPE", split, continuing_subword_prefix="##"),
    }
    bases["SentencePiece"], charsmap = sentence_piece()
    r = random.Random(7)
    texts = [*TEXTS, *TWEETS[:3], *MESSAGES[:2], *(kind(r) for kind in KINDS)]
    rows = []
    for name, base, fields in kinds(bases, charsmap):
        tokenizer = Tokenizer.from_str(json.dumps({**bases[base], **fields}))
        tokenizer.encode_special_tokens = True
        rows.append({"name": name, "base": base, "fields": fields, "ids": [ids_of(tokenizer, text) for text in texts]})
    write_json(OUT / "tokenizer-kinds.json", {
        "texts": texts, "bases": [{"name": name, "json": base} for name, base in bases.items()], "kinds": rows})
    write_json(OUT / "tokenizer-classes.json", classes())
    print(f"{len(rows)} tokenizers, {len(texts)} texts")


if __name__ == "__main__":
    main()
