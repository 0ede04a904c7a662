"""Passages read from a file where they are asked for: the same as in memory, good rows and bad ones."""

from __future__ import annotations

import gzip
import json
import os
import random
from pathlib import Path

import pytest

from xqg.errors import XqgError
from xqg.passages import Passage, PassageFile, PassageList, PassageSource, read_passages

GOOD = [
    b'{"_id": "a", "title": "Japan", "text": "\xe9\xa6\x96\xe9\x83\xbd", "language": "ja", "n": 1}',
    b'{"_id": 7, "text": "No title.", "metadata": {}}',
    b'{"_id": "c", "title": null, "text": " as it is ", "n": 2.5, "tags": ["x"], "url": "u\\u2028"}',
    b'{"_id": "d", "text": "d", "n": -0.0, "tags": [], "nested": {"a": [1]}}',
]
BAD = [
    (b'{"_id": "e", "text": ', "broken JSON"),
    (b'["e", "text"]', "not a JSON object"),
    (b'{"_id": "e", "text": "\xe4"}', "not UTF-8"),
    (b'{"_id": "e", "text": "  "}', "is empty"),
    (b'{"_id": "a", "text": "again"}', "occurs a second time"),
    (b'{"_id": "e f", "text": "x"}', "has white space"),
    (b'{"text": "x"}', "no '_id'"),
    (b'{"_id": "e", "text": "x", "language": "jp"}', "unknown language code"),
    (b'{"_id": "e", "text": "x", "vector": [1]}', "rename it"),
    (b'{"_id": "e", "text": "x", "n": NaN}', "not a finite number"),
    (b'{"_id": "e", "text": "x", "n": "one"}', "field 'n' is string here and "),
]


def _write(path: Path, lines: list[bytes], end: bytes = b"\n") -> Path:
    data = b"".join(line + end for line in lines)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def _same(one: PassageSource, other: PassageSource) -> None:
    """Two sources that hold the same passages."""
    assert list(one) == list(other)
    assert repr(list(one)) == repr(list(other))  # 1 == 1.0 == True, but not here
    assert list(one.fields.items()) == list(other.fields.items())
    assert one.digest == other.digest
    assert one.languages == other.languages
    assert len(one) == len(other) == len(list(one))


@pytest.mark.parametrize("name", ["texts.jsonl", "texts.jsonl.gz"])
def test_a_file_is_the_same_as_its_passages_in_memory(name: str, tmp_path: Path) -> None:
    path = _write(tmp_path / name, [*GOOD[:2], b"", *GOOD[2:]], b"\r\n")
    file = PassageFile(path, "fi")
    _same(file, PassageList(read_passages(path, "fi")))
    _same(file, PassageList(list(file)))
    assert [passage.id for passage in file] == ["a", "7", "c", "d"]
    assert file.languages == ("fi", "ja")
    assert file.bad == PassageList(read_passages(path)).bad == ()
    assert file.fields == {"n": "double", "tags": "list<string>", "url": "string", "nested": "string"}


def test_iterations_do_not_disturb_each_other(tmp_path: Path) -> None:
    file = PassageFile(_write(tmp_path / "t.jsonl", GOOD))
    ids = [(one.id, other.id) for one in file for other in file]
    assert len(ids) == 16
    assert ids[5] == ("7", "7")


def test_the_digest_tells_pools_apart() -> None:
    base = Passage("a", "t", "x", "en", {"n": 1})
    pools = [
        [base],
        [Passage("b", "t", "x", "en", {"n": 1})],
        [Passage("a", "", "x", "en", {"n": 1})],
        [Passage("a", "", "tx", "en", {"n": 1})],
        [Passage("a", "t", "x", "ja", {"n": 1})],
        [Passage("a", "t", "x", "en")],
        [Passage("a", "t", "x", "en", {"n": 2})],
        [Passage("a", "t", "x", "en", {"m": 1})],
        [Passage("a", "t", "x", "en", {"n": "1"})],
        [Passage("a", "t", "x", "en", {"n": True})],
        [Passage("a", "t", "x", "en", {"n": 1.0})],
        [Passage("a", "t", "x", "en", {"n": 0.0})],
        [Passage("a", "t", "x", "en", {"n": -0.0})],
        [base, Passage("b", "", "x", "en")],
        [Passage("b", "", "x", "en"), base],
    ]
    assert len({PassageList(pool).digest for pool in pools}) == len(pools)


def test_the_order_of_keys_is_not_in_the_digest() -> None:
    one = PassageList([Passage("a", "", "x", "en", {"m": 1, "n": 2})])
    assert one.digest == PassageList([Passage("a", "", "x", "en", {"n": 2, "m": 1})]).digest


def test_skipping_is_as_if_the_bad_rows_were_not_there(tmp_path: Path) -> None:
    rng = random.Random(0)
    for trial in range(30):
        # After the first good row, which `a` again and the text field `n` need to be bad.
        rest = [(line, None) for line in GOOD[1:]] + rng.sample(BAD, rng.randint(1, len(BAD)))
        rng.shuffle(rest)
        mixed = [(GOOD[0], None), *rest]
        file = PassageFile(_write(tmp_path / f"{trial}.jsonl", [line for line, _ in mixed]), skip_bad=True)
        clean = _write(tmp_path / f"{trial}.clean.jsonl", [line for line, why in mixed if why is None])
        _same(file, PassageFile(clean))
        found = [(row.line, row.raw) for row in file.bad]
        assert found == [
            (number, line.decode("utf-8", "backslashreplace"))
            for number, (line, why) in enumerate(mixed, start=1)
            if why is not None
        ]
        for row in file.bad:
            assert mixed[row.line - 1][1] in row.reason
            assert str(tmp_path) not in row.reason


