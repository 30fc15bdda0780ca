"""Trains an embedded language model on the exported mails; writes checkpoints and a log of held-out perplexity.

python train.py CORPUS_FOLDER MODEL_FOLDER OUT [--steps N] [--resume]

Rows start in the middle of a mail or at its beginning (the task shows the beginning of mails); mails that end within
a row are followed by the end token and another mail. A third of the mails drawn are spam.
"""

import argparse
import json
import math
import pathlib
import time

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional as F

from model import LanguageModel, Shape

ROWS, TIME = 16, 192
PEAK, WARM_UP, DECAY = 2e-3, 100, 0.35
SPAM_SHARE, BEGINNING_SHARE = 0.35, 0.35


def documents(path: pathlib.Path, tokenizer: Tokenizer) -> dict[str, list[np.ndarray]]:
    found: dict[str, list[np.ndarray]] = {"ham": [], "spam": []}
    for line in path.read_text().splitlines():
        mail = json.loads(line)
        found[mail["label"]].append(np.array(tokenizer.encode(mail["text"]).ids + [0], np.int64))
    return found


class Rows:
    """Draws training rows."""

    def __init__(self, mails: dict[str, list[np.ndarray]], seed: int) -> None:
        self.mails = mails
        self.ends = {label: np.cumsum([len(mail) for mail in group]) for label, group in mails.items()}
        self.random = np.random.default_rng(seed)

    def row(self) -> np.ndarray:
        label = "spam" if self.random.random() < SPAM_SHARE else "ham"
        pieces = []
        if self.random.random() >= BEGINNING_SHARE:
            at = self.random.integers(self.ends[label][-1])
            index = int(np.searchsorted(self.ends[label], at, side="right"))
            pieces.append(self.mails[label][index][at - self.ends[label][index] :])
        while sum(map(len, pieces)) <= TIME:
            group = self.mails[label]
            pieces.append(group[self.random.integers(len(group))])
            label = "spam" if self.random.random() < SPAM_SHARE else "ham"
        return np.concatenate(pieces)[: TIME + 1]

    def batch(self) -> torch.Tensor:
        return torch.from_numpy(np.stack([self.row() for _ in range(ROWS)]))


def learning_rate(step: int, steps: int) -> float:
    """Warm-up, constant, then a linear fall to nothing over the last part of the training."""
    return PEAK * min((step + 1) / WARM_UP, 1, max(steps - step, 0) / (DECAY * steps))


@torch.no_grad()
def perplexity(model: LanguageModel, mails: list[np.ndarray], limit: int) -> float:
    """Per token, over the first `TIME` tokens of each mail, the first token left out."""
    model.eval()
    total, count = 0.0, 0
    for mail in mails[:limit]:
        ids = torch.from_numpy(mail[: TIME + 1])[None]
        total += F.cross_entropy(model(ids[:, :-1])[0], ids[0, 1:], reduction="sum").item()
        count += ids.shape[1] - 1
    model.train()
    return math.exp(total / count)


def optimisers_of(model: LanguageModel) -> list[torch.optim.Optimizer]:
    """Muon for the matrices within the layers, Adam for embeddings and norms."""
    inner = [p for p in model.layers.parameters() if p.dim() == 2]
    outer = [p for p in model.parameters() if p.dim() == 1] + [model.embed_tokens.weight]
    muon = torch.optim.Muon(inner, lr=PEAK, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    return [muon, torch.optim.AdamW(outer, lr=PEAK, betas=(0.9, 0.95), weight_decay=0.0, fused=True)]


def save(path: pathlib.Path, model: LanguageModel, optimisers: list, step: int, seconds: float) -> None:
    states = [optimiser.state_dict() for optimiser in optimisers]
    state = {"model": model.state_dict(), "optimisers": states, "step": step, "seconds": seconds}
    torch.save(state, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").replace(path)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=1700)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--resume", action="store_true")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    tokenizer = Tokenizer.from_file(str(arguments.folder / "tokenizer.json"))
    mails = documents(arguments.corpus / "train.jsonl", tokenizer)
    held_out = [mail for group in documents(arguments.corpus / "held-out.jsonl", tokenizer).values() for mail in group]
    tokens = {label: sum(map(len, group)) for label, group in mails.items()}
    model = LanguageModel(Shape())
    optimisers = optimisers_of(model)
    checkpoint = arguments.out / "checkpoint.pt"
    first, before = 0, 0.0
    if arguments.resume:
        state = torch.load(checkpoint)
        model.load_state_dict(state["model"])
        for optimiser, saved in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        first, before = state["step"], state["seconds"]
    print(json.dumps({"parameters": sum(p.numel() for p in model.parameters()), "tokens": tokens}), flush=True)
    rows, start, mean = Rows(mails, first), time.time(), 0.0
    for step in range(first, arguments.steps):
        for group in (group for optimiser in optimisers for group in optimiser.param_groups):
            group["lr"] = learning_rate(step, arguments.steps)
        ids = rows.batch()
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(ids[:, :-1])
            loss = F.cross_entropy(logits.flatten(0, 1).float(), ids[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
        model.zero_grad()
        mean += loss.item()
        done = step + 1
        if done % 100 == 0 or done == arguments.steps:
            last = done == arguments.steps
            seconds = before + time.time() - start
            record = {"step": done, "loss": mean / 100, "seconds": round(seconds), "tokens": done * ROWS * TIME}
            if done % 300 == 0 or last:
                record["heldOutPerplexity"] = perplexity(model, held_out[:: 1 if last else 5], len(held_out))
            print(json.dumps(record), flush=True)
            save(checkpoint, model, optimisers, done, seconds)
            mean = 0.0


if __name__ == "__main__":
    main()
