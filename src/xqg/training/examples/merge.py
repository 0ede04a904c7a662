"""Several sources put together: example ids say where an example is from, passage ids stay distinct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xqg.passages.records import Passage
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.source import SourceData

__all__ = ["SEPARATOR", "MergedData", "merge", "source_of"]

SEPARATOR = "#"  # SOURCE#ID


@dataclass(frozen=True)
class MergedData:
    """The data of several sources, and what of it can be told apart.

    Attributes:
        ambiguous: ids that two sources give to different passages; the later source's are renamed `SOURCE#ID`.
    """

    data: TrainingData
    kept_out: frozenset[str]
    groups: Mapping[str, str]
    ambiguous: frozenset[str]


def source_of(example_id: str) -> str:
    """The source of an example, as `train` names it."""
    return example_id.split(SEPARATOR)[0]


def merge(loaded: Mapping[str, SourceData]) -> MergedData:
    """The examples of all sources, in the sources' order; an example's id becomes `SOURCE#ID`."""
    pool: dict[str, Passage] = {}
    examples: list[Example] = []
    positives: dict[str, frozenset[str]] = {}
    groups: dict[str, str] = {}
    ambiguous: set[str] = set()
    for source, one in loaded.items():
        taken = {passage.id for passage in one.data.pool if pool.get(passage.id, passage) != passage}
        ambiguous |= taken
        new = {id_: f"{source}{SEPARATOR}{id_}" for id_ in taken}
        pool |= {passage.id: passage for passage in _renamed(one.data.pool, new)}
        examples += [_moved(source, example, new) for example in one.data.examples]
        positives |= {
            f"{source}{SEPARATOR}{id_}": frozenset(new.get(passage, passage) for passage in ids)
            for id_, ids in one.data.positives.items()
        }
        groups |= {new.get(id_, id_): group for id_, group in one.groups.items()}
    kept_out = frozenset[str]().union(*(one.kept_out for one in loaded.values())) - set(pool)
    return MergedData(
        TrainingData(examples, list(pool.values()), positives), kept_out, groups, frozenset(ambiguous)
    )


def _moved(source: str, example: Example, new: Mapping[str, str]) -> Example:
    return replace(
        example,
        id=f"{source}{SEPARATOR}{example.id}",
        passages=dict(zip(example.passages, _renamed(list(example.passages.values()), new), strict=True)),
        negatives=tuple(_renamed(example.negatives, new)),
    )


def _renamed(passages: Sequence[Passage], new: Mapping[str, str]) -> list[Passage]:
    return [replace(one, id=new[one.id]) if one.id in new else one for one in passages]
