"""Any object that reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from xqg.errors import XqgError
from xqg.passages import Passage
from xqg.reading import AnswerCache, Span, as_reader
from xqg.reading.extractive import ExtractiveReader

PAIRS = [("Which city?", Passage("p", "", "in Rome", "en")), ("Who?", Passage("q", "", "nobody", "en"))]


class LastWord:
    """The last word of a passage that has two."""

    def read(self, pairs: Sequence[tuple[str, Passage]]) -> list[Span | None]:
        spans: list[Span | None] = []
        for _, passage in pairs:
            start = passage.text.rfind(" ") + 1
            spans.append(Span(passage.text[start:], passage.id, start, len(passage.text), 1.0) if start else None)
        return spans


class Stated(LastWord):
    name = "last-word"
    fingerprint = "1"
    languages = ("en",)


def test_any_object_that_reads() -> None:
    reader = as_reader(LastWord())
    assert (reader.name, reader.languages, reader.dtype) == ("LastWord", None, "float32")
    assert reader.fingerprint.startswith("object:")
    found, none = reader.read(PAIRS)
    assert found == Span("Rome", "p", 3, 7, 1.0)
    assert none == Span("", "q", 0, 0, float("-inf"))
    assert as_reader(reader) is reader


def test_what_an_object_says_of_itself() -> None:
    reader = as_reader(Stated())
    assert (reader.name, reader.languages) == ("last-word", ("en",))
    assert reader.settings() == {"name": "last-word", "fingerprint": reader.fingerprint, "dtype": "float32"}
    other: Any = Stated()
    other.fingerprint = "2"
    assert len({as_reader(one).fingerprint for one in (Stated(), Stated(), other, LastWord())}) == 3


def test_a_loaded_one_and_a_name(readers: dict[str, Any], reader_folders: dict[str, Path]) -> None:
    kind = next(iter(readers))
    assert as_reader(readers[kind]) is readers[kind]
    assert isinstance(as_reader(reader_folders[kind], device="cpu"), ExtractiveReader)


def test_its_answers_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = AnswerCache(tmp_path).read(as_reader(Stated()), PAIRS)
    monkeypatch.setattr(Stated, "read", lambda *_: pytest.fail("read again"))
    assert AnswerCache(tmp_path).read(as_reader(Stated()), PAIRS) == first


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        ([None], "`reader` Given gave 1 answers for 2 passages; return one for each"),
        (["Rome", None], "`reader` Given gave 'Rome' for passage 'p'; return a Span of that passage's text, or None"),
        ([Span("Rome", "p", 0, 4, 1.0), None], r"gave Span\(text='Rome'.* for passage 'p'"),
        ([None, Span("in", "p", 0, 2, 1.0)], "for passage 'q'"),
    ],
)
def test_wrong_answers(spans: Any, message: str) -> None:
    class Given:
        def read(self, pairs: Any) -> Any:
            return spans

    with pytest.raises(XqgError, match=message):
        as_reader(Given()).read(PAIRS)


@pytest.mark.parametrize("wrong", [5, None, LastWord, object(), ["mini"]])
def test_what_is_no_reader(wrong: Any) -> None:
    with pytest.raises(XqgError, match=r"`reader` is .*; give a name, a folder, or an object with `read`"):
        as_reader(wrong)
