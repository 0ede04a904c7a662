"""What a training says while it runs: step, loss, speed, time left."""

from __future__ import annotations

import resource
import sys
import time
from typing import Any

from transformers import TrainerCallback

from xqg.training.run.options import CostEstimate
from xqg.units import duration, rate, size

__all__ = ["Plan", "Progress"]

EVERY = 30.0  # seconds between two lines


class Progress(TrainerCallback):
    """Prints a line to stderr at the trainer's logs, at most one in `EVERY` seconds, and the last one."""

    def __init__(self, batch_size: int) -> None:
        self.batch_size = batch_size
        self.start, self.first, self.said = time.monotonic(), 0, -EVERY

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The clock starts; steps of an earlier run do not count as fast."""
        self.start, self.first = time.monotonic(), state.global_step

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The last step is logged, whatever its number."""
        if state.global_step >= state.max_steps:
            control.should_log = True

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        """Say where it is."""
        loss = (logs or {}).get("loss")
        if loss is None:
            return
        now, last = time.monotonic(), state.global_step >= state.max_steps
        if now - self.said < EVERY and not last:
            return
        self.said = now
        done, spent = state.global_step - self.first, now - self.start
        parts = [f"step {state.global_step:,} of {state.max_steps:,}", f"loss {float(loss):.4g}"]
        if done and spent:
            parts.append(f"{rate(done * self.batch_size, spent)} examples/s")
            parts.append(f"{duration(spent / done * (state.max_steps - state.global_step))} left")
        print(", ".join(parts), file=sys.stderr, flush=True)


class Plan(TrainerCallback):
    """Stops after a few steps and raises `CostEstimate`: seconds a step, hours in all, memory."""

    WARM, STEPS = 2, 6  # steps that are not timed, and the last one; a training of fewer steps is timed whole

    def __init__(self, batch_size: int) -> None:
        self.batch_size, self.start, self.first = batch_size, 0.0, 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The clock starts."""
        self.start = _now(args.device)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Time the steps behind the first."""
        step = state.global_step
        if step == min(self.STEPS, state.max_steps):
            each = (_now(args.device) - self.start) / (step - self.first)
            raise CostEstimate(
                f"{state.max_steps:,} steps of {self.batch_size} examples, {each:.3g} s each on {args.device}: "
                f"{duration(each * state.max_steps)}; {_memory(args.device)}"
            )
        if step == self.WARM:
            self.start, self.first = _now(args.device), step


def _now(device: Any) -> float:
    """Seconds of the clock when the device has done what it was given."""
    import torch

    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.monotonic()


def _memory(device: Any) -> str:
    import torch

    if device.type == "cuda":
        return f"{size(torch.cuda.max_memory_allocated(device))} of GPU memory at most"
    return f"{size(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)} of memory at most"
