"""The baselines of a comparison, one file each: systems without vectors, and their fusion with an arm."""

from __future__ import annotations

from xqg.errors import XqgError
from xqg.experiment.baseline import Baseline, BaselineContext
from xqg.experiment.baselines.bm25 import FUSION_DEPTH, Bm25
from xqg.experiment.baselines.doc2query import Doc2Query
from xqg.experiment.baselines.rrf import ReciprocalRank

__all__ = ["BASELINES", "FUSION_DEPTH", "Baseline", "BaselineContext", "parse_baselines"]

_LIST: tuple[Baseline, ...] = (
    Bm25(),
    Doc2Query(),
    ReciprocalRank("rrf", Bm25(), "none"),
    ReciprocalRank("rrf-cross", Doc2Query(), "cross"),
)
BASELINES: dict[str, Baseline] = {baseline.name: baseline for baseline in _LIST}


def parse_baselines(text: str) -> list[Baseline] | None:
    """`bm25,rrf` → baselines, in the order of the table; `none` → none of them; `all` → None: those
    that can be filled.

    Raises:
        XqgError: an unknown or repeated name, or no name at all.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names in (["none"], ["all"]):
        return None if names == ["all"] else []
    for name in names:
        if name not in BASELINES:
            alone = " alone" if name in ("none", "all") else ""
            raise XqgError(f"unknown baseline {name!r}; use {', '.join(BASELINES)}, or none or all{alone}")
        if names.count(name) > 1:
            raise XqgError(f"baseline {name!r} is given twice; give it once")
    if not names:
        raise XqgError(f"no baseline given; use --baselines with some of {', '.join(BASELINES)}, or none")
    return [baseline for name, baseline in BASELINES.items() if name in names]
