"""
Texts and the ids that the Python library gives them: fuzz-tokenizers.py FOLDER KIND SEED

KIND is `characters`, for texts with every character of Unicode, or a number of random texts.
Writes JSON lines: the texts first, then for each tokenizer in the folder its name and its list of ids per text.
"""
import json
import os
import random
import sys

from tokenizers import Tokenizer

folder, kind, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
names = sorted(name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name)))
known_texts = [text for text in json.load(open(os.path.join(folder, "expected.json"), encoding="utf-8"))["texts"] if text]
rng = random.Random(seed)

SCRIPTS = [
    (0x61, 0x7A), (0xC0, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x531, 0x586), (0x5D0, 0x5EA), (0x620, 0x6D3),
    (0x905, 0x963), (0xE01, 0xE5B), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x137C), (0x3041, 0x30FF),
    (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x1E00, 0x1FFF), (0x10400, 0x1044F), (0x20000, 0x2A6DF),
]
COMBINING = [chr(c) for c in [*range(0x300, 0x370), 0x5B0, 0x64B, 0x651, 0x93C, 0xE34, 0x1AB0, 0x20D0, 0x3099, 0xFE20, 0x1D165]]
EMOJI = ["😀", "👨‍👩‍👧", "🏳️‍🌈", "👍🏽", "🇩🇪", "1️⃣", "❤️", "🧑🏿‍🚀", "🏴\U000e0067\U000e0062\U000e007f", "☺", "🫨"]
CONTROL = [chr(c) for c in [*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202E, 0x2066, 0xFEFF, 0xFFFD]]
BLANKS = list(" \t\n\r\x0b\x0c\x85\xa0\u1680\u2000\u2009\u2028\u2029\u202f\u205f\u3000\ufeff\u2581")
LINE_BREAKS = ["\n", "\r\n", "\r", "\n\n", "\n \n", "\x85", "\u2028", "\u2029", " \n", "\n\t"]
DIGITS = list("0123456789") + ["٣", "४", "½", "²", "①", "Ⅷ", "〇", "𝟘", "１"]
CODE = ["def f(x):", "\n    return ", "x += 1;", "/* … */", "a->b", "::", "!=", "{}", "<div class=\"a\">", "\\n", "`` ''", "--", "__init__", "0x1F", "1_000", "1e-5", "#!/bin/sh", "$PATH"]
TRICKY = ["'s", "'LL", "don't", "ſ", "K", "İ", "ΣΑΣ", "ς", "각", "e\u0301", "ﬁ", "カ\u3099", "क्षि", "\u0130i", "New\xa0York", "ǅ", "ŉ", "\u1e9e"]
ADDED = sorted(
    {
        token["content"]
        for name in names
        for token in json.load(open(os.path.join(folder, name, "tokenizer.json"), encoding="utf-8")).get("added_tokens", [])
    }
)


def any_character() -> str:
    """Of any plane, assigned or not, all but surrogates."""
    plane = rng.choice([0, 0, 1, 1, 2, 3, rng.randrange(17)])
    code = plane * 0x10000 + rng.randrange(0x10000)
    return chr(code) if not 0xD800 <= code <= 0xDFFF else "\ue000"


def letters(most: int) -> str:
    low, high = rng.choice(SCRIPTS)
    return "".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, most)))


def marked() -> str:
    return letters(2) + "".join(rng.choice(COMBINING) for _ in range(rng.randint(1, 3)))


def ascii_text() -> str:
    return "".join(chr(rng.randint(32, 126)) for _ in range(rng.randint(1, 8)))


def added_in_word() -> str:
    token = rng.choice(ADDED)
    token = rng.choice([token, token, token.upper(), token[:-1], token * 2])
    return rng.choice(["", "a", "é", " ", "\n", "_", "."]) + token + rng.choice(["", "b", "ß", " ", "\t", "7", ","])


def part_of_known() -> str:
    text = rng.choice(known_texts)
    start = rng.randrange(len(text))
    return text[start : start + rng.randint(1, 8)]


KINDS = [
    lambda: any_character(),
    lambda: letters(8),
    lambda: marked(),
    lambda: rng.choice(EMOJI),
    lambda: rng.choice(CONTROL),
    lambda: rng.choice(BLANKS) * rng.choice([1, 1, 2, 3, 8, 40]),
    lambda: rng.choice(LINE_BREAKS),
    lambda: "".join(rng.choice(DIGITS) for _ in range(rng.randint(1, 9))),
    lambda: rng.choice(CODE),
    lambda: rng.choice(TRICKY),
    added_in_word,
    ascii_text,
    ascii_text,
    part_of_known,
    part_of_known,
]


def sample() -> str:
    if rng.random() < 0.02:  # a very long word
        return part_of_known() + letters(3) * rng.randint(50, 400) + rng.choice(TRICKY)
    if rng.random() < 0.1:  # of one kind only
        kind = rng.choice(KINDS)
        return "".join(kind() for _ in range(rng.randint(1, 10)))
    return "".join(rng.choice(KINDS)() for _ in range(rng.randint(1, 14)))


def every_character() -> list[str]:
    """All of the planes that have characters, between letters, twice, and before a digit."""
    codes = [code for plane in (0, 1, 2, 3, 14) for code in range(plane << 16, (plane + 1) << 16) if not 0xD800 <= code <= 0xDFFF]
    parts = [f"a{chr(code)}b {chr(code)}{chr(code)}1 " for code in codes]
    return ["".join(parts[at : at + 64]) for at in range(0, len(parts), 64)]


texts = every_character() if kind == "characters" else [sample() for _ in range(int(kind))]
print(json.dumps(texts))
for name in names:
    tokenizer = Tokenizer.from_file(os.path.join(folder, name, "tokenizer.json"))
    ids = [encoding.ids for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
    print(json.dumps({"name": name, "ids": ids}))
