"""BM25 through the life of an index: only what is new is counted, and the scores are those of a fresh one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from xqg.errors import XqgError
from xqg.index import GivenQueries, StoredIndex
from xqg.index.add import add_passages
from xqg.index.compact import compact_index
from xqg.index.history import restore_index
from xqg.index.languages import add_languages
from xqg.index.remove import remove_passages
from xqg.index.reweight import reweight_index
from xqg.passages import Passage
from xqg.search import postings_files
from xqg.search.bm25 import Bm25Engine
from xqg.search.cache import check_cache
from xqg.search.lexical import lexical_engine
from xqg.search.postings import Postings
from xqg.search.ranking import tie_order

QUESTIONS = ["Text number 3 Title", "質問 5 1", "вопрос 2", "kysymys 4", "new title"]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are cut into tokens."""
    texts: list[str] = []
    original = Postings.of.__func__

    def watched(cls: type[Postings], given: list[str]) -> Postings:
        given = list(given)
        texts.extend(given)
        return original(cls, given)

    monkeypatch.setattr(Postings, "of", classmethod(watched))
    return texts


def engine(path: Path, languages: tuple[str, ...] | None = None, version: int | None = None) -> Bm25Engine:
    """BM25 as a search has it, checked against one over the texts of each passage."""
    index = StoredIndex.open(path, version)
    languages = index.languages if languages is None else languages
    made = lexical_engine(index, languages, tie_order(index.ids()))
    texts = []
    for passage in index.passages(index.ids()):
        queries = index.queries(passage.id)
        texts.append(" ".join([passage.full_text, *(one for code in languages for one in queries[code])]))
    wanted = Bm25Engine.over(original_of(texts), tie_order(index.ids()))
    for question in QUESTIONS:
        assert made.scores(question).tobytes() == wanted.scores(question).tobytes(), question
        assert made.search(question, 3)[1].tolist() == wanted.search(question, 3)[1].tolist()
    assert any(made.scores(question).any() for question in QUESTIONS)
    return made


original_of = Postings.of  # before any test watches it


def files(path: Path) -> list[Path]:
    return sorted((path / "cache" / "postings").iterdir())


def test_only_what_is_new_is_counted(build, fake_encoder, counted: list[str]) -> None:
    path = build().path
    engine(path)
    assert len(counted) == 7 * 4  # title and text, and the queries in three languages
    counted.clear()

    new = [Passage("n1", "New title", "A new text.", "en")]
    queries = {code: {"n1": [f"{code} query"]} for code in ("ja", "ru", "zh_Hant")}
    add_passages(path, new, fake_encoder(), queries=GivenQueries(queries))
    engine(path)
    assert sorted(counted) == ["New title A new text.", "ja query", "ru query", "zh_Hant query"]
    counted.clear()

    remove_passages(path, ["p0", "p4"])
    engine(path)
    reweight_index(path, alpha=0.7)
    engine(path)
    engine(path, ("ja",))
    engine(path, ())
    restore_index(path, 2)
    engine(path)
    engine(path, version=1)
    assert counted == []

    finnish = {"fi": {id_: [f"kysymys {id_}"] for id_ in StoredIndex.open(path).ids()}}
    add_languages(path, fake_encoder(), GivenQueries(finnish))
    engine(path)
    assert sorted(counted) == sorted(f"kysymys {id_}" for id_ in StoredIndex.open(path).ids())
    assert check_cache(StoredIndex.open(path)) == []


def test_deleted_rows_come_back(build, counted: list[str]) -> None:
    """They are counted with the others, so that going back counts nothing."""
    path = build().path
    remove_passages(path, ["p1", "p5"])
    engine(path)
    assert len(counted) == 7 * 4
    counted.clear()
    restore_index(path, 1)
    engine(path)
    assert counted == []


def test_postings_go_with_their_data(build, fake_encoder, counted: list[str]) -> None:
    path = build().path
    engine(path)
    before = files(path)
    assert len(before) == 4
    compact_index(path, keep=1)
    engine(path)
    assert len(counted) == 2 * 7 * 4
    assert len(files(path)) == 4
    assert not set(before) & set(files(path))


def test_the_same_data_twice(build, fake_encoder, pool, counted: list[str]) -> None:
    """Two segments whose queries, and nothing else, are in files of the same bytes."""
    path = build().path
    finnish = {"fi": {one.id: ["kysymys 4"] for one in pool}}
    add_languages(path, fake_encoder(), GivenQueries(finnish))
    index = StoredIndex.open(path)
    last = [fragment.metadata.files[-1].path for fragment in index.dataset.get_fragments()]
    data = path / "passages.lance" / "data"
    assert (data / last[0]).read_bytes() == (data / last[1]).read_bytes()
    engine(path)
    assert counted.count("kysymys 4") == 3 + 1  # of the first segment and the last, which is shorter
    for kept in (path / "cache").glob("bm25-*"):
        kept.unlink()
    counted.clear()
    engine(path)
    assert counted == []


