"""What the mini generator reads and writes while it learns: questions, names, denoising."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tools.mini.recipes import MiniGeneratorRecipe
from tools.mini.supervision import Supervision
from xqg.benchmarks.atlas import LANGUAGES
from xqg.passages.languages import english_name
from xqg.queries.prompt import DEFAULT_PROMPT, fill

if TYPE_CHECKING:
    from transformers import T5Tokenizer

__all__ = ["Collator", "Tasks"]


class Tasks:
    """The examples of a whole run: example `i` depends on (seed, i) only.

    - *questions*: the generator's prompt and a passage → a question in the prompt's language;
    - *names* (stands for pretraining): an English name, among text about something else half of
      the time → the name in another language;
    - *denoising* (likewise): a text with words left out → the text.
    """

    def __init__(self, recipe: MiniGeneratorRecipe) -> None:
        self.recipe = recipe
        self.supervision = Supervision(recipe.scarce, recipe.swaps)

    def stream(self) -> Iterator[dict[str, str]]:
        """Yield the examples, those of eight batches sorted by length so that little is padded."""
        size = self.recipe.batch_size
        for start in range(0, self.recipe.steps * size, 8 * size):
            rows = sorted((self.draw(start + i) for i in range(8 * size)), key=lambda r: len(r["source"]))
            batches = [rows[i : i + size] for i in range(0, len(rows), size)]
            random.Random(f"{self.recipe.seed}:{start}:order").shuffle(batches)
            for batch in batches:
                yield from batch

    def draw(self, number: int) -> dict[str, str]:
        """Example `number`: {"source", "target"}."""
        rng = random.Random(f"{self.recipe.seed}:{number}")
        draw = rng.random()
        language = LANGUAGES[number % len(LANGUAGES)]
        if number < self.recipe.short_first * self.recipe.batch_size:
            # Short sources come first: where to look is learned on them several times as fast.
            if draw < 0.5:
                return self._question(rng, language, sentences=rng.randrange(2))
            return self._name(rng, language, distraction=0.0)
        if draw < self.recipe.question_share:
            return self._question(rng, language)
        if draw < self.recipe.question_share + self.recipe.name_share:
            return self._name(rng, language, distraction=0.5)
        return self._denoising(rng, language)

    def _question(self, rng: random.Random, language: str, sentences: int | None = None) -> dict[str, str]:
        example = self.supervision.example(rng, language)
        text = ". ".join(example.text.split(". ")[:sentences])
        source = fill(DEFAULT_PROMPT, language, example.title, text)
        return {"source": source, "target": example.question}

    def _name(self, rng: random.Random, language: str, distraction: float) -> dict[str, str]:
        english, name = self.supervision.name_pair(rng, language)
        around = rng.choice(self.supervision.pool).text() if rng.random() < distraction else ""
        source = f"Name in {english_name(language)}: {english} {around}".strip()
        return {"source": source, "target": name}

    def _denoising(self, rng: random.Random, language: str) -> dict[str, str]:
        if language == "en":
            text = rng.choice(rng.choice(self.supervision.pool).text().split(". "))
        else:
            text = self.supervision.example(rng, language).question
        words = text.split()
        kept = [word if rng.random() > 0.2 else "<extra_id_0>" for word in words]
        return {"source": " ".join(kept), "target": text}


class Collator:
    """Tokenise a batch: padded `input_ids`, `attention_mask`, and `labels` with -100 for padding."""

    def __init__(self, tokenizer: T5Tokenizer) -> None:
        self.tokenizer = tokenizer

    def __call__(self, rows: list[dict[str, str]]) -> dict[str, Any]:
        batch = self.tokenizer([row["source"] for row in rows], padding=True, return_tensors="pt")
        labels = self.tokenizer([row["target"] for row in rows], padding=True, return_tensors="pt")
        ids = labels["input_ids"]
        batch["labels"] = ids.masked_fill(labels["attention_mask"] == 0, -100)
        return dict(batch)
