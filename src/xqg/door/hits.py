"""The hits of one question as a list that shows itself as a short table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xqg.door.reports import html_table
from xqg.search import Hit

__all__ = ["Hits"]

SNIPPET = 160  # characters of a text in a table
SHORT = 60  # of title and text in a terminal
HEADER = ["rank", "score", "id", "title", "text"]


class Hits(list[Hit]):
    """Passages found for one question, best first."""

    def __init__(self, hits: Iterable[Hit] = (), *, with_fields: bool = False) -> None:
        """`with_fields`: whether passages of this index have fields; JSON rows then show them all."""
        super().__init__(hits)
        self.with_fields = with_fields

    def table(self) -> list[list[str]]:
        """A row for each hit, as text: rank, score, id, title, and the beginning of the text."""
        return [_cells(hit) for hit in self]

    def __repr__(self) -> str:
        if not self:
            return "no hits"
        rows = [[*HEADER[:3], "passage"]]
        rows += [[rank, score, id_, _short(f"{title}: {text}" if title else text)] for rank, score, id_, title, text in self.table()]
        ranks, scores, ids = (max(len(row[column]) for row in rows) for column in range(3))
        return "\n".join(
            f"{rank:>{ranks}}  {score:>{scores}}  {id_:<{ids}}  {passage}" for rank, score, id_, passage in rows
        )

    def _repr_html_(self) -> str:
        return html_table(HEADER, self.table())

    def to_json(self) -> list[dict[str, Any]]:
        """A list that `json` can write: a row for each hit.

        Fields of the passages are in an object of their own, as one may be called `rank`; generated queries
        are there where they were asked for.
        """
        return [_row(hit, self.with_fields) for hit in self]


def _cells(hit: Hit) -> list[str]:
    passage = hit.passage
    title, text = (" ".join(part.split()) for part in (passage.title, passage.text))
    return [str(hit.rank), f"{hit.score:.4f}", passage.id, title, _short(text, SNIPPET)]


def _short(text: str, length: int = SHORT) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _row(hit: Hit, with_fields: bool) -> dict[str, Any]:
    passage = hit.passage
    row: dict[str, Any] = {
        "rank": hit.rank,
        "score": _digits(hit.score),
        "id": passage.id,
        "title": passage.title,
        "text": passage.text,
        "language": passage.language,
    }
    if with_fields:
        row["fields"] = dict(passage.fields)
    if hit.queries:
        row["queries"] = [
            {"similarity": _digits(one.similarity), "language": one.language, "text": one.text} for one in hit.queries
        ]
    return row


def _digits(score: float) -> float:
    """With the digits that a TREC run has."""
    import numpy as np

    return float(str(np.float32(score)))
