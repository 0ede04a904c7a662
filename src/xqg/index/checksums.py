"""checksums.json: size and SHA-256 of every file of the dataset, so that damage is found.

Files of a dataset never change once written, so an entry is made once and kept. The list is written
after each commit, whole or not at all; its first line is the SHA-256 of the rest. It names the version
that it sealed: an index whose latest version is an earlier one has lost what came after.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from xqg.errors import XqgError
from xqg.index.store import DATASET
from xqg.kept import keep_bytes, kept_bytes, sha256_of

__all__ = ["CHECKSUMS", "Entry", "Seal", "dataset_files", "read_checksums", "seal", "settle"]

CHECKSUMS = "checksums.json"
HINT = "latest_version_hint.json"  # rewritten by each commit and only a hint: Lance lists the folder too
Entry = tuple[int, str]  # bytes, hexadecimal SHA-256


def settle(index: Path, files: Iterable[str]) -> dict[str, Entry]:
    """Have files on the disk itself, not only in memory: what a power cut must not take.

    Args:
        files: paths relative to `index`.

    Returns:
        Path → (bytes, SHA-256).
    """
    entries: dict[str, Entry] = {}
    for name in files:
        path = index / name
        with path.open("rb") as file:
            os.fsync(file.fileno())
        entries[name] = (path.stat().st_size, sha256_of(path))
    for folder in {(index / name).parent for name in entries}:
        _sync_folder(folder)  # a file's name is not in the file
    return entries


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:  # not every file system can
        pass
    finally:
        os.close(descriptor)


def dataset_files(index: Path) -> dict[str, int]:
    """Every file of the dataset that never changes: path relative to `index` → bytes."""
    return {
        path.relative_to(index).as_posix(): path.stat().st_size
        for path in sorted((index / DATASET).rglob("*"))
        if path.is_file() and path.name != HINT
    }


@dataclass(frozen=True)
class Seal:
    """What checksums.json says.

    Attributes:
        version: the latest version when it was written; None in an index of format 2.
        files: path relative to the index folder → (bytes, SHA-256).
    """

    version: int | None
    files: dict[str, Entry]


def seal(index: Path, version: int, known: Mapping[str, Entry] | None = None) -> None:
    """List the files that are there; those not listed yet are read, those gone are dropped.

    A file that is listed keeps its entry, whatever became of it: damage must not seal itself.

    Args:
        version: the latest one.
        known: entries made when files were written.

    Raises:
        XqgError: the list that is there is broken.
        OSError: it cannot be written.
    """
    before = read_checksums(index)
    entries = {**(known or {}), **(before.files if before else {})}
    files: dict[str, Entry] = {}
    for name in dataset_files(index):
        files.update({name: entries[name]} if name in entries else settle(index, [name]))
    body = json.dumps({"version": version, "files": files}, indent=0, sort_keys=True).encode()
    keep_bytes(index / CHECKSUMS, body, sync=True)


def read_checksums(index: Path) -> Seal | None:
    """The list; None where there is none.

    Raises:
        XqgError: it is damaged.
    """
    path = index / CHECKSUMS
    try:
        body = kept_bytes(path)
        if body is not None:
            row = json.loads(body)
            version = row.get("version")  # in format 2 the files alone
            listed = row if version is None else row["files"]
            files = {str(name): (int(size), str(sha)) for name, (size, sha) in listed.items()}
            return Seal(None if version is None else int(version), files)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, IsADirectoryError):
        pass
    raise XqgError(
        f"{path}: damaged; take it from a backup, or delete it: the next change makes it anew from the files as they are"
    )
