"""A generator in its fast form, for processors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from xqg.checks import checked_path, checked_text
from xqg.passages import as_languages

__all__ = ["convert"]


def convert(
    model: str, languages: str | Sequence[str], out: str | os.PathLike[str], *, quantization: str = "int8"
) -> dict[str, Any]:
    """Make the fast form of a generator, in which each language is written in its own scripts.

    For T5, mT5 and UMT5. Give `out` as a generator then; or make it as MODEL/converted, where it is found by
    itself when the model is named.

    Args:
        model: a name (`mini`), a folder or a hub id.
        languages: to write in: `"ja,fi"` or a list.
        out: folder to make.
        quantization: `int8`, or `float32`: larger and slower, and nothing is rounded.

    Returns:
        What `out`/converted.json holds: among it `languages`, code → pieces it may be written with, and
        `check`: `texts` compared, and the difference in ln P per piece, `mean` and `largest`.

    Raises:
        XqgError: a wrong argument; a model that is not there or cannot be converted; a language that it cannot
            write; a result that differs grossly.
    """
    from xqg.queries.convert import convert as converted

    codes = as_languages(languages)
    return converted(
        checked_text("model", model, "mini"), codes, checked_path("out", out), quantization=quantization
    )
