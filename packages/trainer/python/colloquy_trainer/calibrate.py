"""What validation says of an exported graph: temperature, out-of-scope threshold, metrics. Logits: [texts, labels]."""

from pathlib import Path

import numpy as np
import onnxruntime

Logits = np.ndarray


def run(graph: Path, rows: list[list[int]]) -> Logits:
    """
    Logits of each row of token ids. One text at a time, as in production: dynamic quantisation takes the range of
    activations from the whole batch, so that a text's logits depend on its neighbours.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    feeds = ({"input_ids": np.array([row]), "attention_mask": np.ones((1, len(row)), np.int64)} for row in rows)
    return np.concatenate([session.run(["logits"], feed)[0] for feed in feeds]).astype(np.float64)


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


def calibrate(logits: Logits, labels: list[int], recall: float) -> tuple[float, float, dict[str, float]]:
    """Temperature, out-of-scope threshold that keeps `recall` of the texts, and metrics."""
    intents = np.array(labels)
    temperature = fit_temperature(logits, intents)
    threshold = float(np.quantile(energy(logits, temperature), 1 - recall))
    predicted = logits.argmax(1)
    metrics = {
        "accuracy": float(np.mean(predicted == intents)),
        "macroF1": macro_f1(predicted, intents),
        "ece": calibration_error(logits, intents, temperature),
    }
    return temperature, threshold, {name: round(value, 4) for name, value in metrics.items()}
