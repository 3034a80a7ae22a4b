"""What training promises, on a tiny encoder with random weights: `python -m unittest discover test/trainer/python`."""

import copy
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from colloquy_trainer.calibrate import run
from colloquy_trainer.data import plan
from colloquy_trainer.export import export, quantize, restore
from colloquy_trainer.model import IntentClassifier, drop_layers
from colloquy_trainer.settings import Failure, Settings
from colloquy_trainer.step import Step, divergence
from colloquy_trainer.train import patiently, table
from tokenizers import Tokenizer, models
from torch.nn import functional as F
from transformers import BertConfig, BertModel

CPU = torch.device("cpu")
LABELS = 4
# Nothing random but the order, so that two ways of computing a step can be compared.
PLAIN = Settings(
    data=Path(),
    out=Path(),
    precision="fp32",
    dropout=0.0,
    rdrop=0.0,
    batch=8,
    epochs=3,
    lr=1e-3,
)


def settings(**changes) -> Settings:
    return Settings(**{**vars(PLAIN), **changes})


def tiny(s: Settings, layers: int = 2) -> IntentClassifier:
    torch.manual_seed(5)
    rates = {
        "hidden_dropout_prob": s.dropout,
        "attention_probs_dropout_prob": s.dropout,
    }
    shape = {
        "hidden_size": 16,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 64,
    }
    config = BertConfig(vocab_size=50, num_hidden_layers=layers, **shape, **rates)
    encoder = BertModel._from_config(config, attn_implementation="eager")
    encoder.pooler = None
    return IntentClassifier(encoder, LABELS, s.dropout)


def texts(count: int) -> tuple[list[list[int]], torch.Tensor]:
    rng = random.Random(3)
    rows = [
        [rng.randrange(1, 50) for _ in range(rng.randrange(3, 30))]
        for _ in range(count)
    ]
    return rows, torch.tensor([sum(row) % LABELS for row in rows])


def trained(
    s: Settings, fail=None, device: torch.device = CPU
) -> tuple[Step, list[dict]]:
    """Trains a tiny model; `fail` may raise before a step is computed."""
    rows, intents = texts(45)
    lengths, reports = [len(row) for row in rows], []
    epochs = [plan(lengths, 100, 1, random.Random(epoch)) for epoch in range(s.epochs)]
    model = tiny(s).to(device).train()
    if fail:
        model.register_forward_pre_hook(fail)
    steps = sum(map(len, epochs))
    step = Step(
        model,
        table(rows, [], intents, LABELS, None, s),
        s,
        steps,
        len(rows) / len(epochs[0]),
        device,
    )
    if device.type == "cuda":
        step.capture({width: len(chosen) for width, chosen in epochs[0]})
    for width, chosen in (one for epoch in epochs for one in epoch):
        patiently(
            step,
            len(chosen),
            reports.append,
            lambda: step(width, torch.tensor(chosen, device=device)),
        )
    return step, reports


def far(one: torch.nn.Module, other: torch.nn.Module) -> float:
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return max(
        float((a.detach().cpu() - b.detach().cpu()).abs().max()) for a, b in pairs
    )


