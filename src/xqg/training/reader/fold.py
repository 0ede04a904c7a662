"""Train one question-answering model on answered questions, from a pretrained encoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.errors import XqgError, first_line
from xqg.models.loading import quiet
from xqg.reading.loading import positions_of
from xqg.reading.windows import Window, shortened, windows
from xqg.training.reader.examples import Example
from xqg.training.reader.order import drawn_order
from xqg.training.reader.shared_norm import Group, answer_tokens

if TYPE_CHECKING:
    from xqg.training.recipe import ReaderRecipe
    from xqg.training.run.options import RunOptions

__all__ = ["train_fold"]

MICRO_BATCH = 4  # questions at once: eight windows of 384 tokens take 2 GB of activations


def train_fold(recipe: ReaderRecipe, examples: Sequence[Example], out: Path, options: RunOptions, data: str) -> int:
    """Train one model on `examples`, write it and its tokenizer to `out`; the number of steps.

    The same recipe and examples give the same weights on the same machine and versions, resumed or not.

    Args:
        data: a hash of what is trained on; a checkpoint of other data is refused.

    Raises:
        XqgError: no model under the recipe's `base`, or one that reads fewer tokens than `length`;
            no answer that fits a window; checkpoints that do not fit.
        Interrupted, CostEstimate: see `run.session`.
    """
    from transformers import TrainingArguments, set_seed

    from xqg.training.reader.trainer import SharedNormTrainer
    from xqg.training.run.session import session

    with session(recipe, out, options, data) as run:
        micro = _micro_batch(recipe.batch_size)
        arguments = TrainingArguments(
            **run.arguments(
                per_device_train_batch_size=micro,
                gradient_accumulation_steps=recipe.batch_size // micro,
                num_train_epochs=1,  # of a dataset that has every epoch
                train_sampling_strategy="sequential",
            )
        )
        set_seed(recipe.seed)
        model, tokenizer = _base(recipe)
        groups = _groups(tokenizer, examples, recipe.length, recipe.stride)
        if not groups:
            raise XqgError(f"{recipe.answers}: no answer fits a window of {recipe.length} tokens; raise length")
        trainer = SharedNormTrainer(
            model=model, padding=tokenizer.pad_token_id or 0, args=arguments, train_dataset=_Dataset(groups, recipe)
        )
        steps = run.fit(trainer)
        model.save_pretrained(run.folder)
        tokenizer.save_pretrained(run.folder)
    return steps


def _micro_batch(batch_size: int) -> int:
    """Questions at once: as many as go into a batch without rest, `MICRO_BATCH` at most."""
    return max(size for size in range(1, MICRO_BATCH + 1) if batch_size % size == 0)


def _base(recipe: ReaderRecipe) -> tuple[Any, Any]:
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    from xqg.encoding import encoder_folder

    location = encoder_folder(recipe.base)
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
    """The groups of all epochs in the order in which they are learned from."""

    def __init__(self, groups: Sequence[Group], recipe: ReaderRecipe) -> None:
        self.groups = groups
        lengths = [group.longest for group in groups]
        self.order = drawn_order(lengths, recipe.epochs, recipe.batch_size, recipe.seed)

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, number: int) -> dict[str, Group]:
        return {"group": self.groups[self.order[number]]}
