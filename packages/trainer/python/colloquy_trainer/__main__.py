"""The command: reads the settings, runs the stages, reports progress as JSON lines on stdout."""

import json
import os
import shutil
import sys
import time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

# Standard output belongs to the events: whatever a library prints goes to standard error.
events = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
os.dup2(2, 1)
# A thread that waits for another must sleep: beside other work, spinning threads made training ten times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402
from torch import distributed  # noqa: E402

from .calibrate import calibrate, describe, opinion, run  # noqa: E402
from .data import Data, encode, plain, read, trim  # noqa: E402
from .export import export, quantize, restore  # noqa: E402
from .model import IntentClassifier, drop_layers, load, shrink  # noqa: E402
from .settings import Failure, Settings, parse  # noqa: E402
from .train import environment, fastest_precision, fit, is_out_of_memory  # noqa: E402


def begin(s: Settings, data: Data, device: torch.device) -> tuple[IntentClassifier, Tokenizer]:
    """The model to train, as large as it will be, and its tokenizer."""
    # On a CPU the fused attention is slower than plain matrix products at the length of a chat message.
    attention = "sdpa" if device.type == "cuda" else "eager"
    encoder, tokenizer = restore(s.init, s.dropout, attention) if s.init else load(s.base, s.dropout, attention)
    if s.layers:
        drop_layers(encoder, s.layers)
    tokenizer, pieces = trim(plain(tokenizer), data.train.texts, s.vocab) if s.vocab else (plain(tokenizer), None)
    shrink(encoder, pieces, s.max_tokens)
    return IntentClassifier(encoder, len(data.labels), s.dropout), tokenizer


def write(folder: Path, graph: Path, model: IntentClassifier, tokenizer: Tokenizer, data: Data, s: Settings) -> dict:
    """Writes a model folder around a graph; returns its card."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(graph, folder / "model.onnx")
    train, validation = (
        run(graph, encode(tokenizer, part.texts, s.max_tokens)) for part in (data.train, data.validation)
    )
    head = describe(model, train, data.train.intents)
    head.save(folder / "head.safetensors")
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    rule, metrics = calibrate(head, validation, data.validation.intents, s.recall)
    return {
        "format": 2,
        "labels": data.labels,
        **rule,
        "maxTokens": s.max_tokens,
        "languages": s.languages.split(","),
        "base": Path(s.base).name if Path(s.base).is_dir() else s.base,
        "encoder": model.encoder.config.to_diff_dict(),
        "data": {"hash": data.hash, "train": len(data.train), "validation": len(data.validation)},
        "recipe": s.recipe(),
        "environment": environment(torch.device(s.device)),
        "metrics": metrics,
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }


def main(s: Settings) -> None:
    started = time.monotonic()
    history: list[str] = []
    local, world = int(os.environ.get("LOCAL_RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))

    def report(event: dict) -> None:
        if local == 0:
            history.append(json.dumps(event))
            print(history[-1], file=events, flush=True)

    data = read(s.data, s.outliers)
    there = f"cuda:{local}" if torch.cuda.is_available() else "cpu"
    device = torch.device(there if s.device == "auto" else s.device)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    if world > 1:
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    s = replace(s, device=str(device), precision=fastest_precision(device) if s.precision == "auto" else s.precision)
    torch.manual_seed(s.seed)
    model, tokenizer = begin(s, data, device)
    found = opinion(s.teacher.split(","), data) if s.teacher else (None, None)
    taught = [None if part is None else torch.tensor(part).float() for part in found]
    # From here on every process draws dropout of its own.
    torch.manual_seed(s.seed + local)
    model = fit(model, tokenizer, data, s, device, report, (taught[0], taught[1]))
    if local > 0:
        return

    s.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=s.out) as scratch:
        report({"event": "stage", "stage": "export"})
        full, small = Path(scratch) / "full.onnx", Path(scratch) / "int8.onnx"
        export(model.sentence, full)
        report({"event": "stage", "stage": "quantize"})
        quantize(full, small)
        report({"event": "stage", "stage": "calibrate"})
        graphs = {s.out: small, **({s.fp32: full} if s.fp32 else {})}
        cards = {folder: write(folder, graph, model, tokenizer, data, s) for folder, graph in graphs.items()}
    seconds = round(time.monotonic() - started, 1)
    report({"event": "done", "metrics": cards[s.out]["metrics"], "seconds": seconds})
    for folder, card in cards.items():
        text = json.dumps({**card, "seconds": seconds}, indent=2, ensure_ascii=False)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")
        (folder / "training.jsonl").write_text("\n".join(history) + "\n", encoding="utf-8")


def guarded(s: Settings) -> int:
    """Exit status: 0, or 2 after an error event for what a user can put right."""
    try:
        main(s)
    except Failure as failure:
        error = {"code": failure.code, "message": failure.message, "hint": failure.hint}
    except (MemoryError, RuntimeError) as caught:
        if not is_out_of_memory(caught):
            raise
        hint = "Give --device cpu, a smaller --max-tokens, or a smaller --base."
        error = {"code": "out_of_memory", "message": "The memory does not suffice for a single text.", "hint": hint}
    except OSError as caught:
        hint = "Free some space, or choose another --out."
        error = {"code": "not_written", "message": f"The model cannot be written: {caught}.", "hint": hint}
    except KeyboardInterrupt:
        return 130
    else:
        return 0
    print(json.dumps({"event": "error", **error}), file=events, flush=True)
    return 2


if __name__ == "__main__":
    sys.exit(guarded(parse()))
