"""
What a model folder holds beside the encoder: the head, the temperature, and what tells that no intent covers a text.
@colloquy/core computes the same from the same numbers (packages/core/src/nlu). Embeddings are [texts, width], logits
[texts, labels].
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from safetensors.numpy import load_file, save
from tokenizers import Tokenizer

from .data import Data, encode
from .model import IntentClassifier
from .settings import Failure

Logits = np.ndarray
Array = np.ndarray

EXEMPLARS = 8
"""Of each intent: a neighbour is looked for among them."""
LIKELIEST = 3
"""Intents among whose exemplars a neighbour is looked for."""
SHRINKAGE = 40
"""Validation texts of an intent at which half of its threshold is its own, and half that of all."""


def run(graph: Path, rows: list[list[int]]) -> Array:
    """
    Embedding of each row of token ids. One text at a time, as in production: dynamic quantisation takes the range of
    activations from the whole batch, so that a text's embedding depends on its neighbours.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    feeds = ({"input_ids": np.array([row]), "attention_mask": np.ones((1, len(row)), np.int64)} for row in rows)
    return np.concatenate([session.run(["embedding"], feed)[0] for feed in feeds])


@dataclass(frozen=True)
class Head:
    """The tensors of `head.safetensors`."""

    weight: Array
    """float32 [labels, width]: logits are weight @ embedding + bias."""
    bias: Array
    """float32 [labels]"""
    exemplars: Array
    """int8 [labels * EXEMPLARS, width], those of an intent together; only their directions count."""

    def logits(self, embedding: Array) -> Logits:
        return embedding @ self.weight.T + self.bias

    def save(self, path: Path) -> None:
        path.write_bytes(save({name: np.ascontiguousarray(value) for name, value in vars(self).items()}))


def logsumexp(x: Logits) -> np.ndarray:
    top = x.max(1)
    return top + np.log(np.exp(x - top[:, None]).sum(1))


def fit_temperature(logits: Logits, intents: np.ndarray) -> float:
    """
    The temperature of least negative log-likelihood (Guo et al. 2017, https://arxiv.org/abs/1706.04599). That is convex
    in 1 / temperature, hence has one valley, which a ternary search finds. As in Platt (1999), a small share of each
    label is spread over all: without it, a validation part without a mistake would ask for boundless confidence.
    """

    spread = 1 / (len(intents) + 2)

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        target = (1 - spread) * scaled[np.arange(len(intents)), intents] + spread * scaled.mean(1)
        return float((logsumexp(scaled) - target).mean())

    low, high = np.log(0.05), np.log(20.0)
    while high - low > 1e-4:
        third = (high - low) / 3
        if loss(low + third) < loss(high - third):
            high -= third
        else:
            low += third
    return float(np.exp((low + high) / 2))


def energy(logits: Logits, temperature: float) -> np.ndarray:
    """In-scope score: temperature * logsumexp(logits / temperature) (Liu et al. 2020, https://arxiv.org/abs/2010.03759)."""
    return temperature * logsumexp(logits / temperature)


def calibration_error(logits: Logits, intents: np.ndarray, temperature: float, bins: int = 15) -> float:
    """Expected calibration error over bins of equal width (Naeini et al. 2015), 0 to 1."""
    scaled = logits / temperature
    confidence = np.exp(scaled.max(1) - logsumexp(scaled))
    right = scaled.argmax(1) == intents
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = (abs((right[place == b] - confidence[place == b]).sum()) for b in range(bins))
    return float(sum(gaps) / len(intents))


def macro_f1(predicted: np.ndarray, intents: np.ndarray) -> float:
    """Mean F1 over the intents that occur or are predicted, 0 to 1."""
    scores = []
    for label in np.union1d(predicted, intents):
        hits = np.sum((predicted == label) & (intents == label))
        scores.append(2 * hits / (np.sum(predicted == label) + np.sum(intents == label)))
    return float(np.mean(scores))


def exemplars_of(embedding: Array) -> Array:
    """
    A few directions that stand for the embeddings of an intent: the one nearest to the mean, then always the farthest
    from those taken (Gonzalez 1985), and each moved to the mean of the texts that are nearest to it.
    """
    taken = [int((embedding @ embedding.mean(0)).argmax())]
    while len(taken) < min(EXEMPLARS, len(embedding)):
        taken.append(int((embedding @ embedding[taken].T).max(1).argmin()))
    # Where there are fewer texts than exemplars some are taken again, and nothing is nearest to those.
    taken = [taken[i % len(taken)] for i in range(EXEMPLARS)]
    nearest = (embedding @ embedding[taken].T).argmax(1)
    groups = (embedding[nearest == i] if (nearest == i).any() else embedding[[one]] for i, one in enumerate(taken))
    means = np.stack([group.mean(0) for group in groups])
    return np.rint(127 * means / abs(means).max(1, keepdims=True)).astype(np.int8)