def test_nothing_is_counted_of_damaged_data(build, counted: list[str]) -> None:
    path = build().path
    wanted = engine(path, ())
    shutil.rmtree(path / "cache")
    fragment = StoredIndex.open(path).dataset.get_fragments()[1]
    file = path / "passages.lance" / "data" / fragment.metadata.files[0].path
    sound = file.read_bytes()
    place = sound.index(b"Text number 4")
    file.write_bytes(sound[:place] + b"River" + sound[place + 5 :])
    counted.clear()
    with pytest.raises(XqgError, match=f"{file.name} is damaged"):
        lexical_engine(StoredIndex.open(path), (), wanted._ties)
    assert counted == []
    file.write_bytes(sound)
    assert engine(path, ()).scores(QUESTIONS[0]).tobytes() == wanted.scores(QUESTIONS[0]).tobytes()
    assert check_cache(StoredIndex.open(path)) == []


def test_unlisted_data_is_known_by_what_is_in_it(build) -> None:
    """Without checksums nothing vouches for a file, but what was counted of other bytes is not taken for it."""
    path = build().path
    (path / "checksums.json").unlink()
    fragment = StoredIndex.open(path).dataset.get_fragments()[1]
    file = path / "passages.lance" / "data" / fragment.metadata.files[0].path
    sound = file.read_bytes()
    place = sound.index(b"Text number 4")
    file.write_bytes(sound[:place] + b"River" + sound[place + 5 :])
    assert engine(path, ()).scores("river").any()
    file.write_bytes(sound)
    assert not engine(path, ()).scores("river").any()


def test_every_changed_bit_of_a_file_is_seen(build, counted: list[str]) -> None:
    path = build().path
    engine(path, ())
    [file] = files(path)
    sound = file.read_bytes()
    for place in range(len(sound)):
        file.write_bytes(sound[:place] + bytes([sound[place] ^ 1 << place % 8]) + sound[place + 1 :])
        assert postings_files.read(file) is None, place
        assert postings_files.damaged_files(file.parent) == [f"postings/{file.name} is damaged"]
    for end in (0, 1, 64, 65, 66, len(sound) - 1):
        file.write_bytes(sound[:end])
        assert postings_files.read(file) is None, end
    file.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
    for kept in (path / "cache").glob("bm25-*"):
        kept.unlink()
    counted.clear()
    engine(path, ())
    assert len(counted) == 7
    assert file.read_bytes() == sound


def test_a_cache_that_cannot_be_written(build, counted: list[str]) -> None:
    path = build().path
    shutil.rmtree(path / "cache", ignore_errors=True)
    (path / "cache").write_text("in the way")
    engine(path)
    engine(path)
    assert len(counted) == 2 * 7 * 4


def test_what_belongs_to_nothing_goes(build, fake_encoder) -> None:
    path = build().path
    engine(path)
    folder = path / "cache" / "postings"
    for name in (".some.postings.1-2.part", "other"):
        (folder / name).touch()
    assert check_cache(StoredIndex.open(path)) == []  # somebody may be writing it
    for name in (".some.postings.1-2.part", "other"):
        os.utime(folder / name, (0, 0))
    os.utime(folder, (0, 0))  # however long ago anything was put there
    assert len(check_cache(StoredIndex.open(path))) == 2
    reweight_index(path, alpha=0.7)
    engine(path)
    assert len(files(path)) == 4 + 2
    finnish = {"fi": {"p1": ["kysymys"]}}
    add_languages(path, fake_encoder(), GivenQueries(finnish))
    engine(path)
    assert check_cache(StoredIndex.open(path)) == []
    assert len(files(path)) == 5


def test_groups_of_few_rows(build, monkeypatch: pytest.MonkeyPatch, counted: list[str]) -> None:
    monkeypatch.setattr("xqg.search.segments.GROUP", 4)
    path = build().path
    engine(path)
    assert len(files(path)) == 2 * 4  # segments of 3, 3 and 1 rows
    assert len(counted) == 7 * 4
    counted.clear()
    files(path)[3].unlink()
    for kept in (path / "cache").glob("bm25-*"):
        kept.unlink()
    engine(path)
    assert 3 <= len(counted) <= 4
    assert np.isfinite(engine(path).scores(QUESTIONS[0])).all()
