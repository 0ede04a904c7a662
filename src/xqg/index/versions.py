"""The versions of a dataset as its folder has them: which can be opened, and which files each needs.

Lance lists no version at all where one of them is damaged; here each stands for itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.index.checksums import HINT
from xqg.index.manifest import FORMAT, Manifest
from xqg.index.store import DATASET, files_of, format_of, lance, manifest_of

__all__ = ["MANIFESTS", "TRANSACTIONS", "VersionState", "guarded", "hinted_version", "manifests", "read_version", "version_of"]

MANIFESTS = f"{DATASET}/_versions"
TRANSACTIONS = f"{DATASET}/_transactions/"  # what each commit was; no row is read from there
_LAST = 2**64 - 1  # manifests count down from here, so that the latest is the first of a listing


@dataclass
class VersionState:
    """One version.

    Attributes:
        name: of its manifest's file, relative to the index folder.
        files: needed to read it, the manifest's included.
        transaction: file that says what its commit was; None where not known.
        rows: in its fragments.
        older: whether it is of an older format, from before `xqg upgrade`; its manifest is not read then.
        error: why it cannot be opened; None where it can.
    """

    number: int
    name: str
    files: set[str] = field(default_factory=set)
    transaction: str | None = None
    dataset: Any = None
    manifest: Manifest | None = None
    rows: int = 0
    older: bool = False
    error: str | None = None

    @property
    def all_files(self) -> set[str]:
        """`files`, and that of the transaction."""
        return self.files if self.transaction is None else {*self.files, self.transaction}


def version_of(name: str) -> int | None:
    """The version whose manifest is in a file of this name; None for other files."""
    folder, _, file = name.rpartition("/")
    stem, _, kind = file.partition(".")
    if folder != MANIFESTS or kind != "manifest" or not (stem.isascii() and stem.isdecimal()):
        return None
    return _LAST - int(stem) if int(stem) > _LAST // 2 else int(stem)


def manifests(index: Path) -> dict[int, str]:
    """Version → file of its manifest, relative to the index folder, ascending."""
    names = [f"{MANIFESTS}/{path.name}" for path in (index / MANIFESTS).glob("*.manifest")]
    return dict(sorted((number, name) for name in names if (number := version_of(name)) is not None))


def hinted_version(index: Path) -> int | None:
    """The version that Lance's hint names, -1 where it names none; None without a hint."""
    try:
        return int(json.loads((index / MANIFESTS / HINT).read_bytes())["version"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return -1


def read_version(index: Path, number: int, name: str) -> VersionState:
    """Open a version; what goes wrong is in the answer."""
    state = VersionState(number, name, {name})
    try:
        with guarded(index):
            dataset = lance().dataset(index / DATASET, version=number)
            _files(dataset, state)
            state.dataset, state.rows = dataset, dataset.count_rows()
            state.older = (format_of(dataset, index) or 0) < FORMAT
            state.manifest = None if state.older else manifest_of(dataset, index)
    except XqgError as error:
        state.error = str(error).removeprefix(f"{index}: ")
    return state


def _files(dataset: Any, state: VersionState) -> None:
    for fragment in dataset.get_fragments():
        described = fragment.metadata
        state.files.update(files_of(described))
        if described.deletion_file is not None:
            state.files.add(f"{DATASET}/{described.deletion_file.path(described.id)}")
    commit = dataset.read_transaction(state.number)
    if commit is not None:
        state.transaction = f"{TRANSACTIONS}{commit.read_version}-{commit.uuid}.txn"


@contextmanager
def guarded(index: Path) -> Iterator[None]:
    """Turn whatever Lance and Arrow say of damaged files into an XqgError; Lance even panics at some."""
    try:
        yield
    except XqgError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        text = (str(error).splitlines() or [type(error).__name__])[0].split(", /")[0][:200]
        raise XqgError(f"{index}: cannot be read ({text})") from None
