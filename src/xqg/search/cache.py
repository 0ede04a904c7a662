"""Engines kept beside the dataset: only a cache, checked on load, rebuilt where it does not fit.

`cache/ENGINE-KEY.faiss` holds the vectors of one weighting in one engine; `cache/ENGINE-KEY.json` says
of which dataset version, manifest and weighting they are, their shape, the file's SHA-256 and, of an
engine that approximates, its recall. KEY is a hash of all that, so that readers of two versions do not
take each other's files; those of earlier versions are removed when one of a later version is stored.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xqg.generation.atomic import atomic_path
from xqg.index import Index
from xqg.index.checksums import sha256_of
from xqg.index.store import CACHE
from xqg.search.engines import Engine, build_engine, load_engine
from xqg.search.recall import RECALL_AT, measured_recall
from xqg.search.weighting import Weighting

__all__ = [
    "belongs",
    "cached_engine",
    "check_cache",
    "digest_of",
    "entry",
    "prepare_engine",
    "read_sidecar",
    "store_entry",
]

CACHE_FORMAT = 2

Say = Callable[[str], None]


def prepare_engine(index: Index, say: Say | None = None) -> Engine:
    """The engine of the index's own weighting, built and cached now if it is not yet.

    Raises:
        XqgError: the index cannot be read, or the engine not be built over it.
    """
    return cached_engine(index, Weighting.of(index), index.manifest.engine, say)


def cached_engine(index: Index, weighting: Weighting, factory: str, say: Say | None = None) -> Engine:
    """The engine over the index's vectors with this weighting: from the cache, or built and cached.

    A folder that cannot be written is no error: the engine is kept in memory only.

    Args:
        say: told, of an engine that approximates, how long it took to build and what it finds.

    Raises:
        XqgError: the index cannot be read, or the engine not be built over it.
    """
    expected = {
        "engine": factory,
        "weighting": weighting.to_json(),
        "rows": len(index),
        "dimension": index.manifest.dimension,
    }
    sidecar = entry(index, factory, expected)
    engine = _load(sidecar, expected | belongs(index))
    if engine is not None:
        return engine
    start = time.monotonic()
    vectors = index.fused(weighting.alpha, weighting.fusion, weighting.languages)
    engine = build_engine(vectors, factory)
    if not engine.exact:
        seconds = time.monotonic() - start
        recall, asked = measured_recall(engine, vectors, index, weighting)
        expected["recall"] = round(recall, 4)
        if say is not None:
            say(
                f"{factory} over {len(index):,} passages built in {seconds:.1f} s; recall@{RECALL_AT} against exact "
                f"search {recall:.3f} ({asked})"
            )
    store_entry(index, sidecar, expected, ".faiss", engine.save)
    return engine


def entry(index: Index, name: str, expected: dict[str, Any]) -> Path:
    """Path of the sidecar of what is kept under a name for an index."""
    key = hashlib.sha256(json.dumps({**expected, **belongs(index)}, sort_keys=True).encode()).hexdigest()
    return index.path / CACHE / f"{re.sub('[^A-Za-z0-9]+', '_', name).strip('_')}-{key[:12]}.json"


def belongs(index: Index) -> dict[str, Any]:
    """What ties an entry to a version of an index."""
    return {"format": CACHE_FORMAT, "version": index.version, "manifest": index.manifest.digest}


def digest_of(path: Path) -> str:
    """SHA-256 of a file, or of the files of a folder, in hexadecimal."""
    if not path.is_dir():
        return sha256_of(path)
    digest = hashlib.sha256()
    for file in sorted(path.iterdir()):
        digest.update(f"{file.name} {sha256_of(file)}\n".encode())
    return digest.hexdigest()


def read_sidecar(sidecar: Path, expected: dict[str, Any]) -> dict[str, Any] | None:
    """What a sidecar says, where it says what is expected of it; else None."""
    try:
        found = json.loads(sidecar.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or {key: found.get(key) for key in expected} != expected:
        return None
    return found


def _load(sidecar: Path, expected: dict[str, Any]) -> Engine | None:
    found = read_sidecar(sidecar, expected)
    file = sidecar.with_suffix(".faiss")
    try:
        if found is None or sha256_of(file) != found.get("sha256"):
            return None
        engine = load_engine(file, expected["engine"])
    except (OSError, ValueError):  # absent, unreadable, not a Faiss file
        return None
    return engine if engine.shape == (expected["rows"], expected["dimension"]) else None


def store_entry(
    index: Index, sidecar: Path, expected: dict[str, Any], suffix: str, write: Callable[[Path], object]
) -> None:
    """Keep a file and its sidecar, and drop those of earlier versions; where it cannot be, do nothing."""
    file = sidecar.with_suffix(suffix)
    try:
        sidecar.parent.mkdir(exist_ok=True)
        if file.is_dir():  # a folder cannot be replaced by renaming
            shutil.rmtree(file)
        with atomic_path(file) as temporary:
            write(temporary)
            digest = digest_of(temporary)
        with atomic_path(sidecar) as temporary:
            text = json.dumps({**expected, **belongs(index), "sha256": digest}, ensure_ascii=False, indent=1)
            temporary.write_text(text, encoding="utf-8")
        _drop_earlier(index)
    except OSError:  # read-only folder, full disk: searching works without a cache
        return


def _drop_earlier(index: Index) -> None:
    for sidecar in (index.path / CACHE).glob("*.json"):
        try:
            version = json.loads(sidecar.read_bytes())["version"]
            if isinstance(version, int) and version >= index.version:
                continue
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            pass  # not ours, or damaged: nothing will use it
        for path in sidecar.parent.glob(f"{sidecar.stem}.*"):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def check_cache(index: Index) -> list[str]:
    """What is wrong with the cache, one line each: all of it can be deleted without loss."""
    folder = index.path / CACHE
    if not folder.is_dir():
        return []
    problems = []
    versions = {int(row["version"]): None for row in index.dataset.versions()}
    known: set[str] = set()
    for sidecar in sorted(folder.glob("*.json")):
        known.add(sidecar.stem)
        problem = _problem(sidecar, versions)
        if problem is not None:
            problems.append(f"{sidecar}: {problem}")
    problems += [
        f"{path}: belongs to nothing in the cache"
        for path in sorted(folder.iterdir())
        if path.name.split(".")[0] not in known
    ]
    return problems


def _problem(sidecar: Path, versions: dict[int, None]) -> str | None:
    try:
        found = json.loads(sidecar.read_bytes())
        if found["version"] not in versions:
            return f"of version {found['version']}, which the index does not have"
        [file] = [path for path in sidecar.parent.glob(f"{sidecar.stem}.*") if path != sidecar]
        if digest_of(file) != found["sha256"]:
            return f"{file.name} is not what was written"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "damaged, or its file is missing"
    return None
