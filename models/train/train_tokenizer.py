"""Trains the byte-level BPE tokenizer of an embedded language model on the exported training mails.

python train_tokenizer.py CORPUS/train.jsonl MODEL_FOLDER
"""

import json
import pathlib
import sys

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

VOCABULARY = 4096
END = "<|endoftext|>"


def write_configuration(tokenizer: Tokenizer, folder: pathlib.Path, context: int) -> None:
    """Writes tokenizer.json and the files beside it; `context` is the number of tokens the model reads."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"bos_token": END, "eos_token": END, "unk_token": END, "pad_token": END}
    configuration = {
        **special,
        "tokenizer_class": "GPT2Tokenizer",
        "add_prefix_space": False,
        "add_bos_token": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": context,
    }
    for name, value in {"special_tokens_map": special, "tokenizer_config": configuration}.items():
        (folder / f"{name}.json").write_text(json.dumps(value, indent=2) + "\n")


def main(corpus: str, folder: str) -> None:
    texts = [json.loads(line)["text"] for line in pathlib.Path(corpus).read_text().splitlines()]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    write_configuration(tokenizer, pathlib.Path(folder), 256)


if __name__ == "__main__":
    main(*sys.argv[1:])
