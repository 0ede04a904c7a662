"""transformers' trainer with a loss per token, and a choice of the checkpoint by loss and language.

Import it late: it brings transformers along.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import Any

from transformers import Trainer, TrainerCallback

from xqg.errors import XqgError
from xqg.training.generator.sampling import read_curve, save_curve
from xqg.training.generator.tokens import IGNORED, Tokens
from xqg.training.generator.validation import Validation, token_losses

__all__ = ["GeneratorTrainer", "mean_loss", "restore", "shares_of"]


def mean_loss(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
    """The mean over the tokens of a whole batch, however many parts it is computed in.

    Written out because T5 and mT5 divide by the tokens of a part, and the trainer then does not divide by the
    number of parts: the gradients would be as many times too large.
    """
    count = (labels != IGNORED).sum() if num_items_in_batch is None else num_items_in_batch
    return token_losses(outputs.logits, labels).sum() / count


class GeneratorTrainer(Trainer):
    """Trains on rows in their order; every `args.eval_steps` it validates, and keeps the best weights.

    Args:
        tokens: makes batches of rows.
        validation: None: nothing is measured, and nothing chosen.
        language_weight: the best has the least loss - language_weight * share in the right language.
        at_start: validate before the first step, too.

    Attributes:
        curve: one row a validation, those before an interruption among them.
    """

    def __init__(
        self,
        *,
        model: Any,
        tokens: Tokens,
        validation: Validation | None,
        language_weight: float,
        at_start: bool,
        **given: Any,
    ) -> None:
        self.validation, self.language_weight, self.at_start = validation, language_weight, at_start
        self.curve: list[dict[str, Any]] = []
        self.began = time.monotonic()
        super().__init__(
            model=model,
            data_collator=lambda rows: tokens.batch(rows, model),
            compute_loss_func=mean_loss,
            eval_dataset=validation.rows if validation else None,
            callbacks=[_Beginning(self)],
            **given,
        )
        self.model_accepts_loss_kwargs = False  # mT5 would hand the number of items on to its layers

    def begin(self) -> None:
        """Before the first step of this run: the validations so far, or one at the start."""
        step = self.state.global_step
        self.curve = [row for row in read_curve(Path(self._output)) if row["step"] <= step] if step else []
        self.began = time.monotonic() - 60 * (self.curve[-1]["minutes"] if self.curve else 0)
        if self.validation and self.at_start and not step:
            self._measure(self.validation)

    def evaluate(
        self, eval_dataset: Any = None, ignore_keys: list[str] | None = None, metric_key_prefix: str = "eval"
    ) -> dict[str, float]:
        """Validate; the trainer compares the score with those before."""
        if self.validation is None:
            return {}
        row = self._measure(self.validation)
        metrics = {"eval_loss": row["loss"], "eval_score": row["score"]}
        if row["share"] is not None:
            metrics["eval_right_language"] = row["share"]
        self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        if self.state.best_metric is None or row["score"] < self.state.best_metric:
            self.control.should_save = True  # or else the best weights would be lost
        return metrics

    def _measure(self, validation: Validation) -> dict[str, Any]:
        row = validation.measure(self.model, self.state.global_step)
        if not math.isfinite(row["loss"]):
            raise XqgError(f"step {row['step']:,}: the dev loss is {row['loss']}; lower learning_rate and begin anew")
        row["score"] = round(row["loss"] - self.language_weight * (row["share"] or 0.0), 5)
        row["minutes"] = round((time.monotonic() - self.began) / 60, 1)
        self.curve.append(row)
        save_curve(Path(self._output), self.curve)
        print(_line(row), file=sys.stderr, flush=True)
        return row

    def best_checkpoint(self) -> Path | None:
        """The folder of the checkpoint with the best score; None where nothing was measured."""
        step = self.state.best_global_step
        return Path(self._output) / f"checkpoint-{step}" if step else None

    @property
    def _output(self) -> str:
        return str(self.args.output_dir)


class _Beginning(TrainerCallback):
    def __init__(self, trainer: GeneratorTrainer) -> None:
        self.trainer = trainer

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.trainer.begin()


def _line(row: dict[str, Any]) -> str:
    text = f"step {row['step']:,}: dev loss {row['loss']:.4g}"
    if row["share"] is not None:
        text += f", right language {100 * row['share']:.1f} % ({shares_of(row)})"
    return text


def shares_of(row: dict[str, Any]) -> str:
    """`ar 97.9 bn 100`: percent in the right language, where it can be told; `-` where it cannot."""
    told = {code: found.get("language") for code, found in row["languages"].items()}
    return " ".join(f"{code} {share:g}" for code, share in told.items() if share is not None) or "-"


def restore(model: Any, checkpoint: Path) -> None:
    """Put a checkpoint's weights into the model that it was made of, or its adapters."""
    from safetensors.torch import load_file

    from xqg.training.run.lora import load_adapters

    if load_adapters(model, checkpoint):
        return
    for file in sorted(checkpoint.glob("model*.safetensors")):
        # Of tied weights a file has one; the others are the same tensors.
        model.load_state_dict(load_file(file), strict=False)
