"""sentence-transformers' trainer over rows that are drawn when they are needed.

Import it late: it brings sentence-transformers along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
from sentence_transformers.base.sampler import DefaultBatchSampler
from sentence_transformers.sentence_transformer.training_args import SentenceTransformerTrainingArguments
from torch.utils.data import SequentialSampler

from xqg.models.loading import quiet
from xqg.training.run.lora import load_adapters
from xqg.training.run.session import Session

__all__ = ["EncoderTrainer", "arguments", "row_dataset"]


def row_dataset(row: Callable[[int], Mapping[str, Any]], count: int) -> Dataset:
    """`count` rows that are made when they are asked for; row i must depend on i only.

    A trainer that takes them in order can be stopped and resumed anywhere.
    """

    def columns(batch: Mapping[str, Sequence[int]]) -> dict[str, list[Any]]:
        rows = [row(number) for number in batch["number"]]
        return {name: [one[name] for one in rows] for name in rows[0]}

    return Dataset.from_dict({"number": np.arange(count)}).with_transform(columns)


def arguments(run: Session, steps: int, **more: Any) -> SentenceTransformerTrainingArguments:
    """The trainer's arguments for `steps` batches."""
    return SentenceTransformerTrainingArguments(**run.arguments(max_steps=steps, dataloader_drop_last=True, **more))


class EncoderTrainer(SentenceTransformerTrainer):
    """A trainer with a length in tokens and a task (`query`, `document`) for each column of texts.

    Args:
        lengths: task → tokens read.
        tasks: column → task; prompts of the model's tasks are put before the texts.
    """

    def __init__(
        self, *, model: SentenceTransformer, lengths: Mapping[str, int], tasks: Mapping[str, str], **given: Any
    ) -> None:
        self.lengths, self.tasks = dict(lengths), dict(tasks)
        super().__init__(model=model, **given)

    def get_batch_sampler(
        self,
        dataset: Any,
        batch_size: int,
        drop_last: bool,
        valid_label_columns: list[str] | None = None,
        generator: Any = None,
        seed: int = 0,
    ) -> DefaultBatchSampler:
        """The rows in the order in which they stand."""
        return DefaultBatchSampler(SequentialSampler(dataset), batch_size=batch_size, drop_last=drop_last)

    def get_data_collator(self, model: Any, args: Any, processing_class: Any = None) -> Any:
        """The library's collator, with the lengths and the prompts."""
        prompts = {column: model.prompts.get(task) or "" for column, task in self.tasks.items()}
        return self.data_collator_class(
            preprocess_fn=model.preprocess,
            router_mapping=self.tasks,
            prompts={column: prompt for column, prompt in prompts.items() if prompt},
            max_length=self.lengths,
        )

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """No statistics of the data: the rows are not there yet, and xqg writes the card."""

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        """A checkpoint's model; the library adds the arguments as a pickle, which nothing reads."""
        self.save_to(Path(output_dir or str(self.args.output_dir)))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """A checkpoint's model, or the adapters that are all of it that was trained."""
        if not load_adapters(getattr(self.model[0], "model", None), Path(resume_from_checkpoint)):
            super()._load_from_checkpoint(resume_from_checkpoint)

    def save_to(self, folder: Path) -> None:
        """The model as it stands, in the layout that sentence-transformers loads, without a card."""
        with quiet():
            self.model.save_pretrained(str(folder), create_model_card=False)
