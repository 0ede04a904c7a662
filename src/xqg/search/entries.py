"""What is kept beside the dataset: files, and a sidecar that says what they are. Only a cache.

`cache/NAME-KEY.*` are the files of one entry, `cache/NAME-KEY.json` is its sidecar: of which data and
settings they are, their sizes and SHA-256. KEY is a hash of what the sidecar expects. The data are named
by the checksums of the files that hold them (`StoredIndex.data_digest`), which are checked before
anything is made from them: what was made from other data, sound or damaged, is never taken for it.

An entry is believed only where its sidecar says what is expected and every hash is right. Hashing
takes 0.2 s for 150 MB (100,000 vectors of 384 dimensions), no more than a search that reads them all
from the disk, so it is done in full each time.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index.integrity import VERIFIED
from xqg.index.store import CACHE
from xqg.kept import LOCK, atomic_path, sha256_of
from xqg.kept.locks import claim
from xqg.search.postings_files import FOLDER as POSTINGS

__all__ = ["Entry", "check_entries"]

CACHE_FORMAT = 3
PATIENCE = 60.0  # seconds to wait for another writer
ABANDONED = 3600  # seconds after which an unfinished write is taken for one that was killed
_STEM = re.compile(r"(\w+-[0-9a-f]{12})\.(.+)")


class Entry:
    """One entry of an index's cache, whether it is there or not."""

    def __init__(self, index: StoredIndex, name: str, settings: Mapping[str, Any]) -> None:
        """`settings` are JSON values that, with the index's data, decide what the files hold.

        Raises:
            XqgError: the index's data are damaged.
        """
        self.version = index.version
        self.folder = index.path / CACHE
        self._expected = {
            "format": CACHE_FORMAT,
            "name": name,
            "data": index.data_digest,
            **settings,
        }
        key = hashlib.sha256(json.dumps(self._expected, sort_keys=True).encode()).hexdigest()[:12]
        self.stem = f"{re.sub(r'[^A-Za-z0-9]+', '_', name)[:60]}-{key}"

    def path(self, suffix: str) -> Path:
        """Where a file of the entry is."""
        return self.folder / f"{self.stem}.{suffix}"

    def whole(self) -> bool:
        """Whether the entry is there, as expected and undamaged."""
        try:
            found = json.loads(self.path("json").read_bytes())
            if {name: found.get(name) for name in self._expected} != self._expected:
                return False
            return bool(found["files"]) and not _damaged(self.folder, self.stem, found)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return False

    def store(self, write: Callable[[Path], object], facts: Mapping[str, Any] | None = None) -> None:
        """Keep what `write` puts into an empty folder, and drop entries of earlier versions.

        A folder that cannot be written, or a full disk, is no error: nothing is kept then.

        Args:
            write: a file that it names `faiss` is kept as `NAME-KEY.faiss`.
            facts: more for the sidecar, which nothing depends on.
        """
        try:
            self.folder.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".", ignore_cleanup_errors=True) as made:
                write(Path(made))
                files = {path.name: [path.stat().st_size, sha256_of(path)] for path in Path(made).iterdir()}
                about = {"version": self.version, **(facts or {})}
                sidecar = {**self._expected, **about, "files": files}
                with _alone(self.folder):
                    for name in files:
                        os.replace(Path(made) / name, self.path(name))
                    with atomic_path(self.path("json")) as temporary:
                        text = json.dumps(sidecar, ensure_ascii=False, indent=1)
                        temporary.write_text(text, encoding="utf-8")
                    _drop_earlier(self.folder, self.version, self._expected)
        except OSError:
            return


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait for other writers, or the files of one may end up beside the sidecar of another.

    Raises:
        OSError: the folder cannot be locked.
    """
    release = claim(folder, LOCK, PATIENCE)
    if isinstance(release, str):
        raise OSError(f"{folder}: another process is writing into it")
    try:
        yield
    finally:
        release()


def _drop_earlier(folder: Path, version: int, entry: Mapping[str, Any]) -> None:
    """Delete what belongs to earlier versions, or to nobody; never what belongs to a later one.

    What was made of the same data stays, if no weighting that may have changed is in it.
    """
    for stem, sidecar in _sidecars(folder).items():
        if isinstance(sidecar, dict):
            known = sidecar.get("version")
            same = sidecar.get("data") == entry["data"] and "weighting" not in sidecar
            if same or (isinstance(known, int) and known >= version):
                continue
        for path in folder.glob(f"{stem}.*"):
            path.unlink(missing_ok=True)
    for path in _strays(folder):
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _sidecars(folder: Path) -> dict[str, Any]:
    """Content of each sidecar by its stem; None where it is no JSON."""
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            found[path.stem] = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError):
            found[path.stem] = None
    return found


def _strays(folder: Path) -> list[Path]:
    """Files and folders of no entry, but for those that somebody may be writing right now."""
    stems = {path.stem for path in folder.glob("*.json")}
    found = []
    for path in sorted(folder.iterdir()):
        match = _STEM.fullmatch(path.name)
        if path.name == VERIFIED or (path.name == POSTINGS and path.is_dir()):  # see `search/postings_files.py`
            continue
        try:
            if (match is None or match[1] not in stems) and time.time() - path.stat().st_mtime > ABANDONED:
                found.append(path)
        except FileNotFoundError:  # finished meanwhile
            continue
    return found


def _damaged(folder: Path, stem: str, sidecar: Mapping[str, Any]) -> list[str]:
    """Names of an entry's files that are missing or not what was written."""
    wrong = []
    for suffix, (size, sha) in sidecar["files"].items():
        path = folder / f"{stem}.{suffix}"
        if not path.is_file() or path.stat().st_size != size or sha256_of(path) != sha:
            wrong.append(path.name)
    return wrong


def check_entries(index: StoredIndex) -> list[str]:
    """What is wrong with an index's cache, one line each.

    Entries of versions that are no longer kept are in order: the next one that is stored replaces them.

    Raises:
        XqgError: the index cannot be read.
    """
    folder = index.path / CACHE
    if not folder.exists():
        return []
    if not folder.is_dir():
        return ["is not a folder"]
    latest = index.latest().version
    problems = []
    for stem, sidecar in _sidecars(folder).items():
        problems += [f"{stem}.{what}" for what in _wrong(index, folder, stem, sidecar, latest)]
    return problems + [f"{path.name} belongs to nothing" for path in _strays(folder)]


def _wrong(index: StoredIndex, folder: Path, stem: str, sidecar: Any, latest: int) -> list[str]:
    """What is wrong with one entry; each begins with a suffix."""
    try:
        if sidecar["format"] != CACHE_FORMAT:
            return [f"json is of format {sidecar['format']}, not {CACHE_FORMAT}"]
        version = int(sidecar["version"])
        if version > latest:
            return [f"json is of version {version}, the latest is {latest}"]
        if sidecar["data"] != _data(index, version, sidecar["data"]):
            return [f"json is of other data than version {version} has"]
        damaged = _damaged(folder, stem, sidecar)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ["json is damaged"]
    return [f"{name.removeprefix(stem + '.')} is damaged or missing" for name in damaged]


def _data(index: StoredIndex, version: int, otherwise: str) -> str:
    """Digest of the data of a version; `otherwise` where the version is no longer kept, or its data damaged."""
    kept = {int(row["version"]) for row in index.dataset.versions()}
    try:
        return StoredIndex.open(index.path, version).data_digest if version in kept else otherwise
    except XqgError:
        return otherwise  # the check of the dataset says so
