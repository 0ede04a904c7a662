"""Fields of passages: names, values, and one type over a pool."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.passages import Passage, PassageFile, PassageList, read_passages
from xqg.passages.fields import checked_fields, field_types
from xqg.passages.records import NO_FIELDS


def _file(folder: Path, *rows: dict[str, object] | str) -> Path:
    path = folder / "texts.jsonl"
    lines = []
    for number, row in enumerate(rows):
        extra = row if isinstance(row, str) else json.dumps(row)[1:-1]
        lines.append(f'{{"_id": "p{number}", "text": "x"{", " if extra else ""}{extra}}}\n')
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _refusal(path: Path) -> str:
    with pytest.raises(XqgError) as caught:
        read_passages(path)
    with pytest.raises(XqgError) as again:
        PassageFile(path)
    assert str(again.value) == str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_further_keys_become_fields(tmp_path: Path) -> None:
    fields = {"url": "http://a", "year": 1999, "score": 0.5, "open": True, "tags": ["a", "b"], "none": []}
    [passage] = read_passages(_file(tmp_path, fields))
    assert passage.fields == fields
    assert passage == Passage("p0", "", "x", "en", fields)
    assert passage != Passage("p0", "", "x", "en")
    assert hash(passage) == hash(Passage("p0", "", "x", "en"))


def test_null_and_empty_metadata_are_absent(tmp_path: Path) -> None:
    plain, empty, full = read_passages(
        _file(tmp_path, {"url": None}, {"metadata": {}}, {"metadata": {"a": 1}, "more": {}})
    )
    assert plain.fields is NO_FIELDS
    assert empty.fields is NO_FIELDS
    assert full.fields == {"metadata": '{"a": 1}', "more": "{}"}


def test_nested_values_are_kept_as_json(tmp_path: Path) -> None:
    [passage] = read_passages(_file(tmp_path, {"a": {"ä": [1, None]}, "b": [1, "x"], "c": [["x"]]}))
    assert {name: json.loads(str(value)) for name, value in passage.fields.items()} == {
        "a": {"ä": [1, None]},
        "b": [1, "x"],
        "c": [["x"]],
    }
    assert "ä" in str(passage.fields["a"])


def test_passages_without_fields_share_one_mapping_that_can_be_copied() -> None:
    one = Passage("a", "", "x", "en")
    assert one.fields is Passage("b", "", "x", "en").fields
    assert one.fields == {}
    assert copy.deepcopy(one).fields is one.fields
    assert pickle.loads(pickle.dumps(one)).fields is one.fields
    with pytest.raises(TypeError):
        one.fields["a"] = 1  # type: ignore[index]


@pytest.mark.parametrize(
    "name", ["id", "ID", "Block", "vector", "queries_ja", "Sum_x", "count_", "removed_ja"]
)
def test_names_of_columns_are_refused(name: str, tmp_path: Path) -> None:
    message = _refusal(_file(tmp_path, {}, {name: 1}))
    assert message.endswith(f":2: field {name!r} has a name that xqg keeps for its own columns; rename it")


@pytest.mark.parametrize("name", ["_rowid", "_rowaddr", "_score", "_distance"])
def test_names_of_the_store_are_refused(name: str, tmp_path: Path) -> None:
    assert "rename it" in _refusal(_file(tmp_path, {name: 1}))


@pytest.mark.parametrize("name", ["", "a b", "1a", "größe", "a-b", "a.b", "a\n"])
def test_names_that_are_no_identifiers_are_refused(name: str, tmp_path: Path) -> None:
    message = _refusal(_file(tmp_path, {name: 1}))
    assert f":1: field {name!r} is not a name" in message
    assert message.endswith("rename it")


@pytest.mark.parametrize("name", ["_a", "a1", "Title_2", "idx", "counter", "sums"])
def test_names_that_may_be(name: str, tmp_path: Path) -> None:
    assert read_passages(_file(tmp_path, {name: 1}))[0].fields == {name: 1}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('"a": NaN', "field 'a' is nan, not a finite number"),
        ('"a": -Infinity', "field 'a' is -inf, not a finite number"),
        ('"a": 1e999', "field 'a' is inf, not a finite number"),
        ('"a": [NaN]', "field 'a' holds NaN"),
        ('"a": {"b": Infinity}', "field 'a' holds NaN, Infinity"),
        (f'"a": {2**63}', "field 'a' is a whole number beyond 64 bits; write it as a string"),
        (f'"a": {-(2**63) - 1}', "beyond 64 bits"),
        (f'"a": {"9" * 5000}', "broken JSON (a number with too many digits)"),
        ('"a": "\\ud800"', "field 'a' holds half a surrogate pair"),
        ('"a": ["\\ud800"]', "field 'a' holds half a surrogate pair"),
        ('"a": {"b": "\\ud800"}', "field 'a' holds half a surrogate pair"),
    ],
)
def test_values_that_cannot_be_kept(row: str, message: str, tmp_path: Path) -> None:
    path = _file(tmp_path, {}, row)
    refusal = _refusal(path)
    assert refusal.startswith(f"{path}:2: ")
    assert message in refusal


def test_a_value_that_json_has_not() -> None:
    with pytest.raises(XqgError, match="passage 'a': field 'b' is of type bytes; use str, int"):
        PassageList([Passage("a", "", "x", "en", {"b": b"c"})])


def test_one_type_per_field(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        {"s": "a", "i": 2**63 - 1, "d": 0.5, "b": False, "l": ["a"], "mixed": 1},
        {"s": {"json": 1}, "i": -(2**63), "d": 2.0, "l": [], "mixed": 1.5, "late": "x"},
    )
    types = {
        "s": "string",
        "i": "int64",
        "d": "double",
        "b": "bool",
        "l": "list<string>",
        "mixed": "double",
        "late": "string",
    }
    assert field_types(read_passages(path)) == types
    assert PassageFile(path).fields == types
    assert PassageList(read_passages(path)).fields == types
    assert list(PassageFile(path).fields) == list(types)


def test_a_whole_number_of_a_double_field_is_a_float(tmp_path: Path) -> None:
    path = _file(tmp_path, {"n": 1}, {"n": 1.5})
    for source in (read_passages(path), PassageFile(path), PassageList(read_passages(path))):
        assert [type(passage.fields["n"]) for passage in source] == [float, float]
    made = PassageList([Passage("a", "", "x", "en", {"n": 1}), Passage("b", "", "x", "en", {"n": 0.5})])
    assert [repr(passage.fields["n"]) for passage in made] == ["1.0", "0.5"]


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        (1, "a", ("string", "int64")),
        (True, 1, ("int64", "bool")),
        (0.5, False, ("bool", "double")),
        ("a", ["a"], ("list<string>", "string")),
        ([], {"a": 1}, ("string", "list<string>")),
        (2**53 + 1, 0.5, ("double", "int64 beyond 2^53")),
    ],
)
def test_other_mixes_are_refused(
    first: object, second: object, kinds: tuple[str, str], tmp_path: Path
) -> None:
    path = _file(tmp_path, {"other": "x"}, {"a": first}, {}, {"a": second})
    here, before = kinds
    assert _refusal(path) == (
        f"{path}:4: field 'a' is {here} here and {before} in line 2; give it one type, or another name here"
    )


def test_whole_numbers_beyond_a_double_stay_whole(tmp_path: Path) -> None:
    path = _file(tmp_path, {"n": 2**53 + 1}, {"n": 1})
    assert PassageFile(path).fields == {"n": "int64"}
    assert [passage.fields["n"] for passage in PassageFile(path)] == [2**53 + 1, 1]


def test_types_in_memory_name_the_passage() -> None:
    passages = [Passage("a", "", "x", "en", {"n": 1}), Passage("b", "", "x", "en", {"n": "1"})]
    with pytest.raises(XqgError, match="passage 'b': field 'n' is string here and int64 in passage 'a'"):
        field_types(passages)


def test_checked_fields_keeps_what_is_kept() -> None:
    once = checked_fields("here", {"a": {"b": [1]}, "c": None, "d": ("x",)})
    assert once == {"a": '{"b": [1]}', "d": ["x"]}
    assert checked_fields("here", once) == once
