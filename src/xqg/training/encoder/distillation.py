"""Distil an English encoder into a multilingual one: `xqg train encoder RECIPE.yaml` with `method: distillation`.

Reimers and Gurevych: *Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation*,
EMNLP 2020: the teacher's vector of an English sentence is the target of the student's vectors of that sentence
and of its translation; mean squared error.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
import sys
import tempfile
from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.encoding import encoder_folder
from xqg.errors import XqgError
from xqg.training.card import write_card
from xqg.training.examples.parallel import ParallelPair, read_parallel
from xqg.training.recipe import DistillationRecipe
from xqg.training.run.options import DEFAULT, RunOptions
from xqg.training.run.session import Session, session

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["ParallelSampler", "train"]

SORTED = 8  # batches whose pairs are sorted by length, so that little is padded
POWER = 0.5  # languages are drawn by their number of pairs to this power: scarce ones more often than they are


def train(recipe: DistillationRecipe, out: Path | str, options: RunOptions = DEFAULT) -> None:
    """Train a student, and write a sentence-transformers folder with a model card to `out`.

    Where the recipe names no student, it is the teacher with new pieces in its vocabulary (`make_student`). During
    the first `recipe.frozen` of the steps only the vectors of those pieces learn, from the translations alone, so
    that English stays what it is; then everything learns, from both sides. With `recipe.keep_every`, OUT.along/STEP
    holds the student as it was on the way; step 0 is the start.

    Raises:
        XqgError: sentences, teacher or student that cannot be read, vectors of different sizes; a text of a test
            split among the sentences.
    """
    for model in filter(None, (recipe.teacher, recipe.base)):
        encoder_folder(model)  # a wrong one is told before the data are read
    pairs = _checked_pairs(recipe)
    counts = Counter(pair.language for pair in pairs)
    print("pairs: " + ", ".join(f"{code} {number:,}" for code, number in sorted(counts.items())), file=sys.stderr)
    with session(recipe, out, options, data=_fingerprint(pairs)) as run, tempfile.TemporaryDirectory() as scratch:
        start, new = _start(recipe, pairs, Path(scratch) / "student")
        trainer = _trainer(recipe, run, pairs, start, new)
        steps = run.fit(trainer)
        trainer.save_to(run.folder)
        results = {
            "steps": steps,
            "minutes since this start": run.minutes,
            "pieces added to the vocabulary": new,
            "pairs": dict(sorted(counts.items())),
            "last loss": run.last_loss,
        }
        write_card(run.folder, "encoder", ["en", *sorted(counts)], recipe, results)


class ParallelSampler:
    """Which pair is the n-th row of a training; it depends on (seed, n) only.

    The languages of a batch are drawn, each with a probability that goes with the root of its number of pairs.
    """

    def __init__(self, pairs: Sequence[ParallelPair], batch_size: int, seed: int) -> None:
        self.batch_size, self.seed = batch_size, seed
        self.by_language: dict[str, list[ParallelPair]] = {}
        for pair in pairs:
            self.by_language.setdefault(pair.language, []).append(pair)
        self.languages = sorted(self.by_language)
        self.weights = list(accumulate(len(self.by_language[code]) ** POWER for code in self.languages))
        self._block = lru_cache(maxsize=2)(self._draw)

    def __getitem__(self, number: int) -> ParallelPair:
        block, place = divmod(number, SORTED * self.batch_size)
        return self._block(block)[place]

    def _draw(self, block: int) -> list[ParallelPair]:
        """The pairs of some batches, those of a batch of like lengths, the batches in random order."""
        rng = random.Random(f"{self.seed}:{block}")
        pairs = []
        for _ in range(SORTED * self.batch_size):
            language = self.languages[bisect(self.weights, rng.random() * self.weights[-1])]
            pairs.append(rng.choice(self.by_language[language]))
        pairs.sort(key=lambda pair: len(pair.other.encode()))
        batches = [pairs[i : i + self.batch_size] for i in range(0, len(pairs), self.batch_size)]
        rng.shuffle(batches)
        return [pair for batch in batches for pair in batch]


def _trainer(recipe: DistillationRecipe, run: Session, pairs: Sequence[ParallelPair], start: Path, new: int) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers import set_seed

    from xqg.training.encoder.distillation_steps import DistillationLoss, EmbeddingFreeze, Snapshots
    from xqg.training.encoder.trainer import EncoderTrainer, arguments, row_dataset

    set_seed(recipe.seed)
    targets, rows = _targets(recipe, pairs, run.options)
    model = SentenceTransformer(str(start), device="cpu")
    if model.get_embedding_dimension() != targets.shape[1]:
        raise XqgError(
            f"base {recipe.base}: its vectors have {model.get_embedding_dimension()} dimensions, the teacher's "
            f"{targets.shape[1]}; give another student"
        )
    sampler = ParallelSampler(pairs, recipe.batch_size, recipe.seed)

    def row(number: int) -> dict[str, Any]:
        pair = sampler[number]
        return {"english": pair.english, "other": pair.other, "label": targets[rows[pair.english]]}

    freeze = EmbeddingFreeze(int(recipe.frozen * recipe.steps), new)
    snapshots = Snapshots(run.out.with_name(f"{run.out.name}.along"), recipe.keep_every)
    return EncoderTrainer(
        model=model,
        args=arguments(run, recipe.steps),
        train_dataset=row_dataset(row, recipe.steps * recipe.batch_size),
        loss=DistillationLoss(model, freeze),
        lengths={"document": recipe.length},
        tasks={"english": "document", "other": "document"},
        callbacks=[freeze, snapshots],
    )


def _targets(
    recipe: DistillationRecipe, pairs: Sequence[ParallelPair], options: RunOptions
) -> tuple[npt.NDArray[np.float32], dict[str, int]]:
    """The teacher's vectors of the English sentences, float32 of shape (sentences, d), and whose row is which."""
    from xqg.encoding import load_encoder

    teacher = load_encoder(recipe.teacher, device=options.device, dtype="float32")
    sentences = list(dict.fromkeys(pair.english for pair in pairs))
    return teacher.encode_passages(sentences), {text: row for row, text in enumerate(sentences)}


