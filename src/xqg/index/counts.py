"""How many passages and generated queries an index holds: counted from its rows, stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.index import columns
from xqg.index.store import read_batches

if TYPE_CHECKING:
    from xqg.index.manifest import Manifest

__all__ = ["Counts", "counts_of", "query_counts"]


@dataclass(frozen=True)
class Counts:
    """Numbers of passages and of generated queries.

    Attributes:
        queries: those that count, by language.
        blank: stored beside them, in no sum.
        removed: by filters, by language; stored beside them, in no sum.
        wrong_language: by language, how many queries were judged (the removed ones, too) and how many of
            these were taken for another language.
        skipped: passages that were bad and left out.
    """

    passages: int
    queries: dict[str, int] = field(default_factory=dict)
    blank: int = 0
    removed: dict[str, int] = field(default_factory=dict)
    wrong_language: dict[str, tuple[int, int]] = field(default_factory=dict)
    skipped: int = 0


def query_counts(dataset: Any, manifest: Manifest, path: Path) -> dict[str, int]:
    """Language → number of generated queries that count.

    Raises:
        XqgError: a data file that is missing or damaged.
    """
    names = {code: columns.count_column(code) for code in manifest.languages}
    found = dict.fromkeys(names, 0)
    for batch in read_batches(dataset, list(names.values()), path) if names else ():
        for code, name in names.items():
            found[code] += _sum(batch.column(name))
    return found


def counts_of(dataset: Any, manifest: Manifest, skipped: int, path: Path) -> Counts:
    """Count an index's passages and queries; reads every column of queries but their sums.

    Raises:
        XqgError: a data file that is missing or damaged.
    """
    import pyarrow.compute as pc

    blank, removed, judged = 0, {}, {code: list(pair) for code, pair in manifest.judged.items()}
    queries = query_counts(dataset, manifest, path)
    for code in manifest.languages:
        names = [columns.queries_column(code), columns.verdicts_column(code)]
        names += [columns.removed_column(code)] if manifest.filters else []
        texts = gone = right = wrong = 0
        for batch in read_batches(dataset, names, path):
            texts += _sum(pc.list_value_length(batch.column(names[0])))
            verdicts = batch.column(names[1]).flatten()
            right += verdicts.true_count
            wrong += verdicts.false_count
            if manifest.filters:
                gone += _sum(pc.list_value_length(batch.column(names[2])))
        blank += texts - queries[code]
        if manifest.filters:
            removed[code] = gone
        if right + wrong:
            before = judged.get(code, [0, 0])
            judged[code] = [before[0] + right + wrong, before[1] + wrong]
    pairs = {code: (pair[0], pair[1]) for code, pair in sorted(judged.items())}
    return Counts(dataset.count_rows(), queries, blank, removed, pairs, skipped)


def _sum(values: Any) -> int:
    import pyarrow.compute as pc

    return int(pc.sum(values).as_py() or 0)
