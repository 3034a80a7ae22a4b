"""
Times our loop, the Hugging Face Trainer and the arithmetic floor on one device, with the same data, model, batch, epochs
and precision: `python -m colloquy_trainer.bench --data FILE`. Prints a line of JSON each, then the comparison.
"""

import json
import os
import random
import time
from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402
from torch.nn import functional as F  # noqa: E402
from transformers import BertConfig, BertModel, Trainer, TrainerCallback, TrainingArguments  # noqa: E402

from .data import Data, Part, collate, encode, plain, read  # noqa: E402
from .model import IntentClassifier, load  # noqa: E402
from .settings import Settings  # noqa: E402
from .train import environment, fastest_precision, fit, infer  # noqa: E402

ROWS, WIDTH = 4096, 2048
"""Of the matrix product that the processor's peak is measured by."""


def arguments() -> Namespace:
    parser = ArgumentParser(
        prog="python -m colloquy_trainer.bench",
        description=__doc__,
        formatter_class=ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="what python -m colloquy_trainer takes")
    parser.add_argument("--base", default="sentence-transformers/all-MiniLM-L6-v2", help="encoder to start from")
    parser.add_argument(
        "--shape", choices=["base", "bert-base"], default="base", help="bert-base: its shape, random weights"
    )
    parser.add_argument("--texts", type=int, default=0, help="training texts to take, of those in --data; 0: all")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", type=float, default=0.9, help="accuracy on validation that time is taken to")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--precision", default="auto", help="auto, bf16 or fp32")
    return parser.parse_args()


def fresh(a: Namespace, data: Data, device: torch.device) -> tuple[IntentClassifier, Tokenizer]:
    """The model, the same each time."""
    torch.manual_seed(a.seed)
    attention = "sdpa" if device.type == "cuda" else "eager"
    encoder, tokenizer = load(a.base, 0.1, attention)
    if a.shape == "bert-base":
        encoder = BertModel._from_config(BertConfig(), attn_implementation=attention)
        encoder.pooler = None
    return IntentClassifier(encoder, len(data.labels), 0.1), plain(tokenizer)


def ours(a: Namespace, data: Data, s: Settings, device: torch.device) -> list[tuple[float, float]]:
    """Seconds, evaluation left out, and accuracy of each epoch."""
    model, tokenizer = fresh(a, data, device)
    epochs: list[tuple[float, float]] = []

    def report(event: dict) -> None:
        if event["event"] == "epoch":
            epochs.append((event["seconds"], event["accuracy"]))

    fit(model, tokenizer, data, s, device, report)
    return epochs


class WithLoss(torch.nn.Module):
    """The model as the Hugging Face Trainer wants it."""

    def __init__(self, model: IntentClassifier):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, labels):
        logits = self.model(input_ids, attention_mask)[0]
        return {"loss": F.cross_entropy(logits.float(), labels), "logits": logits}


def theirs(a: Namespace, data: Data, s: Settings, device: torch.device) -> list[tuple[float, float]]:
    """The same of the Hugging Face Trainer: dynamic padding, everything else as it comes."""
    model, tokenizer = fresh(a, data, device)
    rows, validation = (encode(tokenizer, part.texts, s.max_tokens) for part in (data.train, data.validation))
    expected = torch.tensor(data.validation.intents)
    epochs: list[tuple[float, float]] = []

    def batch(items: list[int]) -> dict[str, torch.Tensor]:
        ids, mask = collate([rows[i] for i in items], 0)
        return {
            "input_ids": ids,
            "attention_mask": mask,
            "labels": torch.tensor([data.train.intents[i] for i in items]),
        }

    class Clock(TrainerCallback):
        def on_epoch_begin(self, *_, **__) -> None:
            self.began = time.perf_counter()

        def on_epoch_end(self, *_, **__) -> None:
            if device.type == "cuda":
                torch.cuda.synchronize()
            seconds = time.perf_counter() - self.began
            found = infer(model, validation, 0, device)[0].argmax(-1)
            model.train()
            epochs.append((seconds, (found == expected).float().mean().item()))

    with TemporaryDirectory() as folder:
        settings = TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=a.batch,
            num_train_epochs=a.epochs,
            learning_rate=a.lr,
            bf16=s.precision == "bf16",
            use_cpu=device.type == "cpu",
            seed=a.seed,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            remove_unused_columns=False,
        )
        trainer = Trainer(
            WithLoss(model), settings, data_collator=batch, train_dataset=list(range(len(rows))), callbacks=[Clock()]
        )
        trainer.train()
    return epochs


def peak(device: torch.device, precision: str) -> float:
    """FLOP a second of the best of ten large matrix products."""
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    one, other = torch.ones(ROWS, WIDTH, device=device, dtype=kind), torch.ones(WIDTH, WIDTH, device=device, dtype=kind)
    best = float("inf")
    for _ in range(10):
        start = time.perf_counter()
        result = one @ other
        result[0, 0].item()
        best = min(best, time.perf_counter() - start)
    return 2 * ROWS * WIDTH * WIDTH / best


def main() -> None:
    a = arguments()
    device = torch.device(a.device)
    data = read(a.data)
    if a.texts:
        chosen = random.Random(a.seed).sample(range(len(data.train)), a.texts)
        part = Part([data.train.texts[i] for i in chosen], [data.train.intents[i] for i in chosen])
        data = replace(data, train=part)
    precision = fastest_precision(device) if a.precision == "auto" else a.precision
    same = {"epochs": a.epochs, "batch": a.batch, "lr": a.lr, "seed": a.seed, "precision": precision}
    s = replace(Settings(data=a.data, out=Path(), typos=0.0), **same)
    model, tokenizer = fresh(a, data, device)
    tokens = a.epochs * sum(map(len, encode(tokenizer, data.train.texts, s.max_tokens)))
    # A forward pass takes two operations a weight and token, a backward pass four; word vectors are only looked up.
    flop = 6 * tokens * sum(p.numel() for p in model.encoder.encoder.parameters())
    best = peak(device, precision)
    print(
        json.dumps(
            {**environment(device), **same, "shape": a.shape, "texts": len(data.train), "peakTflops": best / 1e12}
        )
    )
    results = {"floor": {"seconds": round(flop / best, 3)}}
    for name, run in (("ours", ours), ("huggingface", theirs)):
        epochs = run(a, data, s, device)
        seconds = sum(one for one, _ in epochs)
        reached = next((i + 1 for i, (_, accuracy) in enumerate(epochs) if accuracy >= a.target), None)
        results[name] = {
            "seconds": round(seconds, 3),
            "samplesPerSecond": round(a.epochs * len(data.train) / seconds, 1),
            "secondsToTarget": round(sum(one for one, _ in epochs[:reached]), 3) if reached else None,
            "accuracy": round(epochs[-1][1], 4),
            "shareOfPeak": round(flop / best / seconds, 4),
        }
        print(json.dumps({name: results[name]}), flush=True)
    print(json.dumps({**results, "ratio": round(results["huggingface"]["seconds"] / results["ours"]["seconds"], 2)}))


if __name__ == "__main__":
    main()
