"""What training promises, on a tiny encoder with random weights: `python -m unittest discover test/trainer/python`."""

import copy
import math
import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import torch
from colloquy_trainer.data import plan
from colloquy_trainer.model import IntentClassifier
from colloquy_trainer.step import Step
from colloquy_trainer.train import table
from torch.nn import functional as F
from tiny import CPU, LABELS, PLAIN, far, settings, texts, tiny, trained


class Steps(unittest.TestCase):
    def test_a_step_computes_what_a_textbook_loop_does_one_after_the_other(self):
        s = settings()
        rows, intents = texts(45)
        epochs = [
            plan(dict(enumerate(map(len, rows))), 100, 1, random.Random(epoch))
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
            steps = plan(dict(enumerate(lengths)), 256, world, random.Random(1))
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




def both(world: int, rank: int) -> IntentClassifier:
    """The model after an epoch whose steps `world` processes share."""
    rows, intents = texts(45)
    steps = plan(dict(enumerate(map(len, rows))), 100, 2, random.Random(0))
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
