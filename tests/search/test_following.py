"""Following an index that changes: no search mixes two versions."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index.add import add_passages
from xqg.index.remove import remove_passages
from xqg.index.reweight import reweight_index
from xqg.passages import Passage, PassageList
from xqg.search import Searcher

TEXTS = ["Text number 3.", "質問 5 1", "вопрос 0 1"]


def pairs(hits) -> list[list[tuple[str, float, str]]]:
    return [[(hit.passage_id, hit.score, hit.passage.text) for hit in found] for found in hits]


def test_to_the_latest_version_and_only_once(build, fake_encoder) -> None:
    searcher = Searcher(build(), fake_encoder())
    before = pairs(searcher.search(TEXTS))
    assert searcher.follow() is False
    reweight_index(searcher.index.path, alpha=0.8)
    assert pairs(searcher.search(TEXTS)) == before  # until it is told to
    assert searcher.follow() is True
    assert searcher.index.version == 2
    after = pairs(searcher.search(TEXTS))
    assert after == pairs(Searcher(StoredIndex.open(searcher.index.path), fake_encoder()).search(TEXTS)) != before
    assert searcher.follow() is False


def test_hits_read_from_their_own_version(build, fake_encoder) -> None:
    searcher = Searcher(build(), fake_encoder())
    hits = searcher.search(TEXTS, 7)[0]
    remove_passages(searcher.index.path, ["p0", "p3"])
    assert searcher.follow()
    assert [hit.passage.id for hit in hits] == [hit.passage_id for hit in hits]
    assert len(hits) == 7
    assert {hit.passage_id for hit in searcher.search(TEXTS, 7)[0]} == {"p1", "p2", "p4", "p5", "p6"}


def test_the_engine_of_the_new_version(build, fake_encoder) -> None:
    index, said = build(), []
    followed = Searcher(index, fake_encoder(), say=said.append)
    fixed = Searcher(index, fake_encoder(), engine="Flat", say=said.append)
    reweight_index(index.path, engine="HNSW8")
    assert followed.follow()
    assert [line.split()[0] for line in said] == ["HNSW8"]  # ready before anybody asks
    assert fixed.follow()
    fixed.search(TEXTS)
    assert len(said) == 1


def test_a_version_that_cannot_be_searched(build, fake_encoder) -> None:
    searcher = Searcher(build(), fake_encoder())
    before = pairs(searcher.search(TEXTS))
    reweight_index(searcher.index.path, engine="IVF1,Flat")
    with pytest.raises(XqgError, match="needs at least 39 passages"):
        searcher.follow()
    assert searcher.index.version == 1
    assert pairs(searcher.search(TEXTS)) == before


@pytest.mark.parametrize("options", [{}, {"alpha": 0.9}, {"where": "language = 'en'"}, {"hybrid": True}])
def test_a_search_ends_on_the_version_it_began_with(build, fake_encoder, options: dict) -> None:
    """The searcher moves on while the questions are encoded."""
    encoder = fake_encoder()
    searcher = Searcher(build(), encoder)
    before = pairs(searcher.search(TEXTS, 7, **options))
    remove_passages(searcher.index.path, ["p0", "p3"])
    encode = encoder.encode_queries

    def moving(texts: list[str]):
        assert searcher.follow()
        return encode(texts)

    encoder.encode_queries = moving
    assert pairs(searcher.search(TEXTS, 7, **options)) == before
    encoder.encode_queries = encode
    assert searcher.index.version == 2
    after = pairs(searcher.search(TEXTS, 7, **options))
    assert (
        after
        == pairs(Searcher(StoredIndex.open(searcher.index.path), encoder).search(TEXTS, 7, **options))
        != before
    )


def test_eight_threads_search_while_it_follows(build, fake_encoder) -> None:
    """Every answer is that of one version, hits and passages included."""
    index = build()
    searcher = Searcher(index, fake_encoder())
    options = [{}, {"alpha": 0.9}, {"where": "language = 'en'"}, {"hybrid": True}]

    def answers(of: Searcher) -> list:
        return [pairs(of.search(TEXTS, 9, **one)) for one in options]

    wanted = [answers(searcher)]
    done, started = threading.Event(), threading.Barrier(9)

    def ask(number: int) -> list:
        started.wait()
        found = []
        while not done.is_set() or len(found) < 4:
            found.append((number % 4, pairs(searcher.search(TEXTS, 9, **options[number % 4]))))
        return found

    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(ask, number) for number in range(8)]
        started.wait()
        try:
            for change in range(4):
                if change % 2:
                    remove_passages(index.path, [f"p{change}", f"new{change - 1}"])
                else:
                    new = PassageList([Passage(f"new{change}", "", f"Text number 3. {change}", "en")])
                    add_passages(index.path, new, fake_encoder())
                assert searcher.follow()
                wanted.append(answers(Searcher(StoredIndex.open(index.path), fake_encoder())))
        finally:
            done.set()
        found = [one for job in asked for one in job.result()]
    for option, answer in found:
        assert answer in [version[option] for version in wanted]
    assert searcher.index.version == 5
    assert answers(searcher) == wanted[-1]
