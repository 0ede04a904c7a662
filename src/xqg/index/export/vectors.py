"""Fused vectors of an index, a few thousand at a time, and what is said of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xqg import __version__
from xqg.index.export.request import Request
from xqg.index.index import StoredIndex

__all__ = ["fused_blocks", "summary", "weighting", "write_record"]


def weighting(index: StoredIndex, request: Request) -> tuple[float, tuple[str, ...]]:
    """α and languages of an export."""
    manifest = index.manifest
    alpha = manifest.alpha if request.alpha is None else float(request.alpha)
    return alpha, manifest.weighted if request.languages is None else request.languages


def fused_blocks(index: StoredIndex, request: Request) -> Iterator[npt.NDArray[np.float32]]:
    """The vectors of `StoredIndex.fused`, bit for bit, in blocks of shape (passages, dimension).

    Raises:
        XqgError: the index cannot be read.
    """
    alpha, languages = weighting(index, request)
    return index.fused_blocks(alpha, languages=languages)


def write_record(index: StoredIndex, path: Path, to: str, request: Request) -> None:
    """`export.json`: which vectors these are, and how questions for them are encoded."""
    alpha, languages = weighting(index, request)
    manifest = index.manifest
    record = {
        "format": to,
        "version": index.version,
        "passages": len(index),
        "dimension": manifest.dimension,
        "weighting": {"alpha": alpha, "fusion": manifest.fusion, "languages": list(languages)},
        "encoder": asdict(manifest.encoder),
        "manifest": manifest.to_json(),
        "xqg": __version__,
    }
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def summary(index: StoredIndex, request: Request) -> str:
    """`7 vectors of 384 dimensions, alpha 0.01, raw, queries in ja, ru`."""
    alpha, languages = weighting(index, request)
    told = f"queries in {', '.join(languages)}" if languages else "no queries"
    shape = f"{len(index)} vectors of {index.manifest.dimension} dimensions"
    return f"{shape}, alpha {alpha:g}, {index.manifest.fusion}, {told}"
