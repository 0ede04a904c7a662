"""Changing an index: under its lock, in one commit, and going on where a kill stopped it.

Readers see the version before or the one after. What is written before the commit belongs to no
version; the commit makes it the latest one; sealing lists the new files. A kill before the commit
leaves INDEX/work for the same command to go on; after it, the next change of any kind seals.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.errors import XqgError
from xqg.index.checksums import Entry, seal
from xqg.index.index import StoredIndex
from xqg.index.manifest import Manifest
from xqg.index.store import commit, drop_orphans, restore_version
from xqg.index.work import Work, digest_of
from xqg.kept import locked

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["WORK", "Changed", "change"]

WORK = "work"


@dataclass
class Changed:
    """What the next version consists of.

    Attributes:
        fragments: of all rows, in their order.
        about: what the history says of the change, JSON values.
        files: entries of new files, made when they were written.
        restores: an earlier version, which holds all of this.
    """

    fragments: Sequence[Any]
    schema: pa.Schema
    manifest: Manifest
    about: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Entry] = field(default_factory=dict)
    restores: int | None = None


def change(
    path: Path | str,
    settings: dict[str, Any],
    make: Callable[[StoredIndex, Work], Changed | None],
) -> StoredIndex:
    """Make a new version of an index; returns it at that version.

    Where the latest version is what these very settings made, nothing is done: the command was
    killed after its commit.

    Args:
        settings: what the change depends on, JSON values; `command` is the command's name.
        make: prepares the version from the latest one; None: there is nothing to change.

    Raises:
        XqgError: no index, another writer at work, another change unfinished, or as `make`.
    """
    path = Path(path)
    StoredIndex.open(path)  # a folder that is no index is told before it is locked
    busy = f"{path}: another process is changing it; wait for it and run the command again"
    with locked(path, busy):
        index = StoredIndex.open(path)
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
            about = {"command": settings["command"], "digest": digest_of(settings), **changed.about}
            if changed.restores is not None:
                restore_version(path, changed.restores, about)
            else:
                commit(path, changed.fragments, changed.schema, changed.manifest, about, index.dataset)
        except BaseException:
            with suppress(OSError, XqgError):  # what went wrong is told, not what cannot be cleared then
                if not work.worth_keeping:
                    work.clear()
                    drop_orphans(index.dataset)
            raise
        seal(path, changed.files)
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
        seal(path)
        Work(path / WORK, pending, []).clear()
