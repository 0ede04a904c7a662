"""Converting an index that the xqg of format 2 made: `format2.tar.gz` holds one of five versions."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import lance
import numpy as np
import pyarrow as pa
import pytest

from tiny_index import FakeEncoder
from xqg.errors import XqgError
from xqg.index import Generation, GivenQueries, StoredIndex
from xqg.index.add import add_passages
from xqg.index.compact import compact_index
from xqg.index.history import index_history, restore_index
from xqg.index.reweight import reweight_index
from xqg.index.upgrade import upgrade_index
from xqg.index.verify import verify
from xqg.passages import Passage
from xqg.search import Searcher


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Eight passages; a language added, one removed, two added, the weighting changed."""
    with tarfile.open(Path(__file__).with_name("format2.tar.gz")) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "index"


def old_manifest(path: Path) -> dict[str, Any]:
    return json.loads(lance.dataset(path / "passages.lance").schema.metadata[b"xqg"])


def table(path: Path) -> pa.Table:
    found = lance.dataset(path / "passages.lance").to_table().replace_schema_metadata(None)
    return found.select([name for name in found.column_names if not name.startswith("verdicts_")])


def test_an_old_index_is_refused_until_it_is_converted(old: Path) -> None:
    for use in (StoredIndex.open, verify, lambda path: reweight_index(path, alpha=0.5), compact_index):
        with pytest.raises(XqgError, match=f"index format 2 is of an older xqg .*`xqg upgrade {old}`"):
            use(old)


def test_everything_is_as_it_was(old: Path) -> None:
    rows, manifest = table(old), old_manifest(old)
    before, index = upgrade_index(old)
    assert (before, index.version, len(index)) == (5, 6, 9)
    assert table(old).equals(rows)
    counts = index.counts
    assert counts.queries == manifest["counts"]["queries"] == {"ja": 16, "ru": 14}
    assert (counts.blank, counts.removed) == (manifest["counts"]["blank"], manifest["counts"]["removed"])
    assert counts.wrong_language == {"ja": (19, 1), "ru": (16, 0)}
    assert index.next_block == manifest["generation"]["blocks"] == 4
    assert (index.manifest.alpha, index.manifest.weighted) == (0.3, ("ja",))
    assert index.generation.generators == ("other", "own")
    assert verify(old).problems == []
    [hits] = Searcher(index, FakeEncoder()).search(["Text number 3."], 3)
    p, sums = index.parts(["ja"])
    question = FakeEncoder().encode_queries(["Text number 3."])[0]
    scores = (0.7 * p + 0.3 * sums[0]).astype(np.float32) @ question
    assert [hit.passage.id for hit in hits] == [index.ids()[row] for row in np.argsort(-scores)[:3]]


def test_its_life_goes_on(old: Path) -> None:
    upgrade_index(old)
    new = GivenQueries({"ja": {"n": ["新しい質問ですか"]}}, Generation(("own",), block_size=3))
    index = add_passages(old, [Passage("n", "", "New.", "en", {"year": 2026})], FakeEncoder(), queries=new)
    assert index.dataset.to_table(columns=["block"]).column(0).to_pylist()[-1] == 4
    assert index.counts.wrong_language["ja"] == (20, 1)
    assert [version.command for version in index_history(old)] == [
        "index", "add-language", "remove", "add", "reweight", "upgrade", "add",
    ]  # fmt: skip
    with pytest.raises(XqgError, match="version 3 is of an older index format, from before `xqg upgrade`"):
        restore_index(old, 3)
    assert len(restore_index(old, 6)) == 9
    assert compact_index(old, keep=1).counts.queries == {"ja": 16, "ru": 14}
    assert verify(old).problems == []


def test_a_second_time_nothing_is_done(old: Path) -> None:
    upgrade_index(old)
    before, index = upgrade_index(old)
    assert (before, index.version) == (6, 6)


def test_damaged_data_are_not_converted(old: Path) -> None:
    file = next((old / "passages.lance" / "data").iterdir())
    whole = file.read_bytes()
    file.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    with pytest.raises(XqgError, match=f"{file.name} is damaged"):
        upgrade_index(old)
    file.write_bytes(whole)
    assert upgrade_index(old)[1].version == 6


def test_an_unfinished_change_is_not_lost(old: Path) -> None:
    (old / "work").mkdir()
    (old / "work" / "work.json").write_text(json.dumps({"command": "add", "base": 5}))
    with pytest.raises(XqgError, match="an interrupted `xqg add` of an older xqg is not finished; finish it with that"):
        upgrade_index(old)


@pytest.mark.parametrize("name", ["generation", "counts"])
def test_a_broken_manifest(old: Path, name: str) -> None:
    row = old_manifest(old)
    row[name] = {}
    lance.dataset(old / "passages.lance").replace_schema_metadata({"xqg": json.dumps(row)})
    with pytest.raises(XqgError, match=r"its manifest is broken .*build the index again"):
        upgrade_index(old)


def test_not_an_index(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no such folder"):
        upgrade_index(tmp_path / "none")
