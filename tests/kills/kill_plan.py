"""How one operation is killed: when or where, what a power cut tore besides, and whether once more."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["Plan", "planned", "tear"]

BY_TIME = 0.3  # of all kills; the others are at a point
SECOND = 0.25  # of all kills are followed by another one
OFTEN = ("LanceDataset.commit", "seal", "Work.clear", "Work.record")
TEARS = ("none", "none", "half a line", "cut line")


@dataclass(frozen=True)
class Plan:
    """One kill.

    Attributes:
        fraction: of the operation's duration after which it is killed; None: at `strike`.
        strike: what the worker is told (see worker.py).
        tear: what is done to files that lines are appended to, before the operation is run again.
        second: as `strike`, for the run that goes on; empty: that one is not killed.
    """

    operation: str
    number: int
    fraction: float | None
    strike: dict[str, Any]
    tear: str
    second: dict[str, Any]

    def __str__(self) -> str:
        return json.dumps(asdict(self))


def planned(operation: str, number: int, calls: Mapping[str, Sequence[float]]) -> Plan:
    """The same for the same number, as far as the clock allows.

    Args:
        calls: point → durations of its calls, of an unbroken run.
    """
    draw = random.Random(f"{operation}:{number}")
    by_time = draw.random() < BY_TIME
    return Plan(
        operation,
        number,
        round(draw.random(), 3) if by_time else None,
        {} if by_time else _strike(draw, calls),
        draw.choice(TEARS),
        _strike(draw, calls) if draw.random() < SECOND else {},
    )


def _strike(draw: random.Random, calls: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    points = sorted([*calls, *(point for point in OFTEN if point in calls)])
    point = draw.choice(points)
    call = draw.randrange(len(calls[point]))
    strike = {"point": point, "call": call, "when": draw.choice(["before", "during", "after"])}
    return {**strike, "delay": round(draw.random() * calls[point][call], 6)}


def tear(folder: Path, how: str, draw: random.Random) -> list[str]:
    """Leave files that lines are appended to as a power cut would; returns their names.

    Args:
        folder: of the work under way; it may be missing.
    """
    torn = []
    for path in sorted(folder.rglob("*.jsonl")) if how != "none" else []:
        text = path.read_bytes()
        start = text.rstrip(b"\n").rfind(b"\n") + 1  # of the last line
        last = text[start:]
        if len(last) < 3:
            continue
        cut = draw.randrange(1, len(last))
        path.write_bytes(text + last[:cut] if how == "half a line" else text[: start + cut])
        torn.append(path.relative_to(folder).as_posix())
    return torn
