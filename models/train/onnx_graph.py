"""Writes the language model as an ONNX graph of the form that model hubs use, with a KV cache.

Inputs input_ids, attention_mask (over past and new positions; padding may stand on either side), position_ids and
past_key_values.N.key/value; outputs logits and present.N.key/value. Weights are stored in 16 bits and cast to 32 where
they are used, so that everything is computed in 32 bits and a row's result does not depend on the rows beside it.
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 18


class Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def constant(self, name: str, values: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, operator: str, inputs: list[str], outputs: list[str] | None = None, **attributes) -> str:
        name = f"/{operator}_{len(self.nodes)}"
        outputs = outputs or [f"{name}_output"]
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=name, **attributes))
        return outputs[0]

    def weight(self, name: str, values: np.ndarray) -> str:
        """A weight stored in 16 bits, as 32-bit numbers."""
        return self.node("Cast", [self.constant(name, values.astype(np.float16))], to=TensorProto.FLOAT)


class Decoder:
    """Builds the graph from the weights of `model.LanguageModel` and its shape."""

    def __init__(self, weights: dict[str, np.ndarray], shape) -> None:
        self.weights, self.shape, self.graph = weights, shape, Graph()
        dim = shape.hidden // shape.heads
        ints = {"axis_0": [0], "axis_1": [1], "axis_3": [3], "axes_1_2": [1, 2], "last_axis": [-1]}
        ints |= {"half_dim": [dim // 2], "whole_dim": [dim], "split_heads": [0, 0, shape.heads, dim]}
        ints |= {"join_heads": [0, 0, shape.hidden]}
        for name, values in ints.items():
            self.graph.constant(name, np.array(values, np.int64))
        for name, value in {"scalar_0": 0, "scalar_1": 1}.items():
            self.graph.constant(name, np.array(value, np.int64))
        floats = {"epsilon": shape.epsilon, "scale": dim**-0.5, "keep": 0, "drop": np.finfo(np.float32).min}
        for name, value in floats.items():
            self.graph.constant(name, np.array(value, np.float32))
        frequencies = shape.theta ** (-np.arange(0, dim, 2) / dim)
        self.graph.constant("frequencies", frequencies.astype(np.float32).reshape(1, 1, -1))

    def norm(self, x: str, name: str) -> str:
        node = self.graph.node
        mean = node("ReduceMean", [node("Mul", [x, x]), "last_axis"], keepdims=1)
        unit = node("Div", [x, node("Sqrt", [node("Add", [mean, "epsilon"])])])
        return node("Mul", [unit, self.graph.weight(name, self.weights[name])])

    def linear(self, x: str, name: str, *parts: str) -> str:
        """One product for several layers that share their input."""
        stacked = np.concatenate([self.weights[part] for part in parts or (name,)])
        return self.graph.node("MatMul", [x, self.graph.weight(name, stacked.T)])

    def length(self, name: str) -> str:
        return self.graph.node("Squeeze", [self.graph.node("Shape", [name], start=1, end=2)])

    def attention_bias(self) -> str:
        """[batch, 1, new, total]: 0 where a position is seen, the least number where not."""
        node, total = self.graph.node, self.length("attention_mask")
        keys = node("Unsqueeze", [node("Range", ["scalar_0", total, "scalar_1"]), "axis_0"])
        first = node("Sub", [total, self.length("input_ids")])
        queries = node("Unsqueeze", [node("Range", [first, total, "scalar_1"]), "axis_1"])
        seen = node("Unsqueeze", [node("Cast", ["attention_mask"], to=TensorProto.BOOL), "axes_1_2"])
        return node("Where", [node("And", [node("LessOrEqual", [keys, queries]), seen]), "keep", "drop"])

    def rotations(self) -> tuple[str, str]:
        node = self.graph.node
        position = node("Unsqueeze", [node("Cast", ["position_ids"], to=TensorProto.FLOAT), "last_axis"])
        angle = node("Mul", [position, "frequencies"])
        angle = node("Unsqueeze", [node("Concat", [angle, angle], axis=-1), "axis_1"])
        return node("Cos", [angle]), node("Sin", [angle])

    def rotate(self, x: str, rotations: tuple[str, str]) -> str:
        node = self.graph.node
        first = node("Slice", [x, "axis_0", "half_dim", "axis_3"])
        second = node("Slice", [x, "half_dim", "whole_dim", "axis_3"])
        turned = node("Concat", [node("Neg", [second]), first], axis=-1)
        return node("Add", [node("Mul", [x, rotations[0]]), node("Mul", [turned, rotations[1]])])

    def attention(self, x: str, index: int, bias: str, rotations: tuple[str, str]) -> str:
        node, prefix = self.graph.node, f"layers.{index}."
        both = self.linear(x, f"{prefix}qkv_proj.weight", *(f"{prefix}{part}_proj.weight" for part in "qkv"))
        names = [f"/layers.{index}/{part}" for part in "qkv"]
        node("Split", [both], names, axis=-1, num_outputs=3)
        q, k, v = (node("Transpose", [node("Reshape", [name, "split_heads"])], perm=[0, 2, 1, 3]) for name in names)
        q, k = self.rotate(q, rotations), self.rotate(k, rotations)
        k = node("Concat", [f"past_key_values.{index}.key", k], [f"present.{index}.key"], axis=2)
        v = node("Concat", [f"past_key_values.{index}.value", v], [f"present.{index}.value"], axis=2)
        scores = node("MatMul", [node("Mul", [q, "scale"]), node("Transpose", [k], perm=[0, 1, 3, 2])])
        shares = node("Softmax", [node("Add", [scores, bias])], axis=-1)
        mixed = node("Transpose", [node("MatMul", [shares, v])], perm=[0, 2, 1, 3])
        return self.linear(node("Reshape", [mixed, "join_heads"]), f"{prefix}o_proj.weight")

    def feed_forward(self, x: str, index: int) -> str:
        node, prefix = self.graph.node, f"layers.{index}."
        parts = (f"{prefix}gate_proj.weight", f"{prefix}up_proj.weight")
        names = [f"/layers.{index}/gate", f"/layers.{index}/up"]
        node("Split", [self.linear(x, f"{prefix}gate_up_proj.weight", *parts)], names, axis=-1, num_outputs=2)
        gate = node("Mul", [names[0], node("Sigmoid", [names[0]])])
        return self.linear(node("Mul", [gate, names[1]]), f"{prefix}down_proj.weight")

    def build(self) -> onnx.ModelProto:
        node = self.graph.node
        embeddings = self.graph.weight("embed_tokens.weight", self.weights["embed_tokens.weight"])
        bias, rotations = self.attention_bias(), self.rotations()
        x = node("Gather", [embeddings, "input_ids"])
        for index in range(self.shape.layers):
            h = self.norm(x, f"layers.{index}.input_layernorm.weight")
            x = node("Add", [x, self.attention(h, index, bias, rotations)])
            h = self.norm(x, f"layers.{index}.post_attention_layernorm.weight")
            x = node("Add", [x, self.feed_forward(h, index)])
        x = self.norm(x, "norm.weight")
        node("MatMul", [x, node("Transpose", [embeddings], perm=[1, 0])], ["logits"])
        return self.model()

    def model(self) -> onnx.ModelProto:
        shape, value = self.shape, helper.make_tensor_value_info
        new, total = ["batch_size", "sequence_length"], ["batch_size", "total_sequence_length"]
        inputs = [value(name, TensorProto.INT64, new) for name in ("input_ids", "position_ids")]
        inputs.insert(1, value("attention_mask", TensorProto.INT64, total))
        outputs = [value("logits", TensorProto.FLOAT, [*new, shape.vocabulary])]
        dim = shape.hidden // shape.heads
        for index in range(shape.layers):
            for part in ("key", "value"):
                past = ["batch_size", shape.heads, "past_sequence_length", dim]
                present = ["batch_size", shape.heads, "total_sequence_length", dim]
                inputs.append(value(f"past_key_values.{index}.{part}", TensorProto.FLOAT, past))
                outputs.append(value(f"present.{index}.{part}", TensorProto.FLOAT, present))
        graph = helper.make_graph(self.graph.nodes, "decoder", inputs, outputs, self.graph.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="rlprompt")
        model.ir_version = 9
        onnx.checker.check_model(model)
        return model


def write(model: onnx.ModelProto, path: pathlib.Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
