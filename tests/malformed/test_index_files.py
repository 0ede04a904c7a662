"""Files of an index, and of a change under way, that say what no xqg wrote."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from malformed.shared import NO_OBJECT, NO_TEXT, counted, damaged, examples, listing, refusal
from tiny_index import FakeEncoder
from xqg.errors import XqgError
from xqg.index import EncoderRecord, Generation, GivenQueries, Manifest, StoredIndex, build_index
from xqg.index.checksums import CHECKSUMS, Seal, read_checksums
from xqg.index.journal import Written
from xqg.index.store import write_rows
from xqg.index.work import Work
from xqg.passages import Passage
from xqg.search import Searcher

MANIFEST = Manifest(
    encoder=EncoderRecord("mini", "abc", "dot", 128, 32, ("en", "ja")),
    generation=Generation(("mini",), "def", "Generate a {language} question", 0, 5),
    alpha=0.01,
    fusion="raw",
    languages=("ja", "zh_Hant"),
    weighted=("ja",),
    dimension=8,
    xqg="0.1.0",
    fields={"year": "int64"},
    filters=("language", "best:0.5"),
    thresholds={"ja": [0.5, 1]},
    judged={"ja": (19, 3)},
)
HUGE: list[Any] = [float("nan"), float("inf"), -float("inf"), 10**400, -1, "9" * 5000]
STRANGE: list[Any] = [*NO_TEXT, None, *HUGE, "", "x", "\ud800", "a\nb", [[]], [None], [[1]], [["ja"]], {"ja": []}, {"ja": [1]}]
DEEP = b'{"format": 3, "alpha": ' + b"[" * 9000 + b"]" * 9000 + b"}"


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value below one, itself aside."""
    found = []
    for key, below in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += [(*path, key), *places(below, (*path, key))]
    return found


@st.composite
def mutated(draw: st.DrawFn, value: Any) -> Any:
    """A JSON value with something in it gone, renamed, or of another kind."""
    found = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 2))):
        *path, key = draw(st.sampled_from(places(found) or [("none",)]))
        below = found
        for step in path:
            below = below[step]
        kind = draw(st.sampled_from(["replace", "replace", "replace", "drop", "rename"]))
        if kind == "replace" or not isinstance(below, dict):
            below[key] = copy.deepcopy(draw(st.sampled_from(STRANGE)))
        else:
            old = below.pop(key, None)
            if kind == "rename":
                below[f"{key}x"] = old
    return found


@examples(350)
@given(st.data())
def test_manifests(data: st.DataObject) -> None:
    row = json.loads(MANIFEST.dumps())
    assert Manifest.loads(json.dumps(row), "INDEX") == MANIFEST
    for wrong in data.draw(st.lists(mutated(row), min_size=1, max_size=2)):
        text = json.dumps(wrong)
        message = refusal(lambda text=text: Manifest.loads(text, "INDEX"))
        counted("manifests", message)
        if message is None:  # then it can be written and named
            assert Manifest.loads(Manifest.loads(text, "INDEX").dumps(), "INDEX")
        else:
            assert message.startswith("INDEX: ")
    text = MANIFEST.dumps().encode()
    cut = data.draw(st.sampled_from([DEEP, *NO_OBJECT, text[: data.draw(st.integers(0, len(text) - 1))]]))
    message = refusal(lambda: Manifest.loads(cut, "INDEX"))
    counted("manifests", message)
    assert message is not None
    content = data.draw(damaged(text))
    counted("manifests", refusal(lambda: Manifest.loads(content, "INDEX")))


SETTINGS = {"command": "add", "passages": "0" * 64, "languages": ["ja"], "alpha": 0.5, "seed": 0}


@examples(250)
@given(st.data())
def test_settings_of_a_change(tmp_path: Path, data: st.DataObject) -> None:
    folder = tmp_path / "work"
    shutil.rmtree(folder, ignore_errors=True)
    Work.open(folder, SETTINGS)
    assert Work.open(folder, SETTINGS).settings == SETTINGS
    path = folder / "work.json"
    whole = path.read_bytes()
    wrong = json.dumps(data.draw(mutated(SETTINGS))).encode()
    some = st.one_of(st.just(wrong), damaged(whole), st.sampled_from([b"", DEEP, *NO_OBJECT, b'{"command": "add"']))
    for content in [wrong, *data.draw(st.lists(some, max_size=2))]:
        path.write_bytes(content)
        before = listing(tmp_path)
        message = refusal(lambda: Work.open(folder, SETTINGS))
        counted("work.json", message)
        try:
            same = json.loads(content) == SETTINGS
        except (ValueError, RecursionError):
            same = False
        assert (message is None) == same, (message, content)
        assert message is None or listing(tmp_path) == before


