"""What losses and models promise, on a tiny encoder with random weights."""

import json
import random
import shutil
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from colloquy_trainer.calibrate import run
from colloquy_trainer.data import misspelt
from colloquy_trainer.export import export, quantize, restore
from colloquy_trainer.model import IntentClassifier, drop_layers
from colloquy_trainer.settings import Failure
from colloquy_trainer.step import divergence
from colloquy_trainer.train import readings, table
from tokenizers import Tokenizer, models
from torch.nn import functional as F
from tiny import LABELS, PLAIN, settings, texts, tiny


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


class Misspellings(unittest.TestCase):
    def test_a_slip_changes_a_letter_or_two_and_leaves_the_rest(self):
        rng = random.Random(1)
        for text in ("where is my card", "¿Dónde está mi tarjeta?", "AB", "Straße 7"):
            seen = {misspelt(text, rng) for _ in range(200)}
            self.assertGreater(len(seen), 3)
            for found in seen:
                # One slip: what lies before it and after it is the text's own.
                before = next(
                    (i for i, (a, b) in enumerate(zip(text, found)) if a != b),
                    min(len(text), len(found)),
                )
                rest = min(len(text), len(found)) - before - 2
                if rest > 0:
                    self.assertEqual(text[-rest:], found[-rest:])
                self.assertLessEqual(abs(len(found) - len(text)), 1)

    def test_a_text_without_two_letters_together_stays_as_it_is(self):
        rng = random.Random(1)
        for text in ("", "?", "a b c", "12 34", "我的卡在哪里"):
            self.assertEqual(misspelt(text, rng), text)

    def test_there_are_more_slips_in_a_longer_text(self):
        rng = random.Random(1)
        text = "I would like to know where my card is " * 10
        found = misspelt(text, rng)
        changed = sum(a != b for a, b in zip(text.split(), found.split(), strict=True))
        self.assertTrue(8 <= changed <= 20, changed)

    def test_an_epoch_reads_each_text_once_and_a_share_of_them_misspelt(self):
        originals = [f"question number {i} about the card" for i in range(200)]
        read, origin, epochs = readings(originals, settings(typos=0.3, epochs=4))
        self.assertEqual(read[:200], originals)
        shares = []
        for epoch in epochs:
            self.assertEqual([origin[i] for i in epoch], list(range(200)))
            shares.append(sum(i >= 200 for i in epoch) / 200)
        self.assertEqual(len(read), 200 + sum(round(200 * share) for share in shares))
        self.assertTrue(all(0.2 < share < 0.4 for share in shares), shares)
        # Not the same slips again.
        self.assertGreater(len(set(read)), 0.98 * len(read))
        again = readings(originals, settings(typos=0.3, epochs=4))
        self.assertEqual((read, origin, epochs), again)

    def test_without_a_share_nothing_but_the_texts_is_read(self):
        read, origin, epochs = readings(["one", "two"], settings(typos=0.0, epochs=3))
        self.assertEqual(
            (read, origin, epochs), (["one", "two"], [0, 1], [[0, 1]] * 3)
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