class Steps(unittest.TestCase):
    def test_a_step_computes_what_a_textbook_loop_does_one_after_the_other(self):
        s = settings()
        rows, intents = texts(45)
        epochs = [
            plan([len(row) for row in rows], 100, 1, random.Random(epoch))
            for epoch in range(s.epochs)
        ]
        steps, per_step = sum(map(len, epochs)), len(rows) / len(epochs[0])
        step = Step(
            tiny(s).train(),
            table(rows, [], intents, LABELS, None, s),
            s,
            steps,
            per_step,
            CPU,
        )

        model = tiny(s).train()
        average = copy.deepcopy(model)

        def rate(name: str) -> float:
            layer = (
                int(name.split(".layer.")[1].split(".")[0]) if ".layer." in name else -1
            )
            return (
                s.head_lr
                if name.startswith("head.")
                else s.lr * s.layer_decay ** (1 - layer)
            )

        optimizer = torch.optim.AdamW(
            [
                {
                    "params": [p],
                    "lr": rate(name),
                    "weight_decay": s.weight_decay if p.ndim > 1 else 0.0,
                }
                for name, p in model.named_parameters()
            ]
        )
        rise = max(1, round(s.warmup * steps))

        def share(done: int) -> float:
            return (
                (done + 1) / rise
                if done < rise
                else 0.5 + 0.5 * math.cos(math.pi * (done - rise) / (steps - rise))
            )

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
        for done, (width, chosen) in enumerate(
            one for epoch in epochs for one in epoch
        ):
            step(width, torch.tensor(chosen))
            # One text after the other, without any padding.
            losses = [
                F.cross_entropy(
                    model(torch.tensor([rows[i]]), torch.ones(1, len(rows[i])))[0],
                    intents[i : i + 1],
                )
                for i in chosen
                if i >= 0
            ]
            optimizer.zero_grad()
            (sum(losses) / per_step).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), s.clip)
            optimizer.step()
            schedule.step()
            decay = min(s.ema, (done + 1) / (done + 11))
            with torch.no_grad():
                for kept, weight in zip(
                    average.parameters(), model.parameters(), strict=True
                ):
                    kept.lerp_(weight, 1 - decay)
            self.assertLess(far(step.model, model), 2e-5, f"step {done}")
            self.assertLess(far(step.average, average), 2e-5, f"step {done}")

    def test_every_text_is_trained_on_once_an_epoch_in_steps_of_about_as_many_tokens(
        self,
    ):
        lengths = [len(row) for row in texts(500)[0]]
        for world in (1, 4):
            steps = plan(lengths, 256, world, random.Random(1))
            chosen = [i for _, step in steps for i in step if i >= 0]
            self.assertEqual(sorted(chosen), list(range(500)))
            self.assertLessEqual(sum(-1 in step for _, step in steps), 1)
            for width, step in steps:
                self.assertTrue(all(lengths[i] <= width for i in step if i >= 0))
                self.assertEqual(len(step) % world, 0)
                self.assertLess(abs(width * len(step) - 256), width * world)

    def test_memory_that_does_not_suffice_makes_the_parts_of_a_step_smaller_and_changes_nothing_else(
        self,
    ):
        def fail(_, inputs):
            if len(inputs[0]) > 3:
                raise torch.OutOfMemoryError("CUDA out of memory.")

        plentiful, silent = trained(settings())
        scarce, told = trained(settings(), fail)
        self.assertEqual(silent, [])
        self.assertEqual(told[0]["event"], "memory")
        self.assertLessEqual(told[-1]["texts"], 3)
        self.assertLess(far(plentiful.average, scarce.average), 2e-5)

    def test_memory_that_does_not_suffice_for_one_text_ends_the_training(self):
        def fail(*_):
            raise torch.OutOfMemoryError("CUDA out of memory.")

        with self.assertRaises(torch.OutOfMemoryError):
            trained(settings(), fail)

    def test_other_errors_are_not_taken_for_a_lack_of_memory(self):
        def fail(*_):
            raise RuntimeError("shapes do not fit")

        with self.assertRaisesRegex(RuntimeError, "shapes do not fit"):
            trained(settings(), fail)

    def test_two_processes_learn_what_one_does(self):
        with tempfile.TemporaryDirectory() as folder:
            env = {**os.environ, "OMP_NUM_THREADS": "1"}
            command = [
                "-m",
                "torch.distributed.run",
                "--standalone",
                "--nproc-per-node",
                "2",
                __file__,
                folder,
            ]
            subprocess.run(
                [sys.executable, *command],
                check=True,
                env=env,
                capture_output=True,
                timeout=200,
            )
            alone = both(1, 0)
            for rank in range(2):
                other = tiny(PLAIN)
                other.load_state_dict(torch.load(Path(folder) / f"{rank}.pt"))
                self.assertLess(far(alone, other), 2e-5)

    @unittest.skipUnless(torch.cuda.is_available(), "needs a GPU")
    def test_captured_graphs_compute_what_the_plain_loop_does(self):
        on_gpu, _ = trained(settings(), device=torch.device("cuda"))
        self.assertLess(far(on_gpu.average, trained(settings())[0].average), 1e-3)

    def test_lower_layers_and_words_that_are_frozen_stay_as_they_are(self):
        before, (step, _) = tiny(PLAIN).state_dict(), trained(settings(freeze=1))
        for name, value in step.average.state_dict().items():
            frozen = "embeddings" in name or ".layer.0." in name
            self.assertEqual(frozen, torch.equal(value, before[name]), name)


