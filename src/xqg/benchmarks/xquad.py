"""XQuAD (Artetxe, Ruder, Yogatama 2020): 240 paragraphs and 1,190 questions, parallel over languages.

Read from a folder of SQuAD v1.1 files `xquad.LANG.json`; only the languages present are used.
Passages have no title: the titles in the files are English in every language.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.passages.languages import english_name
from xqg.passages.records import Passage, Question

__all__ = ["load"]

_REMEDY = "get xquad.LANG.json anew from google-deepmind/xquad"


@dataclass(frozen=True)
class _Paragraph:
    """One paragraph: its place in the file, and (id, text, answers) of each question."""

    place: str  # ARTICLE:PARAGRAPH, both from 0
    text: str
    questions: tuple[tuple[str, str, tuple[str, ...]], ...]


def load(data: Path | None = None, passage_language: str = "en") -> Benchmark:
    """Load XQuAD with the pool of one language's paragraphs, or of `all` languages'.

    Passage ids are `LANG:ARTICLE:PARAGRAPH`, both counted from 0; question ids are XQuAD's and the
    same in every language; a question's cluster is its article. In one language's pool
    `Question.answers` are that language's. In the pool of all, every parallel paragraph is relevant,
    `passage_answers` holds the answers by the passage's language, `Question.answers` is empty.

    Raises:
        XqgError: no folder, no file in it or none of `passage_language`, a malformed file, files
            that are not parallel.
    """
    if data is None:
        raise XqgError(
            "xquad needs its files; give --data a folder with xquad.LANG.json (from google-deepmind/xquad)"
        )
    files = _files(Path(data))
    if passage_language != "all" and passage_language not in files:
        raise XqgError(
            f"{data}/xquad.{passage_language}.json: no such file; add it (from google-deepmind/xquad) or use "
            f"--passage-language with one of {', '.join(files)}, all"
        )
    digest = hashlib.sha256()
    parsed: dict[str, list[_Paragraph]] = {}
    for language, file in files.items():
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)}\n".encode() + content)
        parsed[language] = _paragraphs(file, content)
    first = "en" if passage_language == "all" and "en" in files else passage_language
    first = first if first in files else next(iter(files))
    for language in files:
        _check_parallel(files[first], parsed[first], files[language], parsed[language])
    return _benchmark(parsed, passage_language, "sha256:" + digest.hexdigest())


def _files(data: Path) -> dict[str, Path]:
    """Language → file, in alphabetical order."""
    remedy = "give --data a folder with xquad.LANG.json files (from google-deepmind/xquad)"
    if not data.is_dir():
        raise XqgError(f"{data}: no such folder; {remedy}")
    found: dict[str, Path] = {}
    for file in sorted(data.glob("xquad.*.json")):
        language = file.name[len("xquad.") : -len(".json")]
        try:
            english_name(language)
        except XqgError as error:
            raise XqgError(f"{file}: {error}, or move the file away") from None
        found[language] = file
    if not found:
        raise XqgError(f"{data}: no xquad.LANG.json in it; {remedy}")
    return found


def _paragraphs(file: Path, content: bytes) -> list[_Paragraph]:
    try:
        articles = json.loads(content.decode("utf-8-sig"))["data"]
        found = [
            _paragraph(f"{a}:{p}", paragraph)
            for a, article in enumerate(articles)
            for p, paragraph in enumerate(article["paragraphs"])
        ]
    except json.JSONDecodeError as error:
        raise XqgError(f"{file}:{error.lineno}: broken JSON ({error.msg}); {_REMEDY}") from None
    except UnicodeError:
        raise XqgError(f"{file}: not UTF-8; {_REMEDY}") from None
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise XqgError(f"{file}: not SQuAD v1.1 JSON ({type(error).__name__}: {error}); {_REMEDY}") from None
    ids = [id_ for paragraph in found for id_, _, _ in paragraph.questions]
    if not ids:
        raise XqgError(f"{file}: no question in it; {_REMEDY}")
    if len(set(ids)) < len(ids):
        twice = next(id_ for id_ in ids if ids.count(id_) > 1)
        raise XqgError(f"{file}: question id {twice!r} occurs twice; {_REMEDY}")
    return found


def _paragraph(place: str, row: dict[str, Any]) -> _Paragraph:
    questions = []
    for question in row["qas"]:
        id_ = _text(question["id"], place, "a question id")
        if any(character.isspace() for character in id_):  # it separates a run's columns
            raise ValueError(f"white space in question id {id_!r} of paragraph {place}")
        answers = dict.fromkeys(_text(answer["text"], place, "an answer") for answer in question["answers"])
        questions.append((id_, _text(question["question"], place, "a question"), tuple(answers)))
    return _Paragraph(place, _text(row["context"], place, "the context"), tuple(questions))


def _text(value: object, place: str, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{what} of paragraph {place} is not a text")
    value.encode()  # half a surrogate pair, which JSON can escape, has no UTF-8 form
    return value


def _check_parallel(file: Path, first: list[_Paragraph], other_file: Path, other: list[_Paragraph]) -> None:
    """The same paragraphs with the same question ids, or an id would mean two questions."""
    expected = [(paragraph.place, [id_ for id_, _, _ in paragraph.questions]) for paragraph in first]
    found = [(paragraph.place, [id_ for id_, _, _ in paragraph.questions]) for paragraph in other]
    if expected == found:
        return
    where = next((e[0] for e, f in zip(expected, found, strict=False) if e != f), "the last")
    raise XqgError(
        f"{other_file}: not parallel to {file.name} (paragraph {where}); get both from the same release"
    )


def _benchmark(parsed: dict[str, list[_Paragraph]], passage_language: str, fingerprint: str) -> Benchmark:
    pool = list(parsed) if passage_language == "all" else [passage_language]
    answers = {
        language: {id_: given for paragraph in parsed[language] for id_, _, given in paragraph.questions}
        for language in pool
    }
    single = answers[passage_language] if passage_language != "all" else {}
    qrels: dict[str, dict[str, int]] = {}
    groups: dict[str, str] = {}
    for paragraph in parsed[pool[0]]:
        for id_, _, _ in paragraph.questions:
            qrels[id_] = {f"{language}:{paragraph.place}": 1 for language in pool}
            groups[id_] = paragraph.place.split(":")[0]
    return Benchmark(
        name="xquad",
        passages=[
            Passage(f"{code}:{one.place}", "", one.text, code) for code in pool for one in parsed[code]
        ],
        questions=[
            Question(id_, text, code, single.get(id_, ()))
            for code, paragraphs in parsed.items()
            for paragraph in paragraphs
            for id_, text, _ in paragraph.questions
        ],
        qrels=qrels,
        groups=groups,
        fingerprint=fingerprint,
        passage_answers=answers if passage_language == "all" else {},
    )
