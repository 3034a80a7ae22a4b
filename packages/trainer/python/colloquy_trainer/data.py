"""The prepared file, the tokenizer, and the trimming of its vocabulary."""

import hashlib
import json
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import torch
from tokenizers import Tokenizer

from .settings import Failure

WIDTHS = (0, 8, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048, 4096, 8192)
"""What texts are padded to: few enough for a CUDA graph each, near enough to compute little padding."""


@dataclass(frozen=True)
class Part:
    """Texts and the index of each one's intent."""

    texts: list[str]
    intents: list[int]

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True)
class Data:
    train: Part
    validation: Part
    labels: list[str]
    """Distinct intents of the training part, sorted: the order of the logits."""
    hash: str
    outliers: list[str] = field(default_factory=list)
    """Texts that no intent covers."""


def lines(content: bytes, path: Path, keys: tuple[str, ...], shape: str) -> Iterable[tuple[str, ...]]:
    """The values of `keys` in each line of JSON, which are texts that are not empty. Raises Failure bad_data."""
    # Not splitlines: it also cuts at characters that JSON allows inside a text, such as U+2028.
    for number, line in enumerate(content.decode("utf-8", errors="replace").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found = tuple(row[key] for key in keys)
            valid = all(isinstance(value, str) and value.strip() for value in found)
        except (ValueError, KeyError, TypeError):
            valid = False
        if not valid:
            raise Failure("bad_data", f"{path}:{number} is not a prepared example.", f"Each line is like {shape}.")
        yield found


def content_of(path: Path, flag: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(
            "bad_data", f"{path} cannot be read: {error.strerror}.", f"Check the path given to {flag}."
        ) from error


def read(path: Path, outliers: Path | None = None) -> Data:
    """Reads JSON lines of {"text", "intent", "split"}, and of {"text"}. Raises Failure bad_data naming the line."""
    content = content_of(path, "--data")
    rows: dict[str, list[tuple[str, str]]] = {"train": [], "validation": []}
    shape = '{"text": "…", "intent": "…", "split": "train" or "validation"}'
    for text, intent, split in lines(content, path, ("text", "intent", "split"), shape):
        if split not in rows:
            raise Failure("bad_data", f"{path} has the split {split!r}.", f"Each line is like {shape}.")
        rows[split].append((text, intent))
    labels = sorted({intent for _, intent in rows["train"]})
    if len(labels) < 2:
        raise Failure(
            "bad_data",
            f"{path} has {len(labels)} intents to train on.",
            'Give at least two intents with "split": "train".',
        )
    if not rows["validation"]:
        raise Failure(
            "bad_data",
            f"{path} has no validation examples, which the temperature and the out-of-scope threshold are fitted on.",
            'Give a tenth of each intent\'s examples "split": "validation", or run `colloquy train`, which does it.',
        )
    index = {label: i for i, label in enumerate(labels)}
    unknown = sorted({intent for _, intent in rows["validation"]} - index.keys())
    if unknown:
        raise Failure(
            "bad_data",
            f"{path} validates the intent {unknown[0]!r} and does not train it.",
            "Add training examples of it.",
        )
    train, validation = (Part([t for t, _ in part], [index[i] for _, i in part]) for part in rows.values())
    shape = '{"text": "…"}'
    outside = (
        [text for (text,) in lines(content_of(outliers, "--outliers"), outliers, ("text",), shape)] if outliers else []
    )
    return Data(train, validation, labels, "sha256:" + hashlib.sha256(content).hexdigest(), outside)


def encode(tokenizer: Tokenizer, texts: list[str], max_tokens: int) -> list[list[int]]:
    """Token ids of each text; one that is too long loses its end and keeps its last special token ([SEP])."""
    ids = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    return [row if len(row) <= max_tokens else [*row[: max_tokens - 1], row[-1]] for row in ids]


def collate(rows: list[list[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and attention mask, int64 [batch, longest row]."""
    longest = max(map(len, rows))
    ids = torch.tensor([row + [pad] * (longest - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def misspelt(text: str, rng: random.Random) -> str:
    """
    A text as a hurried person types it: one slip in about twenty letters and at least one, which is two letters swapped,
    one left out, doubled, or its neighbour on the keyboard. Only in scripts that tell capital letters from small ones.
    """
    letters = list(text)
    cased = [letter.lower() != letter.upper() for letter in letters]
    places = [i for i, (before, here) in enumerate(pairwise(cased), start=1) if before and here]
    for at in sorted(rng.sample(places, math.ceil(len(places) / 20)), reverse=True):
        before, letter = letters[at - 1], letters[at]
        row = next((keys for keys in KEYS if letter in keys), letter)
        near = row[max(0, row.index(letter) - 1) : row.index(letter) + 2].replace(letter, "") or letter
        slips = [letter, before], [before], [before, letter, letter], [before, rng.choice(near)]
        letters[at - 1 : at + 1] = rng.choice(slips)
    return "".join(letters)


def plan(lengths: dict[int, int], tokens: float, world: int, rng: random.Random) -> list[tuple[int, list[int]]]:
    """
    One epoch of the rows whose lengths are given by their numbers, as steps of (width, row numbers). The rows of a step
    are of like length, so that little padding is computed, and as many as make `tokens` tokens of that width, a multiple
    of `world`; what is left of a width goes into the next, and the last step is filled up with -1.
    """
    order = list(lengths)
    rng.shuffle(order)
    steps: list[tuple[int, list[int]]] = []
    left: list[int] = []
    for narrow, width in pairwise(WIDTHS):
        left += [i for i in order if narrow < lengths[i] <= width]
        size = max(1, round(tokens / width / world)) * world
        while len(left) >= size:
            steps.append((width, left[:size]))
            left = left[size:]
        if width >= max(lengths.values()) and left:
            steps.append((width, left + [-1] * (size - len(left))))
            break
    rng.shuffle(steps)
    return steps


def tokens_of(lengths: list[int]) -> int:
    """Tokens of an epoch, padding counted."""
    return sum(next(width for width in WIDTHS if length <= width) for length in lengths)


def plain(tokenizer: Tokenizer) -> Tokenizer:
    """A copy without truncation and padding: length is the caller's business."""
    copy = Tokenizer.from_str(tokenizer.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy


def trim(tokenizer: Tokenizer, texts: list[str], size: int) -> tuple[Tokenizer, list[int]]:
    """
    Cuts a WordPiece vocabulary to `size` pieces; returns the smaller tokenizer and the old id of each new id.

    Embeddings are half of a small encoder's weights, and a bot's customers use a few thousand of its 30,522 pieces.
    Kept are the special tokens; every single character, at the start of a word and inside one, so that any word still
    has a spelling and none becomes [UNK] that was not; the pieces of `texts`; then pieces in the order of the base's
    own vocabulary. BERT's lists words by falling frequency in Wikipedia and books (the, of, and, ...): a broad sample
    of English.
    """
    spec = json.loads(tokenizer.to_str())
    if spec["model"]["type"] != "WordPiece":
        raise Failure("bad_base", f"A {spec['model']['type']} vocabulary cannot be trimmed.", "Leave out --vocab.")
    vocab: dict[str, int] = spec["model"]["vocab"]
    prefix: str = spec["model"]["continuing_subword_prefix"]

    def spelling(piece: str) -> bool:
        character = piece.removeprefix(prefix)
        # Punctuation and Chinese characters are words of their own to BERT: their inside-a-word pieces are never used.
        inside = piece != character and len(character) == 1
        return len(character) == 1 and not (
            inside and len(tokenizer.pre_tokenizer.pre_tokenize_str(normal(f"a{character}"))) > 1
        )

    def normal(text: str) -> str:
        return tokenizer.normalizer.normalize_str(text) if tokenizer.normalizer else text

    special = {token["content"] for token in spec["added_tokens"]}
    used = {piece for encoding in tokenizer.encode_batch(texts) for piece in encoding.tokens}
    kept = {piece for piece in vocab if piece in special or piece in used or spelling(piece)}
    by_frequency = (piece for piece in sorted(vocab, key=vocab.__getitem__) if not piece.startswith("[unused"))
    for piece in by_frequency:
        if len(kept) >= size:
            break
        kept.add(piece)
    old = sorted(vocab[piece] for piece in kept)
    new = {before: after for after, before in enumerate(old)}
    spec["model"]["vocab"] = {piece: new[i] for piece, i in sorted(vocab.items(), key=lambda item: item[1]) if i in new}
    for token in spec["added_tokens"]:
        token["id"] = new[token["id"]]
    for token in (spec["post_processor"] or {}).get("special_tokens", {}).values():
        token["ids"] = [new[i] for i in token["ids"]]
    return Tokenizer.from_str(json.dumps(spec)), old
