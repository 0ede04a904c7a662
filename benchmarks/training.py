"""Training: the trainers of sentence-transformers and transformers alone, and xqg's way to them.

    PYTHONPATH=. python benchmarks/training.py [--rounds 5] [--steps 17]        # from the root, where tools/ is

Both sides train the same model on the same rows in the same order with the same optimiser. The reference has its
rows ready, drawn and tokenised; xqg draws them as its recipes say, tokenises them on the way, and has its
own loss for readers and its log for generators. Counted is processor time of one thread between the first step
and the last, so that neither what else the machine does counts nor what is done once.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pairs import Row, compare, report

from tools.mini.recipes import MiniEncoderRecipe, MiniGeneratorRecipe

UNIT = "steps/s"
LENGTH = 128  # tokens of a reader's window


def rate(work: Callable[[], object]) -> Callable[[], float]:
    """Steps per second of processor time, from the beginning of the first to that of the last."""
    from transformers import Trainer

    step = Trainer.training_step

    def run() -> float:
        begins: list[float] = []

        def noted(self: Trainer, *values: Any, **named: Any) -> Any:
            begins.append(time.process_time())
            return step(self, *values, **named)

        with (
            open(os.devnull, "w") as nowhere,
            redirect_stdout(nowhere),
            redirect_stderr(nowhere),
            patch.object(Trainer, "training_step", noted),
        ):
            work()
        return (len(begins) - 1) / (begins[-1] - begins[0])

    return run


class EncoderSides:
    """A static encoder of 1,024 dimensions, trained as the mini encoder is."""

    def __init__(self, steps: int) -> None:
        from tools.mini.encoder import _datasets
        from tools.mini.supervision import Supervision
        from xqg.training.tokenizer import train_tokenizer

        size, epochs = 512, MiniEncoderRecipe.epochs
        rows = size * max(1, steps // (2 * epochs))  # of each of its two data sets
        self.recipe = MiniEncoderRecipe(
            vocabulary=4_000, dimension=1024, batch_size=size, examples=rows, name_pairs=rows
        )
        self.supervision = Supervision(self.recipe.scarce, self.recipe.swaps)
        self.tokenizer = train_tokenizer(self.supervision.texts(), self.recipe.vocabulary, 0)
        self.ready = _datasets(self.supervision, self.recipe)

    def plain(self) -> None:
        """As sentence-transformers' documentation has it."""
        from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
        from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
        from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
        from sentence_transformers.sentence_transformer.training_args import (
            SentenceTransformerTrainingArguments,
        )

        static = StaticEmbedding(self.tokenizer, embedding_dim=self.recipe.dimension)
        model = SentenceTransformer(modules=[static, Normalize()], device="cpu")
        with tempfile.TemporaryDirectory() as scratch:
            arguments = SentenceTransformerTrainingArguments(
                output_dir=scratch,
                num_train_epochs=self.recipe.epochs,
                per_device_train_batch_size=self.recipe.batch_size,
                learning_rate=self.recipe.learning_rate,
                warmup_steps=0.1,
                seed=self.recipe.seed,
                data_seed=self.recipe.seed,
                save_strategy="no",
                report_to="none",
                use_cpu=True,
                logging_steps=100,
                dataloader_drop_last=True,
            )
            loss = MultipleNegativesRankingLoss(model, scale=self.recipe.scale)
            SentenceTransformerTrainer(
                model=model, args=arguments, train_dataset=self.ready, loss=loss
            ).train()

    def ours(self) -> None:
        """As the maker of the mini encoder."""
        from tools.mini.encoder import _train

        _train(self.recipe, self.supervision, self.tokenizer)


