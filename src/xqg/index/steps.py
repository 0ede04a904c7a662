"""The steps of a change that writes rows: each is on the disk and noted before the next begins."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from xqg.errors import XqgError
from xqg.index.checksums import Entry, settle
from xqg.index.progress import Ticker
from xqg.index.store import files_of
from xqg.index.tally import Tally
from xqg.index.work import QUERIES, Work

__all__ = ["Written", "entries_of", "fragments_of", "run_steps", "state_of"]


class _Blocks(Protocol):
    @property
    def blocks(self) -> list[int]: ...


Item = TypeVar("Item", bound=_Blocks)


@dataclass
class Written:
    """What a step wrote.

    Attributes:
        fragments: uncommitted.
        files: the new ones among their files.
        tally: what they add up to.
        passages: how many the step went through.
        state: what the next step must know of this one, JSON values.
    """

    fragments: list[Any]
    files: dict[str, Entry]
    tally: Tally
    passages: int
    state: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        folder: Path,
        fragments: list[Any],
        tally: Tally,
        passages: int,
        known: Iterable[str] = (),
        state: dict[str, Any] | None = None,
    ) -> Written:
        """A step's result, its files settled on the disk. `known` are files that were there before."""
        names = {name for fragment in fragments for name in files_of(fragment)} - set(known)
        return cls(fragments, settle(folder, sorted(names)), tally, passages, state or {})

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `json` can write."""
        return {
            "fragments": [fragment.to_json() for fragment in self.fragments],
            "files": self.files,
            "tally": self.tally.to_json(),
            "passages": self.passages,
            "state": self.state,
        }

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Written:
        """What `to_json` made."""
        from lance.fragment import FragmentMetadata

        fragments = [FragmentMetadata.from_json(json.dumps(one)) for one in row["fragments"]]
        files = {name: (size, digest) for name, (size, digest) in row["files"].items()}
        return cls(fragments, files, Tally(**row["tally"]), row["passages"], row["state"])

    def is_there(self, folder: Path) -> bool:
        """Whether its files are as they were written, by their size."""
        return all(
            (folder / name).is_file() and (folder / name).stat().st_size == size
            for name, (size, _) in self.files.items()
        )


def fragments_of(done: Iterable[Written]) -> list[Any]:
    """The fragments of all steps, in the order of their rows."""
    return [fragment for step in done for fragment in step.fragments]


def entries_of(done: Iterable[Written]) -> dict[str, Entry]:
    """The new files of all steps."""
    return {name: entry for step in done for name, entry in step.files.items()}


def state_of(work: Work) -> dict[str, Any]:
    """A copy of what the last finished step left for the next one; empty before the first."""
    return dict(work.steps[-1]["state"]) if work.steps else {}


def run_steps(
    work: Work, folder: Path, items: Iterable[Item], write: Callable[[Item], Written], ticker: Ticker
) -> list[Written]:
    """Write every item, but for those that an earlier run wrote.

    Args:
        folder: of the index whose dataset is written to.
        items: the same, in the same order, in every run.
    """
    done: list[Written] = []
    earlier = _earlier(work)
    whole = next((n for n, step in enumerate(earlier) if not step.is_there(folder)), len(earlier))
    work.keep(whole)
    for number, item in enumerate(items):
        if number < whole:
            done.append(earlier[number])
            ticker.skip(earlier[number].passages)
            continue
        step = write(item)
        work.record(step.to_json())
        for block in set(item.blocks):  # the rows hold them now
            _remove(work.folder / QUERIES / str(block))
        ticker.passages(step.passages)
        done.append(step)
    return done


def _earlier(work: Work) -> list[Written]:
    try:
        return [Written.from_json(step) for step in work.steps]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise XqgError(f"{work.folder}: its steps are damaged; delete {work.folder} to give them up") from None


def _remove(folder: Path) -> None:
    """Remove a folder at once: half of one would not be known for what it is."""
    gone = folder.with_name(f"{folder.name}.gone")
    shutil.rmtree(gone, ignore_errors=True)
    try:
        os.replace(folder, gone)
    except FileNotFoundError:
        return
    shutil.rmtree(gone, ignore_errors=True)