class Losses(unittest.TestCase):
    def test_divergence_is_zero_for_equal_predictions_and_symmetric(self):
        one, other = torch.randn(3, 5), torch.randn(3, 5)
        self.assertTrue(torch.allclose(divergence(one, one), torch.zeros(3), atol=1e-6))
        self.assertTrue(torch.allclose(divergence(one, other), divergence(other, one)))
        p, q = one.softmax(-1), other.softmax(-1)
        mean = ((p * (p / q).log()).sum(-1) + (q * (q / p).log()).sum(-1)) / 2
        self.assertTrue(torch.allclose(divergence(one, other), mean, atol=1e-5))

    def test_a_text_that_no_intent_covers_is_to_look_like_all_of_them(self):
        rows, intents = texts(6)
        made = table(
            rows[:4], rows[4:], intents[:4], LABELS, None, settings(outlier_weight=0.3)
        )
        self.assertTrue(torch.equal(made.target[:4].argmax(-1), intents[:4]))
        self.assertTrue(
            torch.equal(made.target[4:], torch.full((2, LABELS), 1 / LABELS))
        )
        self.assertEqual(
            [round(weight, 3) for weight in made.weight.tolist()],
            [1.0, 1.0, 1.0, 1.0, 0.3, 0.3],
        )

    def test_a_teacher_is_believed_by_the_share_that_is_asked_for(self):
        rows, intents = texts(2)
        taught = torch.full((2, LABELS), 1 / LABELS)
        made = table(rows, [], intents, LABELS, taught, settings(distil=0.4))
        self.assertTrue(
            torch.allclose(made.target, 0.6 * F.one_hot(intents, LABELS) + 0.4 * taught)
        )


class Models(unittest.TestCase):
    def test_half_of_six_layers_are_the_first_the_third_and_the_last(self):
        model = tiny(PLAIN, layers=6)
        before = [id(layer) for layer in model.encoder.encoder.layer]
        drop_layers(model.encoder, 3)
        self.assertEqual(
            [id(layer) for layer in model.encoder.encoder.layer],
            [before[0], before[2], before[5]],
        )

    def test_the_exported_graphs_give_the_embedding_of_the_model(self):
        model, (rows, _) = tiny(PLAIN).eval(), texts(5)
        with tempfile.TemporaryDirectory() as folder:
            full, small = Path(folder) / "full.onnx", Path(folder) / "small.onnx"
            export(model.sentence, full)
            quantize(full, small)
            exact, rounded = run(full, rows), run(small, rows)
        with torch.no_grad():
            wanted = [
                model.sentence(torch.tensor([row]), torch.ones(1, len(row)))[0].numpy()
                for row in rows
            ]
        self.assertLess(np.abs(exact - np.stack(wanted)).max(), 1e-5)
        self.assertGreater((rounded * np.stack(wanted)).sum(1).min(), 0.98)

    def test_a_model_folder_gives_back_the_encoder_that_it_was_made_of(self):
        model, (rows, _) = tiny(PLAIN).eval(), texts(5)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(0.02 * torch.randn(parameter.shape))
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            (folder / "model.json").write_text(
                json.dumps({"encoder": model.encoder.config.to_diff_dict()})
            )
            Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]")).save(
                str(folder / "tokenizer.json")
            )
            export(model.sentence, folder / "full.onnx")
            for name, allowed in (("full.onnx", 1e-6), ("small.onnx", 0.05)):
                if name == "small.onnx":
                    quantize(folder / "full.onnx", folder / name)
                shutil.copyfile(folder / name, folder / "model.onnx")
                encoder, _ = restore(folder, 0.0, "eager")
                again = IntentClassifier(encoder, LABELS, 0.0).eval().sentence
                ids, mask = torch.tensor([rows[0]]), torch.ones(1, len(rows[0]))
                with torch.no_grad():
                    self.assertLess(
                        float(
                            (again(ids, mask) - model.sentence(ids, mask)).abs().max()
                        ),
                        allowed,
                    )
            (folder / "model.onnx").unlink()
            with self.assertRaisesRegex(Failure, "no model to start from"):
                restore(folder, 0.0, "eager")


def both(world: int, rank: int) -> IntentClassifier:
    """The model after an epoch whose steps `world` processes share."""
    rows, intents = texts(45)
    steps = plan([len(row) for row in rows], 100, 2, random.Random(0))
    step = Step(
        tiny(PLAIN).train(),
        table(rows, [], intents, LABELS, None, PLAIN),
        PLAIN,
        len(steps),
        8,
        CPU,
    )
    for width, chosen in steps:
        step(width, torch.tensor(chosen[rank::world]))
    return step.average


if __name__ == "__main__":
    torch.distributed.init_process_group("gloo")
    me = torch.distributed.get_rank()
    torch.save(both(2, me).state_dict(), Path(sys.argv[1]) / f"{me}.pt")
