"""SQuAD v1.1 files, one a language, parallel over languages: what XQuAD and XQuAD-R share."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.passages.languages import english_name

__all__ = ["Asked", "Files", "Paragraph", "Parallel"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a paragraph; `start` is its first answer's character offset (None: not read)."""

    id: str
    text: str
    answers: tuple[str, ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph.

    Attributes:
        place: ARTICLE:PARAGRAPH, both from 0.
        text: the context.
        sentences: (start, end, text) of each; start and end are character offsets, end exclusive.
    """

    place: str
    text: str
    questions: tuple[Asked, ...]
    sentences: tuple[tuple[int, int, str], ...] = ()

    @property
    def article(self) -> str:
        """The article's number, the cluster of its questions."""
        return self.place.split(":")[0]


@dataclass(frozen=True, slots=True)
class Parallel:
    """The files' content: language → paragraphs, the languages of the pool, the files' hash."""

    paragraphs: dict[str, list[Paragraph]]
    pool: tuple[str, ...]
    fingerprint: str

    def answers(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Language of the pool → question id → answers."""
        return {
            code: {asked.id: asked.answers for one in self.paragraphs[code] for asked in one.questions}
            for code in self.pool
        }


@dataclass(frozen=True, slots=True)
class Files:
    """Where a benchmark's files are and what is in them.

    Attributes:
        benchmark: its name in messages.
        prefix: of the files' names: `xquad.` for `xquad.LANG.json`.
        source: the GitHub repository they are from.
        sentences: whether paragraphs carry `sentences` and `sentence_breaks`.
    """

    benchmark: str
    prefix: str
    source: str
    sentences: bool = False

    def read(self, data: Path | None, passage_language: str) -> Parallel:
        """Read every language's file in a folder; `passage_language` of the pool, or `all`.

        Raises:
            XqgError: no folder, no file in it or none of `passage_language`, a malformed file,
                files that are not parallel.
        """
        if data is None:
            raise XqgError(f"{self.benchmark} needs its files; {self._remedy()}")
        files = self._files(Path(data))
        if passage_language != "all" and passage_language not in files:
            raise XqgError(
                f"{data}/{self._name(passage_language)}: no such file; add it (from {self.source}) or give "
                f"as `passage_language` one of {', '.join(files)}, all"
            )
        digest = hashlib.sha256()
        parsed: dict[str, list[Paragraph]] = {}
        for language, file in files.items():
            content = file.read_bytes()
            digest.update(f"{file.name} {len(content)}\n".encode() + content)
            parsed[language] = self._paragraphs(file, content)
        first = "en" if passage_language == "all" and "en" in files else passage_language
        first = first if first in files else next(iter(files))
        for language in files:
            self._check_parallel(files[first], parsed[first], files[language], parsed[language])
        pool = tuple(parsed) if passage_language == "all" else (passage_language,)
        return Parallel(parsed, pool, "sha256:" + digest.hexdigest())

    def _name(self, language: str) -> str:
        return f"{self.prefix}{language}.json"

    def _remedy(self) -> str:
        return f"give as `data` a folder with {self._name('LANG')} files (from {self.source})"

    def _anew(self) -> str:
        return f"get {self._name('LANG')} anew from {self.source}"

    def _files(self, data: Path) -> dict[str, Path]:
        """Language → file, in alphabetical order."""
        if not data.is_dir():
            raise XqgError(f"{data}: no such folder; {self._remedy()}")
        found: dict[str, Path] = {}
        for file in sorted(data.glob(f"{self.prefix}*.json")):
            language = file.name[len(self.prefix) : -len(".json")]
            try:
                english_name(language)
            except XqgError as error:
                raise XqgError(f"{file}: {error}, or move the file away") from None
            found[language] = file
        if not found:
            raise XqgError(f"{data}: no {self._name('LANG')} in it; {self._remedy()}")
        return found

    def _paragraphs(self, file: Path, content: bytes) -> list[Paragraph]:
        try:
            articles = json.loads(content.decode("utf-8-sig"))["data"]
            found = [
                self._paragraph(f"{a}:{p}", paragraph)
                for a, article in enumerate(articles)
                for p, paragraph in enumerate(article["paragraphs"])
            ]
        except json.JSONDecodeError as error:
            raise XqgError(f"{file}:{error.lineno}: broken JSON ({error.msg}); {self._anew()}") from None
        except UnicodeError:
            raise XqgError(f"{file}: not UTF-8; {self._anew()}") from None
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise XqgError(
                f"{file}: not SQuAD v1.1 JSON ({type(error).__name__}: {error}); {self._anew()}"
            ) from None
        ids = [asked.id for paragraph in found for asked in paragraph.questions]
        if not ids:
            raise XqgError(f"{file}: no question in it; {self._anew()}")
        if len(set(ids)) < len(ids):
            twice = next(id_ for id_ in ids if ids.count(id_) > 1)
            raise XqgError(f"{file}: question id {twice!r} occurs twice; {self._anew()}")
        return found

    def _paragraph(self, place: str, row: dict[str, Any]) -> Paragraph:
        context = _text(row["context"], place, "the context")
        questions = tuple(_question(question, place, self.sentences) for question in row["qas"])
        return Paragraph(place, context, questions, _sentences(row, place) if self.sentences else ())

    def _check_parallel(
        self, file: Path, first: list[Paragraph], other_file: Path, other: list[Paragraph]
    ) -> None:
        """The same paragraphs with the same question ids, or an id would mean two questions."""
        expected = [(paragraph.place, [asked.id for asked in paragraph.questions]) for paragraph in first]
        found = [(paragraph.place, [asked.id for asked in paragraph.questions]) for paragraph in other]
        if expected == found:
            return
        where = next((e[0] for e, f in zip(expected, found, strict=False) if e != f), "the last")
        raise XqgError(
            f"{other_file}: not parallel to {file.name} (paragraph {where}); get both from the same release"
        )


def _question(row: dict[str, Any], place: str, with_start: bool) -> Asked:
    id_ = _text(row["id"], place, "a question id")
    if any(character.isspace() for character in id_):  # it separates a run's columns
        raise ValueError(f"white space in question id {id_!r} of paragraph {place}")
    answers = dict.fromkeys(_text(answer["text"], place, "an answer") for answer in row["answers"])
    start = _offset(row["answers"][0]["answer_start"], place) if with_start and answers else None
    return Asked(id_, _text(row["question"], place, "a question"), tuple(answers), start)


def _sentences(row: dict[str, Any], place: str) -> tuple[tuple[int, int, str], ...]:
    """The sentences and where they are; a pair of breaks for each."""
    texts, breaks = row["sentences"], row["sentence_breaks"]
    if len(texts) != len(breaks):
        raise ValueError(f"{len(texts)} sentences but {len(breaks)} sentence_breaks in paragraph {place}")
    return tuple(
        (_offset(start, place), _offset(end, place), _text(text, place, "a sentence"))
        for (start, end), text in zip(breaks, texts, strict=True)
    )


def _offset(value: object, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} in paragraph {place} is not a character offset")
    return value


def _text(value: object, place: str, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{what} of paragraph {place} is not a text")
    value.encode()  # half a surrogate pair, which JSON can escape, has no UTF-8 form
    return value
