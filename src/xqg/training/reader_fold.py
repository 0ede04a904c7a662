"""Train one question-answering model on answered questions, from a pretrained encoder."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.errors import XqgError, first_line
from xqg.models.loading import quiet
from xqg.reading.loading import positions_of
from xqg.reading.windows import Window, shortened, windows
from xqg.training.reader_examples import Example
from xqg.training.shared_norm import Group, answer_tokens, train_shared_norm, training_arguments

if TYPE_CHECKING:
    from xqg.training.recipe import ReaderRecipe

__all__ = ["train_fold"]

MICRO_BATCH = 4  # questions at once: eight windows of 384 tokens take 2 GB of activations


def train_fold(recipe: ReaderRecipe, examples: Sequence[Example], out: Path) -> int:
    """Train one model on `examples`, write it and its tokenizer to `out`; the number of steps.

    The same recipe and examples give the same weights on the same machine and versions.

    Raises:
        XqgError: no model under the recipe's `base`, or one that reads fewer tokens than `length`;
            no answer that fits a window.
    """
    from transformers import set_seed

    set_seed(recipe.seed)
    model, tokenizer = _base(recipe)
    groups = _groups(tokenizer, examples, recipe.length, recipe.stride)
    if not groups:
        raise XqgError(f"{recipe.answers}: no answer fits a window of {recipe.length} tokens; raise length")
    with tempfile.TemporaryDirectory() as scratch:
        arguments = training_arguments(
            Path(scratch),
            recipe,
            min(MICRO_BATCH, recipe.batch_size),
            num_train_epochs=recipe.epochs,
            train_sampling_strategy="group_by_length",
        )
        steps = train_shared_norm(model, _Dataset(groups), tokenizer.pad_token_id or 0, arguments)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    return steps


def _base(recipe: ReaderRecipe) -> tuple[Any, Any]:
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    from xqg.models.resolve import resolve

    location = resolve(recipe.base, "encoder")
    try:
        tokenizer = AutoTokenizer.from_pretrained(location.folder)
        with quiet():  # the two weights of the span scores are new: that is what is learned
            model = AutoModelForQuestionAnswering.from_pretrained(location.folder)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = first_line(error, 120)
        raise XqgError(f"{recipe.base}: no reader can start from it ({reason}); give another base") from None
    if (positions := positions_of(model, tokenizer)) < recipe.length:
        raise XqgError(f"{recipe.base}: reads {positions} tokens; lower length, which is {recipe.length}")
    return model, tokenizer


def _groups(tokenizer: Any, examples: Sequence[Example], length: int, stride: int) -> list[Group]:
    """The window that holds the whole answer, beside the negative's first; others are left out."""
    questions = shortened(tokenizer, [e.answered.question for e in examples], length // 3)
    positive = windows(tokenizer, questions, [e.answered.passage.text for e in examples], length, stride)
    negative: dict[int, Window] = {}
    for window in windows(tokenizer, questions, [e.negative.text for e in examples], length, stride):
        negative.setdefault(window.pair, window)
    found: dict[int, Group] = {}
    for window in positive:
        answered = examples[window.pair].answered
        place = answer_tokens(window, answered.start, answered.end)
        if place is not None:
            found.setdefault(window.pair, Group((window, negative[window.pair]), *place))
    return [found[pair] for pair in sorted(found)]


class _Dataset:
    """Groups as the Trainer wants them; `input_ids` serves the grouping of similar lengths."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = groups

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, number: int) -> dict[str, Any]:
        group = self.groups[number]
        return {"group": group, "input_ids": max((w.inputs["input_ids"] for w in group.windows), key=len)}
