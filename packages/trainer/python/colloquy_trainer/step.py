"""One step of training, as operations on tensors of the device alone: what a CUDA graph can hold."""

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn

from .model import IntentClassifier
from .settings import Settings


@dataclass(frozen=True)
class Table:
    """All that is trained on, a row each text."""

    ids: Tensor
    """Token ids, int64 [rows, longest]; zero after the end of a text."""
    lengths: Tensor
    """Tokens of each row, int64 [rows]."""
    target: Tensor
    """The probabilities to learn, float32 [rows, labels]."""
    weight: Tensor
    """What each row counts, float32 [rows]."""
    example: Tensor
    """The embedding to come close to, float32 [rows, width]; width is 0 where there is none."""

    def to(self, device: torch.device) -> "Table":
        return Table(*(part.to(device) for part in vars(self).values()))


def divergence(first: Tensor, second: Tensor) -> Tensor:
    """
    R-Drop (Liang et al. 2021, https://arxiv.org/abs/2106.14448): how far the predictions of two dropout samples of the
    same texts lie apart, as the mean of both KL divergences. Logits [batch, labels] -> [batch].
    """
    p, q = first.log_softmax(-1), second.log_softmax(-1)
    return ((p.exp() - q.exp()) * (p - q)).sum(-1) / 2


def parameter_groups(model: IntentClassifier, s: Settings, device: torch.device) -> Iterator[dict]:
    """
    The head learns fastest, and each layer below the last a little slower than the one above it (Howard and Ruder 2018,
    https://arxiv.org/abs/1801.06146). Biases and layer norms do not decay.
    """
    layers = model.encoder.config.num_hidden_layers
    for name, parameter in model.named_parameters():
        layer = int(name.split(".layer.")[1].split(".")[0]) if ".layer." in name else -1
        lr = s.head_lr if name.startswith("head.") else s.lr * s.layer_decay ** (layers - 1 - layer)
        if not name.startswith("head.") and layer < s.freeze and s.freeze:
            parameter.requires_grad = False
            continue
        decay = s.weight_decay if parameter.ndim > 1 else 0.0
        yield {"params": [parameter], "lr": torch.tensor(lr, device=device), "weight_decay": decay}


class Step:
    """
    Trains `model` on rows of `table`. `average` is the average of its weights. On a CPU a step runs line by line; on
    CUDA each width of a step is captured once as a graph, and then costs one call.
    """

    def __init__(
        self, model: IntentClassifier, table: Table, s: Settings, steps: int, per_step: float, device: torch.device
    ):
        self.model, self.average = model, copy.deepcopy(model)
        self.table, self.s, self.steps, self.per_step, self.device = table.to(device), s, steps, per_step, device
        self.rise = max(1, round(s.warmup * steps))
        groups = list(parameter_groups(model, s, device))
        self.peaks = [group["lr"].clone() for group in groups]
        self.optimizer = torch.optim.AdamW(groups, fused=True, capturable=device.type == "cuda")
        self.done, self.loss = torch.zeros((), device=device), torch.zeros((), device=device)
        self.pieces = 1
        """Parts that a step is computed in, one after the other: more of them need less memory."""
        self.graphs: dict[int, tuple[torch.cuda.CUDAGraph, Tensor]] = {}

    def __call__(self, width: int, rows: Tensor) -> None:
        """One step on the rows of these numbers, none longer than `width` tokens; -1 fills up a short step."""
        if width in self.graphs:
            graph, place = self.graphs[width]
            place.copy_(rows)
            graph.replay()
            return
        total = torch.zeros((), device=self.device)
        self.optimizer.zero_grad()
        for part in rows.chunk(self.pieces):
            loss, cross_entropy = self.objective(width, part)
            loss.backward()
            total += cross_entropy.detach()
        self.share_gradient()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.s.clip)
        share = self.rate()
        for group, peak in zip(self.optimizer.param_groups, self.peaks, strict=True):
            group["lr"].copy_(peak * share)
        self.optimizer.step()
        self.done += 1
        self.loss += total
        self.follow()

    def objective(self, width: int, rows: Tensor) -> tuple[Tensor, Tensor]:
        """What is made small, and the cross-entropy in it. A text counts the same in a step of few and of many."""
        s, table, real = self.s, self.table, rows >= 0
        rows = rows.clamp(min=0)
        ids, weight = table.ids[rows, :width], table.weight[rows] * real / self.per_step
        mask = (torch.arange(ids.shape[1], device=self.device) < table.lengths[rows, None]).long()
        target = table.target[rows]
        if s.rdrop:
            ids, mask, target, weight = ids.repeat(2, 1), mask.repeat(2, 1), target.repeat(2, 1), weight.repeat(2) / 2
        # A graph that is replayed must cast the weights anew each time.
        keep = self.device.type == "cpu"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=s.precision == "bf16", cache_enabled=keep):
            logits, embedding = self.model(ids, mask)
        logits = logits.float()
        cross_entropy = -(weight * (target * logits.log_softmax(-1)).sum(-1)).sum()
        loss = cross_entropy
        if s.rdrop:
            loss = loss + s.rdrop * (weight.chunk(2)[0] * 2 * divergence(*logits.chunk(2))).sum()
        if table.example.shape[1]:
            near = (embedding.float() * table.example[rows].repeat(len(embedding) // len(rows), 1)).sum(-1)
            loss = loss + s.imitate * (weight * (1 - near)).sum()
        return loss, cross_entropy

    def share_gradient(self) -> None:
        """Sums the gradient over all processes, each of which has had its part of the step's texts."""
        if distributed.is_initialized():
            grads = [p.grad for p in self.model.parameters() if p.grad is not None]
            flat = torch.cat([grad.flatten() for grad in grads])
            distributed.all_reduce(flat)
            for grad, part in zip(grads, flat.split([grad.numel() for grad in grads]), strict=True):
                grad.copy_(part.view_as(grad))

    def rate(self) -> Tensor:
        """Share of the peak learning rate: it rises in a line, then falls to zero as a cosine."""
        falling = 0.5 + 0.5 * torch.cos(math.pi * (self.done - self.rise) / max(1, self.steps - self.rise))
        return torch.where(self.done < self.rise, (self.done + 1) / self.rise, falling)

    @torch.no_grad()
    def follow(self) -> None:
        """Moves the average of the weights towards them; early on in larger moves, to forget the untrained weights."""
        move = 1 - (self.done / (self.done + 10)).clamp(max=self.s.ema)
        average, weights = list(self.average.parameters()), list(self.model.parameters())
        way = torch._foreach_sub(weights, average)
        torch._foreach_mul_(way, move)
        torch._foreach_add_(average, way)

    def capture(self, sizes: dict[int, int]) -> None:
        """
        Captures a graph for each width, of that many rows. A captured step must have run before; what those runs change
        is put back.
        """
        weights = [*self.model.parameters(), *self.average.parameters(), self.done, self.loss]
        saved = [weight.detach().clone() for weight in weights]
        pool = None
        for width, size in sorted(sizes.items(), reverse=True):
            rows = torch.zeros(size, dtype=torch.int64, device=self.device)
            aside = torch.cuda.Stream()
            aside.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(aside):
                for _ in range(2):
                    self(width, rows)
            torch.cuda.current_stream().wait_stream(aside)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=pool):
                self(width, rows)
            pool = graph.pool()
            self.graphs[width] = graph, rows
        with torch.no_grad():
            for weight, before in zip(weights, saved, strict=True):
                weight.copy_(before)
        for state in self.optimizer.state.values():
            for value in state.values():
                value.zero_()
