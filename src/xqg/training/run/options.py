"""How a training is run, beside what its recipe says."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "CostEstimate", "Interrupted", "RunOptions"]


@dataclass(frozen=True)
class RunOptions:
    """What changes where and when a training runs, and not what comes out.

    Attributes:
        resume: go on from the last checkpoint of OUT.checkpoints.
        device: `cpu`, `cuda` or `mps`; None: a GPU where there is one.
        plan: take a few steps, raise `CostEstimate` with what the whole would cost, and keep nothing.
    """

    resume: bool = False
    device: str | None = None
    plan: bool = False


DEFAULT = RunOptions()


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, after a checkpoint was written; the message says where, and how to go on."""


class CostEstimate(Exception):
    """What a training would cost is known, where only that was wanted; the message is what to print."""
