"""The versions of an index: what made each, and going back to one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.index.change import NextVersion, change
from xqg.index.index import StoredIndex
from xqg.index.operations import restored
from xqg.index.store import message_of
from xqg.index.versions import manifests, read_version
from xqg.index.work import Work

__all__ = ["Version", "index_history", "restore_index"]


@dataclass(frozen=True)
class Version:
    """One version.

    Attributes:
        made: when, in UTC.
        command: that made it; empty where it does not say.
        about: what the command said of it, JSON values.
    """

    number: int
    made: datetime
    command: str
    passages: int
    about: dict[str, Any]


def index_history(path: Path | str) -> list[Version]:
    """Every version that one can go back to, oldest first.

    Raises:
        XqgError: no index.
    """
    index = StoredIndex.open(path)
    found = []
    for row in index.dataset.versions():
        number = int(row["version"])
        message = message_of(index.dataset, number)
        command = str(message.pop("command", ""))
        for key in ("digest", "notes"):  # for xqg itself
            message.pop(key, None)
        made = row["timestamp"].astimezone(timezone.utc)
        found.append(Version(number, made, command, int(row["metadata"]["total_rows"]), message))
    return found


def restore_index(path: Path | str, version: int) -> StoredIndex:
    """Make an earlier version the latest one again; those between stay in the history.

    Raises:
        XqgError: no such version, an unfinished change.
    """

    def make(index: StoredIndex, work: Work) -> NextVersion | None:
        if version == index.version:
            index.check_data()
            return None
        name = manifests(index.path).get(version)
        if name is not None and read_version(index.path, version, name).older:
            raise XqgError(
                f"{path}: version {version} is of an older index format, from before `xqg upgrade`; choose a later one"
            )
        wanted = StoredIndex.open(path, version)
        wanted.check_data()
        return NextVersion(restored(version), {"restored": version}, notes=wanted.notes)

    return change(path, {"command": "restore", "version": version}, make, back=True)
