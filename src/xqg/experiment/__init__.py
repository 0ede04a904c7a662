"""Comparisons: the arms on one benchmark, their controls and their significance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xqg.experiment.experiment import compare
    from xqg.experiment.settings import Request
    from xqg.experiment.views import Comparison

__all__ = ["Comparison", "Request", "compare"]


def __getattr__(name: str) -> Any:
    """Import on first use: a comparison pulls in torch."""
    from importlib import import_module

    homes = {"Comparison": "views", "Request": "settings", "compare": "experiment"}
    if name not in homes:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{homes[name]}"), name)
