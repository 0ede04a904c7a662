"""Training examples that a benchmark's test split would recognise, and getting rid of them.

An example leaks where its question is a question of the test split, its passage answers one, or it is about the same
article or entity. Texts are compared without case, white space and compatible characters.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from xqg.errors import XqgError
from xqg.training.examples.benchmark_splits import BenchmarkSplit, benchmark_splits, title_key
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.merge import source_of
from xqg.training.examples.texts import normalised

__all__ = ["drop_leaks", "leak", "without_leaks"]


def drop_leaks(data: TrainingData, recipe: Any) -> TrainingData:
    """The data of a recipe without leaks; how many were dropped is said on stderr.

    Args:
        recipe: has `train`, `test`, `data`, `fold`, `folds` and `leaks`.

    Raises:
        XqgError: as `benchmark_splits` and `without_leaks`.
    """
    splits = benchmark_splits(recipe.train, recipe.test, data=recipe.data, fold=recipe.fold, folds=recipe.folds)
    found, dropped = without_leaks(data, splits, recipe.leaks)
    if dropped:
        of = f"{dropped:,} of {len(data.examples):,} examples"
        print(
            f"{of} dropped, which are in the test of {', '.join(one.name for one in splits)}", file=sys.stderr
        )
    return found


def without_leaks(
    data: TrainingData, splits: Sequence[BenchmarkSplit], leaks: Literal["error", "drop"] | str = "error"
) -> tuple[TrainingData, int]:
    """The data without the examples that leak, and how many these were. The pool stays as it is.

    Args:
        splits: of `benchmark_splits`.
        leaks: `error` raises for the first one, `drop` leaves them out.

    Raises:
        XqgError: an example leaks and `leaks` is `error`; none is left.
    """
    found = {one.id: why for one in data.examples for why in [leak(one, splits)] if why is not None}
    if not found:
        return data, 0
    first, why = next(iter(found.items()))
    number = f"{len(found):,} of {len(data.examples):,} examples"
    if leaks == "error":
        raise XqgError(
            f"{source_of(first)}: example {first!r} {why}; {number} would be seen in training and in the test: "
            "set leaks: drop, or remove them"
        )
    kept = [example for example in data.examples if example.id not in found]
    if not kept:
        raise XqgError(
            f"{source_of(first)}: example {first!r} {why}, and so do all the others ({number}); train on other data"
        )
    positives = {id_: ids for id_, ids in data.positives.items() if id_ not in found}
    return replace(data, examples=kept, positives=positives), len(found)


def leak(example: Example, splits: Sequence[BenchmarkSplit]) -> str | None:
    """Why an example leaks, in words that go on after its name; None where it does not."""
    texts = {normalised(text): "asks" for text in example.questions.values()}
    texts |= {normalised(passage.text): "has the passage of" for passage in example.passages.values()}
    titles = {
        title_key(passage.title): passage.title for passage in example.passages.values() if passage.title
    }
    for split in splits:
        if example.group in split.tested:
            return f"is about {_name(example.group, split.tested[example.group])}, which {split.name} tests"
        for text, how in texts.items():
            if text in split.texts:
                return f"{how} {split.texts[text]} of {split.name}'s test"
        if example.group in split.groups:
            continue  # the benchmark knows what it is about; a title that a test entity has too says nothing
        for key, title in titles.items():
            if key in split.titles:
                return f"is about {title!r} ({split.titles[key]}), which {split.name} tests"
    return None


def _name(group: str, name: str) -> str:
    return f"{name!r} ({group})" if name != group else repr(group)
