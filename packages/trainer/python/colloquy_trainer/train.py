"""The training loop."""

import math
import platform
import random
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import onnxruntime
import torch
import transformers
from tokenizers import Tokenizer
from torch import Tensor, distributed
from torch.nn import functional as F

from .data import Data, collate, encode, misspelt, plan, tokens_of
from .model import IntentClassifier, shrink
from .settings import Settings
from .step import Step, Table

Report = Callable[[dict], None]


def processor(device: torch.device) -> str:
    """The name of the GPU or CPU."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    table = Path("/proc/cpuinfo")
    lines = table.read_text().splitlines() if table.exists() else []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def environment(device: torch.device) -> dict[str, str | int]:
    """What the result may depend on besides the settings."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "onnxruntime": onnxruntime.__version__,
        "device": str(device),
        "processor": processor(device),
        "threads": torch.get_num_threads(),
    }


def fastest_precision(device: torch.device) -> str:
    """bf16 on CUDA, and on a CPU that has units for it, which a short trial shows; else fp32."""
    if device.type == "cuda":
        return "bf16"
    if distributed.is_initialized():
        return "fp32"  # Trials of several processes might come out differently.

    def seconds(dtype: torch.dtype) -> float:
        a, b = torch.ones(1024, 384, dtype=dtype), torch.ones(384, 1536, dtype=dtype)
        a @ b
        start = time.perf_counter()
        for _ in range(10):
            a @ b
        return time.perf_counter() - start

    return "bf16" if seconds(torch.bfloat16) < seconds(torch.float32) / 2 else "fp32"


