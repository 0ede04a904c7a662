"""Filters in builds and changes that were interrupted, and for what is added to an index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from filtered_index import (
    CHAINS,
    GIVEN,
    MORE,
    POOL,
    WORDS,
    Coarse,
    Stopping,
    content,
    decided,
    everything,
    given,
    listed,
    maker,
    queries_of,
    spoilt_options,
    stored,
)
from xqg.errors import XqgError
from xqg.index import GeneratedQueries, StoredIndex
from xqg.index.add import add_passages
from xqg.index.languages import add_languages
from xqg.passages import Passage
from xqg.queries.filters import FILTERS


@pytest.fixture
def make(build) -> Callable[..., StoredIndex]:
    return maker(build)


@pytest.mark.parametrize("chain", ["round-trip:3,best:0.6", "best:0.6"])
def test_an_interrupted_build_goes_on_wherever_it_was(make, chain) -> None:
    counter = Stopping()
    whole = content(make(chain, "whole", encoder=counter))
    assert counter.made == 4 * (1 + 2 + 2)  # segments: passages once, queries of two languages twice
    for stop in range(1, counter.made):
        name = f"stopped-{stop}"
        first, again = Stopping(stop), Stopping()
        with pytest.raises(KeyboardInterrupt):
            make(chain, name, encoder=first)
        assert content(make(chain, name, encoder=again)) == whole
        assert again.made <= counter.made - stop + 1  # of a segment's two languages, one may be made again


def test_a_build_interrupted_again_and_again(make) -> None:
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            make(encoder=Stopping(2))
    for _ in range(20):
        with suppress(KeyboardInterrupt):
            index = make(encoder=Stopping(2))
    assert content(index) == content(make(name="whole"))


class Generator:
    """Writes the texts of `WORDS`, and counts the blocks."""

    name, fingerprint, prompt, languages = "tiny", "0", "p", None

    def __init__(self) -> None:
        self.asked: list[str] = []

    def generate_block(self, pairs: Sequence[Any], language: str, n: int, seed: int) -> list[list[str]]:
        self.asked.append(language)
        return [[f"{WORDS[language][m % 2]} {(seed + row + m) % 5}" for m in range(n)] for row in range(len(pairs))]


@pytest.mark.parametrize("stop", [None, 2, 9, 14, 17])
def test_queries_are_generated_once(make, stop) -> None:
    generator = Generator()
    shown: list[int] = []

    def run(name: str, encoder: Coarse, generator: Generator) -> StoredIndex:
        encoder.visible_prefix = lambda texts: list(texts)
        source = GeneratedQueries(generator, encoder, ["de", "ja"], per_language=4, block_size=3)
        return make(name=name, queries=source, encoder=encoder, progress=lambda at: shown.append(at.queries))

    if stop is not None:
        with pytest.raises(KeyboardInterrupt):
            run("one", Stopping(stop), generator)
    index = run("one", Coarse(), generator)
    assert len(generator.asked) == 2 * 7  # blocks of 3 of 20 passages
    assert content(index) == content(run("other", Coarse(), Generator()))
    assert max(shown) == 2 * 4 * 20


@pytest.mark.parametrize("stop", [3, 6, 9, 12, 15, 18])
def test_an_interrupted_build_with_bad_passages(make, stop) -> None:
    with pytest.raises(KeyboardInterrupt):
        make("round-trip:3,best:0.6", encoder=Stopping(stop), **spoilt_options())
    index = make("round-trip:3,best:0.6", **spoilt_options())
    assert content(index) == content(make("round-trip:3,best:0.6", "whole", **spoilt_options()))


@pytest.mark.parametrize("chain", CHAINS)
def test_add(make, chain) -> None:
    before = make(chain)
    new = queries_of(MORE)
    after = add_passages(before.path, MORE, Coarse(), queries=given(new))
    wanted = decided(MORE, new, chain, pool=[*POOL, *MORE], limits=before)
    assert stored(after, start=20) == wanted
    assert any(wanted.values()) or chain == "best:0.01"
    assert sorted(listed(stored(after)) + listed(stored(after, "removed"))) == sorted(
        everything(GIVEN) + everything(new)
    )
    then, now = before.counts, after.counts
    assert now.queries == {code: then.queries[code] + len(mine) for code, mine in wanted.items()}
    assert now.removed == {code: len(mine) for code, mine in stored(after, "removed").items()}
    assert after.manifest.thresholds == before.manifest.thresholds
    assert content(after)[1].slice(0, 20).select(["id"]) == content(before)[1].select(["id"])


def test_replaced_passages_are_not_in_the_pool(make) -> None:
    path = make("round-trip:5").path
    changed = [Passage(one.id, "", f"Another text {row}.", "en") for row, one in enumerate(POOL[:8])]
    new = queries_of(changed)
    after = add_passages(path, changed, Coarse(), queries=given(new), replacing=True)
    wanted = decided(changed, new, "round-trip:5", pool=[*POOL[8:], *changed])
    assert stored(after, start=12) == wanted
    assert wanted != decided(changed, new, "round-trip:5", pool=[*POOL, *changed])
    assert wanted != decided(changed, new, "round-trip:5", pool=POOL[8:])


def test_adding_without_queries(make) -> None:
    after = add_passages(make().path, MORE, Coarse())
    assert not listed(stored(after, start=20))
    assert len(after) == 27


@pytest.mark.parametrize("chain", CHAINS)
def test_add_a_language(make, chain) -> None:
    """Vectors here are exact in float16: the language has what a build with it would have kept."""
    if "language" not in chain:
        whole = make(chain, "whole")
        after = add_languages(make(chain, queries={"de": GIVEN["de"]}).path, Coarse(), given({"ja": GIVEN["ja"]}))
        assert content(after)[1] == content(whole)[1]
        assert after.manifest.thresholds == whole.manifest.thresholds
        assert after.counts == whole.counts
        return
    index = make(chain, queries={"de": GIVEN["de"]})
    after = add_languages(index.path, Coarse(), given({"ja": GIVEN["ja"]}))
    assert stored(after)["ja"] == decided(POOL, GIVEN, chain)["ja"]
    assert stored(after)["de"] == decided(POOL, {"de": GIVEN["de"]}, chain, ("de", "en"))["de"]


@pytest.mark.parametrize("command", ["add", "add-language"])
def test_an_interrupted_change_goes_on(make, command, monkeypatch) -> None:
    monkeypatch.setattr("xqg.index.build.SEGMENT", 3)

    def change(path: Path, encoder: Coarse) -> StoredIndex:
        if command == "add":
            return add_passages(path, MORE, encoder, queries=given({"de": queries_of(MORE)["de"]}))
        return add_languages(path, encoder, given({"ja": GIVEN["ja"]}))

    counter = Stopping()
    whole = content(change(make(name="whole", queries={"de": GIVEN["de"]}).path, counter))
    for stop in range(1, counter.made):
        path = make(name=f"stopped-{stop}", queries={"de": GIVEN["de"]}).path
        with pytest.raises(KeyboardInterrupt):
            change(path, Stopping(stop))
        index = change(path, Coarse())
        assert content(index) == whole
        assert not (path / "work").exists()


def test_a_filter_of_a_later_xqg(make, monkeypatch) -> None:
    path = make("language").path
    monkeypatch.delitem(FILTERS._own, "language")
    with pytest.raises(XqgError, match=r"made with the filter 'language', which this xqg does not know; upgrade"):
        add_passages(path, MORE, Coarse())
