"""The bar of a reader at work."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

__all__ = ["shown"]

Part = TypeVar("Part")


def shown(parts: Sequence[Part]) -> Iterable[Part]:
    """The parts of the work, with a bar where there are several and stderr is a terminal."""
    if len(parts) < 2 or not sys.stderr.isatty():
        return parts
    from rich.console import Console
    from rich.progress import track

    return track(parts, description="reading", console=Console(stderr=True), transient=True)
