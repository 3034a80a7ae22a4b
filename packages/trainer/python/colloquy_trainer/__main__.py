"""The command: reads the settings, runs the stages, reports progress as JSON lines on stdout."""

import json
import os
import platform
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

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402

from .calibrate import calibrate, run  # noqa: E402
from .data import Data, encode, plain, read, trim  # noqa: E402
from .export import export, quantize  # noqa: E402
from .model import IntentClassifier, load, shrink  # noqa: E402
from .settings import Failure, Settings, parse  # noqa: E402
from .train import fastest_precision, fit  # noqa: E402


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


def card(s: Settings, data: Data, device: torch.device, logits: np.ndarray, agreement: float, seconds: float) -> dict:
    """`model.json`, with a temperature and a threshold of these validation logits."""
    temperature, threshold, metrics = calibrate(logits, data.validation.intents, s.recall)
    return {
        "format": 1,
        "labels": data.labels,
        "temperature": temperature,
        "outOfScope": {"score": "energy", "threshold": threshold, "recall": s.recall},
        "maxTokens": s.max_tokens,
        "languages": s.languages.split(","),
        "base": Path(s.base).name if Path(s.base).is_dir() else s.base,
        "data": {"hash": data.hash, "train": len(data.train), "validation": len(data.validation)},
        "recipe": s.recipe(),
        "environment": environment(device),
        "metrics": {**metrics, "int8Agreement": round(agreement, 4)},
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
    }


def main(s: Settings) -> None:
    started = time.monotonic()
    history: list[str] = []

    def report(event: dict) -> None:
        history.append(json.dumps(event))
        print(history[-1], file=events, flush=True)

    data = read(s.data)
    device = torch.device(("cuda" if torch.cuda.is_available() else "cpu") if s.device == "auto" else s.device)
    if s.precision == "auto":
        s = replace(s, precision=fastest_precision(device))
    torch.manual_seed(s.seed)
    # On a CPU the fused attention is slower than plain matrix products at the length of a chat message.
    encoder, tokenizer = load(s.base, s.dropout, "sdpa" if device.type == "cuda" else "eager")
    tokenizer, pieces = trim(plain(tokenizer), data.train.texts, s.vocab) if s.vocab else (plain(tokenizer), None)
    shrink(encoder, pieces, s.max_tokens)
    model = fit(IntentClassifier(encoder, len(data.labels), s.dropout), tokenizer, data, s, device, report)

    s.out.mkdir(parents=True, exist_ok=True)
    rows = encode(tokenizer, data.validation.texts, s.max_tokens)
    with TemporaryDirectory(dir=s.out) as scratch:
        report({"event": "stage", "stage": "export"})
        full = Path(scratch) / "model.onnx"
        export(model, full)
        report({"event": "stage", "stage": "quantize"})
        quantize(full, s.out / "model.onnx")
        report({"event": "stage", "stage": "calibrate"})
        logits = {s.out: run(s.out / "model.onnx", rows)}
        if s.fp32:
            s.fp32.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(full, s.fp32 / "model.onnx")
        exact = run(full, rows)
    agreement = float(np.mean(exact.argmax(1) == logits[s.out].argmax(1)))
    if s.fp32:
        logits[s.fp32] = exact
    cards = {
        folder: card(s, data, device, found, agreement, time.monotonic() - started) for folder, found in logits.items()
    }
    report({"event": "done", "metrics": cards[s.out]["metrics"], "seconds": cards[s.out]["seconds"]})
    for folder, content in cards.items():
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        (folder / "model.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (folder / "training.jsonl").write_text("\n".join(history) + "\n", encoding="utf-8")


def guarded(s: Settings) -> int:
    """Exit status: 0, or 2 after an error event for what a user can put right."""
    try:
        main(s)
    except Failure as failure:
        error = {"code": failure.code, "message": failure.message, "hint": failure.hint}
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as caught:
        # PyTorch reports a failed allocation on the CPU as a plain RuntimeError.
        if isinstance(caught, RuntimeError) and "memory" not in str(caught):
            raise
        hint = f"Try --batch {max(1, s.batch // 2)}, or --device cpu."
        error = {"code": "out_of_memory", "message": "The memory did not suffice for a step.", "hint": hint}
    except KeyboardInterrupt:
        return 130
    else:
        return 0
    print(json.dumps({"event": "error", **error}), file=events, flush=True)
    return 2


if __name__ == "__main__":
    sys.exit(guarded(parse()))
