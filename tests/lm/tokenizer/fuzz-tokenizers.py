"""Random texts and the ids that the Python library gives them, as one JSON object on stdout: fuzz-tokenizers.py FOLDER COUNT SEED"""
import json
import os
import random
import sys
import unicodedata

from tokenizers import Tokenizer

folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
texts = json.load(open(os.path.join(folder, "expected.json"), encoding="utf-8"))["texts"]
rng = random.Random(seed)
# Unassigned and private characters, surrogates, and those newer than Unicode 15 are left out.
ANY = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Co", "Cs")]
BLANKS = list(" \t\n\r\x0b\x0c\x85\xa0\u1680\u2000\u2028\u2029\u202f\u3000\ufeff\u200b\u200c\u200d\xad\0\x01\x7f\ufffd\u2581")
ASCII = [chr(c) for c in range(32, 127)]
WORDS = "word <s> </s> <unk> <|endoftext|> <mask> [MASK] <L> <R> New\xa0York 's 'LL ſ K İ ΣΑΣ 각 👨‍👩‍👧 e\u0301 ﬁ ½ 〇 カタ 漢字 __ -- ``".split(" ")


def part() -> str:
    kind = rng.random()
    if kind < 0.2:
        return rng.choice(WORDS)
    if kind < 0.4:
        return rng.choice(BLANKS) * rng.randint(1, 3)
    if kind < 0.65:
        return "".join(rng.choice(ASCII) for _ in range(rng.randint(1, 8)))
    if kind < 0.8:
        return rng.choice(ANY)
    text = rng.choice(texts) or " "
    start = rng.randrange(len(text))
    return text[start : start + rng.randint(1, 8)]


samples = ["".join(part() for _ in range(rng.randint(1, 14))) for _ in range(count)]
names = sorted(name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name)))
ids = {}
for name in names:
    tokenizer = Tokenizer.from_file(os.path.join(folder, name, "tokenizer.json"))
    ids[name] = [encoding.ids for encoding in tokenizer.encode_batch(samples, add_special_tokens=False)]
json.dump({"texts": samples, "ids": ids}, sys.stdout)
