"""Train a reader: `xqg train reader recipes/xquad/reader.yaml --out MODEL`.

Cross-fitted over `folds`: model i never sees the passages of fold i (whole clusters, such as
articles), and reads exactly those (`xqg.reading` looks at reader.json). A fold that is done is kept
in MODEL.parts until all are, so that an interrupted training goes on with the next; within a fold it
goes on from a checkpoint.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from xqg.encoding import encoder_folder
from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.reading.loading import CROSS_FITTED
from xqg.training.card import write_card
from xqg.training.reader.examples import (
    AnsweredQuestion,
    Example,
    draw_negatives,
    folds_of_passages,
    read_answers,
)
from xqg.training.reader.fold import train_fold
from xqg.training.recipe import ReaderRecipe
from xqg.training.run.checkpoints import Checkpoints
from xqg.training.run.options import DEFAULT, CostEstimate, RunOptions
from xqg.training.run.output import model_folder

__all__ = ["train"]


def train(recipe: ReaderRecipe, out: Path | str, options: RunOptions = DEFAULT) -> None:
    """Train `recipe.folds` models, and write them with reader.json and a card to `out`.

    One fold makes a plain model folder, which saw every passage. Says to stderr how many questions and
    passages of each language there are.

    Raises:
        XqgError: passages or answers that are missing or malformed, fewer clusters than folds, a
            stride of half the length or more, a base that is no model or reads fewer tokens than
            `length`, an `out` that is a file or holds something else than a model, a resumed training of
            another recipe or of other data.
        Interrupted, CostEstimate: see `run.session`.
    """
    if 2 * recipe.stride >= recipe.length:
        raise XqgError(f"stride is {recipe.stride}; it must be under half of length, which is {recipe.length}")
    encoder_folder(recipe.base)  # a wrong one is told before the data are read
    started = time.monotonic()
    passages, groups = _passages(recipe)
    answered = read_answers(recipe.answers, {passage.id: passage for passage in passages})
    fold_examples = _FoldExamples(recipe, passages, groups, answered)
    _say_counts(passages, answered)
    out = Path(out)
    data = _data(recipe, passages, groups)
    kept = out.with_name(f"{out.name}.parts")
    parts = kept / _digest(recipe, data)
    if options.resume and not parts.is_dir():
        _refuse_others(kept, recipe, data)
    with model_folder(out) as folder, _tidy(parts):
        for fold in range(recipe.folds):
            _train_kept(recipe, fold_examples, fold, parts / f"fold-{fold}", options, data)
        if recipe.folds == 1:
            shutil.copytree(parts / "fold-0", folder, dirs_exist_ok=True)
        else:
            _assemble(parts, fold_examples.fold_of, recipe.folds, folder)
        minutes = round((time.monotonic() - started) / 60, 1)
        results = {"answered questions": len(answered), "minutes since this start": minutes}
        languages = sorted({one.passage.language for one in answered})
        scores = _held_out_scores(folder, fold_examples.held_out(), options.device)
        write_card(folder, "reader", languages, recipe, {**results, **scores})
    shutil.rmtree(kept, ignore_errors=True)


class _FoldExamples:
    """Which questions and passages each fold's model sees.

    Raises:
        XqgError: fewer clusters than folds.
    """

    def __init__(
        self,
        recipe: ReaderRecipe,
        passages: Sequence[Passage],
        groups: Mapping[str, str],
        answered: Sequence[AnsweredQuestion],
    ) -> None:
        self.recipe, self.passages, self.groups, self.answered = recipe, passages, groups, answered
        self.fold_of = folds_of_passages(passages, groups, recipe.folds)
        if (clusters := len(set(self.fold_of.values()))) < recipe.folds:
            raise XqgError(f"{clusters} clusters of passages make no {recipe.folds} folds; lower folds")

    def of(self, fold: int) -> list[Example]:
        """What the model of a fold learns from.

        Raises:
            XqgError: no question outside the fold, or fewer than two passages.
        """
        questions = [one for one in self.answered if self._sees(fold, one.passage)]
        if not questions:
            raise XqgError(f"{self.recipe.answers}: every question is of fold {fold}; lower folds or add questions")
        pool = [passage for passage in self.passages if self._sees(fold, passage)]
        return draw_negatives(questions, pool, self.groups, self.recipe.seed)

    def held_out(self) -> list[AnsweredQuestion]:
        """Questions about passages that a model never saw, fold by fold."""
        folds = range(self.recipe.folds)
        return [one for fold in folds for one in self.answered if not self._sees(fold, one.passage)]

    def _sees(self, fold: int, passage: Passage) -> bool:
        return self.recipe.folds == 1 or self.fold_of[passage.id] != fold


def _say_counts(passages: Sequence[Passage], answered: Sequence[AnsweredQuestion]) -> None:
    pool = Counter(passage.language for passage in passages)
    asked = Counter(one.passage.language for one in answered)
    for language, number in sorted(pool.items()):
        print(f"{language}: {asked[language]:,} answered questions, {number:,} passages", file=sys.stderr)


def _passages(recipe: ReaderRecipe) -> tuple[list[Passage], dict[str, str]]:
    """The passages, and passage id → cluster: that of the benchmark's questions about it."""
    from xqg.benchmarks import BENCHMARKS, load
    from xqg.passages import read_passages

    if recipe.passages not in BENCHMARKS and not Path(recipe.passages).is_dir():
        return read_passages(Path(recipe.passages), "en"), {}
    benchmark = load(recipe.passages, data=recipe.data or None)
    groups: dict[str, str] = {}
    for question_id, grades in benchmark.qrels.items():
        for passage_id in grades:
            groups.setdefault(passage_id, benchmark.groups[question_id])
    return list(benchmark.passages), groups


