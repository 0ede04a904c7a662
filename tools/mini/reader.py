"""Train the mini reader: `python -m tools.mini reader RECIPE.yaml --out MODEL`."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import Any

from tools.mini.card import write_mini_card
from tools.mini.reader_lessons import Lessons
from tools.mini.reader_model import new_reader
from tools.mini.reader_quality import measured_card
from tools.mini.recipes import MiniReaderRecipe
from xqg.reading.windows import windows
from xqg.training.reader.order import SORTED, like_lengths
from xqg.training.reader.shared_norm import Group, answer_tokens
from xqg.training.run.output import model_folder

__all__ = ["train"]


def train(recipe: MiniReaderRecipe, out: Path | str) -> None:
    """Train a small BERT from scratch, and write it to `out` with its tokenizer and a model card.

    The card says how well it answers questions about atlas's dev entities, and, measured once at the
    end, about test entities. Weights are stored in float16. The same recipe gives the same weights
    on the same machine and versions.

    Raises:
        XqgError: `recipe.encoder` is no static encoder, or its vectors do not fill whole heads; `out`
            is a file, or a folder with something other than a model in it.
    """
    from transformers import set_seed

    started = time.monotonic()
    with model_folder(out) as folder:
        set_seed(recipe.seed)
        model, tokenizer = new_reader(recipe)
        steps = _train(recipe, model, tokenizer)
        model.half().save_pretrained(folder)  # half the size; loads as float32
        tokenizer.save_pretrained(folder)
        results: dict[str, Any] = {
            "parameters": sum(p.numel() for p in model.parameters()),
            "steps": steps,
            "minutes": round((time.monotonic() - started) / 60, 1),
        }
        write_mini_card(folder, "reader", recipe, results)
        measured_card(folder, "dev", recipe.encoder)
    measured_card(Path(out), "test", recipe.encoder)  # last: a failure here does not cost the model


def _train(recipe: MiniReaderRecipe, model: Any, tokenizer: Any) -> int:
    """Train the model in place; the number of steps."""
    from xqg.training.reader.trainer import SharedNormTrainer, training_arguments

    with tempfile.TemporaryDirectory() as scratch:
        trainer = SharedNormTrainer(
            model=model,
            padding=tokenizer.pad_token_id,
            args=training_arguments(Path(scratch), recipe, num_train_epochs=1),
            train_dataset=_Dataset(recipe, tokenizer),
        )
        return trainer.train().global_step


class _Dataset:
    """Row i of the training, to be asked for in order: lessons of `SORTED` batches by length."""

    def __init__(self, recipe: MiniReaderRecipe, tokenizer: Any) -> None:
        self.recipe, self.tokenizer = recipe, tokenizer
        self.lessons = Lessons(recipe)
        self.block, self.rows = -1, list[Group]()

    def __len__(self) -> int:
        return self.recipe.steps * self.recipe.batch_size

    def __getitem__(self, number: int) -> dict[str, Group]:
        size = SORTED * self.recipe.batch_size
        if number // size != self.block:
            self.block = number // size
            self.rows = self._drawn(self.block * size, min(size, len(self) - self.block * size))
        return {"group": self.rows[number % size]}

    def _drawn(self, first: int, count: int) -> list[Group]:
        """Groups of `count` lessons, those of a batch of like lengths, the batches in random order."""
        groups = [self._group(first + number) for number in range(count)]
        rng = random.Random(f"{self.recipe.seed}:{first}:order")
        return like_lengths(groups, lambda group: group.longest, self.recipe.batch_size, rng)

    def _group(self, number: int) -> Group:
        lesson = self.lessons.draw(number)
        texts = (lesson.passage, *lesson.negatives)
        found = windows(self.tokenizer, [lesson.question] * len(texts), texts, self.recipe.positions, 0)
        first = {window.pair: window for window in reversed(found)}  # a long text's first window
        place = answer_tokens(first[0], lesson.start, lesson.end)
        if place is None:  # behind the window: too long a passage for this recipe
            return self._group(number + len(self))
        return Group(tuple(first[i] for i in range(len(texts))), *place)
