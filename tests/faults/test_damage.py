"""Damage is found where it is met, spreads to nothing, and is gone when it is repaired."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from faults import cases
from stored_rows import rows_digest
from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index.add import add_passages
from xqg.index.compact import compact_index
from xqg.index.export import export_index
from xqg.index.languages import add_languages
from xqg.index.remove import remove_passages
from xqg.index.reweight import reweight_index
from xqg.index.store import DATASET
from xqg.index.verify import verify
from xqg.index.work import parts_folder
from xqg.passages import Passage
from xqg.search import Searcher

QUESTION = "Text number 3."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return cases.build(tmp_path / "index").path


def flip(file: Path, place: int | None = None) -> bytes:
    """Change a bit of a file; returns what was in it."""
    whole = file.read_bytes()
    damaged = bytearray(whole)
    damaged[len(whole) // 2 if place is None else place] ^= 4
    file.write_bytes(damaged)
    return whole


def data_file(path: Path) -> Path:
    return sorted((path / DATASET / "data").iterdir())[0]


def answers(path: Path, hybrid: bool = False) -> list[tuple[str, float]]:
    [hits] = Searcher(StoredIndex.open(path), cases.Encoder()).search([QUESTION], 5, hybrid=hybrid)
    return [(hit.passage.id, hit.score) for hit in hits]


@pytest.mark.parametrize("hybrid", [False, True])
@pytest.mark.parametrize("times_set_back", [False, True])
def test_damage_does_not_outlive_its_repair(path: Path, hybrid: bool, times_set_back: bool) -> None:
    wanted = answers(path, hybrid)
    shutil.rmtree(path / "cache")
    file = data_file(path)
    times = file.stat()
    whole = flip(file)
    if times_set_back:
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(XqgError, match=f"{file.name} is damaged.*`xqg verify"):
        answers(path, hybrid)
    file.write_bytes(whole)
    assert verify(path).ok
    assert answers(path, hybrid) == wanted


def test_damage_after_a_search_is_found_by_the_next(path: Path) -> None:
    """The vectors are in the cache, but texts are read from the damaged file."""
    answers(path)
    flip(data_file(path))
    with pytest.raises(XqgError, match="is damaged"):
        answers(path)


CHANGES: dict[str, Callable[[Path], Any]] = {
    "compact": compact_index,
    "compact --keep 1": lambda path: compact_index(path, keep=1),
    "add": lambda path: add_passages(path, [Passage("n", "", "New.", "en")], cases.Encoder()),
    "remove": lambda path: remove_passages(path, ["p0"]),
    "reweight": lambda path: reweight_index(path, alpha=0.5),
    "add-language": lambda path: add_languages(path, cases.Encoder(), cases.generated("th")),
    "export": lambda path: export_index(StoredIndex.open(path), path.with_name("out"), "npy"),
}


@pytest.mark.parametrize("command", CHANGES)
@pytest.mark.parametrize("searched", [False, True])
def test_nothing_is_made_of_damaged_data(path: Path, command: str, searched: bool) -> None:
    if searched:
        answers(path)
    file = data_file(path)
    whole = flip(file)
    with pytest.raises(XqgError, match=f"{file.name} is damaged"):
        CHANGES[command](path)
    assert not path.with_name("out").exists()
    assert StoredIndex.open(path).version == 1
    assert [problem.where for problem in verify(path).problems] == [file.relative_to(path).as_posix()]
    file.write_bytes(whole)
    assert verify(path).ok
    CHANGES[command](path)
    assert verify(path).ok


def test_a_change_that_was_made_before_is_no_excuse(path: Path) -> None:
    """The same command again has nothing to do, and says that the data are damaged all the same."""
    compact_index(path, keep=1)
    flip(data_file(path))
    with pytest.raises(XqgError, match="is damaged"):
        compact_index(path, keep=1)


def test_a_version_that_goes_while_the_encoder_loads(path: Path) -> None:
    """A search that begins before `compact --keep 1` ends on the version after it."""
    wanted = answers(path)
    remove_passages(path, ["p9"])
    shutil.rmtree(path / "cache")

    def load() -> cases.Encoder:
        remove_passages(path, ["p8"])
        compact_index(path, keep=1)
        return cases.Encoder()

    searcher = Searcher(StoredIndex.open(path), load=load)
    [hits] = searcher.search([QUESTION], 14)
    assert {hit.passage.id for hit in hits} == {f"p{n}" for n in range(14)} - {"p8", "p9"}
    assert [(hit.passage.id, hit.score) for hit in hits if hit.passage.id in dict(wanted)][:1] == wanted[:1]
    assert searcher.index.version == 4


def test_an_index_replaced_under_a_reader(path: Path, tmp_path: Path) -> None:
    searcher = Searcher(StoredIndex.open(path), cases.Encoder())
    other = cases.build(tmp_path / "other").path
    remove_passages(other, ["p3"])
    path.rename(tmp_path / "old")
    other.rename(path)
    [hits] = searcher.search([QUESTION], 3)
    assert "p3" not in [hit.passage.id for hit in hits]


def test_an_index_moved_away_under_a_reader(path: Path, tmp_path: Path) -> None:
    searcher = Searcher(StoredIndex.open(path), cases.Encoder())
    path.rename(tmp_path / "elsewhere")
    with pytest.raises(XqgError, match="no such folder") as caught:
        searcher.search([QUESTION], 3)
    assert "build" not in str(caught.value)


def test_a_version_asked_for_by_number_is_never_another(path: Path) -> None:
    remove_passages(path, ["p3"])
    searcher = Searcher(StoredIndex.open(path, 1), cases.Encoder())
    compact_index(path, keep=1)
    with pytest.raises(XqgError):
        searcher.search([QUESTION], 3)
    assert searcher.index.version == 1


@pytest.mark.parametrize("filters", ["", "round-trip:3,best:0.5"])
def test_a_changed_bit_in_the_parts_of_a_build(tmp_path: Path, filters: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever bit it is, the build that goes on makes the same index, or says what is wrong."""
    chance = random.Random(0)
    out = tmp_path / "index"
    calls, last = 0, 10**9

    def stopping(self: cases.Encoder, texts: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == last:
            raise KeyboardInterrupt
        return encode(self, texts)

    encode = cases.Encoder.encode_queries
    for name in ("encode_queries", "encode_passages"):
        monkeypatch.setattr(cases.Encoder, name, stopping)
    wanted = rows_digest(cases.build(tmp_path / "whole", filters))
    calls, last = 0, calls - 4  # in a late segment
    with pytest.raises(KeyboardInterrupt):
        cases.build(out, filters)
    monkeypatch.undo()
    begun = tmp_path / "begun"
    parts_folder(out).rename(begun)
    files = sorted(file.relative_to(begun) for file in begun.rglob("*") if file.is_file() and file.stat().st_size)
    kinds = {file.parts[0] for file in files}
    assert {"segments", "index", "work.json"} <= kinds, kinds
    for number in range(60):
        shutil.copytree(begun, parts_folder(out))
        file = files[number % len(files)]
        flip(parts_folder(out) / file, chance.randrange((begun / file).stat().st_size))
        try:
            made = cases.build(out, filters)
        except XqgError as error:
            refused = (file.name in ("work.json", "settings.json")) and "delete" in str(error)
            shutil.rmtree(parts_folder(out))
        else:
            refused = None
        if refused is not None:
            assert refused, file
            continue
        assert rows_digest(made) == wanted, file
        assert verify(out).problems == []
        assert verify(out).notes == []
        shutil.rmtree(out)
