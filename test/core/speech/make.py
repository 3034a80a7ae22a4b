"""Makes the speech model beside this file: it hears whether a tone is low or high, and says so. Small enough to commit.

    python make.py

needs onnx and numpy. The model is one that sherpa-onnx takes for a "tdnn" (icefall's yesno recipe): 23 mel bands in, one
score for each token and frame out, read by CTC.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
TOKENS = ["<blk>", "\u2581low", "\u2581high"]
BANDS = 23

weights = np.zeros((BANDS, len(TOKENS)), dtype=np.float32)
weights[2:8, 1], weights[12:20, 1] = 1 / 6, -1 / 8
weights[:, 2] = -weights[:, 1]
bias = np.array([2, 0, 0], dtype=np.float32)

graph = helper.make_graph(
    [
        helper.make_node("MatMul", ["x", "weights"], ["scores"]),
        helper.make_node("Add", ["scores", "bias"], ["biased"]),
        helper.make_node("LogSoftmax", ["biased"], ["log_prob"], axis=-1),
    ],
    "tones",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", "T", BANDS])],
    [helper.make_tensor_value_info("log_prob", TensorProto.FLOAT, ["N", "T", len(TOKENS)])],
    [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(bias, "bias")],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
for key, value in {"model_type": "tdnn", "vocab_size": str(len(TOKENS))}.items():
    model.metadata_props.add(key=key, value=value)
onnx.save(model, HERE / "model.onnx")
(HERE / "tokens.txt").write_text("".join(f"{token} {n}\n" for n, token in enumerate(TOKENS)), encoding="utf-8")
