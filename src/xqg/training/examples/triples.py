"""Training examples from a JSONL file, plain or gzipped: a question, what answers it, what does not.

A row has a question (`anchor`, `query` or `question`), right passages (`positive`, `pos`, `positive_passages` or
`positive_ctxs`) and perhaps wrong ones (`negative`, `negative_1`, …, `neg`, `negative_passages`,
`hard_negative_ctxs`): the layouts of sentence-transformers, FlagEmbedding, Tevatron and DPR. Passages are texts or
objects with `text`, perhaps `title` and an id (`docid`, `_id`, `id`, `passage_id`), one or a list of them. `language`
(or `lang`) is the question's and `passage_language` the passages'.

A file of passages alone (`_id`, `text`) is read too: a pool for generated queries.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from xqg.errors import XqgError
from xqg.passages.jsonl import read_passages
from xqg.passages.languages import english_name
from xqg.passages.lines import rows, text_at
from xqg.passages.records import Passage
from xqg.training.examples.example import Example, TrainingData
from xqg.training.examples.source import Request, SourceData
from xqg.training.examples.text_languages import languages_of
from xqg.training.examples.texts import normalised

__all__ = ["load"]

QUESTIONS = ("anchor", "query", "question")
RIGHT = ("positive", "pos", "positive_passages", "positive_ctxs")
WRONG = re.compile(r"negative(_\d+)?|neg|negative_passages|hard_negative_ctxs")
IDS = ("docid", "_id", "id", "passage_id")
UNKNOWN = ""  # a language that the row does not name


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    question: str
    language: str
    right: tuple[Passage, ...]
    wrong: tuple[Passage, ...]


def load(request: Request) -> SourceData:
    """An example for each row and right passage; its id is `LINE:PASSAGEID`. No group is known.

    A language that a row does not name is detected. A passage without an id gets one from its title and text. The
    pool is all passages of the file. Right for a question is what any row of the same question says is right.

    Raises:
        XqgError: with file and line: a row without a question or a right passage, a text that is blank or none, an
            unknown language, two passages of one id; a file without a row.
    """
    path = request.name
    first = next((row for _, row in rows(path, "triples")), None)
    if first is None:
        raise XqgError(
            f'{path}: no triple in it; give JSON objects, such as {{"query": …, "positive": …}}, one a line'
        )
    if "_id" in first and "text" in first and not any(key in first for key in QUESTIONS):
        return SourceData(TrainingData([], read_passages(path)))
    found = _with_languages(list(_read(path)))
    known: dict[tuple[str, str], set[str]] = {}
    for row in found:
        known.setdefault((row.language, normalised(row.question)), set()).update(one.id for one in row.right)
    examples, positives = [], {}
    pool = {passage.id: passage for row in found for passage in (*row.right, *row.wrong)}
    for row in found:
        right = frozenset(known[row.language, normalised(row.question)])
        wrong = tuple(one for one in row.wrong if one.id not in right)
        for passage in row.right:
            asked = {row.language: row.question}
            examples.append(
                Example(f"{row.line}:{passage.id}", asked, {passage.language: passage}, "", wrong)
            )
            positives[examples[-1].id] = right
    return SourceData(TrainingData(examples, list(pool.values()), positives))


def _read(path: str) -> Iterator[_Row]:
    seen: dict[str, tuple[int, Passage]] = {}
    for line, values in rows(path, "triples"):
        where = f"{path}:{line}"
        question = _text(where, values, _key(where, values, QUESTIONS, "question"))
        key = _key(where, values, RIGHT, "right passage")
        language = _language(where, values, "passage_language")
        right = _passages(where, key, values[key], language)
        if not right:
            raise XqgError(
                f"{where}: {key!r} is empty; name a passage that answers the question, or remove the line"
            )
        wrong = [
            passage
            for name, value in values.items()
            if WRONG.fullmatch(name) and value is not None
            for passage in _passages(where, name, value, language)
        ]
        for passage in (*right, *wrong):
            before, same = seen.setdefault(passage.id, (line, passage))
            if (same.title, same.text) != (passage.title, passage.text):
                raise XqgError(
                    f"{where}: passage {passage.id!r} has another text in line {before}; give it another id"
                )
        code = _language(where, values, "language") or _language(where, values, "lang")
        yield _Row(line, question, code, tuple(dict.fromkeys(right)), tuple(dict.fromkeys(wrong)))


def _key(where: str, values: Mapping[str, Any], names: tuple[str, ...], what: str) -> str:
    found = next((name for name in names if values.get(name) is not None), None)
    if found is None:
        raise XqgError(f"{where}: no {what}; every line needs one, as {', '.join(map(repr, names))}")
    return found


def _text(where: str, values: dict[str, Any], key: str) -> str:
    text = text_at(where, values, key)
    if not text.strip():
        raise XqgError(f"{where}: {key!r} is empty; give it a text or remove the line")
    return text


def _language(where: str, values: dict[str, Any], key: str) -> str:
    code = text_at(where, values, key, UNKNOWN)
    if code:
        try:
            english_name(code)
        except XqgError as error:
            raise XqgError(f"{where}: {error}") from None
    return code


def _passages(where: str, key: str, value: Any, language: str) -> list[Passage]:
    many = value if isinstance(value, list) else [value]
    return [_passage(where, key, one, language) for one in many]


def _passage(where: str, key: str, value: Any, language: str) -> Passage:
    if not isinstance(value, dict):
        text = _text(where, {key: value}, key)
        return Passage(_id("", text), "", text, language)
    title, text = text_at(where, value, "title", ""), _text(where, value, "text")
    given = next((name for name in IDS if value.get(name) is not None), None)
    id_ = _id(title, text) if given is None else text_at(where, value, given)
    return Passage(id_, title, text, _language(where, value, "language") or language)


def _id(title: str, text: str) -> str:
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:16]


def _with_languages(found: list[_Row]) -> list[_Row]:
    """The rows, every question and passage with a language."""
    asked = languages_of((row.question for row in found), (row.language for row in found))
    passages = list({one: None for row in found for one in (*row.right, *row.wrong)})
    told = languages_of((one.text for one in passages), (one.language for one in passages))
    # One id is one passage: where only some of its rows name the language, the first that does is right.
    of_id: dict[str, str] = {}
    for one, code in sorted(zip(passages, told, strict=True), key=lambda pair: not pair[0].language):
        of_id.setdefault(one.id, code)

    def with_language(passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        return tuple(replace(one, language=of_id[one.id]) for one in passages)

    return [
        replace(row, language=code, right=with_language(row.right), wrong=with_language(row.wrong))
        for row, code in zip(found, asked, strict=True)
    ]
