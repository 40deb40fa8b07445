"""A WordPiece tokenizer with a vocabulary of about 200 entries, lower-casing as bert-base-uncased does."""

import string

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = """
the a and is was i you it this that not no never very so too my we they of to in on for with but at user
good bad great awful love hate happy sad best worst fine slow fast new old hot cold
movie film food service phone room book story screen call text win free prize now today day time night people
cafe deja vu ask unknown word buy again money back please thanks
""".split()
ENDINGS = ["##ing", "##ed", "##ly", "##er", "##est", "##ness", "##able"]
OTHERS = ["\u65e5", "\u672c", "\u8a9e", "\u00a3", "\u2026", "\U0001f600"]


def vocabulary() -> dict[str, int]:
    characters = string.ascii_lowercase + string.digits
    entries = SPECIAL + list(characters) + [f"##{c}" for c in characters] + list(string.punctuation)
    entries += [word for word in WORDS if len(word) > 1] + ENDINGS + OTHERS
    if len(set(entries)) != len(entries):
        raise ValueError(f"double entries: {sorted({e for e in entries if entries.count(e) > 1})}")
    return {entry: index for index, entry in enumerate(entries)}


def tiny_tokenizer() -> Tokenizer:
    vocab = vocabulary()
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, vocab[token]) for token in ("[CLS]", "[SEP]")])
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer
