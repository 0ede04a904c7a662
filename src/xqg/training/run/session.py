"""One training from start to model: checkpoints, Ctrl-C, resuming, progress, and a whole folder or none.

    with session(recipe, out, options, data=fingerprint) as run:
        trainer = Trainer(model, TrainingArguments(**run.arguments()), …)
        steps = run.fit(trainer)
        model.save_pretrained(run.folder)
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xqg.errors import XqgError
from xqg.training.run.checkpoints import Checkpoints
from xqg.training.run.options import Interrupted, RunOptions
from xqg.training.run.output import model_folder

__all__ = ["Session", "session"]


class Session:
    """A training under way.

    Attributes:
        folder: where the model goes; takes the place of `out` in the end.
        started: seconds of the monotonic clock.
        history: the trainer's log, after `fit`.
    """

    def __init__(
        self, recipe: Any, out: Path, options: RunOptions, folder: Path, checkpoints: Checkpoints, last: Path | None
    ) -> None:
        self.recipe, self.out, self.options, self.folder = recipe, out, options, folder
        self.started = time.monotonic()
        self.history: list[dict[str, float]] = []
        self._checkpoints, self._last = checkpoints, last

    def arguments(self, **more: Any) -> dict[str, Any]:
        """Keywords of a transformers or sentence-transformers TrainingArguments, from the recipe's keys.

        Weights and optimiser are float32; products are in `recipe.dtype`. The learning rate rises over
        `recipe.warmup` of the steps and falls linearly to 0.

        Raises:
            XqgError: a device that is not there, float16 on a processor, a logger that is not installed.
        """
        recipe = self.recipe
        device, dtype = precision(recipe.dtype, self.options.device)
        found = {
            "output_dir": str(self._checkpoints.folder),
            "per_device_train_batch_size": recipe.batch_size,
            "learning_rate": recipe.learning_rate,
            "warmup_steps": min(recipe.warmup, 1 - 1e-9),  # below 1 it is a share, 1 would be a step
            "lr_scheduler_type": "linear",
            "weight_decay": recipe.weight_decay,
            "bf16": dtype == "bfloat16",
            "fp16": dtype == "float16",
            "use_cpu": device == "cpu",
            "seed": recipe.seed,
            "data_seed": recipe.seed,
            "save_strategy": "steps",
            "save_steps": recipe.save_every,
            "save_total_limit": 1,
            "logging_steps": 10,
            "disable_tqdm": True,
            "report_to": _logger(recipe.report_to),
            "dataloader_pin_memory": device != "cpu",
            "remove_unused_columns": False,
        }
        return found | more

    def fit(self, trainer: Any) -> int:
        """Train to the end; the number of steps.

        Raises:
            Interrupted: Ctrl-C, after a checkpoint.
            CostEstimate: instead, where `options.plan` says so.
        """
        from transformers.trainer_callback import PrinterCallback, ProgressCallback

        from xqg.models.loading import quiet
        from xqg.training.run.interrupt import Interrupt
        from xqg.training.run.progress import Plan, Progress

        interrupt = Interrupt()
        trainer.remove_callback(PrinterCallback)
        trainer.remove_callback(ProgressCallback)
        size = self.recipe.batch_size
        trainer.add_callback(Plan(size) if self.options.plan else Progress(size))
        trainer.add_callback(interrupt)
        with interrupt.listening(), quiet():
            trainer.train(resume_from_checkpoint=str(self._last) if self._last else None)
        step = trainer.state.global_step
        if interrupt.asked and step < trainer.state.max_steps:
            raise Interrupted(
                f"interrupted at step {step:,}; go on with `resume` (the checkpoint is in {self._checkpoints.folder})"
            )
        self.history = trainer.state.log_history
        return int(step)

    @property
    def last_loss(self) -> float:
        """The mean over the last logged steps; NaN where none was logged."""
        losses = [row["loss"] for row in self.history if "loss" in row]
        return round(float(losses[-1]), 4) if losses else float("nan")

    @property
    def minutes(self) -> float:
        """Since the start, or since it was resumed."""
        return round((time.monotonic() - self.started) / 60, 1)


@contextmanager
def session(recipe: Any, out: Path | str, options: RunOptions, data: str) -> Iterator[Session]:
    """A training whose model becomes `out` when the block ends.

    Args:
        recipe: its keys dtype, batch_size, learning_rate, warmup, weight_decay, save_every, report_to and
            seed are read here.
        data: a hash of what is trained on.

    Raises:
        XqgError: `out` is a file or holds something else than a model; checkpoints that do not fit.
    """
    out = Path(out).absolute()
    with model_folder(out) as folder:
        if options.plan:  # keeps nothing, and minds no checkpoints that are there
            with TemporaryDirectory() as scratch:
                yield Session(recipe, out, options, folder, Checkpoints(Path(scratch) / out.name, recipe, data), None)
            return
        checkpoints = Checkpoints(out, recipe, data)
        last = checkpoints.open(options.resume)
        if options.resume:
            where = f"going on from {last.name}" if last else "nothing to go on from; this is the beginning"
            print(where, file=sys.stderr)
        try:
            yield Session(recipe, out, options, folder, checkpoints, last)
        except BaseException:
            with suppress(OSError):  # without a checkpoint there is nothing to keep
                if not any(checkpoints.folder.glob("checkpoint-*")):
                    checkpoints.delete()
            raise
    checkpoints.delete()


def precision(dtype: str, device: str | None) -> tuple[str, str]:
    """(`cpu`, `cuda` or `mps`; the type of products): `auto` is bfloat16 where the device computes in it.

    Raises:
        XqgError: a device that is not there, or more than one GPU in sight; float16 on a processor.
    """
    import torch

    from xqg.models.loading import pick_device, pick_dtype, resolve_dtype

    chosen = pick_device(device)
    if chosen.type == "cuda" and torch.cuda.device_count() > 1:
        raise XqgError(
            f"{torch.cuda.device_count()} GPUs are in sight, and a trainer would give each a batch of its own: another "
            f"recipe; set CUDA_VISIBLE_DEVICES={chosen.index or 0}"
        )
    name = resolve_dtype(dtype, chosen, "encoder")
    pick_dtype(name, chosen)
    return chosen.type, name


def _logger(name: str) -> str:
    import importlib.util

    if name == "none":
        return name
    if name not in ("wandb", "tensorboard"):
        raise XqgError(f"report_to is {name!r}; use wandb, tensorboard or none")
    if importlib.util.find_spec(name) is None:
        raise XqgError(f"report_to is {name}, which is not installed; pip install {name}, or use none")
    return name