def fit(
    model: IntentClassifier,
    tokenizer: Tokenizer,
    data: Data,
    s: Settings,
    device: torch.device,
    report: Report,
    taught: tuple[Tensor, Tensor | None] | None = None,
) -> IntentClassifier:
    """
    Trains `model` and returns the average of its weights. `report` receives the start, step and epoch events. `taught`
    are teachers' probabilities for the training texts, [texts, labels], and the embeddings of one teacher.
    """
    rng = random.Random(s.seed)
    texts, origin, epochs = readings(data.train.texts, s)
    rows, validation, outside = (
        encode(tokenizer, part, s.max_tokens) for part in (texts, data.validation.texts, data.outliers)
    )
    intents = torch.tensor(data.train.intents)
    expected = torch.tensor(data.validation.intents)
    # Word vectors of pieces that no text has would cost as much time as those of the others, and learn nothing.
    words = model.encoder.get_input_embeddings().weight.detach().clone()
    padding = model.encoder.config.pad_token_id or 0
    used = sorted({padding}.union(*rows, *validation, *outside))
    place = {piece: i for i, piece in enumerate(used)}
    rows, validation, outside = ([[place[i] for i in row] for row in part] for part in (rows, validation, outside))
    shrink(model.encoder, used, s.max_tokens)
    pad = place[padding]

    autocast = partial(torch.autocast, device.type, dtype=torch.bfloat16, enabled=s.precision == "bf16")
    model.to(device).eval()
    with autocast():
        model.start_head(infer(model, rows[: len(intents)], pad, device)[1], intents)
    model.train()
    lengths = [len(row) for row in rows + outside]
    tokens = s.batch * tokens_of(lengths) / len(lengths)
    rank, world = (distributed.get_rank(), distributed.get_world_size()) if distributed.is_initialized() else (0, 1)
    beyond = range(len(rows), len(lengths))
    plans = [plan({i: lengths[i] for i in [*epoch, *beyond]}, tokens, world, rng) for epoch in epochs]
    steps = sum(map(len, plans))
    probabilities, example = (None if part is None else part[origin] for part in taught or (None, None))
    if example is not None and example.shape[1] != model.head.in_features:
        example = None
    learned_from = table(rows, outside, intents[origin], len(data.labels), probabilities, s, example)
    step = Step(model, learned_from, s, steps, s.epochs * (len(intents) + len(outside)) / steps, device)
    counts = {"train": len(intents), "validation": len(validation), "labels": len(data.labels)}
    report({"event": "start", "device": str(device), **counts, "epochs": s.epochs, "steps": steps})
    if device.type == "cuda":
        sizes = {width: len(chosen) // world for one in plans for width, chosen in one}
        patiently(step, max(sizes.values()), report, partial(step.capture, sizes))
    reported, done = 0.0, 0
    for epoch, planned in enumerate(plans, start=1):
        step.loss.zero_()
        began = time.perf_counter()
        chosen = [(width, whole[rank::world]) for width, whole in planned]
        # All row numbers of the epoch at once: to send those of each step would make a GPU wait.
        numbers = torch.tensor([i for _, part in chosen for i in part]).to(device)
        moved = numbers.split([len(part) for _, part in chosen])
        for i, ((width, _), mine) in enumerate(zip(chosen, moved, strict=True), start=1):
            patiently(step, len(mine), report, partial(step, width, mine))
            done += 1
            # Asking a GPU for the loss would make it wait.
            if device.type == "cpu" and time.monotonic() - reported > 0.25:
                reported = time.monotonic()
                loss = round(world * step.loss.item() / i, 4)
                report({"event": "step", "epoch": epoch, "step": done, "steps": steps, "loss": loss})
        loss, seconds = round(world * step.loss.item() / len(planned), 4), round(time.perf_counter() - began, 3)
        with autocast():
            accuracy = (infer(step.average, validation, pad, device)[0].argmax(-1) == expected).float().mean().item()
        result = {"loss": loss, "seconds": seconds, "accuracy": round(accuracy, 4)}
        report({"event": "epoch", "epoch": epoch, "epochs": s.epochs, **result})
    learned = step.average
    words[used] = learned.encoder.get_input_embeddings().weight.detach().cpu()
    learned.cpu().encoder.set_input_embeddings(torch.nn.Embedding.from_pretrained(words))
    learned.encoder.config.vocab_size, learned.encoder.config.pad_token_id = len(words), padding
    return learned


def readings(texts: list[str], s: Settings) -> tuple[list[str], list[int], list[list[int]]]:
    """
    What is read of the training texts: these themselves and, after them, a misspelt one wherever an epoch reads that
    instead. Returns them, the number of the text that each stems from, and the numbers of those that each epoch reads.
    """
    rng = random.Random(f"typos {s.seed}")
    read, origin = list(texts), list(range(len(texts)))
    epochs = [list(origin) for _ in range(s.epochs)]
    for epoch in epochs:
        for i, text in enumerate(texts):
            if rng.random() < s.typos:
                epoch[i] = len(read)
                read.append(misspelt(text, rng))
                origin.append(i)
    return read, origin, epochs


def table(
    rows: list[list[int]],
    outside: list[list[int]],
    intents: Tensor,
    labels: int,
    taught: Tensor | None,
    s: Settings,
    example: Tensor | None = None,
) -> Table:
    """The rows with an intent, then those that none covers, which are to look like every intent alike."""
    lengths = torch.tensor([len(row) for row in rows + outside])
    ids = torch.zeros(len(lengths), int(lengths.max()), dtype=torch.int64)
    for i, row in enumerate(rows + outside):
        ids[i, : len(row)] = torch.tensor(row)
    target = F.one_hot(intents, labels).float()
    if taught is not None:
        target = target.lerp(taught, s.distil)
    target = torch.cat([target, torch.full((len(outside), labels), 1 / labels)])
    weight = torch.cat([torch.ones(len(rows)), torch.full((len(outside),), s.outlier_weight)])
    # An outlier has no embedding to come close to: 0 is as far from everything.
    width = 0 if example is None else example.shape[1]
    near = torch.zeros(len(lengths), width)
    if example is not None:
        near[: len(rows)] = example
    return Table(ids, lengths, target, weight, near)


def patiently(step: Step, rows: int, report: Report, work: Callable[[], None]) -> None:
    """Does `work`. While the memory does not suffice, halves the part of a step that is computed at once, and goes on."""
    while True:
        try:
            return work()
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error) or step.pieces >= rows:
                raise
        # Outside of the handler, which holds on to the tensors of the failed step.
        step.pieces *= 2
        step.optimizer.zero_grad()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        report({"event": "memory", "texts": math.ceil(rows / step.pieces)})


def is_out_of_memory(error: BaseException) -> bool:
    """PyTorch reports a failed allocation on the CPU as a plain RuntimeError."""
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "alloc" in str(error) and "memory" in str(error)


@torch.no_grad()
def infer(model: IntentClassifier, rows: list[list[int]], pad: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Logits [rows, labels] and embeddings [rows, width] of rows of token ids, float32 on the CPU."""
    model.eval()
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    found = []
    for i in range(0, len(order), 64):
        ids, mask = collate([rows[j] for j in order[i : i + 64]], pad)
        found.append([output.float().cpu() for output in model(ids.to(device), mask.to(device))])
    back = torch.tensor(order).argsort()
    logits, embedding = (torch.cat(part)[back] for part in zip(*found, strict=True))
    return logits, embedding
