"""Every setting of a training run, each of which is also a command-line flag."""

from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser
from dataclasses import dataclass, field, fields
from pathlib import Path


class Failure(Exception):
    """Something that a user can put right. `code` is one of no_base, bad_data, bad_base, out_of_memory."""

    def __init__(self, code: str, message: str, hint: str):
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def setting(default, text: str):
    return field(default=default, metadata={"help": text})


def required(text: str):
    return field(metadata={"help": text})


@dataclass(frozen=True)
class Settings:
    data: Path = required('JSON lines of {"text", "intent", "split": "train" | "validation"}')
    out: Path = required("folder to write the model into")
    base: str = setting(
        "sentence-transformers/all-MiniLM-L6-v2", "encoder to start from: a folder or a Hugging Face id"
    )
    init: Path | None = setting(None, "model folder to start from instead of a base encoder")
    layers: int = setting(0, "encoder layers to keep, evenly spaced; 0 keeps all")
    freeze: int = setting(0, "lowest layers that do not learn, nor do the word vectors; 0: all learn")
    fp32: Path | None = setting(None, "folder for a second, unquantised model")
    languages: str = setting("en", "languages of the data, comma separated")
    seed: int = setting(0, "seed of every random number")
    device: str = setting("auto", "auto (CUDA when present), cpu, cuda or cuda:N")
    precision: str = setting("auto", "auto (bf16 where it is faster), bf16 or fp32; weights are always kept in fp32")
    vocab: int = setting(0, "WordPiece vocabulary to keep; 0 keeps all")
    max_tokens: int = setting(64, "longer texts are cut to this many tokens")
    epochs: int = setting(6, "passes over the training part")
    batch: int = setting(64, "texts a step")
    lr: float = setting(2e-4, "peak learning rate of the encoder's last layer")
    head_lr: float = setting(1e-3, "peak learning rate of the classification head")
    layer_decay: float = setting(0.9, "learning rate of a layer as a share of the next one's")
    weight_decay: float = setting(0.01, "AdamW's, on weight matrices only")
    warmup: float = setting(0.1, "share of the steps in which the learning rate rises")
    dropout: float = setting(0.1, "in the encoder and before the head")
    clip: float = setting(1.0, "largest norm of the gradient")
    ema: float = setting(
        0.99, "decay a step of the average of the weights, which is what is kept; 0 keeps the last weights"
    )
    rdrop: float = setting(0.0, "weight of R-Drop's consistency loss, which doubles the time; 0: without")
    typos: float = setting(0.3, "share of the texts of an epoch that are read with slips of the finger")
    teacher: str = setting(
        "", "model folders, comma separated, whose mean opinion of the training texts is learned too"
    )
    distil: float = setting(0.5, "share of the teachers' opinion in what is learned")
    imitate: float = setting(
        10.0, "weight of the distance to the embedding of a teacher, if there is one of that width"
    )
    outliers: Path | None = setting(None, 'JSON lines of {"text"} that no intent covers')
    outlier_weight: float = setting(0.3, "what such a text counts beside one with an intent")
    recall: float = setting(0.97, "share of validation texts that the out-of-scope threshold keeps")

    def recipe(self) -> dict[str, str | int | float]:
        """What decides the result: the settings, and of what is on this machine alone the names."""
        here = {"data", "out", "fp32", "base", "device"}
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in here}
        named = {name: values.pop(name) for name in ("init", "teacher", "outliers")}
        paths = {name: str(value).split(",") for name, value in named.items() if value}
        return {**values, **{name: ",".join(Path(one).name for one in found) for name, found in paths.items()}}


def parse(argv: list[str] | None = None) -> Settings:
    parser = ArgumentParser(
        prog="python -m colloquy_trainer",
        description="Fine-tunes a sentence encoder into an int8 ONNX intent classifier. Prints progress as JSON lines.",
        formatter_class=ArgumentDefaultsHelpFormatter,
    )
    for f in fields(Settings):
        flag = "--" + f.name.replace("_", "-")
        if f.name in ("data", "out"):
            parser.add_argument(flag, type=Path, required=True, metavar="PATH", help=f.metadata["help"])
        else:
            kind = Path if f.default is None else type(f.default)
            parser.add_argument(
                flag, type=kind, default=f.default, metavar=kind.__name__.upper(), help=f.metadata["help"]
            )
    s = Settings(**vars(parser.parse_args(argv)))
    if min(s.epochs, s.batch) < 1 or s.max_tokens < 8:
        parser.error("--epochs and --batch are at least 1, --max-tokens at least 8")
    if not 0 < s.recall < 1 or not 0 <= s.ema < 1:
        parser.error("--recall lies between 0 and 1, --ema from 0 to under 1")
    return s
