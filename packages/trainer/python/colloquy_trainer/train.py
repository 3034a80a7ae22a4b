"""The training loop."""

import copy
import math
import random
import time
from collections.abc import Callable, Iterator
from functools import partial

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from .data import Data, batches, collate, encode
from .model import IntentClassifier
from .settings import Settings

Report = Callable[[dict], None]


def divergence(first: Tensor, second: Tensor) -> Tensor:
    """
    R-Drop (Liang et al. 2021, https://arxiv.org/abs/2106.14448): how far the predictions of two dropout samples of the
    same texts lie apart, as the mean of both KL divergences. Logits [batch, labels] -> scalar.
    """
    p, q = first.log_softmax(-1), second.log_softmax(-1)
    return ((p.exp() - q.exp()) * (p - q)).sum(-1).mean() / 2


def parameter_groups(model: IntentClassifier, s: Settings) -> Iterator[dict]:
    """
    The head learns fastest, and each layer below the last a little slower than the one above it (Howard and Ruder 2018,
    https://arxiv.org/abs/1801.06146). Biases and layer norms do not decay.
    """
    layers = model.encoder.config.num_hidden_layers
    for name, parameter in model.named_parameters():
        if name.startswith("head."):
            lr = s.head_lr
        else:
            layer = int(name.split(".layer.")[1].split(".")[0]) if ".layer." in name else -1
            lr = s.lr * s.layer_decay ** (layers - 1 - layer)
        decay = s.weight_decay if parameter.ndim > 1 else 0.0
        yield {"params": [parameter], "lr": lr, "weight_decay": decay}


def fastest_precision(device: torch.device) -> str:
    """bf16 on CUDA, and on a CPU that has matrix units for it (AMX), which a short trial shows; else fp32."""
    if device.type == "cuda":
        return "bf16"

    def seconds(dtype: torch.dtype) -> float:
        a, b = torch.ones(1024, 384, dtype=dtype), torch.ones(384, 1536, dtype=dtype)
        a @ b
        start = time.perf_counter()
        for _ in range(10):
            a @ b
        return time.perf_counter() - start

    return "bf16" if seconds(torch.bfloat16) < seconds(torch.float32) / 2 else "fp32"


def rise_and_fall(optimizer: torch.optim.Optimizer, steps: int, warmup: float) -> torch.optim.lr_scheduler.LambdaLR:
    """Learning rates that rise in a line for the share `warmup` of the steps, then fall to zero as a cosine."""
    rise = max(1, round(warmup * steps))

    def share(step: int) -> float:
        if step < rise:
            return (step + 1) / rise
        return 0.5 + 0.5 * math.cos(math.pi * (step - rise) / max(1, steps - rise))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def fit(
    model: IntentClassifier, tokenizer: Tokenizer, data: Data, s: Settings, device: torch.device, report: Report
) -> IntentClassifier:
    """Trains `model` and returns the average of its weights. `report` receives the start, step and epoch events."""
    rng = random.Random(s.seed)
    pad = model.encoder.config.pad_token_id or 0
    rows, validation = (encode(tokenizer, part.texts, s.max_tokens) for part in (data.train, data.validation))
    intents, expected = torch.tensor(data.train.intents), torch.tensor(data.validation.intents)
    autocast = partial(torch.autocast, device.type, dtype=torch.bfloat16, enabled=s.precision == "bf16")
    model.to(device).eval()
    with autocast():
        model.start_head(infer(model, rows, pad, device)[1], intents)
    average = copy.deepcopy(model)
    model.train()
    optimizer = torch.optim.AdamW(parameter_groups(model, s), fused=True)
    per_epoch = math.ceil(len(rows) / s.batch)
    steps = s.epochs * per_epoch
    schedule = rise_and_fall(optimizer, steps, s.warmup)
    sizes = {"train": len(rows), "validation": len(validation), "labels": len(data.labels)}
    report({"event": "start", "device": str(device), **sizes, "epochs": s.epochs, "steps": steps})

    step, reported = 0, 0.0
    for epoch in range(1, s.epochs + 1):
        total = torch.zeros((), device=device)
        for chosen in batches(rows, s.batch, rng):
            ids, mask = (t.to(device) for t in collate([rows[i] for i in chosen], pad))
            wanted = intents[chosen].to(device)
            if s.rdrop:
                ids, mask, wanted = ids.repeat(2, 1), mask.repeat(2, 1), wanted.repeat(2)
            with autocast():
                logits = model(ids, mask)[0].float()
            loss = F.cross_entropy(logits, wanted)
            total += loss.detach()
            if s.rdrop:
                loss = loss + s.rdrop * divergence(*logits.chunk(2))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), s.clip)
            optimizer.step()
            schedule.step()
            step += 1
            update(average, model, s.ema, step)
            if time.monotonic() - reported > 0.25:
                reported = time.monotonic()
                report({"event": "step", "epoch": epoch, "step": step, "steps": steps, "loss": round(loss.item(), 4)})
        with autocast():
            accuracy = (infer(average, validation, pad, device)[0].argmax(-1) == expected).float().mean().item()
        result = {"loss": round(total.item() / per_epoch, 4), "accuracy": round(accuracy, 4)}
        report({"event": "epoch", "epoch": epoch, "epochs": s.epochs, **result})
    return average


@torch.no_grad()
def update(average: nn.Module, model: nn.Module, decay: float, step: int) -> None:
    """Moves the average of the weights towards `model`; early on in larger moves, to forget the untrained weights."""
    decay = min(decay, step / (step + 10))
    torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - decay)


@torch.no_grad()
def infer(model: IntentClassifier, rows: list[list[int]], pad: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Logits [rows, labels] and embeddings [rows, width] of rows of token ids, float32 on the CPU."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    found = []
    for i in range(0, len(order), 64):
        ids, mask = collate([rows[j] for j in order[i : i + 64]], pad)
        found.append([output.float().cpu() for output in model(ids.to(device), mask.to(device))])
    back = torch.tensor(order).argsort()
    logits, embedding = (torch.cat(part)[back] for part in zip(*found, strict=True))
    return logits, embedding
