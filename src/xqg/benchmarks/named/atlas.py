"""`atlas`: English passages from Unicode CLDR, questions in eight languages; built in. See `xqg.benchmarks.atlas`."""

from __future__ import annotations

from pathlib import Path

from xqg.benchmarks import atlas
from xqg.benchmarks.benchmark import Benchmark, refuse_data
from xqg.errors import XqgError

__all__ = ["load"]


def load(data: Path | None = None, passage_language: str | None = None) -> Benchmark:
    """The whole pool with the questions about test entities.

    Raises:
        XqgError: a folder of files, or a passage language other than en.
    """
    refuse_data("atlas", data)
    if passage_language not in (None, "en"):
        raise XqgError("atlas has English passages only; leave out `passage_language` or use xquad")
    return atlas.load()
