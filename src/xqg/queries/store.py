"""LANG.jsonl and settings.json: one language's generated queries, written block by block.

A block is written with one flush to the disk, and then its SHA-256 as a line of LANG.jsonl.sha256. What an
interruption leaves is a number of complete blocks and at most one partial block, which is dropped and made again;
so are a block in which anything has changed, and those after it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import Any, NamedTuple

from xqg.errors import XqgError
from xqg.kept import atomic_path
from xqg.queries.queries import GeneratedQuery, as_line

__all__ = ["LanguageFile"]

SETTINGS = "settings.json"
DIGESTS = ".sha256"  # added to the name of the queries' file
LINE = 65  # bytes of a block's line in it


class LanguageFile:
    """The file of one language; `queries` are those of its complete blocks."""

    def __init__(self, path: Path, queries: list[GeneratedQuery]) -> None:
        self.path = path
        self.queries = queries

    @classmethod
    def open(
        cls, folder: Path, language: str, settings: Mapping[str, Any], passage_ids: Sequence[str]
    ) -> LanguageFile:
        """Open or make `folder/LANG.jsonl`; what is not a complete block, as it was written, is cut off.

        A file of an earlier version, without digests, is believed as far as it can be read, and gets them.

        Args:
            folder: made if absent.
            language: its code.
            settings: what the queries depend on: `seed`, `generator`, `per_passage`, `block_size`
                and whatever else must be equal.
            passage_ids: of the pool, in order.

        Raises:
            XqgError: the file was made with other settings, or it is not known with which.
        """
        folder = Path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise XqgError(f"{folder}: cannot be made ({error.strerror}); give another folder") from None
        path = folder / f"{language}.jsonl"
        known = _read_settings(folder / SETTINGS)
        if path.exists():
            _compare(path, known.get(language), settings)
        elif known.get(language) != dict(settings):
            _write_settings(folder / SETTINGS, {**known, language: dict(settings)})
        blocks = _complete_blocks(path, language, settings, passage_ids)
        digests = _digests(path)
        if digests is not None:
            same = (own.digest == digest for own, digest in zip(blocks, digests, strict=False))
            blocks = blocks[: sum(takewhile(bool, same))]
        _cut(path, sum(block.size for block in blocks))
        if digests is None:
            with atomic_path(_beside(path), sync=True) as temporary:
                temporary.write_bytes(b"".join(block.digest + b"\n" for block in blocks))
        else:
            _cut(_beside(path), LINE * len(blocks))
        return cls(path, [query for block in blocks for query in block.queries])

    def append(self, queries: Sequence[GeneratedQuery]) -> None:
        """Write a block; it is on the disk when this returns."""
        content = "".join(as_line(query) for query in queries).encode()
        for path, added in ((self.path, content), (_beside(self.path), _digest(content) + b"\n")):
            with path.open("ab") as file:
                file.write(added)
                file.flush()
                os.fsync(file.fileno())


class _Block(NamedTuple):
    """A block of a file: its queries, its size in bytes, and the digest of these."""

    queries: list[GeneratedQuery]
    size: int
    digest: bytes


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _beside(path: Path) -> Path:
    return path.with_name(path.name + DIGESTS)


def _digests(path: Path) -> list[bytes] | None:
    """The digests of a file's blocks; None for a file of an earlier version, and where there is none."""
    try:
        return _beside(path).read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return None


def _cut(path: Path, size: int) -> None:
    if path.exists() and path.stat().st_size > size:
        os.truncate(path, size)


def _complete_blocks(
    path: Path, language: str, settings: Mapping[str, Any], passage_ids: Sequence[str]
) -> list[_Block]:
    """The complete blocks at the file's start."""
    if not path.exists():
        return []
    rows = settings["per_passage"] * settings["block_size"]
    wanted = (id_ for id_ in passage_ids for _ in range(settings["per_passage"]))
    blocks = []
    with path.open("rb") as file:
        # Only the pool's last block may be short.
        while ids := list(islice(wanted, rows)):
            lines = list(islice(file, len(ids)))
            queries = [_query(line) for line in lines]
            # A line is what this package would have written: anything else ends the part that is kept.
            whole = [
                query
                for query, id_ in zip(queries, ids, strict=False)
                if query is not None
                and (query.passage_id, query.language) == (id_, language)
                and (query.seed, query.generator) == (settings["seed"], settings["generator"])
            ]
            if len(whole) < len(ids):
                break
            content = b"".join(lines)
            blocks.append(_Block(whole, len(content), _digest(content)))
    return blocks


def _query(line: bytes) -> GeneratedQuery | None:
    """The query of a line, or None where the line is torn or not one of ours."""
    if not line.endswith(b"\n"):
        return None
    try:
        return GeneratedQuery(**json.loads(line))
    except (ValueError, TypeError):
        return None


def _read_settings(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise XqgError(f"{path}: broken; delete it and the .jsonl files beside it, or give another `out`")
    return found


def _write_settings(path: Path, settings: Mapping[str, Any]) -> None:
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _compare(path: Path, known: Any, asked: Mapping[str, Any]) -> None:
    remedy = f"give another `out`, or delete {path.name}"
    if not isinstance(known, dict):
        raise XqgError(f"{path}: {SETTINGS} does not say how this file was made; {remedy}")
    for key in sorted({*known, *asked}):
        if known.get(key) != asked.get(key):
            before, now = (json.dumps(value.get(key), ensure_ascii=False) for value in (known, asked))
            raise XqgError(f"{path}: made with another {key} ({before[:80]}, now {now[:80]}); {remedy}")
