"""From the trained model to ONNX graphs."""

import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from .model import IntentClassifier

OUTPUTS = ["logits", "embedding"]


def export(model: IntentClassifier, path: Path) -> None:
    """Writes the fp32 graph: input_ids, attention_mask int64 [batch, tokens] -> logits, embedding float32."""
    model = model.cpu().eval()
    model.encoder.set_attn_implementation("eager")
    # No axis of one, which the exporter takes for a constant, and no tensor twice, which it takes for a single input.
    example = torch.ones(2, 8, dtype=torch.int64), torch.ones(2, 8, dtype=torch.int64)
    axes = {
        0: torch.export.Dim("batch"),
        1: torch.export.Dim("tokens", max=model.encoder.config.max_position_embeddings),
    }
    # The exporter has nodes of its own called "embedding", so the outputs get their names afterwards.
    drafts = [f"output_{name}" for name in OUTPUTS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            model,
            example,
            input_names=["input_ids", "attention_mask"],
            output_names=drafts,
            dynamic_shapes=(axes, axes),
            dynamo=True,
            verbose=False,
        )
    graph = program.model_proto
    names = {name: f"inner_{name}" for name in OUTPUTS} | dict(zip(drafts, OUTPUTS, strict=True))
    for node in graph.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    for value in [*graph.graph.output, *graph.graph.initializer]:
        value.name = names.get(value.name, value.name)
    # Shapes that the exporter noted for its own names make the quantiser's shape inference fail.
    del graph.graph.value_info[:]
    # Notes on the source code of each node are half of the file without its weights.
    for part in [graph.graph, *graph.graph.node]:
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.checker.check_model(graph)
    onnx.save(graph, path)


def quantize(source: Path, target: Path) -> None:
    """
    Writes the int8 graph: weights and embedding tables to int8 once, activations to uint8 at run time. Signed weights:
    the unsigned kind takes a slower kernel. A scale a column: one for a whole matrix moves the logits twice as far.
    """
    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True)
