"""What an export is asked for, and what the formats share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from xqg.augmentation import check_alpha
from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.index import StoredIndex
from xqg.index.store import read_batches

__all__ = ["Format", "Query", "Request", "plain_id", "queries", "write_ids"]


@dataclass(frozen=True)
class Request:
    """α and languages (as the index spells them) in place of the defaults; None: the default."""

    alpha: float | None = None
    languages: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Format:
    """How an index is written; a new one is a new file in `formats/` with one of these.

    Attributes:
        write: writes into a folder that is there, and says in a few words what it wrote.
        vectors: whether it holds vectors, which α and languages weigh; else it holds texts alone.
    """

    write: Callable[[StoredIndex, Path, Request], str]
    vectors: bool

    def check(self, name: str, request: Request) -> None:
        """Raise XqgError for an α that is none, or that the format has no use for."""
        if request.alpha is not None:
            if not self.vectors:
                raise XqgError(f"`alpha` weighs vectors, and {name} holds texts alone; leave it out")
            check_alpha(request.alpha)


class Query(NamedTuple):
    """A generated query; `id` is PASSAGE#LANGUAGE#N, N its place among the passage's queries, from 0."""

    id: str
    passage_id: str
    language: str
    text: str

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it: generators fail, and such queries are stored too."""
        return not self.text.strip()


def queries(index: StoredIndex, language: str) -> Iterator[Query]:
    """The stored queries of a language, in the order of the passages; blank ones too.

    Raises:
        XqgError: the index cannot be read.
    """
    name = columns.queries_column(language)
    for batch in read_batches(index.dataset, ["id", name], index.path):
        for id_, texts in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True):
            for number, text in enumerate(texts or ()):
                yield Query(f"{id_}#{language}#{number}", id_, language, text or "")


def plain_id(index: StoredIndex, id_: str) -> str:
    """An id that can stand in a file whose columns white space separates.

    Raises:
        XqgError: it is empty or has white space.
    """
    if not id_ or any(map(str.isspace, id_)):
        raise XqgError(
            f"{index.path}: passage id {id_!r} is empty or has white space, which the format separates "
            "columns by; build the index with other ids"
        )
    return id_


def write_ids(index: StoredIndex, path: Path) -> None:
    """Ids, one a line, in the order of the rows.

    Raises:
        XqgError: an id with a line break.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for id_ in _ids(index):
            if len(id_.splitlines()) != 1:
                raise XqgError(
                    f"{index.path}: passage id {id_!r} is not one line, as ids.txt needs; build the index with "
                    "other ids"
                )
            file.write(f"{id_}\n")


def _ids(index: StoredIndex) -> Iterable[str]:
    for batch in read_batches(index.dataset, ["id"], index.path):
        yield from batch.column(0).to_pylist()
