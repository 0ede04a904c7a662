"""What `search` and `retrieve` share: an index with its encoder, ready to be asked."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from xqg.cli import options

if TYPE_CHECKING:
    from xqg.search import Searcher

__all__ = ["open_searcher"]


def open_searcher(
    path: Path,
    alpha: float | None,
    languages: str | None,
    asked: Iterable[str],
    device: str | None,
    dtype: str,
    engine: str | None = None,
    where: str | None = None,
) -> tuple[Searcher, list[str] | Literal["auto"] | None]:
    """A searcher of the index in `path`, and what `--languages` means.

    Args:
        asked: languages of the questions, as far as they are known; the encoder warns of those
            that it was not trained for.
        engine: in place of the index's.
        where: checked here, before a model is loaded.

    Raises:
        XqgError: wrong settings (found before a model is loaded), no index, no encoder.
    """
    from xqg.index import StoredIndex
    from xqg.models import warn_untrained
    from xqg.search import Searcher, Weighting, load_index_encoder
    from xqg.search.engine_choice import check_served, chosen_engine

    chosen = options.search_languages(languages)
    options.check_alpha(alpha)
    asked = list(asked)
    for code in dict.fromkeys(asked):
        options.check_query_language(code)
    index = StoredIndex.open(path)
    Weighting.of(index, alpha, None if chosen == "auto" else chosen)
    factory = chosen_engine(index, engine)
    if where is None:
        check_served(index, factory, alpha, chosen)
    else:
        index.check_where(where)
    encoder = load_index_encoder(index, device=device, dtype=dtype)
    warn_untrained("encoder", encoder.name, encoder.languages, asked)
    return Searcher(index, encoder, engine=engine, say=_say), chosen


def _say(line: str) -> None:
    """What an engine that had to be built says of itself."""
    print(line, file=sys.stderr)
