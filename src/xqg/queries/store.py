"""LANG.jsonl and settings.json: one language's generated queries, written block by block.

A block is written with one flush to the disk, so that what an interruption leaves is a number of
complete blocks and at most one partial block, which is dropped and made again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.kept import atomic_path
from xqg.queries.queries import GeneratedQuery, as_line

__all__ = ["LanguageFile"]

SETTINGS = "settings.json"


class LanguageFile:
    """The file of one language; `queries` are those of its complete blocks."""

    def __init__(self, path: Path, queries: list[GeneratedQuery]) -> None:
        self.path = path
        self.queries = queries

    @classmethod
    def open(
        cls, folder: Path, language: str, settings: Mapping[str, Any], passage_ids: Sequence[str]
    ) -> LanguageFile:
        """Open or make `folder/LANG.jsonl`; what is not a complete block is cut off.

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
        queries, size = _complete_blocks(path, language, settings, passage_ids)
        if path.exists() and path.stat().st_size > size:
            os.truncate(path, size)
        return cls(path, queries)

    def append(self, queries: Sequence[GeneratedQuery]) -> None:
        """Write a block; it is on the disk when this returns."""
        with self.path.open("ab") as file:
            file.write("".join(as_line(query) for query in queries).encode())
            file.flush()
            os.fsync(file.fileno())


def _complete_blocks(
    path: Path, language: str, settings: Mapping[str, Any], passage_ids: Sequence[str]
) -> tuple[list[GeneratedQuery], int]:
    """The queries of the complete blocks at the file's start, and their size in bytes."""
    if not path.exists():
        return [], 0
    n, block_size = settings["per_passage"], settings["block_size"]
    # A line is what this package would have written: anything else ends the part that is kept.
    queries: list[GeneratedQuery] = []
    sizes: list[int] = []
    with path.open("rb") as file:
        for line, id_ in zip(file, (id_ for id_ in passage_ids for _ in range(n)), strict=False):
            query = _query(line)
            if query is None or (query.passage_id, query.language) != (id_, language):
                break
            if (query.seed, query.generator) != (settings["seed"], settings["generator"]):
                break
            queries.append(query)
            sizes.append(len(line))
    if len(queries) < len(passage_ids) * n:  # only the pool's last block may be short
        del queries[len(queries) - len(queries) % (block_size * n) :]
    return queries, sum(sizes[: len(queries)])


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
