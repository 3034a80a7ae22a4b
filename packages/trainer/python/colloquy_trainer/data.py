"""The prepared file, the tokenizer, and the trimming of its vocabulary."""

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from .settings import Failure


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


def read(path: Path) -> Data:
    """Reads JSON lines of {"text", "intent", "split"}. Raises Failure bad_data naming the line."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Failure(
            "bad_data", f"{path} cannot be read: {error.strerror}.", "Check the path given to --data."
        ) from error
    rows: dict[str, list[tuple[str, str]]] = {"train": [], "validation": []}
    for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text, intent, split = row["text"], row["intent"], row["split"]
            valid = isinstance(text, str) and text.strip() and isinstance(intent, str) and intent and split in rows
        except (ValueError, KeyError, TypeError):
            valid = False
        if not valid:
            raise Failure(
                "bad_data",
                f"{path}:{number} is not a prepared example.",
                'Each line is a JSON object with a "text", an "intent" and a "split" of "train" or "validation".',
            )
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
    return Data(train, validation, labels, "sha256:" + hashlib.sha256(content).hexdigest())


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


def batches(rows: list[list[int]], size: int, rng: random.Random) -> Iterator[list[int]]:
    """
    One epoch as batches of indices, of like length within a batch so that little padding is computed. Sorting only
    inside a random pool of 16 batches keeps the batches different from epoch to epoch.
    """
    order = list(range(len(rows)))
    rng.shuffle(order)
    pools = [order[i : i + 16 * size] for i in range(0, len(order), 16 * size)]
    cut = [
        ordered[i : i + size]
        for ordered in (sorted(pool, key=lambda i: len(rows[i])) for pool in pools)
        for i in range(0, len(ordered), size)
    ]
    rng.shuffle(cut)
    yield from cut


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
