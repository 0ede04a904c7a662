"""What of benchmarks must not be in training data: questions, passages that answer them, articles, entities."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xqg.benchmarks import Benchmark
from xqg.benchmarks import load as load_benchmark
from xqg.benchmarks.benchmark import deal
from xqg.training.examples.source import Request
from xqg.training.examples.sources import SOURCES
from xqg.training.examples.texts import normalised

__all__ = ["BenchmarkSplit", "benchmark_splits", "title_key"]

FOLDED = ("xquad", "xquad-r")  # the same articles: training on one leaves the fold out of both
ATLAS = ("atlas", "atlas-r")  # the same entities


@dataclass(frozen=True)
class BenchmarkSplit:
    """The test split of a benchmark, with the questions that α is tuned on.

    Attributes:
        name: the benchmark's.
        texts: normalised question, or text of a passage that answers one → what it is, for messages.
        tested: group of an example → name of the article or entity, of those that are asked about.
        groups: all groups that the benchmark knows. Only those of XQuAD (articles) and atlas (entities) are
            names of something: other benchmarks have clusters of questions.
        titles: `title_key` of an article's or entity's name, or of the title of a passage that answers a question
            → group or passage id.
    """

    name: str
    texts: Mapping[str, str]
    tested: Mapping[str, str] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)


def title_key(title: str) -> str:
    """What titles are compared by: `Super_Bowl_50` and `super bowl 50` are one."""
    return normalised(title.replace("_", " "))


def benchmark_splits(
    train: Sequence[str], test: Sequence[str] = (), *, data: str = "", fold: int = 0, folds: int = 5
) -> list[BenchmarkSplit]:
    """The test splits of the sources that are benchmarks, and of further benchmarks.

    Args:
        train: sources; a BEIR folder's test split is `qrels/test.tsv`, if it has one.
        test: names of benchmarks, or BEIR folders.
        data: as of `load_data`.
        fold, folds: where a source is XQuAD or XQuAD-R, only this fold's questions are the test; else all are.

    Raises:
        XqgError: an unknown benchmark, or what is wrong with its files.
    """
    own = [name for name in train if name in SOURCES or (Path(name) / "qrels" / "test.tsv").is_file()]
    folded = any(name in FOLDED for name in train)
    return [
        _benchmark_split(Request(name, data, fold, folds), folded and name in FOLDED)
        for name in dict.fromkeys([*own, *test])
    ]


def _benchmark_split(request: Request, folded: bool) -> BenchmarkSplit:
    language = "all" if request.name in FOLDED else None
    benchmark = load_benchmark(request.name, data=request.folder, passage_language=language)
    kept = set(benchmark.groups)
    if folded:
        kept = {
            id_ for id_, fold in deal(benchmark.groups, request.folds).items() if fold == request.fold
        }
    if request.name in ATLAS:
        tested, groups, names = _entities()
    elif request.name in FOLDED:
        tested, groups, names = _articles(benchmark, kept, request.folder)
    else:
        tested, groups, names = {}, frozenset(), {}

    def question(id_: str) -> str:
        """`question 'q1' about 'Kenya'`: what it is about, where that has a name."""
        about = tested.get(benchmark.groups.get(id_, ""))
        return f"question {id_!r}" + (f" about {about!r}" if about else "")

    asked = [one for one in benchmark.questions if one.id in kept]
    texts = {normalised(one.text): question(one.id) for one in (*asked, *benchmark.tuning_questions)}
    relevant = _relevant(benchmark, kept)
    by_id = benchmark.passage_by_id
    texts |= {normalised(by_id[id_].text): question(about) for id_, about in relevant.items()}
    titles = {title_key(by_id[id_].title): f"passage {id_!r}" for id_ in relevant if by_id[id_].title.strip()}
    return BenchmarkSplit(benchmark.name, texts, tested, groups, titles | names)


def _relevant(benchmark: Benchmark, kept: Iterable[str]) -> dict[str, str]:
    """Passage id → a question that it answers, of the test and of the tuning questions."""
    judged = {id_: benchmark.qrels.get(id_, {}) for id_ in sorted(kept)} | dict(benchmark.tuning_qrels)
    return {
        passage: question
        for question, grades in judged.items()
        for passage, grade in grades.items()
        if grade > 0
    }


def _entities() -> tuple[dict[str, str], frozenset[str], dict[str, str]]:
    """Of atlas: dev and test entities, all entities, and the names of the former in its eight languages."""
    from xqg.benchmarks.atlas import entities

    kept = [entity for entity in entities().values() if entity.split != "train"]
    names = {title_key(name): entity.key for entity in kept for name in entity.names.values()}
    return {entity.key: entity.names["en"] for entity in kept}, frozenset(entities()), names


def _articles(
    benchmark: Benchmark, kept: Iterable[str], folder: Path | None
) -> tuple[dict[str, str], frozenset[str], dict[str, str]]:
    """Of XQuAD: the articles that are asked about, all articles, and the titles of the former."""
    every = frozenset(benchmark.groups.values())
    titles = _article_titles(benchmark, folder)
    tested = {group: titles.get(group) or group for group in sorted({benchmark.groups[id_] for id_ in kept})}
    return (
        tested,
        every,
        {title_key(titles[group]): f"article {group}" for group in tested if titles.get(group)},
    )


def _article_titles(benchmark: Benchmark, folder: Path | None) -> dict[str, str]:
    """Article's number → its title, which is English in the file of any language; empty where it has none."""
    if folder is None:
        return {}
    prefix = "xquad." if benchmark.name == "xquad" else ""
    path = folder / f"{prefix}{benchmark.passage_languages[0]}.json"
    articles = json.loads(path.read_text(encoding="utf-8-sig"))["data"]
    found = {str(number): article.get("title") for number, article in enumerate(articles)}
    return {number: title for number, title in found.items() if isinstance(title, str) and title.strip()}
