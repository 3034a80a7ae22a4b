"""The training loop."""

import copy
import math
import random
import time
from collections.abc import Callable, Iterator

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from .data import Data, batches, collate, encode
from .model import IntentClassifier
from .settings import Settings

Report = Callable[[dict], None]


def contrastive_loss(embedding: Tensor, intents: Tensor, temperature: float) -> Tensor:
    """
    Supervised contrastive loss (Khosla et al. 2020, https://arxiv.org/abs/2004.11362): unit vectors [batch, width] of one
    intent [batch] attract, others repel. A text without a partner in the batch counts as zero.
    """
    alike = embedding @ embedding.T / temperature
    alike.fill_diagonal_(-torch.inf)
    positive = (intents[:, None] == intents[None, :]).fill_diagonal_(False)
    log_share = alike - alike.logsumexp(1, keepdim=True)
    return -(log_share.where(positive, 0).sum(1) / positive.sum(1).clamp(min=1)).mean()


def divergence(first: Tensor, second: Tensor) -> Tensor:
    """R-Drop: symmetric KL divergence of two dropout samples' predictions (Liang et al. 2021, https://arxiv.org/abs/2106.14448)."""
    p, q = first.log_softmax(-1), second.log_softmax(-1)
    return (F.kl_div(p, q, log_target=True, reduction="batchmean") + F.kl_div(q, p, log_target=True, reduction="batchmean")) / 2


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


def faster_in_bf16(device: torch.device) -> bool:
    """Whether bf16 pays: always on CUDA, on a CPU only with matrix units for it (AMX), which a short trial shows."""
    if device.type == "cuda":
        return True

    def seconds(dtype: torch.dtype) -> float:
        a, b = torch.ones(1024, 384, dtype=dtype), torch.ones(384, 1536, dtype=dtype)
        a @ b
        start = time.perf_counter()
        for _ in range(10):
            a @ b
        return time.perf_counter() - start

    return seconds(torch.bfloat16) < seconds(torch.float32) / 2


def fit(model: IntentClassifier, tokenizer: Tokenizer, data: Data, s: Settings, device: torch.device, report: Report) -> IntentClassifier:
    """Trains `model` and returns the average of its weights. `report` receives the start, step and epoch events."""
    rng = random.Random(s.seed)
    pad = model.encoder.config.pad_token_id or 0
    rows = encode(tokenizer, data.train.texts, s.max_tokens)
    intents = torch.tensor(data.train.intents)
    validation = encode(tokenizer, data.validation.texts, s.max_tokens)
    bf16 = s.precision == "bf16" or (s.precision == "auto" and faster_in_bf16(device))
    model.to(device).train()
    average = copy.deepcopy(model).eval()
    optimizer = torch.optim.AdamW(parameter_groups(model, s), fused=True)
    per_epoch = math.ceil(len(rows) / s.batch)
    steps = s.epochs * per_epoch
    rise = max(1, round(s.warmup * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / rise, 0.5 + 0.5 * math.cos(math.pi * max(0, step - rise) / max(1, steps - rise)))
    )
    report(
        {
            "event": "start",
            "device": str(device),
            "precision": "bf16" if bf16 else "fp32",
            "train": len(rows),
            "validation": len(validation),
            "labels": len(data.labels),
            "epochs": s.epochs,
            "steps": steps,
        }
    )
    twice = s.rdrop > 0 or s.contrast > 0
    step, reported = 0, 0.0
    for epoch in range(1, s.epochs + 1):
        total = torch.zeros((), device=device)
        for chosen in batches(rows, s.batch, rng):
            ids, mask = (t.to(device) for t in collate([rows[i] for i in chosen], pad))
            wanted = intents[chosen].to(device)
            if twice:
                ids, mask, wanted = ids.repeat(2, 1), mask.repeat(2, 1), wanted.repeat(2)
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bf16):
                logits, embedding = model(ids, mask)
            logits, embedding = logits.float(), embedding.float()
            loss = F.cross_entropy(logits, wanted, label_smoothing=s.smoothing)
            total += loss.detach()
            if s.contrast > 0:
                loss = loss + s.contrast * contrastive_loss(embedding, wanted, s.contrast_temperature)
            if s.rdrop > 0:
                loss = loss + s.rdrop * divergence(*logits.chunk(2))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), s.clip)
            optimizer.step()
            schedule.step()
            step += 1
            # An average that starts at full length would remember the untrained weights.
            update(average, model, min(s.ema, step / (step + 10)))
            if time.monotonic() - reported > 0.25:
                reported = time.monotonic()
                report({"event": "step", "epoch": epoch, "step": step, "steps": steps, "loss": round(loss.item(), 4)})
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bf16):
            found = predict(average, validation, pad, device)
        right = (found == torch.tensor(data.validation.intents)).float().mean().item()
        report({"event": "epoch", "epoch": epoch, "epochs": s.epochs, "loss": round(total.item() / per_epoch, 4), "accuracy": round(right, 4)})
    return average


@torch.no_grad()
def update(average: nn.Module, model: nn.Module, decay: float) -> None:
    torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - decay)


@torch.inference_mode()
def predict(model: IntentClassifier, rows: list[list[int]], pad: int, device: torch.device) -> Tensor:
    """The likeliest intent of each row of token ids, int64 [rows], on the CPU."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    found = torch.empty(len(rows), dtype=torch.int64)
    for i in range(0, len(order), 64):
        part = order[i : i + 64]
        ids, mask = collate([rows[j] for j in part], pad)
        found[part] = model(ids.to(device), mask.to(device))[0].argmax(-1).cpu()
    return found
