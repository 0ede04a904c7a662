"""`atlas`: English passages from Unicode CLDR, questions in eight languages; built in. See `xqg.benchmarks.atlas`."""

from __future__ import annotations

from xqg.benchmarks import atlas
from xqg.benchmarks.benchmark import Benchmark, BuiltIn
from xqg.errors import XqgError

__all__ = ["ATLAS"]


def _make(passage_language: str | None) -> Benchmark:
    if passage_language not in (None, "en"):
        raise XqgError("atlas has English passages only; leave out `passage_language` or use xquad")
    return atlas.load()


ATLAS = BuiltIn("atlas", _make)
