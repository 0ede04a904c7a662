"""Whether the files of an index are those that were written, checked when they are opened.

Every file is compared with its SHA-256 in checksums.json the first time, and again whenever its size or
one of its times has changed: INDEX/cache/verified remembers those of files that were right. So
opening an index costs a look at each file's size and times, and a changed byte is found. `xqg verify`
does not use that memory: it reads every file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.index.checksums import Entry, Seal, read_checksums
from xqg.index.store import CACHE, DATASET, files_of
from xqg.index.versions import MANIFESTS, manifests
from xqg.kept import keep_bytes, kept_bytes, sha256_of

__all__ = ["VERIFIED", "check_data", "check_manifest", "file_digests", "listed_digests", "lost_version", "remember", "version_files"]

VERIFIED = "verified"


def version_files(dataset: Any) -> list[str]:
    """Files that hold a version's rows and its lists of deleted rows, in the order of the rows.

    Returns:
        Paths relative to the index folder.
    """
    names: list[str] = []
    for fragment in dataset.get_fragments():
        described = fragment.metadata
        names += files_of(described)
        if described.deletion_file is not None:
            names.append(f"{DATASET}/{described.deletion_file.path(described.id)}")
    return names


def lost_version(path: Path) -> int | None:
    """The version that was sealed, where only earlier ones are there; else None."""
    seal = _seal(path)
    return None if seal is None else _lost(seal, max(manifests(path), default=0))


def check_manifest(path: Path, version: int | None = None, lost_ok: bool = False) -> None:
    """Check that the latest version is not older than the sealed one, and a version's manifest is sound.

    Args:
        version: None: the latest.
        lost_ok: do not check that it is the sealed one.

    Raises:
        XqgError: a version that was sealed is gone; the manifest is damaged.
    """
    seal = _seal(path)
    if seal is None:
        return
    names = manifests(path)
    latest = max(names, default=0)
    lost = _lost(seal, latest)
    if lost is not None and not lost_ok:
        raise XqgError(
            f"{path}: damaged: its latest version was {lost}, and the latest that is there is {latest}; take "
            f"{MANIFESTS} from a backup, or go back to version {latest} (`xqg restore {path} {latest}`)"
        )
    name = names.get(latest if version is None else version)
    if name is not None and name in seal.files:
        _check(path, name, seal.files[name][1])


def check_data(path: Path, names: Iterable[str], again: bool = False) -> None:
    """Check files by their checksums; those that are not listed are passed over.

    Args:
        names: paths relative to the index folder.
        again: hash all of them, whatever is remembered.

    Raises:
        XqgError: a file is missing or not what was written.
    """
    seal = _seal(path)
    _digests(path, names, {} if seal is None else seal.files, again)


def file_digests(path: Path, names: Iterable[str]) -> dict[str, str]:
    """SHA-256 of files, in hexadecimal, those that are not listed included; in the order given.

    Raises:
        XqgError: a file is missing or not what was written.
    """
    seal = _seal(path)
    return _digests(path, names, {} if seal is None else seal.files, every=True)


def listed_digests(path: Path) -> set[str]:
    """SHA-256 of every file that is listed, of whatever version; none where the list is damaged."""
    seal = _seal(path)
    return set() if seal is None else {sha for _, sha in seal.files.values()}


def remember(path: Path, entries: Mapping[str, Entry]) -> None:
    """Note files that were written just now as sound, so that nobody has to hash them again."""
    found = {name: [*_stamp(path, name), sha] for name, (_, sha) in entries.items() if (path / name).exists()}
    _remember(path, {**_remembered(path), **found})


def _lost(seal: Seal, latest: int) -> int | None:
    """The version that was sealed, where the latest that is there is an earlier one; else None."""
    return seal.version if seal.version is not None and latest < seal.version else None


def _seal(path: Path) -> Seal | None:
    """The checksums; None where they are missing or damaged, which `xqg verify` says."""
    try:
        return read_checksums(path)
    except (XqgError, OSError):
        return None


def _digests(
    path: Path, names: Iterable[str], listed: dict[str, Any], again: bool = False, every: bool = False
) -> dict[str, str]:
    """File → SHA-256, each of the listed ones compared with its entry.

    Args:
        every: those that are not listed, too.
    """
    memory = _remembered(path)
    found: dict[str, list[Any]] = {}
    digests: dict[str, str] = {}
    for name in names:
        wanted = listed[name][1] if name in listed else None
        if wanted is None and not every:
            continue
        stamp = _stamp(path, name)
        known = memory.get(name)
        if not again and known is not None and known[:-1] == stamp and wanted in (None, known[-1]):
            digest = known[-1]
        else:
            digest = _check(path, name, wanted)
        found[name] = [*stamp, digest]
        digests[name] = digest
    if any(memory.get(name) != entry for name, entry in found.items()):
        _remember(path, {**memory, **found})
    return digests


def _check(path: Path, name: str, wanted: str | None) -> str:
    """A file's SHA-256, which must be the one wanted where there is one."""
    try:
        digest = sha256_of(path / name)
    except FileNotFoundError:
        raise _damaged(path, name, "is missing") from None
    except OSError as error:
        raise _damaged(path, name, f"cannot be read ({error.strerror or error})") from None
    if wanted is not None and digest != wanted:
        raise _damaged(path, name, "is damaged: its bytes are not those that were written")
    return digest


def _damaged(path: Path, name: str, what: str) -> XqgError:
    return XqgError(f"{path}: {name} {what}; `xqg verify {path}` says what can be done")


def _stamp(path: Path, name: str) -> list[int]:
    """Size and times of a file: a changed byte changes the last of them, whatever is set back."""
    try:
        stat = (path / name).stat()
    except FileNotFoundError:
        raise _damaged(path, name, "is missing") from None
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def _remembered(path: Path) -> dict[str, list[Any]]:
    try:
        body = kept_bytes(path / CACHE / VERIFIED)
        return {} if body is None else {str(name): list(entry) for name, entry in json.loads(body).items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _remember(path: Path, entries: dict[str, list[Any]]) -> None:
    """Keep what is known of files that are still there; a folder that cannot be written is no error."""
    body = json.dumps({name: entry for name, entry in entries.items() if (path / name).exists()}).encode()
    with suppress(OSError):
        keep_bytes(path / CACHE / VERIFIED, body)
