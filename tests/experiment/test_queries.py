from __future__ import annotations

from pathlib import Path

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment.arms import parse_arms
from xqg.experiment.plan import Plan
from xqg.experiment.queries import QueryFile, needed

PLAN = Plan(("en",), ("en", "fi", "ja"), None, n=2)
ALL = parse_arms("none,mono,target-n,cross") or []


def test_needed_is_the_most_any_arm_asks() -> None:
    assert needed(PLAN, ALL, "en") == {"en": 4, "fi": 2, "ja": 2}
    assert needed(PLAN, parse_arms("none"), "en") == {}


def test_numbers_are_read_from_the_file(tiny: Benchmark, queries_file: Path) -> None:
    assert QueryFile.read(queries_file).per_language(PLAN, tiny.passages) == 2
    found = QueryFile.read(queries_file).take(PLAN, ALL, tiny.passages, exact=True)
    assert {code: len(found[code]["p3"]) for code in found} == {"en": 4, "fi": 2, "ja": 2}
    assert found["ja"]["p3"] == ["ja thing 3 0", "ja thing 3 1"]


def test_a_smaller_n_takes_the_first(tiny: Benchmark, queries_file: Path) -> None:
    plan = Plan(("en",), ("en", "fi", "ja"), None, n=1)
    found = QueryFile.read(queries_file).take(plan, ALL, tiny.passages, exact=False)
    assert found["en"]["p0"] == ["en thing 0 0", "en thing 0 1"]  # K = 1·2
    assert found["fi"]["p0"] == ["fi thing 0 0"]


def test_unequal_numbers_are_named(tiny: Benchmark, queries_file: Path) -> None:
    lines = [line for line in queries_file.read_text().splitlines() if '"ja thing 4 1"' not in line]
    queries_file.write_text("\n".join(lines))
    with pytest.raises(XqgError, match="p4 has 1 queries in 'ja'"):
        QueryFile.read(queries_file).per_language(PLAN, tiny.passages)


def test_k_that_is_not_n_times_l_is_refused(tiny: Benchmark, queries_file: Path) -> None:
    with queries_file.open("a", encoding="utf-8") as file:
        file.write('{"passage_id": "p0", "language": "en", "text": "one more"}\n')
    with pytest.raises(XqgError, match=r"K = n·L = 2·2 = 4 .*own language 'en', p0 has 5 queries"):
        QueryFile.read(queries_file).take(PLAN, ALL, tiny.passages, exact=True)
    QueryFile.read(queries_file).take(PLAN, parse_arms("none,cross"), tiny.passages, exact=True)  # none asks for K


def test_an_arm_that_cannot_be_filled_is_named(tiny: Benchmark, queries_file: Path) -> None:
    lines = [line for line in queries_file.read_text().splitlines() if '"language": "en"' not in line]
    queries_file.write_text("\n".join(lines))
    with pytest.raises(XqgError, match="arm mono needs 4 queries in 'en'"):
        QueryFile.read(queries_file).take(PLAN, ALL, tiny.passages, exact=True)


def test_a_file_for_another_pool(tiny: Benchmark, queries_file: Path) -> None:
    queries_file.write_text('{"passage_id": "other", "language": "fi", "text": "x"}\n')
    with pytest.raises(XqgError, match="holds no queries for this pool"):
        QueryFile.read(queries_file).per_language(PLAN, tiny.passages)