@pytest.mark.parametrize("line", [line for line, _ in BAD])
def test_without_skipping_the_first_bad_row_is_refused_as_in_memory(line: bytes, tmp_path: Path) -> None:
    path = _write(tmp_path / "t.jsonl", [GOOD[0], line, b"worse"])
    with pytest.raises(XqgError) as memory:
        read_passages(path)
    with pytest.raises(XqgError) as file:
        PassageFile(path)
    assert str(file.value) == str(memory.value)
    assert str(file.value).startswith(f"{path}:2: ")
    assert PassageFile(path, skip_bad=True).bad[0].reason == str(file.value).removeprefix(f"{path}:2: ")


def test_a_bad_row_leaves_nothing_behind(tmp_path: Path) -> None:
    # Neither its id nor its field's type.
    misfit = b'{"_id": "e", "text": "x", "new": "s", "n": "bad"}'
    lines = [GOOD[0], misfit, b'{"_id": "e", "text": "x", "new": 3}']
    file = PassageFile(_write(tmp_path / "t.jsonl", lines), skip_bad=True)
    assert [passage.id for passage in file] == ["a", "e"]
    assert file.fields == {"n": "int64", "new": "int64"}
    assert [row.line for row in file.bad] == [2]


def test_a_bad_first_row_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = PassageFile(_write(tmp_path / "t.jsonl", [b"\xef\xbb\xbf{", GOOD[0]]), skip_bad=True)
    assert [(row.line, row.raw) for row in file.bad] == [(1, "{")]


def test_no_good_row_is_an_error(tmp_path: Path) -> None:
    path = _write(tmp_path / "t.jsonl", [b"", b"{", b"[]"])
    with pytest.raises(XqgError) as caught:
        PassageFile(path, skip_bad=True)
    assert str(caught.value).startswith(f"{path}:2: broken JSON")
    assert "none of its 2 rows is a good passage" in str(caught.value)
    with pytest.raises(XqgError, match="no passage in it"):
        PassageFile(_write(tmp_path / "e.jsonl", [b" "]), skip_bad=True)


@pytest.mark.parametrize("skip_bad", [False, True])
def test_what_cannot_be_skipped(skip_bad: bool, tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no such file"):
        PassageFile(tmp_path / "absent.jsonl", skip_bad=skip_bad)
    with pytest.raises(XqgError, match="is a folder"):
        PassageFile(tmp_path, skip_bad=skip_bad)
    whole = _write(tmp_path / "t.jsonl.gz", GOOD).read_bytes()
    (tmp_path / "t.jsonl.gz").write_bytes(whole[:-12])
    with pytest.raises(XqgError, match="a damaged gzip archive"):
        PassageFile(tmp_path / "t.jsonl.gz", skip_bad=skip_bad)
    with pytest.raises(XqgError, match="unknown language code 'jp'"):
        PassageFile(_write(tmp_path / "t.jsonl", GOOD), "jp", skip_bad=skip_bad)


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(XqgError, match="not a file that can be read twice; save the passages to one"):
        PassageFile(tmp_path / "pipe")


def test_a_file_that_changes_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "t.jsonl", GOOD)
    file = PassageFile(path)
    with path.open("ab") as more:
        more.write(b'{"_id": "z", "text": "new"}\n')
    with pytest.raises(XqgError, match=r"t\.jsonl: changed while it was in use"):
        next(iter(file))
    path.unlink()
    with pytest.raises(XqgError, match="changed while it was in use"):
        next(iter(file))


@pytest.mark.parametrize(
    "lines",
    [
        [b"{", *GOOD[1:]],  # a bad row that was good
        GOOD[:3],  # one fewer
        [*GOOD[:3], GOOD[3].replace(b'"tags": []', b'"tags": 12')],  # a field of another type
        [*GOOD[:3], GOOD[3].replace(b'"nested"', b'"n3sted"')],  # another field
    ],
)
def test_an_unexpected_row_is_refused_whatever_the_time_says(lines: list[bytes], tmp_path: Path) -> None:
    path = _write(tmp_path / "t.jsonl", GOOD)
    file = PassageFile(path)
    state = path.stat()
    data = b"\n".join(lines)
    path.write_bytes(data + b"\n" * (state.st_size - len(data)))  # blank lines to the same size
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    with pytest.raises(XqgError, match="changed while it was in use"):
        list(file)


def test_a_change_during_an_iteration_is_seen_at_its_end(tmp_path: Path) -> None:
    path = _write(tmp_path / "t.jsonl", GOOD)
    reading = iter(PassageFile(path))
    next(reading)
    os.utime(path, ns=(0, 0))
    with pytest.raises(XqgError, match="changed while it was in use"):
        list(reading)


def test_a_list_refuses_a_repeated_id_and_no_passage() -> None:
    with pytest.raises(XqgError, match="passage 'a' occurs a second time"):
        PassageList([Passage("a", "", "x", "en"), Passage("a", "", "y", "en")])
    with pytest.raises(XqgError, match="no passage"):
        PassageList([])


def test_a_list_holds_fields_as_a_file_would(tmp_path: Path) -> None:
    fields = {"a": {"b": 1}, "c": None, "metadata": {}}
    made = PassageList([Passage("p", "", "x", "en", fields)])
    path = _write(tmp_path / "t.jsonl", [json.dumps({"_id": "p", "text": "x", **fields}).encode()])
    _same(made, PassageFile(path))


