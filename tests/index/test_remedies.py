"""What verify says to do: followed to the letter, it leaves an index that is all well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiny_damage import (
    DATA,
    four_versions,
    manifest_of,
    only,
)
from xqg.errors import XqgError
from xqg.index import StoredIndex
from xqg.index.compact import compact_index
from xqg.index.history import restore_index
from xqg.index.reweight import reweight_index
from xqg.index.verify import verify
from xqg.index.versions import manifests, read_version


@pytest.fixture
def index(build, fake_encoder) -> Path:
    return four_versions(build, fake_encoder)


def test_remedy_no_version_is_sound(build) -> None:
    index = build().path
    file = next((index / DATA).iterdir())
    file.unlink()
    problem = only(verify(index))
    assert "version 1, the latest, needs it" in problem.remedy
    assert "no earlier version is sound" in problem.remedy


def added(index: Path) -> Path:
    """The data file that only version 4 has."""
    [name] = (
        read_version(index, 4, manifests(index)[4]).files
        - read_version(index, 3, manifests(index)[3]).files
        - {manifests(index)[4]}
    )
    return index / name


def test_remedy_restore(index: Path) -> None:
    """Damage of the latest version: back to the one before; then drop those that are damaged."""
    added(index).write_bytes(b"x" * added(index).stat().st_size)
    assert f"`xqg restore {index} 3`" in only(verify(index)).remedy
    assert len(restore_index(index, 3)) == 6
    problem = only(verify(index))
    assert "only versions before the latest need it (4)" in problem.remedy
    assert f"`xqg compact {index} --keep 1`" in problem.remedy
    compact_index(index, keep=1)
    assert verify(index).ok
    assert "p1" not in StoredIndex.open(index).ids()


def test_remedy_damaged_latest_manifest(index: Path) -> None:
    manifest_of(index, 4).write_bytes(b"x" * manifest_of(index, 4).stat().st_size)
    assert "or delete it and go back to version 3" in only(verify(index)).remedy
    manifest_of(index, 4).unlink()
    problem = only(verify(index))
    assert f"version 4 is lost, and the index is not opened until you go back to version 3 (`xqg restore {index} 3`)" in (
        problem.remedy
    )
    with pytest.raises(XqgError, match=f"its latest version was 4.*xqg restore {index} 3"):
        StoredIndex.open(index)
    with pytest.raises(XqgError, match="its latest version was 4"):
        reweight_index(index, alpha=0.3)
    assert restore_index(index, 3).version == 3
    assert verify(index).ok
    assert reweight_index(index, alpha=0.3).version == 4
    assert verify(index).ok


def test_a_latest_manifest_replaced_by_the_one_before(index: Path) -> None:
    manifest_of(index, 4).write_bytes(manifest_of(index, 3).read_bytes())
    with pytest.raises(XqgError, match="is damaged"):
        StoredIndex.open(index)
    assert only(verify(index)).where.endswith(manifest_of(index, 4).name)


def test_remedy_damaged_old_manifest(index: Path) -> None:
    manifest_of(index, 2).write_bytes(b"x" * manifest_of(index, 2).stat().st_size)
    assert "give version 2 up: delete it and run `xqg compact" in only(verify(index)).remedy
    manifest_of(index, 2).unlink()
    assert "else version 2 is lost" in only(verify(index)).remedy
    compact_index(index)
    assert verify(index).ok
    assert len(StoredIndex.open(index, 1)) == 7


def test_remedy_damaged_transaction(index: Path) -> None:
    file = next((index / "passages.lance" / "_transactions").iterdir())
    file.write_bytes(b"x" * file.stat().st_size)
    assert "no row depends on it" in only(verify(index)).remedy
    file.unlink()
    assert "missing" in only(verify(index)).what
    compact_index(index)
    assert verify(index).ok
