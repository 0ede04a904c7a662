"""Files that Lance left cut short are found, and lists of deleted rows that no version has are deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqg.index import StoredIndex
from xqg.index.compact import compact_index
from xqg.index.lance_gaps import check_whole
from xqg.index.remove import remove_passages
from xqg.index.store import DATASET, delete_rows, write_rows
from xqg.passages import Passage


def cut(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


def test_a_data_file_cut_short(build) -> None:
    index = build()
    [written] = write_rows(index.path, index.dataset.to_table().cast(index.schema))
    dataset = index.path / DATASET
    check_whole(dataset, written)
    cut(dataset / "data" / written.files[0].path, 100)
    with pytest.raises(OSError, match=r"data/.* has 100 bytes of \d+, as on a full disk"):
        check_whole(dataset, written)


@pytest.mark.parametrize(
    ("kind", "gone"),
    # Many deleted rows are a bitmap: bits where a container has many, a list where it has few.
    [("array", range(3)), ("bitmap", range(0, 12000, 2)), ("bitmap", [*range(0, 12000, 2), 65_600])],
)
def test_a_list_of_deleted_rows_cut_short(tmp_path, build, fake_encoder, kind, gone) -> None:
    last = max(gone) + 2
    passages = [Passage(f"p{n}", "", "x", "en") for n in range(last)]
    index = build(passages=passages, queries={}, encoder=fake_encoder(1), segment=last)
    left = delete_rows(index.path, index.dataset.get_fragments()[0], [f"p{n}" for n in gone])
    assert (left.deletion_file.file_type, left.deletion_file.num_deleted_rows) == (kind, len(gone))
    dataset = index.path / DATASET
    file = dataset / left.deletion_file.path(left.id)
    check_whole(dataset, left)
    for size in (file.stat().st_size - 1, 20, 6, 0):
        cut(file, size)
        with pytest.raises(OSError, match=r"_deletions/.* is cut short, as on a full disk"):
            check_whole(dataset, left)


def test_lists_of_no_version_are_deleted(build) -> None:
    index = build()
    remove_passages(index.path, ["p1"])
    kept = sorted((index.path / DATASET / "_deletions").iterdir())
    delete_rows(index.path, StoredIndex.open(index.path).dataset.get_fragments()[1], ["p3"])
    assert len(list((index.path / DATASET / "_deletions").iterdir())) == len(kept) + 1
    compact_index(index.path)
    assert sorted((index.path / DATASET / "_deletions").iterdir()) == kept
    assert StoredIndex.open(index.path, version=2).ids() == [f"p{n}" for n in range(7) if n != 1]
