"""`xqg.Index`: built, opened, searched and changed from Python."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xqg
from stored_rows import rows_digest
from tiny_index import FakeEncoder
from xqg.door.blueprint import Blueprint, Settings
from xqg.door.hits import Hits
from xqg.index import StoredIndex
from xqg.passages import Passage, Question
from xqg.queries import GeneratedQuery

QUESTION = "フィンランドの通貨は何ですか？"
ROWS: list[dict[str, Any]] = [
    {"_id": "a", "title": "A", "text": "first", "year": 2000},
    {"id": "b", "text": "second", "language": "fi"},
    {"_id": "c", "text": "third"},
]


def ids(hits: Hits) -> list[str]:
    return [hit.passage_id for hit in hits]


@pytest.fixture
def fake(tmp_path: Path) -> xqg.Index:
    """Three passages and two Finnish queries each, by an encoder that is an object."""
    queries = [GeneratedQuery(id_, "fi", f"{id_} {n}", 0, "hand") for id_ in "abc" for n in range(2)]
    return xqg.Index.build(
        tmp_path / "fake", ROWS, encoder=FakeEncoder(64), queries=queries, alpha=0.5, progress=False
    )


def test_the_sample_of_the_plan(place: Path) -> None:
    index = xqg.Index.build(
        "other", "passages.jsonl", encoder="mini", generator="mini", languages="ja,fi", per_language=1, progress=False
    )
    assert repr(index) == "Index other: 3 passages, 6 generated queries in fi, ja, version 1"
    assert (len(index), index.version, index.path, index.fields) == (3, 1, Path("other"), {"year": "int64"})
    seen = [
        (hit.rank, hit.passage.title, hit.passage.language, dict(hit.passage.fields))
        for hit in xqg.Index.open("other").search(QUESTION, k=1, languages="auto")
    ]
    assert seen == [(1, "Finland", "en", {"year": 1917})]
    index.add_language("ar", progress=False)
    index.reweight(alpha=0.1, engine="HNSW32", progress=False)
    assert index.version == 3
    assert [one.command for one in index.history()] == ["index", "add-language", "reweight"]
    assert index.restore(1).version == 4
    assert index.verify(progress=False).ok
    assert index.export("npy", "vectors").startswith("vectors: 3 vectors")
    assert (place / "vectors").is_dir()


def test_all_settings_are_shown_and_typed() -> None:
    """One declaration: the signature that help shows, the one that type checkers see, and what takes them."""
    taken = {
        name: one
        for name, one in inspect.signature(Blueprint).parameters.items()
        if one.kind is inspect.Parameter.KEYWORD_ONLY
    }
    for function, own in ((xqg.Index.build, {"progress"}), (xqg.Index.plan, {"progress", "sample"})):
        shown = {
            name: one
            for name, one in inspect.signature(function).parameters.items()
            if one.kind is inspect.Parameter.KEYWORD_ONLY and name not in own
        }
        assert shown == taken
    assert set(Settings.__annotations__) == set(taken)
    types = {name: str(getattr(one, "__forward_arg__", one)) for name, one in Settings.__annotations__.items()}
    types["encoder"] = types["encoder"].removeprefix("Required[").removesuffix("]")
    assert types == {name: one.annotation for name, one in taken.items()}
    for name in taken:
        assert f" {name}" in (xqg.Index.build.__doc__ or "") or f"`{name}`" in (xqg.Index.build.__doc__ or ""), name


def test_a_question_and_a_list_of_them(fake: xqg.Index) -> None:
    lone = fake.search("a 0", k=2)
    assert isinstance(lone, Hits)
    assert [hit.rank for hit in lone] == [1, 2]
    [listed] = fake.search(["a 0"], k=2)
    assert listed == lone
    assert fake.search(Question("q", "a 0", "en"), k=2) == lone
    assert [ids(one) for one in fake.search(iter(["a 0", "b 0"]), k=1)] == [["a"], ["b"]]
    assert fake.search([]) == []


def test_vectors(fake: xqg.Index) -> None:
    vectors = FakeEncoder(64).encode_queries(["a 0", "b 0"])
    assert [ids(one) for one in fake.search(vectors, k=1)] == [["a"], ["b"]]
    assert ids(fake.search(vectors[1], k=1)) == ["b"]
    for wrong in (vectors[None], vectors.astype(int)):
        with pytest.raises(xqg.XqgError, match=r"`questions` are an array of .* give floating point vectors"):
            fake.search(wrong)


def test_many_questions_are_one_batch(tmp_path: Path) -> None:
    class Counting(FakeEncoder):
        calls: list[int] = []  # noqa: RUF012

        def encode_queries(self, texts: Any) -> np.ndarray:
            self.calls.append(len(texts))
            return super().encode_queries(texts)

    encoder = Counting()
    index = xqg.Index.build(tmp_path / "index", ROWS, encoder=encoder, progress=False)
    encoder.calls.clear()
    index.search([f"question {n}" for n in range(5)])
    assert encoder.calls == [5]


def test_generated_queries_that_moved_a_hit(fake: xqg.Index) -> None:
    encoder = FakeEncoder(64)
    [hit] = fake.search("a 1", k=1, queries=True)
    question = encoder.encode_queries(["a 1"])[0]
    expected = sorted(((float(encoder.encode_queries([f"a {n}"])[0] @ question), f"a {n}") for n in range(2)), reverse=True)
    assert [(one.text, one.language) for one in hit.queries] == [(text, "fi") for _, text in expected]
    assert [one.similarity for one in hit.queries] == pytest.approx([value for value, _ in expected])
    assert [hit.queries for hit in fake.search("a 1", k=1)] == [()]
    assert [hit.queries for hit in fake.search("a 1", k=1, languages=[], queries=True)] == [()]


def test_queries_of_the_questions_language_only(place: Path) -> None:
    index = xqg.Index.open("my-index")
    of_all, of_auto = (index.search(QUESTION, k=2, languages=code, queries=True) for code in (None, "auto"))
    assert {one.language for hit in of_all for one in hit.queries} == {"fi", "ja"}
    assert {one.language for hit in of_auto for one in hit.queries} == {"ja"}
    assert all(len(hit.queries) == 2 for hit in of_auto)


def test_languages_as_text_or_list(fake: xqg.Index) -> None:
    assert fake.search("a 0", languages="fi") == fake.search("a 0", languages=["fi"])
    for languages in ("none", []):
        fake.reweight(languages=languages, progress=False)
        assert fake.stored.manifest.weighted == ()
        fake.reweight(languages="all", progress=False)
        assert fake.stored.manifest.weighted == ("fi",)


def test_it_goes_on_with_the_version_that_a_change_made(fake: xqg.Index) -> None:
    assert len(fake.search("a 0")) == 3
    report = fake.add([Passage("d", "", "fourth", "en")], no_queries=True, progress=False)
    assert (report.version, report.passages, report.changed, report.about["added"]) == (2, 4, True, 1)
    assert (fake.version, len(fake), fake.last_change) == (2, 4, report)
    assert len(fake.search("a 0")) == 4
    assert repr(fake.remove("d")) == f"{fake.path}: version 3, 3 passages; 1 removed"
    assert fake.remove(["d"], missing_ok=True).changed is False
    assert fake.restore(2).passages == 4
    assert StoredIndex.open(fake.path).version == fake.version == 4


def test_a_change_begins_with_the_latest_version(fake: xqg.Index) -> None:
    other = xqg.Index.open(fake.path, encoder=FakeEncoder(64))
    other.remove("a")
    assert (fake.version, len(fake.search("a 0"))) == (1, 3)  # it stays where it was
    assert repr(fake.remove("b")) == f"{fake.path}: version 3, 1 passages; 1 removed"
    assert ids(fake.search("a 0")) == ["c"]


def test_an_earlier_version(fake: xqg.Index) -> None:
    fake.remove("a")
    before = xqg.Index.open(fake.path, 1, encoder=FakeEncoder(64))
    assert (len(before), before.version, len(before.search("a 0"))) == (3, 1, 3)


def test_another_encoder_is_refused(fake: xqg.Index) -> None:
    with pytest.raises(xqg.XqgError, match=r"built with encoder fake .*, not with fake"):
        xqg.Index.open(fake.path, encoder=FakeEncoder(16))


def test_an_encoder_that_has_moved(place: Path, bert_folder: Path, tmp_path: Path) -> None:
    import shutil

    first, then = tmp_path / "first", tmp_path / "then"
    shutil.copytree(bert_folder, first)
    xqg.Index.build("moved", ROWS, encoder=str(first), progress=False)
    first.rename(then)
    with pytest.raises(xqg.XqgError, match="no such folder"):
        xqg.Index.open("moved").search("first")
    index = xqg.Index.open("moved", encoder=str(then))
    assert len(index.search("first")) == 3
    assert index.add([{"id": "d", "text": "fourth"}], progress=False).passages == 4


def test_the_encoder_is_loaded_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Any] = []
    from xqg.search import encoder as module

    real = module.load_index_encoder
    monkeypatch.setattr(
        "xqg.door.searchable.load_index_encoder", lambda *given, **more: loaded.append(more) or real(*given, **more)
    )
    index = xqg.Index.open("my-index")
    assert loaded == []
    index.search(QUESTION)
    index.search(QUESTION, engine="HNSW4")
    index.add([{"id": "oslo", "text": "Oslo"}], no_queries=True, progress=False)
    index.search(QUESTION)
    index.retrieve([QUESTION], progress=False)
    assert len({one["dtype"] for one in loaded}) == len(loaded) <= 2  # for searches, and where it differs for changes


def test_passages_of_every_kind(tmp_path: Path) -> None:
    passages = [Passage("a", "A", "first", "en", {"year": 2000}), Passage("b", "", "second", "fi"), Passage("c", "", "third", "en")]

    def generator() -> Iterator[dict[str, Any]]:
        yield from ROWS

    built = [
        xqg.Index.build(tmp_path / str(number), given, encoder=FakeEncoder(64), progress=False)
        for number, given in enumerate([ROWS, passages, tuple(passages), generator(), [passages[0], *ROWS[1:]]])
    ]
    assert len({rows_digest(index.stored) for index in built}) == 1
    assert built[0].passages(["b", "a"]) == [passages[1], passages[0]]


def test_what_skip_bad_leaves_out_of_a_list(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = [*ROWS, {"id": "d", "text": " "}, {"text": "no id"}]
    with pytest.raises(xqg.XqgError, match="`passages`:4: passage 'd' is empty"):
        xqg.Index.build(tmp_path / "index", rows, encoder=FakeEncoder(64), progress=False)
    logging.getLogger("xqg").propagate = True
    index = xqg.Index.build(tmp_path / "index", rows, encoder=FakeEncoder(64), skip_bad=True, progress=False)
    assert len(index) == 3
    assert "2 bad rows are left out, the first in line 4: passage 'd' is empty" in caplog.text
    report = index.last_change
    assert report is not None
    assert report.left_out == tmp_path / "index.bad.jsonl"
    assert len(report.left_out.read_text().splitlines()) == 2


def test_the_same_call_opens_it(place: Path) -> None:
    before = (place / "my-index").stat().st_mtime_ns
    how: dict[str, Any] = {"encoder": "mini", "generator": "mini", "languages": ["ja", "fi"], "per_language": 2}
    index = xqg.Index.build("my-index", "passages.jsonl", progress=False, **how)
    assert repr(index.last_change).splitlines()[0] == "my-index: this command made it before; nothing was done"
    assert (place / "my-index").stat().st_mtime_ns == before
    with pytest.raises(xqg.XqgError, match="already there and not empty; choose another `out` or delete it"):
        xqg.Index.build("my-index", "passages.jsonl", progress=False, **{**how, "seed": 1})


def test_a_generator_given_to_an_index(place: Path) -> None:
    generator = xqg.load_generator("mini")
    xqg.Index.build(
        "given", ROWS, encoder="mini", generator=generator, languages=["ja"], per_language=1, progress=False
    )
    index = xqg.Index.open("given")
    index.add([{"id": "d", "text": "fourth"}], generator=generator, progress=False)
    index.add_language(["fi"], generator=generator, progress=False)
    assert {code: len(texts) for code, texts in index.queries("d").items()} == {"fi": 1, "ja": 1}


def test_retrieve(fake: xqg.Index, tmp_path: Path) -> None:
    from xqg.evaluation import read_trec

    out = tmp_path / "run.trec"
    run = fake.retrieve(["a 0", {"id": "x", "text": "b 0"}, Question("y", "c 0", "fi")], k=2, out=out, progress=False)
    assert {id_: [passage for passage, _ in pairs][:1] for id_, pairs in run.items()} == {"1": ["a"], "x": ["b"], "y": ["c"]}
    assert read_trec(out) == run
    assert fake.retrieve(["a 0"], where="year > 2100", out=tmp_path / "none", progress=False) == {"1": []}
    assert (tmp_path / "none").read_text() == ""
    with pytest.raises(xqg.XqgError, match="already there; choose another `out`"):
        fake.retrieve(["a 0"], out=out, progress=False)


def test_progress_is_told_unless_it_is_not_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    xqg.Index.build(tmp_path / "quiet", ROWS, encoder=FakeEncoder(64), engine="HNSW4", progress=False)
    assert capsys.readouterr() == ("", "")
    xqg.Index.build(tmp_path / "told", ROWS, encoder=FakeEncoder(64), engine="HNSW4")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("HNSW4 over 3 passages built in ")


def test_a_sentence_transformer_and_a_function(tmp_path: Path, static_folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    def shout(passages: list[tuple[str, str]], language: str, n: int, seed: int) -> list[list[str]]:
        return [[f"{text} {language} {number}?" for number in range(n)] for _, text in passages]

    model = SentenceTransformer(str(static_folder), device="cpu")
    path = tmp_path / "index"
    built = xqg.Index.build(path, ROWS, encoder=model, generator=shout, languages="fi", per_language=2, progress=False)
    assert built.queries("a") == {"fi": ["first fi 0?", "first fi 1?"]}
    index = xqg.Index.open(path, encoder=model)
    assert index.search("first", k=3) == built.search("first", k=3)
    index.add([{"id": "d", "text": "fourth"}], generator=shout, progress=False)
    assert index.queries("d") == {"fi": ["fourth fi 0?", "fourth fi 1?"]}
    without = xqg.Index.open(path)
    with pytest.raises(xqg.XqgError, match=r"built with the encoder object .*, which no name loads; give it as `encoder`"):
        without.search("first")
    with pytest.raises(xqg.XqgError, match="written by the object shout, which no name loads; give it as `generator`"):
        index.add([{"id": "e", "text": "fifth"}], progress=False)


def test_an_encoder_given_to_a_search(fake: xqg.Index, tmp_path: Path) -> None:
    index = xqg.Index.open(fake.path)
    encoder = FakeEncoder(64)
    assert index.search("a 0", encoder=encoder) == fake.search("a 0")
    searcher = index._searchers[None]
    assert index.search("a 0", encoder=encoder) == index.search("a 0")  # and later ones
    assert index._searchers[None] is searcher  # the same encoder is taken once
    assert index.retrieve(["a 0"], encoder=encoder, progress=False) == fake.retrieve(["a 0"], progress=False)
    with pytest.raises(xqg.XqgError, match=r"built with encoder fake .*, not with fake"):
        index.search("a 0", encoder=FakeEncoder(16))
    with pytest.raises(xqg.XqgError, match="`encoder` is 3; give a name, a folder, a SentenceTransformer"):
        index.search("a 0", encoder=3)
