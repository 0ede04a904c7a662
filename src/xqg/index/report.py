"""What a check of an index found, and how far the check is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from xqg.progress import Change, Listener
from xqg.units import size

__all__ = ["Meter", "Problem", "Report"]


@dataclass(frozen=True)
class Problem:
    """Something wrong: `what` it is, `where` (a file, a version, a passage and column), what to do."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.where}: {self.what}; {self.remedy}"


@dataclass
class Report:
    """What was found.

    Attributes:
        version, passages: of the latest version; None where it cannot be opened.
        files, bytes: of the dataset.
        problems: what must be mended.
        notes: what may be known, and harms nothing.
    """

    path: Path
    version: int | None = None
    passages: int | None = None
    files: int = 0
    bytes: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def __str__(self) -> str:
        """A line for each problem and note, or that all is well."""
        lines = [*map(str, self.problems), *(f"note: {note}" for note in self.notes)]
        if self.ok:
            lines.append(
                f"{self.path}: version {self.version}, {self.passages:,} passages, {self.files:,} files, "
                f"{size(self.bytes)}: all well"
            )
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `json` can write."""
        return {**asdict(self), "path": str(self.path), "ok": self.ok}


class Meter:
    """Work of any kind, told to a listener as passages that are done."""

    def __init__(self, listener: Listener | None, passages: int, work: int) -> None:
        """`work` is all there is to do, in any unit."""
        self._listener = listener
        self._passages = passages
        self._work = max(work, 1)
        self._done = 0.0

    def add(self, work: float) -> None:
        """Some work was done."""
        self._done += work
        if self._listener is not None:
            done = min(round(self._passages * self._done / self._work), self._passages)
            self._listener(Change(done, self._passages, 0))
