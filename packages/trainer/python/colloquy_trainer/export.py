"""From the trained model to ONNX graphs, and back."""

import json
import warnings
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoConfig, AutoModel

from .model import SentenceEncoder
from .settings import Failure


def export(sentence: SentenceEncoder, path: Path) -> None:
    """Writes the fp32 graph: input_ids, attention_mask int64 [batch, tokens] -> embedding float32 [batch, width]."""
    sentence = sentence.cpu().eval()
    sentence.encoder.set_attn_implementation("eager")
    # No axis of one, which the exporter takes for a constant, and no tensor twice, which it takes for a single input.
    example = torch.ones(2, 8, dtype=torch.int64), torch.ones(2, 8, dtype=torch.int64)
    axes = {
        0: torch.export.Dim("batch"),
        1: torch.export.Dim("tokens", max=sentence.encoder.config.max_position_embeddings),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            sentence,
            example,
            input_names=["input_ids", "attention_mask"],
            # The exporter has nodes of its own called "embedding", so the output gets its name afterwards.
            output_names=["sentence_embedding"],
            dynamic_shapes=(axes, axes),
            dynamo=True,
            verbose=False,
        )
    graph = program.model_proto
    names = {"embedding": "inner_embedding", "sentence_embedding": "embedding", **linear_weights(graph.graph)}
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


def linear_weights(graph: onnx.GraphProto) -> dict[str, str]:
    """
    New names for the matrices of linear layers, which the exporter transposes and numbers: those of the model again. A
    layer is known by its bias, which keeps its name.
    """
    matrices = {node.output[0]: node.input[1] for node in graph.node if node.op_type == "MatMul"}
    sums = (node.input for node in graph.node if node.op_type == "Add")
    names = {matrices.get(one): bias.removesuffix("bias") + "weight" for one, bias in sums if bias.endswith(".bias")}
    # Biases that are all zero, as before any training, become one, which tells nothing.
    taken = [*names.values(), *(value.name for value in graph.initializer)]
    return {matrix: name for matrix, name in names.items() if matrix and taken.count(name) == 1}


def restore(folder: Path, dropout: float, attention: str) -> tuple[nn.Module, Tokenizer]:
    """The encoder of a model folder, whose graph may be of either kind, and its tokenizer. Raises Failure bad_base."""
    try:
        described = json.loads((folder / "model.json").read_text(encoding="utf-8"))["encoder"]
        config = AutoConfig.for_model(**described)
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
        encoder = AutoModel.from_config(config, attn_implementation=attention)
        encoder.pooler = None
        found = {
            value.name: numpy_helper.to_array(value) for value in onnx.load(folder / "model.onnx").graph.initializer
        }
        with torch.no_grad():
            for name, parameter in encoder.named_parameters():
                name = f"encoder.{name}"
                if name in found:
                    value = found[name]
                else:
                    whole, zero = found[f"{name}_quantized"], found[f"{name}_zero_point"]
                    value = (whole.astype("float32") - zero) * found[f"{name}_scale"]
                # The graph multiplies from the right.
                linear = value.ndim == 2 and "embeddings" not in name
                parameter.copy_(torch.tensor(value.T if linear else value))
        return encoder, Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:
        hint = "Give a folder that `colloquy train` wrote."
        raise Failure(
            "bad_base", f"{folder} is no model to start from: {type(error).__name__} {error}.", hint
        ) from error


def quantize(source: Path, target: Path) -> None:
    """
    Writes the int8 graph: weights and embedding tables to int8 once, activations to uint8 at run time. Signed weights:
    the unsigned kind takes a slower kernel. A scale a column: one for a whole matrix moves the embedding twice as far.
    """
    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True)
