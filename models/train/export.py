"""Turns a checkpoint into an embedded model: onnx/model.onnx and the configuration files, checked against PyTorch.

python export.py MODEL_FOLDER OUT/checkpoint.pt [--golden FILE]
"""

import argparse
import json
import pathlib

import numpy as np
import onnxruntime
import torch
from tokenizers import Tokenizer

from model import LanguageModel, Shape
from onnx_graph import Decoder, write

TEXTS = [
    "Thanks for the patch. I will try it on my machine tonight and tell you whether the build works again.",
    "Congratulations! You have been selected to receive a free vacation. Click here to claim your prize today",
    "The meeting is moved to Thursday",
]
TOLERANCE = 2e-4


def configuration(shape: Shape) -> dict:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "bos_token_id": 0,
        "eos_token_id": 0,
        "pad_token_id": 0,
        "hidden_act": "silu",
        "hidden_size": shape.hidden,
        "intermediate_size": shape.inner,
        "max_position_embeddings": shape.context,
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "num_key_value_heads": shape.heads,
        "rms_norm_eps": shape.epsilon,
        "rope_theta": shape.theta,
        "tie_word_embeddings": True,
        "dtype": "float32",
        "vocab_size": shape.vocabulary,
    }


class Runtime:
    """The exported graph in onnxruntime."""

    def __init__(self, path: pathlib.Path, shape: Shape) -> None:
        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        self.shape = shape
        self.names = [output.name for output in self.session.get_outputs()]

    def __call__(self, ids: np.ndarray, mask: np.ndarray, past: dict[str, np.ndarray] | None = None) -> dict:
        positions = np.maximum(mask.cumsum(1) - 1, 0)[:, -ids.shape[1] :]
        if past is None:
            empty = np.zeros((len(ids), self.shape.heads, 0, self.shape.hidden // self.shape.heads), np.float32)
            names = [f"{i}.{part}" for i in range(self.shape.layers) for part in ("key", "value")]
            past = {name: empty for name in names}
        feeds = {"input_ids": ids, "attention_mask": mask, "position_ids": positions}
        feeds |= {f"past_key_values.{name}": tensor for name, tensor in past.items()}
        return dict(zip(self.names, self.session.run(None, feeds), strict=True))


def differences(model: LanguageModel, runtime: Runtime, rows: list[list[int]]) -> dict[str, float]:
    """Largest differences of logits from PyTorch's for whole rows, cached steps, and padding on either side."""
    with torch.no_grad():
        expected = [model(torch.tensor([row]))[0].numpy() for row in rows]
    alone = [runtime(np.array([row]), np.ones((1, len(row)), np.int64))["logits"][0] for row in rows]
    worst = {"whole": max(np.abs(a - e).max() for a, e in zip(alone, expected, strict=True))}
    row = np.array([rows[0]])
    start = runtime(row[:, :7], np.ones((1, 7), np.int64))
    past = {name.removeprefix("present."): tensor for name, tensor in start.items() if name != "logits"}
    rest = runtime(row[:, 7:], np.ones_like(row), past)["logits"][0]
    worst["cached"] = np.abs(rest - alone[0][7:]).max()
    width = max(map(len, rows))
    for side in ("left", "right"):
        ids, mask = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.int64)
        spans = [slice(width - len(row), width) if side == "left" else slice(0, len(row)) for row in rows]
        for index, (row_ids, span) in enumerate(zip(rows, spans, strict=True)):
            ids[index, span], mask[index, span] = row_ids, 1
        logits = runtime(ids, mask)["logits"]
        gaps = [np.abs(logits[i, span] - alone[i]).max() for i, span in enumerate(spans)]
        worst[f"batch, {side} padding"] = max(gaps)
    return {name: float(value) for name, value in worst.items()}


def golden(model: LanguageModel, texts: list[str], rows: list[list[int]]) -> list[dict]:
    """What PyTorch says after each text: the five most likely tokens and some logits."""
    items = []
    for text, row in zip(texts, rows, strict=True):
        with torch.no_grad():
            logits = model(torch.tensor([row]))[0, -1]
        some = [int(i) for i in logits.topk(5).indices] + [i for i in (0, 100, 1000, 4000) if i < len(logits)]
        numbers = {str(i): round(float(logits[i]), 5) for i in some}
        items.append({"text": text, "tokenIds": row, "lastLogits": numbers})
    return items


def export(
    folder: pathlib.Path, checkpoint: pathlib.Path, shape: Shape, texts: list[str], golden_file: pathlib.Path | None
) -> None:
    """Writes the model of a checkpoint into the folder, and what PyTorch says after the texts into `golden_file`."""
    torch.set_num_threads(1)
    model = LanguageModel(shape).eval()
    state = torch.load(checkpoint)["model"]
    model.load_state_dict({name: tensor.half().float() for name, tensor in state.items()})
    path = folder / "onnx" / "model.onnx"
    write(Decoder({name: tensor.numpy() for name, tensor in model.state_dict().items()}, shape).build(), path)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rows = [tokenizer.encode(text).ids for text in texts]
    found = differences(model, Runtime(path, shape), rows)
    print(json.dumps({"bytes": path.stat().st_size, "maxAbsDiff": found}, indent=2))
    if max(found.values()) > TOLERANCE:
        raise SystemExit("the exported graph does not agree with PyTorch")
    files = {"config": configuration(shape), "generation_config": {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0}}
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n")
    if golden_file:
        golden_file.parent.mkdir(parents=True, exist_ok=True)
        golden_file.write_text(json.dumps({"items": golden(model, texts, rows)}, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("--golden", type=pathlib.Path)
    arguments = parser.parse_args()
    export(arguments.folder, arguments.checkpoint, Shape(), TEXTS, arguments.golden)


if __name__ == "__main__":
    main()
