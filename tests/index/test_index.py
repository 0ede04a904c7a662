"""Reading an index, and folders that are none."""

from __future__ import annotations

from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pytest

from xqg.augmentation import fuse
from xqg.errors import XqgError
from xqg.index import StoredIndex


def test_passages_queries_and_counts(build, pool, generated) -> None:
    index = StoredIndex.open(build().path)
    assert len(index) == 7
    assert index.ids() == [passage.id for passage in pool]
    assert index.passages(["p6", 0, "p6"]) == [pool[6], pool[0], pool[6]]
    assert index.passages([]) == []
    assert index.queries("p3") == {"ja": generated["ja"]["p3"], "ru": generated["ru"]["p3"], "zh_Hant": []}
    assert index.counts_in("ja").tolist() == [3, 3, 0, 2, 3, 3, 3]
    assert index.passage_languages == ("en",)


@pytest.mark.parametrize("key", ["p7", 7, -1])
def test_unknown_passage(build, key: str | int) -> None:
    with pytest.raises(XqgError, match="no passage"):
        build().passages([key])


@pytest.mark.parametrize("fusion", ["raw", "normalised"])
def test_reading_in_blocks_changes_no_bit(build, fake_encoder, monkeypatch, fusion) -> None:
    index = build(encoder=fake_encoder(dimension=100))
    wanted = fuse(*index.parts(["ru", "ja"]), 0.2, fusion)
    assert wanted.dtype == np.float32
    for rows in (1, 2, 1000):
        monkeypatch.setattr("xqg.index.store.SCAN_ROWS", rows)
        np.testing.assert_array_equal(index.fused(0.2, fusion, ["ja", "ru"]), wanted)


def test_parts_in_sorted_order(build) -> None:
    index = build()
    _, sums = index.parts(["ru", "ja"])
    np.testing.assert_array_equal(sums[0], index.parts(["ja"])[1][0])
    np.testing.assert_array_equal(sums[1], index.parts(["ru"])[1][0])
    assert index.parts([])[1] == []


def test_unknown_language_names_those_available(build) -> None:
    index = build()
    for call in (index.parts, index.resolve, lambda codes: index.fused(languages=codes)):
        with pytest.raises(XqgError, match=r"no generated queries in 'fi' .* choose from: ja, ru, zh_Hant"):
            call(["ja", "fi"])
    assert index.resolve(["zh-Hant", "ja", "ja"]) == ("ja", "zh_Hant")
    with pytest.raises(XqgError, match="choose from: none"):
        build("plain", queries=None).counts_in("ja")


def test_disk_bytes(build) -> None:
    index = build()
    sizes = index.disk_bytes()
    assert sizes["dataset"] > 7 * 4 * 2 * 8
    assert sizes["cache"] < 2000  # which files are sound; no engine yet


def test_folders_that_are_no_index(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path, message in [
        (tmp_path / "absent", "no such folder"),
        (tmp_path / "file", "is a file"),
        (tmp_path, "not an index"),
    ]:
        with pytest.raises(XqgError, match=message):
            StoredIndex.open(path)
    (tmp_path / "passages.lance").mkdir()
    with pytest.raises(XqgError, match="cannot read the index") as caught:
        StoredIndex.open(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_dataset_of_something_else(tmp_path: Path) -> None:
    lance.write_dataset(pa.table({"id": ["a"]}), tmp_path / "passages.lance")
    with pytest.raises(XqgError, match="no xqg manifest"):
        StoredIndex.open(tmp_path)


def test_newer_format(build) -> None:
    index = build()
    newer = index.manifest.dumps().replace('"format": 3', '"format": 99')
    lance.dataset(index.path / "passages.lance").replace_schema_metadata({"xqg": newer})
    with pytest.raises(XqgError, match="format 99 is newer"):
        StoredIndex.open(index.path)


def test_rows_deleted_with_lance_itself_are_counted_as_they_are(build) -> None:
    index = build()
    lance.dataset(index.path / "passages.lance").delete("id = 'p0'")
    after = StoredIndex.open(index.path)
    assert (len(after), after.counts.passages, after.counts.queries["ja"]) == (6, 6, 14)
    assert after.next_block == 3  # the commit does not say: one more than the largest


def test_damaged_data_file(build) -> None:
    index = build()
    for file in (index.path / "passages.lance" / "data").iterdir():
        file.write_bytes(b"damaged")
    with pytest.raises(XqgError, match="is damaged") as caught:
        StoredIndex.open(index.path).fused()
    assert "\n" not in str(caught.value)
