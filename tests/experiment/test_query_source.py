from __future__ import annotations

from pathlib import Path

import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment.plan import Plan
from xqg.experiment.query_source import QueryFile, language_shares, needed
from xqg.experiment.system import SYSTEMS, System
from xqg.queries import read_queries

PLAN = Plan(("en",), ("en", "fi", "ja"), None, n=2)
GERMAN, ENGLISH = "Wann wurde die große Brücke gebaut?", "When was the great bridge built?"


def systems(*names: str) -> list[System]:
    return [SYSTEMS[name]() for name in names]


ALL = systems("none", "mono", "target-n", "cross")


def test_needed_is_the_most_any_arm_asks() -> None:
    assert needed(PLAN, ALL, "en") == {"en": 4, "fi": 2, "ja": 2}
    assert needed(PLAN, systems("none"), "en") == {}
    assert needed(PLAN, systems("bm25", "doc2query"), "en") == {"en": 2, "fi": 2, "ja": 2}


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
    QueryFile.read(queries_file).take(PLAN, systems("none", "cross"), tiny.passages, exact=True)  # none asks for K


def test_an_arm_that_cannot_be_filled_is_named(tiny: Benchmark, queries_file: Path) -> None:
    lines = [line for line in queries_file.read_text().splitlines() if '"language": "en"' not in line]
    queries_file.write_text("\n".join(lines))
    with pytest.raises(XqgError, match="arm mono needs 4 queries in 'en'"):
        QueryFile.read(queries_file).take(PLAN, ALL, tiny.passages, exact=True)


def test_a_file_for_another_pool(tiny: Benchmark, queries_file: Path) -> None:
    queries_file.write_text('{"passage_id": "other", "language": "fi", "text": "x"}\n')
    with pytest.raises(XqgError, match="holds no queries for this pool"):
        QueryFile.read(queries_file).per_language(PLAN, tiny.passages)


# Not from a file


def test_a_list_and_a_dictionary_hold_what_the_file_holds(queries_file: Path) -> None:
    file = QueryFile.read(queries_file)
    listed = QueryFile.read(read_queries(queries_file))
    assert listed.held == file.held
    given = QueryFile.read(file.held)
    assert given.held == file.held
    assert (listed.name, given.name, file.name) == ("queries", "queries", str(queries_file))
    assert QueryFile.read(str(queries_file)) == file
    assert QueryFile.read(file) is file


def test_the_fingerprint_is_that_of_the_queries() -> None:
    one = QueryFile.read({"ja": {"p0": ["a", "b"], "p1": ["c"]}, "fi": {"p0": ["d"]}})
    same = QueryFile.read({"fi": {"p0": ("d",)}, "ja": {"p1": ("c",), "p0": ("a", "b")}})
    assert one.fingerprint == same.fingerprint
    assert one.fingerprint.startswith("sha256:")
    assert one.fingerprint != QueryFile.read({"ja": {"p0": ["b", "a"], "p1": ["c"]}, "fi": {"p0": ["d"]}}).fingerprint


def test_messages_call_queries_without_a_file_queries(tiny: Benchmark) -> None:
    with pytest.raises(XqgError, match=r"^queries: holds no queries for this pool \(p0 has none in 'fi'\)"):
        QueryFile.read({"fi": {"other": ["x"]}}).per_language(PLAN, tiny.passages)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (3, "`queries` is a int; give a path, a list of GeneratedQuery or of dictionaries, or a dictionary language"),
        (object(), "`queries` is a object; give a path"),
        (["text"], "`queries`:1: a str; each must be a GeneratedQuery, or a dictionary with passage_id, language and"),
        ([{"passage_id": "p0"}], "`queries`:1: no 'language'"),
        ({"fi": ["text"]}, "`queries` is a dict; give a path"),
        ({"fi": {"p0": "text"}}, "`queries` is a dict; give a path"),
        ({"fi": {"p0": [1]}}, "`queries`:1: 'text' must be a string, not int"),
        ({}, "`queries` holds no query; give one or more"),
        ([], "`queries` holds no query; give one or more"),
    ],
)
def test_what_are_no_queries(wrong: object, says: str) -> None:
    with pytest.raises(XqgError, match=says):
        QueryFile.read(wrong)  # type: ignore[arg-type]


def test_a_folder_of_queries(queries_file: Path, tmp_path: Path) -> None:
    """As a comparison's own `queries/`: a file a language."""
    folder = tmp_path / "queries"
    folder.mkdir()
    lines = queries_file.read_text().splitlines(keepends=True)
    for code in ("en", "fi", "ja"):
        (folder / f"{code}.jsonl").write_text("".join(line for line in lines if f'"language": "{code}"' in line))
    found = QueryFile.read(folder)
    assert found.held == QueryFile.read(queries_file).held
    assert found.fingerprint.startswith("sha256:")
    (folder / "ja.jsonl").write_text((folder / "ja.jsonl").read_text().replace("thing 3", "thing three"))
    assert QueryFile.read(folder).fingerprint != found.fingerprint


# Their languages


def test_shares() -> None:
    queries = {"de": {"p0": [GERMAN, ENGLISH], "p1": [" ", GERMAN, GERMAN]}, "en": {"p0": [ENGLISH]}}
    assert language_shares(queries, ["de", "en"]) == {"de": 0.75, "en": 1.0}


def test_a_language_unknown_to_lingua_has_no_share() -> None:
    queries = {"am": {"p0": [ENGLISH]}, "de": {"p0": [GERMAN]}}
    assert language_shares(queries, ["am", "de", "en"]) == {"de": 1.0}  # and not 0 for am
    assert language_shares(queries, ["am"]) == {}


def test_queries_that_cannot_be_told_are_not_in_the_language() -> None:
    assert language_shares({"de": {"p0": ["123?"]}}, ["de", "en"]) == {"de": 0.0}


def test_without_a_query_there_is_no_share() -> None:
    assert language_shares({"de": {"p0": [" "]}, "ja": {}}, ["de", "en", "ja"]) == {}
