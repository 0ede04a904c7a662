"""The engine's file beside the dataset: only a cache, checked on load, rebuilt where it does not fit.

`cache/ENGINE.faiss` holds the vectors of the stored default weighting; `cache/ENGINE.json` says of
which dataset version, manifest and weighting they are, their shape, and the file's SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xqg.index import Index
from xqg.index.store import CACHE
from xqg.search.engines import FlatEngine
from xqg.search.weighting import Weighting

__all__ = ["cached_engine"]

CACHE_FORMAT = 1


def cached_engine(index: Index, weighting: Weighting, kind: type[FlatEngine] = FlatEngine) -> FlatEngine:
    """The engine over the index's vectors with this weighting: from the cache, or built and cached.

    A folder that cannot be written is no error: the engine is kept in memory only.

    Raises:
        XqgError: the index itself cannot be read.
    """
    folder = index.path / CACHE
    expected = {
        "format": CACHE_FORMAT,
        "engine": kind.name,
        "version": index.version,
        "manifest": index.manifest.digest,
        "weighting": weighting.to_json(),
        "rows": len(index),
        "dimension": index.manifest.dimension,
    }
    engine = _load(folder, kind, expected)
    if engine is None:
        engine = kind.build(index.fused(weighting.alpha, weighting.fusion, weighting.languages))
        _store(folder, engine, expected)
    return engine


def _load(folder: Path, kind: type[FlatEngine], expected: dict[str, Any]) -> FlatEngine | None:
    file = folder / f"{kind.name}.faiss"
    try:
        sidecar = json.loads((folder / f"{kind.name}.json").read_bytes())
        if not isinstance(sidecar, dict) or sidecar != {**expected, "sha256": sidecar.get("sha256")}:
            return None
        if _sha256(file) != sidecar["sha256"]:
            return None
        engine = kind.load(file)
    except (OSError, ValueError, RecursionError):  # absent, unreadable, not JSON, not a Faiss file
        return None
    return engine if engine.shape == (expected["rows"], expected["dimension"]) else None


def _store(folder: Path, engine: FlatEngine, expected: dict[str, Any]) -> None:
    file = folder / f"{engine.name}.faiss"
    try:
        folder.mkdir(exist_ok=True)
        digest: list[str] = []

        def write(path: Path) -> None:
            engine.save(path)
            digest.append(_sha256(path))

        _replace(file, write)
        text = json.dumps({**expected, "sha256": digest[0]}, ensure_ascii=False, indent=1)
        _replace(folder / f"{engine.name}.json", lambda path: path.write_text(text, encoding="utf-8"))
    except OSError:  # read-only folder, full disk: searching works without a cache
        return


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write under a temporary name in the same folder, then rename."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(descriptor)
    try:
        write(Path(name))
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
