"""The data of a recipe: its sources put together, in the languages that it wants."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.generated import with_queries
from xqg.training.examples.merge import merge
from xqg.training.examples.source import Request
from xqg.training.examples.sources import load_source

__all__ = ["fingerprint", "load_data"]


def load_data(
    train: Sequence[str],
    *,
    data: str = "",
    queries: str = "",
    languages: Sequence[str] = (),
    passage_languages: Sequence[str] = (),
    fold: int = 0,
    folds: int = 5,
    limit: int = 0,
) -> TrainingData:
    """All examples of some sources; an example's id is `SOURCE#ID`.

    An example keeps the languages that are wanted; one left without a question or a passage is dropped. Hard
    negatives and the pool keep the wanted passage languages too. How many generated queries are left out because
    they ask about a test split is said on stderr.

    Args:
        train: the sources (`xqg.training.examples.sources`).
        data: folder of benchmarks' files, or one with a folder for each benchmark.
        queries: file of generated queries about the sources' passages; empty: none.
        languages, passage_languages: those wanted; none: all.
        fold, folds: XQuAD: which fold of articles is left out, of how many.
        limit: examples for each question language, the first by a hash of their ids, so that the languages of
            parallel questions get the same ones; 0: all.

    Raises:
        XqgError: an unknown source, or one given twice; a language that no example has; no example left; what is
            wrong in a file.
    """
    if not train:
        raise XqgError("train: names no source; name a benchmark, a BEIR folder or a JSONL file of triples")
    twice = next((name for name in train if list(train).count(name) > 1), None)
    if twice is not None:
        raise XqgError(f"train: {twice} is named twice; name it once")
    merged = merge({name: load_source(Request(name, data, fold, folds)) for name in train})
    found = merged.data
    if queries:
        found, left_out = with_queries(merged, queries)
        if left_out:
            print(
                f"{queries}: queries left out, since they ask about passages kept for the test: {left_out:,}",
                file=sys.stderr,
            )
    if not found.examples:
        raise XqgError(
            f"train: {', '.join(train)}: no question; give triples, or generated queries as `queries`"
        )
    return _limited(_in_languages(found, languages, passage_languages), limit)


def _in_languages(
    data: TrainingData, languages: Sequence[str], passage_languages: Sequence[str]
) -> TrainingData:
    _check("languages", "question", languages, (code for one in data.examples for code in one.questions))
    _check(
        "passage_languages",
        "passage",
        passage_languages,
        (code for one in data.examples for code in one.passages),
    )
    narrowed = (_narrowed(example, languages, passage_languages) for example in data.examples)
    examples = [example for example in narrowed if example.questions and example.passages]
    if not examples:
        raise XqgError(
            f"languages: {', '.join(languages) or 'all'} with passage_languages: "
            f"{', '.join(passage_languages) or 'all'}: no question in the one is answered by a passage in the "
            "other; take more languages"
        )
    pool = [passage for passage in data.pool if _wanted(passage.language, passage_languages)]
    return _fitting(examples, pool, data.positives)


def _check(key: str, what: str, wanted: Sequence[str], have: Iterable[str]) -> None:
    known = set(have) if wanted else set()
    for code in wanted:
        if code not in known:
            raise XqgError(f"{key}: no {what} in {code!r}; there are {', '.join(sorted(known))}")


def _narrowed(example: Example, languages: Collection[str], passage_languages: Collection[str]) -> Example:
    return replace(
        example,
        questions={code: text for code, text in example.questions.items() if _wanted(code, languages)},
        passages={code: one for code, one in example.passages.items() if _wanted(code, passage_languages)},
        negatives=tuple(one for one in example.negatives if _wanted(one.language, passage_languages)),
    )


def _wanted(code: str, wanted: Collection[str]) -> bool:
    return not wanted or code in wanted


def _limited(data: TrainingData, limit: int) -> TrainingData:
    """The examples in their order, each in the languages in which it is among the first `limit`."""
    if not limit:
        return data
    ranked = sorted(data.examples, key=lambda example: hashlib.sha256(example.id.encode()).digest())
    taken: dict[str, set[str]] = {}
    for example in ranked:
        for code in example.questions:
            if len(chosen := taken.setdefault(code, set())) < limit:
                chosen.add(example.id)
    cut = (
        replace(one, questions={code: text for code, text in one.questions.items() if one.id in taken[code]})
        for one in data.examples
    )
    return _fitting([example for example in cut if example.questions], data.pool, data.positives)


def _fitting(
    examples: Sequence[Example], pool: Sequence[Passage], positives: Mapping[str, frozenset[str]]
) -> TrainingData:
    return TrainingData(
        examples, pool, {one.id: positives[one.id] for one in examples if one.id in positives}
    )


def fingerprint(data: TrainingData) -> str:
    """SHA-256 of everything that training depends on, order included: `sha256:…`."""
    digest = hashlib.sha256()
    for row in _rows(data):
        digest.update(json.dumps(row).encode() + b"\n")
    return "sha256:" + digest.hexdigest()


def _rows(data: TrainingData) -> Iterable[object]:
    for one in data.examples:
        passages = [[code, *_row(passage)] for code, passage in one.passages.items()]
        negatives = [_row(passage) for passage in one.negatives]
        positives = sorted(data.positives.get(one.id, ()))
        yield [one.id, list(one.questions.items()), passages, one.group, negatives, positives]
    yield from map(_row, data.pool)


def _row(passage: Passage) -> list[str]:
    return [passage.id, passage.title, passage.text, passage.language]
