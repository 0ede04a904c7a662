"""The cards of the mini models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xqg import __version__
from xqg.benchmarks.atlas import LANGUAGES
from xqg.training.card import write_card

__all__ = ["write_mini_card"]


def write_mini_card(
    folder: Path, kind: str, recipe: Any, results: dict[str, Any], prompt: str | None = None
) -> None:
    """Write README.md beside the weights of a mini model; the arguments are those of `write_card`."""
    about = (
        f"Trained from scratch by `make mini` (xqg {__version__}) on atlas, xqg's benchmark made from "
        "Unicode CLDR: names of all entities in eight languages and the passages as plain text; "
        "questions about train entities, plentiful in English and scarce elsewhere; entities swapped "
        "at random among train entities. It knows atlas and nothing else: use it to try xqg, not to search."
    )
    write_card(folder, kind, LANGUAGES, recipe, results, prompt, title=f"xqg mini {kind}", about=about)
