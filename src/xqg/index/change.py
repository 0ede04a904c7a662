"""Changing an index: under its lock, in one commit, and going on where a kill stopped it.

Readers see the version before or the one after. What is written before the commit belongs to no
version; the commit makes it the latest one; sealing lists the new files. A kill before the commit
leaves INDEX/work for the same command to go on; after it, the next change of any kind seals.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.index.checksums import Entry, seal
from xqg.index.index import StoredIndex
from xqg.index.integrity import lost_version, remember
from xqg.index.notes import Notes
from xqg.index.operations import commit
from xqg.index.store import drop_orphans
from xqg.index.work import Work, digest_of
from xqg.kept import locked

__all__ = ["WORK", "NextVersion", "change"]

WORK = "work"


@dataclass
class NextVersion:
    """What makes the next version.

    Attributes:
        operation: of `operations`.
        about: what the history says of the change, JSON values.
        files: entries of new files, made when they were written.
        notes: what the next version knows of the changes before it; None: what the latest one knows.
    """

    operation: Any
    about: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Entry] = field(default_factory=dict)
    notes: Notes | None = None


def change(
    path: Path | str,
    settings: dict[str, Any],
    make: Callable[[StoredIndex, Work], NextVersion | None],
    *,
    back: bool = False,
) -> StoredIndex:
    """Make a new version of an index; returns it at that version.

    Where the latest version is what these very settings made, nothing is done: the command was
    killed after its commit.

    Args:
        settings: what the change depends on, JSON values; `command` is the command's name.
        make: prepares the version from the latest one; None: there is nothing to change.
        back: whether the change goes back to an earlier version: then the latest one may be damaged, or
            gone.

    Raises:
        XqgError: no index, another writer at work, another change unfinished, a damaged file of the
            latest version, or as `make`.
    """
    path = Path(path)
    StoredIndex.open(path, lost_ok=back)  # a folder that is no index is told before it is locked
    busy = f"{path}: another process is changing it; wait for it and run the command again"
    with locked(path, busy):
        index = StoredIndex.open(path, lost_ok=back)
        if back and lost_version(path) is not None:
            seal(path, index.version)  # who goes back from a version that is lost gives it up
        if not back:
            index.check_data()
        done = index.message.get("digest")
        _complete(path, done, index)
        if done == digest_of(settings):
            return index
        work = Work.open(path / WORK, {**settings, "base": index.version})
        try:
            changed = make(index, work)
            if changed is None:
                work.clear()
                return index
            notes = (changed.notes or index.notes).to_json()
            about = {"command": settings["command"], "digest": digest_of(settings), **changed.about}
            commit(path, changed.operation, {**about, "notes": notes}, index.dataset)
        except BaseException:
            with suppress(OSError, XqgError):  # what went wrong is told, not what cannot be cleared then
                if not work.worth_keeping:
                    work.clear()
                    drop_orphans(index.dataset)
            raise
        seal(path, index.version + 1, changed.files)
        remember(path, changed.files)
        work.clear()
        return StoredIndex.open(path)


def _complete(path: Path, done: Any, index: StoredIndex) -> None:
    """Seal a change that was killed after its commit, whatever is asked for now."""
    pending = Work.pending(path / WORK)
    if pending is None:
        shutil.rmtree(path / WORK, ignore_errors=True)  # empty: killed while it was cleared
        return
    begun = pending.pop("base", None)
    if begun == index.version - 1 and digest_of(pending) == done:
        seal(path, index.version)
        Work(path / WORK, pending).clear()
