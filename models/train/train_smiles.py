"""Trains the embedded language model of molecules on SMILES that smiles_grammar.py writes, and exports it.

python train_smiles.py MODEL_FOLDER OUT [--steps N] [--golden FILE]

A row is the start token, a molecule, and spaces up to the width: a space ends a molecule, and only spaces follow. So a
policy that writes a fixed number of tokens writes molecules of any length up to it.
"""

import argparse
import json
import pathlib
import random
import time
from collections.abc import Iterator

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from torch.nn import functional as F

from export import export
from model import LanguageModel, Shape
from smiles_grammar import Writer
from train import optimisers_of
from train_tokenizer import END, write_configuration

# Atoms of several characters are one token each; every other token is a byte.
MERGES = [("C", "l"), ("B", "r"), ("[", "n"), ("[n", "H"), ("[nH", "]"), ("[", "N"), ("[N", "+"), ("[N+", "]")]
MERGES += [("[", "O"), ("[O", "-"), ("[O-", "]")]
ROWS, LONGEST, WIDTH = 32, 39, 40
TRAINING, HELD_OUT = 24_000, 500
PEAK, WARM_UP, DECAY = 5e-3, 40, 0.5
# Batches that are cut where their molecules end, for each that has all its spaces.
CUT = 7
TEXTS = ["CC(=O)Oc1ccccc1C(=O)O ", "Clc1ccc([N+](=O)[O-])c(Br)c1", "c1c[nH]cn1"]


def tokenizer_of_smiles() -> Tokenizer:
    tokens = [END, *sorted(pre_tokenizers.ByteLevel.alphabet()), *(a + b for a, b in MERGES)]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=MERGES))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END])
    return tokenizer


def molecules(count: int) -> list[str]:
    """Different strings that the grammar writes, in the order in which it first wrote them."""
    writer = Writer(random.Random(0))
    found: dict[str, None] = {}
    while len(found) < count:
        found[writer.molecule(LONGEST)] = None
    return list(found)


def rows_of(texts: list[str], tokenizer: Tokenizer) -> torch.Tensor:
    """[texts, 1 + WIDTH] token ids."""
    space = tokenizer.encode(" ").ids[0]
    rows = [tokenizer.encode(text).ids for text in texts]
    return torch.tensor([[0, *row, *[space] * (WIDTH - len(row))] for row in rows])


def loss_of(model: LanguageModel, ids: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())


def learning_rate(step: int, steps: int) -> float:
    """Warm-up, constant, then a linear fall to nothing over the last part of the training."""
    return PEAK * min((step + 1) / WARM_UP, 1, (steps - step) / (DECAY * steps))


def batches(rows: torch.Tensor, steps: int) -> Iterator[torch.Tensor]:
    """Rows of similar length together, so that most batches need few spaces."""
    lengths = (rows != rows[0, -1]).sum(1)
    order = torch.cat([torch.randperm(len(rows)) for _ in range(1 + steps * ROWS // len(rows))])[: steps * ROWS]
    for some in order.split(16 * ROWS):
        groups = some[lengths[some].argsort()].split(ROWS)
        for index in torch.randperm(len(groups)):
            batch = rows[groups[index]]
            whole = torch.randint(CUT + 1, ()).item() == 0
            yield batch if whole else batch[:, : lengths[groups[index]].max() + 2]


def train(model: LanguageModel, rows: torch.Tensor, steps: int) -> None:
    optimisers, start, mean = optimisers_of(model), time.process_time(), 0.0
    for step, batch in enumerate(batches(rows, steps)):
        for group in (group for optimiser in optimisers for group in optimiser.param_groups):
            group["lr"] = learning_rate(step, steps)
        loss = loss_of(model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
        model.zero_grad()
        mean += loss.item() / 40
        if (step + 1) % 40 == 0:
            record = {"step": step + 1, "loss": round(mean, 4), "cpuSeconds": round(time.process_time() - start)}
            print(json.dumps(record), flush=True)
            mean = 0.0


@torch.no_grad()
def nats_per_molecule(model: LanguageModel, rows: torch.Tensor) -> float:
    """Its end included."""
    model.eval()
    return round(loss_of(model, rows).item() * WIDTH, 2)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--golden", type=pathlib.Path)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    tokenizer = tokenizer_of_smiles()
    shape = Shape(tokenizer.get_vocab_size(), hidden=128, layers=5, heads=4, inner=352, context=64, dropout=0.0)
    write_configuration(tokenizer, arguments.folder, shape.context)
    model = LanguageModel(shape)
    print(json.dumps({"parameters": sum(p.numel() for p in model.parameters())}), flush=True)
    found = molecules(TRAINING + HELD_OUT)
    training, held_out = found[:TRAINING], found[TRAINING:]
    (arguments.folder / "training.smi").write_text("\n".join(training) + "\n")
    train(model, rows_of(training, tokenizer), arguments.steps)
    measured = {"training": training[:HELD_OUT], "heldOut": held_out}
    nats = {name: nats_per_molecule(model, rows_of(texts, tokenizer)) for name, texts in measured.items()}
    print(json.dumps({"natsPerMolecule": nats}), flush=True)
    arguments.out.mkdir(parents=True, exist_ok=True)
    checkpoint = arguments.out / "checkpoint.pt"
    torch.save({"model": model.state_dict()}, checkpoint)
    export(arguments.folder, checkpoint, shape, TEXTS, arguments.golden)


if __name__ == "__main__":
    main()