def likeness(head: Head, embedding: Array, logits: Logits) -> Array:
    """Cosine to the nearest exemplar of the likeliest intents (Sun et al. 2022, https://arxiv.org/abs/2204.06507)."""
    likeliest = np.argsort(-logits, axis=1, kind="stable")[:, :LIKELIEST]
    exemplars = head.exemplars / np.linalg.norm(head.exemplars.astype(np.float32), axis=1, keepdims=True)
    groups = exemplars.reshape(len(head.bias), EXEMPLARS, -1)
    return np.array([(groups[intents] @ vector).max() for intents, vector in zip(likeliest, embedding, strict=True)])


def thresholds(score: Array, predicted: Array, labels: int, recall: float) -> list[float]:
    """
    For each intent the score under which a text is out of scope. An intent with many validation texts gets that of its
    own, one with few nearly that of all; together they keep the share `recall` of the texts.
    """
    whole = np.quantile(score, 1 - recall)
    own = np.zeros(labels)
    for label in np.unique(predicted):
        found = score[predicted == label]
        own[label] = len(found) / (len(found) + SHRINKAGE) * (np.quantile(found, 1 - recall) - whole)
    return (own + np.quantile(score - own[predicted], 1 - recall)).tolist()


def measures(head: Head, embedding: Array, temperature: float) -> dict[str, Array]:
    """What the out-of-scope score is made of, each higher where a text is more in scope: [texts]."""
    logits = head.logits(embedding).astype(np.float64)
    return {"energy": energy(logits, temperature), "likeness": likeness(head, embedding, logits)}


def scope_score(found: dict[str, Array], rule: dict) -> Array:
    """The mean of the measures, each in standard deviations from its mean on validation texts: [texts]."""
    return np.mean([(part - rule[name]["mean"]) / rule[name]["deviation"] for name, part in found.items()], axis=0)


def calibrate(head: Head, embedding: Array, labels: list[int], recall: float) -> tuple[dict, dict[str, float]]:
    """The temperature and the out-of-scope rule of a model card, and metrics, of the validation texts."""
    intents, logits = np.array(labels), head.logits(embedding).astype(np.float64)
    predicted, temperature = logits.argmax(1), fit_temperature(logits, intents)
    found = measures(head, embedding, temperature)
    # Where validation repeats the training texts, likeness is 1 to all of them: its deviation must not come close to 0.
    rule = {
        name: {"mean": float(part.mean()), "deviation": max(0.01, float(part.std()))} for name, part in found.items()
    }
    bounds = thresholds(scope_score(found, rule), predicted, logits.shape[1], recall)
    metrics = {
        "accuracy": float(np.mean(predicted == intents)),
        "macroF1": macro_f1(predicted, intents),
        "ece": calibration_error(logits, intents, temperature),
    }
    rounded = {name: round(value, 4) for name, value in metrics.items()}
    return {"temperature": temperature, "outOfScope": {"recall": recall, **rule, "thresholds": bounds}}, rounded


def describe(model: IntentClassifier, embedding: Array, labels: list[int]) -> Head:
    """The head of a model, and exemplars of the embeddings of its training texts."""
    intents = np.array(labels)
    exemplars = [exemplars_of(embedding[intents == label]) for label in range(intents.max() + 1)]
    # The length that the model gives the embedding goes into the weight.
    weight, bias = (parameter.detach().cpu().numpy() for parameter in (model.head.weight, model.head.bias))
    return Head(weight * model.scale, bias, np.concatenate(exemplars))


def opinion(folders: list[str], data: Data) -> tuple[Array, Array | None]:
    """
    What models, on average, take the training texts for: probabilities [texts, labels]. At twice their temperature: of
    texts that a model was trained on it is surer than of others, and what it takes to be similar is what it can teach.
    Of one model alone also the embeddings [texts, width].
    """
    total, embedding = np.zeros((len(data.train), len(data.labels))), None
    for folder in map(Path, folders):
        try:
            card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            head = Head(**load_file(folder / "head.safetensors"))
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            order = [card["labels"].index(label) for label in data.labels]
        except Exception as error:
            raise Failure("bad_base", f"{folder} cannot teach: {error}", "Give a model of the same intents.") from error
        embedding = run(folder / "model.onnx", encode(tokenizer, data.train.texts, card["maxTokens"]))
        scaled = head.logits(embedding).astype(np.float64)[:, order] / (2 * card["temperature"])
        total += np.exp(scaled - logsumexp(scaled)[:, None])
    return total / len(folders), embedding if len(folders) == 1 else None
