"""How well a reader answers atlas's questions: with the right passage, and reading a retriever's top 5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tools.mini.card import add_table
from xqg.benchmarks import load
from xqg.benchmarks.atlas import LANGUAGES
from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.benchmarks import Benchmark
    from xqg.reading import Reader

__all__ = ["measure_reader", "measured_card"]

TOP = 5


def measure_reader(reader: Reader, split: str, encoder: str) -> dict[str, dict[str, float]]:
    """Percent of right answers to a split's questions as asked, over English passages.

    Args:
        split: `dev` or `test`.
        encoder: whose top passages are read; no generated queries.

    Returns:
        Language → `EM, gold` and `F1, gold`: with one passage that answers (the first of those judged
        relevant); `EM, top 5` and `F1, top 5`: the best span of the encoder's first five passages;
        `R@5`: questions with a relevant passage among them; `questions`.

    Raises:
        XqgError: no such split, no such encoder.
    """
    from xqg.evaluation.measures.exact_match import ExactMatch
    from xqg.evaluation.measures.f1 import F1
    from xqg.reading import answer_questions

    benchmark = _split(split)
    found: dict[str, dict[str, float]] = {}
    for language, run in _runs(benchmark, encoder).items():
        asked = benchmark.questions_in(language)
        gold = {q.id: [(next(iter(benchmark.qrels[q.id])), 0.0)] for q in asked}
        row: dict[str, float] = {}
        for name, ranked in (("gold", gold), (f"top {TOP}", run)):
            answers = answer_questions(reader, ranked, benchmark, language, top=TOP)
            for measure in (ExactMatch(), F1()):
                values = measure.per_question(answers, asked, benchmark)
                row[f"{measure.name}, {name}"] = round(100 * sum(values.values()) / len(values), 1)
        hits = [any(id_ in benchmark.qrels[q.id] for id_, _ in run[q.id]) for q in asked]
        found[language] = {**row, f"R@{TOP}": round(100 * sum(hits) / len(hits), 1), "questions": len(asked)}
    return found


def measured_card(folder: Path, split: str, encoder: str) -> dict[str, dict[str, float]]:
    """Measure a trained reader on a split and put the table at the end of its card.

    Choose nothing by that of `test`: choices are made on the dev entities.

    Returns:
        What `measure_reader` gives.
    """
    from xqg.reading import load_reader

    found = measure_reader(load_reader(str(folder)), split, encoder)
    add_table(
        folder,
        f"Questions about {split} entities",
        "Percent; questions as asked, passages in English. *gold*: reading one passage that answers; "
        f"*top {TOP}*: the best span of the first {TOP} passages of the {encoder} encoder (no generated "
        f"queries), of which R@{TOP} says how often a relevant one is among them."
        + (" Nothing was chosen by these figures." if split == "test" else ""),
        found,
    )
    return found


def _split(split: str) -> Benchmark:
    benchmark = load("atlas")
    if split == "test":
        return benchmark
    if split == "dev":
        return replace(benchmark, questions=benchmark.tuning_questions, qrels=benchmark.tuning_qrels)
    raise XqgError(f"atlas asks nothing about a split {split!r}; give dev or test")


def _runs(benchmark: Benchmark, encoder: str) -> dict[str, Mapping[str, list[tuple[str, float]]]]:
    """Language → question id → the first `TOP` passages by the plain passage vectors."""
    from xqg.encoding import load_encoder
    from xqg.search.engines import FlatEngine
    from xqg.search.ranking import rank, tie_order

    loaded = load_encoder(encoder)
    ids = [passage.id for passage in benchmark.passages]
    engine = FlatEngine.build(loaded.encode_passages([passage.full_text for passage in benchmark.passages]))
    runs: dict[str, Mapping[str, list[tuple[str, float]]]] = {}
    for language in LANGUAGES:
        asked = benchmark.questions_in(language)
        scores, rows = rank(engine, loaded.encode_queries([q.text for q in asked]), TOP, tie_order(ids))
        runs[language] = {
            q.id: [(ids[row], float(score)) for row, score in zip(rows[n], scores[n], strict=True)]
            for n, q in enumerate(asked)
        }
    return runs