class GeneratorSides:
    """An mT5 of 192 dimensions and four layers a side on prompts with whole passages."""

    def __init__(self, steps: int) -> None:
        from tools.mini.generator import _vectors, _vocabulary
        from tools.mini.generator_tasks import Tasks

        self.recipe = MiniGeneratorRecipe(
            encoder="mini", encoder_layers=4, decoder_layers=4, batch_size=32, steps=steps, short_first=0
        )
        self.tokenizer = _vocabulary(self.recipe)
        self.vectors = _vectors(self.recipe, self.tokenizer)
        rows = list(Tasks(self.recipe).stream())
        sources, targets = (self.tokenizer([row[name] for row in rows]) for name in ("source", "target"))
        self.ready = [
            {"input_ids": source, "labels": target}
            for source, target in zip(sources["input_ids"], targets["input_ids"], strict=True)
        ]

    def model(self) -> Any:
        """A new one; the same each time."""
        import torch

        from tools.mini.generator import _new_model

        torch.manual_seed(0)
        return _new_model(self.recipe, self.tokenizer, self.vectors)

    def plain(self) -> None:
        """As transformers' documentation has it."""
        from datasets import IterableDataset
        from transformers import DataCollatorForSeq2Seq, Seq2SeqTrainer, Seq2SeqTrainingArguments

        with tempfile.TemporaryDirectory() as scratch:
            arguments = Seq2SeqTrainingArguments(
                output_dir=scratch,
                max_steps=self.recipe.steps,
                per_device_train_batch_size=self.recipe.batch_size,
                learning_rate=self.recipe.learning_rate,
                lr_scheduler_type="cosine",
                warmup_steps=300,
                adam_beta2=0.98,
                save_strategy="no",
                report_to="none",
                use_cpu=True,
                bf16=True,
                logging_steps=100,
            )
            Seq2SeqTrainer(
                model=self.model(),
                args=arguments,
                train_dataset=IterableDataset.from_generator(self._rows),
                data_collator=DataCollatorForSeq2Seq(self.tokenizer),
            ).train()

    def _rows(self) -> Iterator[dict[str, list[int]]]:
        yield from self.ready

    def ours(self) -> None:
        """As the maker of the mini generator."""
        from tools.mini.generator import _train
        from tools.mini.generator_quality import QualityLog

        log = QualityLog(self.tokenizer, every=self.recipe.evaluate_every)
        _train(self.recipe, self.model(), self.tokenizer, log)


class ReaderSides:
    """A BERT of 6 layers and 384 dimensions; a question has a right and a wrong window of 128 tokens."""

    def __init__(self, steps: int) -> None:
        import random

        from xqg.reading.windows import Window
        from xqg.training.reader.shared_norm import Group
        from xqg.training.recipe import ReaderRecipe

        self.recipe = ReaderRecipe(base="", passages="", answers="", batch_size=4, epochs=1, dtype="float32")
        drawn = random.Random(0)

        def window() -> Window:
            ids = drawn.choices(range(1000), k=LENGTH)
            inputs = {"input_ids": ids, "attention_mask": [1] * LENGTH, "token_type_ids": [0] * LENGTH}
            return Window(pair=0, inputs=inputs, offsets=[(n, n + 1) for n in range(LENGTH)])

        self.groups = [
            {"group": Group((window(), window()), drawn.randrange(100), 101)}
            for _ in range(steps * self.recipe.batch_size)
        ]
        self.windows = [
            {**one.inputs, "start_positions": row["group"].start, "end_positions": row["group"].end}
            for row in self.groups
            for one in row["group"].windows
        ]

    def model(self) -> Any:
        """A new one."""
        import torch
        from transformers import BertConfig, BertForQuestionAnswering

        torch.manual_seed(0)
        shape = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12}
        return BertForQuestionAnswering(BertConfig(vocab_size=1000, intermediate_size=1536, **shape))

    def plain(self) -> None:
        """transformers' own loss, each window for itself."""
        from transformers import Trainer

        with tempfile.TemporaryDirectory() as scratch:
            arguments = self._arguments(Path(scratch))
            arguments.per_device_train_batch_size *= 2  # windows, not groups
            Trainer(model=self.model(), args=arguments, train_dataset=self.windows).train()

    def ours(self) -> None:
        """As `xqg train reader`: shared normalisation over the windows of a question."""
        from xqg.training.reader.trainer import SharedNormTrainer

        with tempfile.TemporaryDirectory() as scratch:
            arguments = self._arguments(Path(scratch))
            SharedNormTrainer(model=self.model(), padding=0, args=arguments, train_dataset=self.groups).train()

    def _arguments(self, scratch: Path) -> Any:
        from xqg.training.reader.trainer import training_arguments

        return training_arguments(scratch, self.recipe, num_train_epochs=1)


def rows(rounds: int = 5, steps: int = 17) -> list[Row]:
    """The three kinds of models."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    encoder, generator, reader = EncoderSides(steps), GeneratorSides(steps), ReaderSides(steps)
    kinds = {
        "an encoder (sentence-transformers)": encoder,
        "a generator (transformers' Seq2SeqTrainer)": generator,
        "a reader (transformers' Trainer)": reader,
    }
    try:
        return [
            compare(f"Training: {name}", UNIT, rate(sides.plain), rate(sides.ours), rounds)
            for name, sides in kinds.items()
        ]
    finally:
        torch.set_num_threads(threads)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=17)
    asked = parser.parse_args()
    print(report(rows(asked.rounds, asked.steps)))


if __name__ == "__main__":
    main()
