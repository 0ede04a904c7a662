"""Train a reader: `xqg train reader recipes/xquad/reader.yaml --out MODEL`.

Cross-fitted over `folds`: model i never sees the passages of fold i (whole clusters, such as
articles), and reads exactly those (`xqg.reading` looks at reader.json). A fold that is done is kept
in MODEL.parts until all are, so that an interrupted training goes on with the next.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.reading.loading import CROSS_FITTED
from xqg.training.card import write_card
from xqg.training.mini_reader import train_mini_reader
from xqg.training.output import model_folder
from xqg.training.reader_examples import Answered, draw_negatives, folds_of_passages, read_answers
from xqg.training.reader_fold import train_fold
from xqg.training.recipe import MiniReaderRecipe, ReaderRecipe

__all__ = ["train_reader"]


def train_reader(recipe: ReaderRecipe | MiniReaderRecipe, out: Path | str) -> None:
    """Train `recipe.folds` models, and write them with reader.json and a card to `out`.

    One fold makes a plain model folder, which saw every passage. A `MiniReaderRecipe` makes a mini
    reader, see `train_mini_reader`.

    Raises:
        XqgError: passages or answers that are missing or malformed, fewer clusters than folds, a
            stride of half the length or more, a base that is no model or reads fewer tokens than
            `length`, an `out` that is a file or holds something else than a model.
    """
    if isinstance(recipe, MiniReaderRecipe):
        train_mini_reader(recipe, out)
        return
    if 2 * recipe.stride >= recipe.length:
        raise XqgError(
            f"stride is {recipe.stride}; it must be under half of length, which is {recipe.length}"
        )
    started = time.monotonic()
    passages, groups = _passages(recipe)
    answered = read_answers(recipe.answers, {passage.id: passage for passage in passages})
    fold_of = folds_of_passages(passages, groups, recipe.folds)
    if len(set(fold_of.values())) < recipe.folds:
        clusters = len(set(fold_of.values()))
        raise XqgError(f"{clusters} clusters of passages make no {recipe.folds} folds; lower folds")
    out = Path(out)
    parts = out.with_name(f"{out.name}.parts") / _digest(recipe, passages)
    with model_folder(out) as folder:
        held_out: list[list[Answered]] = []
        for fold in range(recipe.folds):
            cross = recipe.folds > 1
            mine = [one for one in answered if not cross or fold_of[one.passage.id] != fold]
            pool = [one for one in passages if not cross or fold_of[one.id] != fold]
            if not mine:
                raise XqgError(f"{recipe.answers}: every question is of fold {fold}; lower folds or add questions")
            _train_kept(recipe, mine, pool, groups, parts / f"fold-{fold}")
            held_out.append([one for one in answered if cross and fold_of[one.passage.id] == fold])
        if recipe.folds == 1:
            shutil.copytree(parts / "fold-0", folder, dirs_exist_ok=True)
        else:
            _assemble(parts, fold_of, recipe.folds, folder)
        minutes = round((time.monotonic() - started) / 60, 1)
        results = {"answered questions": len(answered), "minutes since this start": minutes}
        languages = sorted({one.passage.language for one in answered})
        write_card(folder, "reader", languages, recipe, {**results, **_held_out_scores(folder, held_out)})
    shutil.rmtree(parts.parent, ignore_errors=True)


def _passages(recipe: ReaderRecipe) -> tuple[list[Passage], dict[str, str]]:
    """The passages, and passage id → cluster: that of the benchmark's questions about it."""
    from xqg.benchmarks import NAMES, load
    from xqg.passages import read_passages

    if recipe.passages not in NAMES and not Path(recipe.passages).is_dir():
        return read_passages(Path(recipe.passages), "en"), {}
    benchmark = load(recipe.passages, data=recipe.data or None)
    groups: dict[str, str] = {}
    for question_id, grades in benchmark.qrels.items():
        for passage_id in grades:
            groups.setdefault(passage_id, benchmark.groups[question_id])
    return list(benchmark.passages), groups


def _train_kept(
    recipe: ReaderRecipe,
    answered: Sequence[Answered],
    pool: Sequence[Passage],
    groups: dict[str, str],
    folder: Path,
) -> None:
    """Train a fold unless it is there already; a folder of this name is always whole."""
    if folder.is_dir():
        return
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    unfinished.mkdir(parents=True)
    try:
        train_fold(recipe, draw_negatives(answered, pool, groups, recipe.seed), unfinished)
        os.replace(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _digest(recipe: ReaderRecipe, passages: Sequence[Passage]) -> str:
    """Kept folds of another recipe, of other answers or passages, are not taken for this one's."""
    answers = hashlib.sha256(Path(recipe.answers).read_bytes()).hexdigest()
    texts = [[passage.id, passage.text] for passage in passages]
    text = json.dumps([dataclasses.asdict(recipe), answers, texts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _assemble(parts: Path, fold_of: dict[str, int], folds: int, folder: Path) -> None:
    described = []
    for fold in range(folds):
        shutil.copytree(parts / f"fold-{fold}", folder / f"fold-{fold}")
        held_out = [id_ for id_, number in fold_of.items() if number == fold]
        described.append({"folder": f"fold-{fold}", "held_out": held_out})
    (folder / CROSS_FITTED).write_text(json.dumps({"folds": described}, indent=1) + "\n", encoding="utf-8")


def _held_out_scores(folder: Path, held_out: Sequence[Sequence[Answered]]) -> dict[str, float]:
    """EM and F1 with the right passage, in percent, on answered questions that a model never saw."""
    from xqg.evaluation.measures.f1 import shared_words
    from xqg.evaluation.normalise import normalise
    from xqg.reading import load_reader

    asked = [one for fold in held_out for one in fold]
    if not asked:
        return {}
    spans = load_reader(str(folder)).read([(one.question, one.passage) for one in asked])
    exact, overlap = 0.0, 0.0
    for one, span in zip(asked, spans, strict=True):
        found, gold = normalise(span.text), normalise(one.passage.text[one.start : one.end])
        exact += found == gold
        overlap += shared_words(found.split(), gold.split())
    scale = 100 / len(asked)
    return {"EM, held-out": round(scale * exact, 1), "F1, held-out": round(scale * overlap, 1)}