def _train_kept(
    recipe: ReaderRecipe, fold_examples: _FoldExamples, fold: int, folder: Path, options: RunOptions, data: str
) -> None:
    """Train a fold unless it is there already; a folder of this name is always whole."""
    if folder.is_dir() and not options.plan:
        return
    examples = fold_examples.of(fold)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if recipe.folds > 1:
        print(f"fold {fold + 1} of {recipe.folds}", file=sys.stderr)
    try:
        train_fold(recipe, examples, folder, options, data)
    except CostEstimate as made:
        times = f"; each of {recipe.folds} folds takes about as long" if recipe.folds > 1 else ""
        raise CostEstimate(f"{made}{times}") from None


@contextmanager
def _tidy(parts: Path) -> Iterator[None]:
    """Leave no empty folders behind where the block fails before there is anything to keep."""
    try:
        yield
    except BaseException:
        with suppress(OSError):  # one that is not empty stays
            parts.rmdir()
            parts.parent.rmdir()
        raise


def _data(recipe: ReaderRecipe, passages: Sequence[Passage], groups: Mapping[str, str]) -> str:
    """A hash of what is trained on."""
    answers = hashlib.sha256(Path(recipe.answers).read_bytes()).hexdigest()
    texts = [[passage.id, passage.text, groups.get(passage.id, "")] for passage in passages]
    return hashlib.sha256(json.dumps([answers, texts]).encode()).hexdigest()


def _digest(recipe: ReaderRecipe, data: str) -> str:
    """Kept folds of another recipe, of other answers or passages, are not taken for this one's."""
    text = json.dumps([dataclasses.asdict(recipe), data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _refuse_others(kept: Path, recipe: ReaderRecipe, data: str) -> None:
    """`resume` is not to begin anew silently because a key was changed.

    Raises:
        XqgError: there are checkpoints of another recipe or of other data; says which.
    """
    for found in sorted(kept.glob("*/fold-*.checkpoints")):
        Checkpoints(found.with_suffix(""), recipe, data).check()


def _assemble(parts: Path, fold_of: dict[str, int], folds: int, folder: Path) -> None:
    described = []
    for fold in range(folds):
        shutil.copytree(parts / f"fold-{fold}", folder / f"fold-{fold}")
        held_out = [id_ for id_, number in fold_of.items() if number == fold]
        described.append({"folder": f"fold-{fold}", "held_out": held_out})
    (folder / CROSS_FITTED).write_text(json.dumps({"folds": described}, indent=1) + "\n", encoding="utf-8")


def _held_out_scores(folder: Path, asked: Sequence[AnsweredQuestion], device: str | None) -> dict[str, float]:
    """EM and F1 with the right passage, in percent, on answered questions that a model never saw."""
    from xqg.evaluation.measures.f1 import shared_words
    from xqg.evaluation.normalise import normalise
    from xqg.reading import load_reader

    if not asked:
        return {}
    spans = load_reader(str(folder), device=device).read([(one.question, one.passage) for one in asked])
    exact, overlap = 0.0, 0.0
    for one, span in zip(asked, spans, strict=True):
        found, gold = normalise(span.text), normalise(one.passage.text[one.start : one.end])
        exact += found == gold
        overlap += shared_words(found.split(), gold.split())
    scale = 100 / len(asked)
    return {"EM, held-out": round(scale * exact, 1), "F1, held-out": round(scale * overlap, 1)}
