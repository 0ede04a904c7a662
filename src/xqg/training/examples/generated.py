"""Generated queries as training questions: GenQ (Thakur et al., BEIR, NeurIPS 2021, after docT5query)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.queries.queries import GeneratedQuery, iter_queries
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.merge import SEPARATOR, MergedData

__all__ = ["with_queries"]


def with_queries(merged: MergedData, path: str) -> tuple[TrainingData, int]:
    """The data with an example more for each generated query, and how many queries were left out.

    A query asks about its passage, and about the same passage in other languages where the data has it so. Its
    example's id is `FILE#PASSAGEID:LANG:N`. Left out are queries about passages of a benchmark's dev or test split;
    blank queries, and those that a passage has twice, are passed over and not counted.

    Raises:
        XqgError: a query about a passage that no source has, or that two sources have; what is wrong in the file.
    """
    data = merged.data
    pool = {passage.id: passage for passage in data.pool}
    parallel = {
        passage.id: example.passages
        for example in reversed(data.examples)
        for passage in example.passages.values()
    }
    added: dict[str, Example] = {}
    positives = dict(data.positives)
    seen: set[tuple[str, str, str]] = set()
    number: Counter[tuple[str, str]] = Counter()
    left_out = 0
    for place, query in enumerate(iter_queries(path), start=1):
        same = (query.passage_id, query.language, query.text.strip())
        if not same[-1] or same in seen:
            continue
        seen.add(same)
        if query.passage_id in merged.kept_out:
            left_out += 1
            continue
        _check(query, merged, pool, f"{path}: query {place}")
        passage = pool[query.passage_id]
        about = parallel.get(passage.id) or {passage.language: passage}
        id_ = f"{path}{SEPARATOR}{query.passage_id}:{query.language}:{number[same[:2]]}"
        number[same[:2]] += 1
        group = merged.groups.get(query.passage_id, "")
        added[id_] = Example(id_, {query.language: same[-1]}, about, group)
        positives[id_] = frozenset({query.passage_id, *(passage.id for passage in about.values())})
    return replace(data, examples=[*data.examples, *added.values()], positives=positives), left_out


def _check(query: GeneratedQuery, merged: MergedData, pool: Mapping[str, Passage], where: str) -> None:
    if query.passage_id in merged.ambiguous:
        raise XqgError(
            f"{where}: is about passage {query.passage_id!r}, and two sources of `train` have different passages of "
            "that id; train on one of them, or give one other ids"
        )
    if query.passage_id not in pool:
        raise XqgError(
            f"{where}: is about passage {query.passage_id!r}, which no source of `train` has; give the passages "
            "that the queries were generated for, or remove the query"
        )
