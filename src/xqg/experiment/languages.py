"""An encoder within a language, across languages, and over a mix of them (`xqg languages`)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xqg.benchmarks import Benchmark
from xqg.benchmarks import benchmark as load_benchmark
from xqg.encoding import as_encoder
from xqg.evaluation.pools import Bm25Rankings, DenseRankings, PoolScores, by_language, mean_scores
from xqg.evaluation.text_table import aligned
from xqg.experiment.design import fold_of
from xqg.experiment.report.notebook import html_table
from xqg.experiment.report.tables import Cell
from xqg.progress import bars

__all__ = ["LanguageScores", "languages"]

MEAN = "mean"  # in place of a language: the unweighted mean over them


@dataclass(frozen=True)
class LanguageScores:
    """Average precision by question language, and language bias; see `xqg.evaluation.pools`.

    Attributes:
        settings: benchmark, data, fold and encoder.
        scores: ranking's name → question language → scores.
    """

    settings: dict[str, Any]
    scores: Mapping[str, Mapping[str, PoolScores]]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """A row per ranking and question language, the mean over languages last."""
        return [
            {"system": name, "query_language": code, **dataclasses.asdict(one)}
            for name, scores in self.scores.items()
            for code, one in _with_mean(scores).items()
        ]

    def __str__(self) -> str:
        """A table for each ranking, as aligned text."""
        return "\n\n".join(aligned(_table(name, scores)) for name, scores in self.scores.items())

    def __repr__(self) -> str:
        return f"<LanguageScores of {self.settings['benchmark']}: {', '.join(self.scores)}>"

    def _repr_html_(self) -> str:
        tables = (_table(name, scores) for name, scores in self.scores.items())
        return "".join(html_table([[Cell(text) for text in row] for row in table]) for table in tables)


def languages(
    benchmark: str | Path | Benchmark,
    *,
    encoder: Any,
    data: str | Path | None = None,
    fold: str | tuple[int, int] | None = None,
    lexical: bool = False,
    passage_length: int | None = None,
    query_length: int | None = None,
    device: str | None = None,
    dtype: str = "auto",
    progress: bool = True,
) -> LanguageScores:
    """Measure average precision over pools of one language and of all.

        >>> print(xqg.languages("atlas-r", encoder="mini", fold="0/40", progress=False))
        mini  mono AP  cross AP  multi AP   bias
        ar     0.7990    0.6311    0.3479  463.9
        ...
        mean   0.7972    0.6540    0.3595  396.9

    Args:
        benchmark: one whose pool is in several languages: xquad-r, atlas-r, xquad, a BEIR folder.
        lexical: measure BM25 as well, to compare with.

    The other arguments are those of `xqg.compare`.

    Raises:
        XqgError: a pool of one language, which has nothing to cross; whatever is wrong with the rest.
    """
    part = fold_of(fold)
    with bars(progress):
        # XQuAD's pool is English unless all are asked for; the others are mixed by themselves.
        mixed = "all" if benchmark == "xquad" else None
        pool = load_benchmark(benchmark, data=data, passage_language=mixed)
        if part is not None:
            pool = pool.fold(*part)
        model = as_encoder(
            encoder, device=device, dtype=dtype, passage_length=passage_length, query_length=query_length
        )
        scores = {model.name: by_language(pool, DenseRankings(pool, model))}
        if lexical:
            scores["bm25"] = by_language(pool, Bm25Rankings(pool))
    settings = {
        "benchmark": pool.name,
        "data": pool.fingerprint,
        "fold": None if part is None else "{}/{}".format(*part),
        "encoder": model.settings(),
    }
    return LanguageScores(settings, scores)


def _with_mean(scores: Mapping[str, PoolScores]) -> dict[str, PoolScores]:
    return {**scores, MEAN: mean_scores(list(scores.values()))}


def _table(name: str, scores: Mapping[str, PoolScores]) -> list[list[str]]:
    rows = [[name, "mono AP", "cross AP", "multi AP", "bias"]]
    for code, one in _with_mean(scores).items():
        shares = ["-" if value is None else f"{value:.4f}" for value in (one.mono, one.cross, one.multi)]
        rows.append([code, *shares, "-" if one.bias is None else f"{one.bias:.1f}"])
    return rows
