"""A tiny encoder with random weights, texts for it, and its training."""

import random
from pathlib import Path

import torch
from colloquy_trainer.data import plan
from colloquy_trainer.model import IntentClassifier
from colloquy_trainer.settings import Settings
from colloquy_trainer.step import Step
from colloquy_trainer.train import patiently, table
from transformers import BertConfig, BertModel


CPU = torch.device("cpu")
LABELS = 4
# Nothing random but the order, so that two ways of computing a step can be compared.
PLAIN = Settings(
    data=Path(),
    out=Path(),
    precision="fp32",
    dropout=0.0,
    rdrop=0.0,
    batch=8,
    epochs=3,
    lr=1e-3,
)


def settings(**changes) -> Settings:
    return Settings(**{**vars(PLAIN), **changes})


def tiny(s: Settings, layers: int = 2) -> IntentClassifier:
    torch.manual_seed(5)
    rates = {
        "hidden_dropout_prob": s.dropout,
        "attention_probs_dropout_prob": s.dropout,
    }
    shape = {
        "hidden_size": 16,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 64,
    }
    config = BertConfig(vocab_size=50, num_hidden_layers=layers, **shape, **rates)
    encoder = BertModel._from_config(config, attn_implementation="eager")
    encoder.pooler = None
    return IntentClassifier(encoder, LABELS, s.dropout)


def texts(count: int) -> tuple[list[list[int]], torch.Tensor]:
    rng = random.Random(3)
    rows = [
        [rng.randrange(1, 50) for _ in range(rng.randrange(3, 30))]
        for _ in range(count)
    ]
    return rows, torch.tensor([sum(row) % LABELS for row in rows])


def trained(
    s: Settings, fail=None, device: torch.device = CPU
) -> tuple[Step, list[dict]]:
    """Trains a tiny model; `fail` may raise before a step is computed."""
    rows, intents = texts(45)
    lengths, reports = [len(row) for row in rows], []
    epochs = [plan(dict(enumerate(lengths)), 100, 1, random.Random(epoch)) for epoch in range(s.epochs)]
    model = tiny(s).to(device).train()
    if fail:
        model.register_forward_pre_hook(fail)
    steps = sum(map(len, epochs))
    step = Step(
        model,
        table(rows, [], intents, LABELS, None, s),
        s,
        steps,
        len(rows) / len(epochs[0]),
        device,
    )
    if device.type == "cuda":
        step.capture({width: len(chosen) for width, chosen in epochs[0]})
    for width, chosen in (one for epoch in epochs for one in epoch):
        patiently(
            step,
            len(chosen),
            reports.append,
            lambda: step(width, torch.tensor(chosen, device=device)),
        )
    return step, reports


def far(one: torch.nn.Module, other: torch.nn.Module) -> float:
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return max(
        float((a.detach().cpu() - b.detach().cpu()).abs().max()) for a, b in pairs
    )