def _start(recipe: DistillationRecipe, pairs: Sequence[ParallelPair], scratch: Path) -> tuple[Path, int]:
    """The folder of the student before the first step, and the number of its new pieces."""
    from xqg.training.encoder.student import make_student

    if recipe.base:
        return encoder_folder(recipe.base).folder, 0
    teacher = encoder_folder(recipe.teacher).folder
    return scratch, make_student(teacher, recipe.teacher, pairs, recipe.vocabulary, scratch)


def _checked_pairs(recipe: DistillationRecipe) -> list[ParallelPair]:
    """The sentences, without any text of a test split."""
    from xqg.benchmarks import load

    pairs = read_parallel(recipe.parallel, recipe.languages)
    tests = [load(name, data=recipe.data or None) for name in recipe.test]
    texts = {passage.text.casefold() for test in tests for passage in test.passages}
    texts |= {one.text.casefold() for test in tests for one in (*test.questions, *test.tuning_questions)}
    found = [pair for pair in pairs if pair.english.casefold() in texts or pair.other.casefold() in texts]
    if found and recipe.leaks == "error":
        raise XqgError(
            f"{', '.join(recipe.parallel)}: {len(found)} sentences are texts of {', '.join(recipe.test)}, such as "
            f"{found[0].english!r}; remove them, or set leaks: drop"
        )
    leaking = set(found)
    return [pair for pair in pairs if pair not in leaking]


def _fingerprint(pairs: Sequence[ParallelPair]) -> str:
    digest = hashlib.sha256()
    for pair in pairs:
        digest.update(json.dumps(dataclasses.astuple(pair)).encode())
    return "sha256:" + digest.hexdigest()
