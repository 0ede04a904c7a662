"""Which pairs are kept for choosing, and in which order the others come."""

from __future__ import annotations

from collections import Counter

import pytest

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.training.examples.example import Example
from xqg.training.generator.pairs import Pair, PairSampler, by_language, pairs_of, split_groups


def passage(name: str, language: str = "en") -> Passage:
    return Passage(name, "", f"text of {name}", language)


def pairs(**counts: int) -> list[Pair]:
    return [Pair(f"{code}{n}", code, (passage(f"p{n}"),)) for code, count in counts.items() for n in range(count)]


def test_pairs_of() -> None:
    both = {"en": passage("p"), "de": passage("p:de", "de")}
    found = pairs_of([Example("e", {"en": "What?", "ja": "何？"}, both)])
    assert found == [Pair(text, code, tuple(both.values())) for code, text in (("en", "What?"), ("ja", "何？"))]
    assert list(by_language(found)) == ["en", "ja"]


def test_even_languages_in_every_batch() -> None:
    draws = PairSampler(pairs(en=50, ja=3, ru=7), "even", seed=0)
    drawn = [draws[number][0] for number in range(80)]
    for start in range(0, 80, 8):
        parts = Counter(pair.language for pair in drawn[start : start + 8])
        assert sorted(parts.values()) == [2, 3, 3]
    # Each pair of a language is seen before one is seen again.
    scarce = [pair.question for pair in drawn if pair.language == "ja"]
    for start in range(0, len(scarce) - 3, 3):
        assert sorted(scarce[start : start + 3]) == ["ja0", "ja1", "ja2"]
    assert scarce[:3] != scarce[3:6] or scarce[3:6] != scarce[6:9]  # in another order each time


def test_languages_as_the_data_has_them() -> None:
    data = pairs(en=50, ja=3, ru=7)
    draws = PairSampler(data, "data", seed=0)
    for epoch in range(2):
        assert {draws[epoch * 60 + n][0].question for n in range(60)} == {pair.question for pair in data}


def test_a_row_depends_on_seed_and_number_only() -> None:
    parallel = [Pair(f"q{n}", "en", (passage(f"p{n}"), passage(f"d{n}", "de"))) for n in range(9)]
    first = [PairSampler(parallel, "even", 1)[n] for n in range(30)]
    again = PairSampler(parallel, "even", 1)
    assert [again[n] for n in reversed(range(30))] == first[::-1]
    assert [PairSampler(parallel, "even", 2)[n] for n in range(30)] != first
    languages = Counter(found.language for _, found in first)
    assert min(languages["en"], languages["de"]) > 5  # of parallel passages now one, now the other


def test_split_by_group() -> None:
    examples = [Example(f"e{n}", {"en": f"q{n}"}, {"en": passage(f"p{n}")}, group=f"g{n % 10}") for n in range(40)]
    learn, choose = split_groups(examples, 0.2)
    assert len({example.group for example in choose}) == 2
    assert not {example.group for example in choose} & {example.group for example in learn}
    assert [example for example in examples if example in learn or example in choose] == examples
    assert split_groups(examples, 0) == (examples, [])
    assert len({example.group for example in split_groups(examples, 0.01)[1]}) == 1  # at least one


def test_split_without_groups_goes_by_passage() -> None:
    examples = [Example(f"e{n}", {"en": f"q{n}"}, {"en": passage(f"p{n % 4}")}) for n in range(12)]
    learn, choose = split_groups(examples, 0.25)
    assert len(choose) == 3
    assert len({example.passages["en"].id for example in choose}) == 1
    assert len(learn) == 9
    with pytest.raises(XqgError, match="one article or entity, which cannot be split; set dev_share: 0"):
        split_groups(examples[::4], 0.1)