@examples(200)
@given(st.data())
def test_segments_of_a_change(tmp_path: Path, data: st.DataObject) -> None:
    """A segment's file is believed as it was written, and so are the files that it lists."""
    folder = tmp_path / "index"
    shutil.rmtree(folder, ignore_errors=True)
    row = pa.table({"id": ["a", "b"]})
    written = Written.of(folder, write_rows(folder, row), bad=[{"id": "c", "reason": "too large"}], ties={"ja": 2})
    path = folder / "000000000-000000003.json"
    written.save(path)
    found = Written.load(path, folder)
    assert found is not None
    assert (found.files, found.bad, found.ties) == (written.files, written.bad, written.ties)
    assert [one.to_json() for one in found.fragments] == [one.to_json() for one in written.fragments]
    [name] = written.files
    for file in (path, folder / name):
        whole = file.read_bytes()
        content = data.draw(st.one_of(damaged(whole), st.sampled_from([b"", DEEP, *NO_OBJECT])))
        file.write_bytes(content)
        counted("segments", "passed over" if Written.load(path, folder) is None else None)
        assert (Written.load(path, folder) is None) == (content != whole)
        file.unlink()
        assert Written.load(path, folder) is None
        file.write_bytes(whole)
    assert Written.load(path, folder) is not None


@examples(300)
@given(st.data())
def test_checksums(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / CHECKSUMS
    files = {"passages.lance/data/a.lance": [123, "0" * 64], "passages.lance/_versions/1.manifest": [1, "f" * 64]}
    listed = {"version": 7, "files": files}
    body = json.dumps(listed).encode()
    whole = hashlib.sha256(body).hexdigest().encode() + b"\n" + body
    path.write_bytes(whole)
    assert read_checksums(tmp_path) == Seal(7, {name: (size, sha) for name, (size, sha) in files.items()})
    content = data.draw(damaged(whole))
    path.write_bytes(content)
    message = refusal(lambda: read_checksums(tmp_path))
    counted("checksums.json", message)
    assert (message is None) == (content == whole)
    # Whoever can write the list can write its digest too.
    others = st.one_of(mutated(listed).map(lambda row: json.dumps(row).encode()), st.sampled_from([DEEP, *NO_OBJECT]))
    for body in data.draw(st.lists(others, max_size=2)):
        path.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        counted("checksums.json", refusal(lambda: read_checksums(tmp_path)))
    assert list(tmp_path.iterdir()) == [path]


# ── a whole index ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of seven passages, with its engine cached."""
    passages = [Passage(f"p{n}", "", f"Text number {n}.", "en", {"year": 1990 + n}) for n in range(7)]
    queries = GivenQueries({"ja": {"p0": ["質問", " "], "p3": ["別"]}}, Generation(block_size=3))
    path = tmp_path_factory.mktemp("built") / "index"
    build_index(passages, FakeEncoder(), path, queries=queries, segment=3)
    Searcher(StoredIndex.open(path), FakeEncoder()).search(["Text"], 3)
    return path


def answers(path: Path) -> list[tuple[str, float]]:
    [hits] = Searcher(StoredIndex.open(path), FakeEncoder()).search(["Text number 3."], 3)
    return [(hit.passage.id, hit.score) for hit in hits]


@examples(100)
@given(st.data())
def test_garbage_in_the_cache_changes_no_answer(built: Path, data: st.DataObject) -> None:
    """The cache can be deleted at any time, and is never believed."""
    right = answers(built)
    kept = {path: path.read_bytes() for path in (built / "cache").iterdir()}
    path = data.draw(st.sampled_from(sorted(kept)))
    if path.suffix == ".json" and data.draw(st.booleans()):
        content = json.dumps(data.draw(mutated(json.loads(kept[path])))).encode()
    else:
        content = data.draw(st.one_of(damaged(kept[path]), st.sampled_from([b"", DEEP, *NO_OBJECT])))
    path.write_bytes(content)
    event(path.name)
    counted("cache", "passed over")
    assert answers(built) == right
    assert {path.name for path in (built / "cache").iterdir()} == {path.name for path in kept}
    for path, content in kept.items():
        path.write_bytes(content)


@examples(120)
@given(st.data())
def test_damaged_dataset(built: Path, tmp_path: Path, data: st.DataObject) -> None:
    """Whatever happened to a file of the dataset: rows, or one line."""
    path = tmp_path / "index"
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(built, path)
    files = sorted(file for file in (path / "passages.lance").rglob("*") if file.is_file())
    file = data.draw(st.sampled_from(files))
    event(file.parent.name)
    kind = data.draw(st.sampled_from(["gone", "empty", "cut", "zeros"]))
    whole = file.read_bytes()
    if kind == "gone":
        file.unlink()
    else:
        at = data.draw(st.integers(0, len(whole) - 1))
        file.write_bytes({"empty": b"", "cut": whole[:at], "zeros": whole[:at] + b"\0" * (len(whole) - at)}[kind])
    before = listing(path / "passages.lance")

    def use() -> None:
        index = StoredIndex.open(path)
        index.ids()
        index.passages(["p0", "p6"])
        index.queries("p0")
        np.asarray(index.fused())
        index.rows_where("year > 1992")

    counted("dataset", refusal(use))
    assert listing(path / "passages.lance") == before  # but not what is remembered in the cache


def test_what_is_meant_is_an_error_too(tmp_path: Path) -> None:
    """A check of these tests: they tell another error from the one meant for users."""
    with pytest.raises(ZeroDivisionError):
        refusal(lambda: 1 / 0)
    (tmp_path / CHECKSUMS).write_bytes(b"x")
    with pytest.raises(XqgError, match="damaged"):
        read_checksums(tmp_path)
