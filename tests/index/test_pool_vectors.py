"""A pool in files: any slice of it is that of one array, and a file is whole or absent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xqg.errors import XqgError
from xqg.index.pool_vectors import Part, PoolVectors, stored
from xqg.kept import keep_array, kept_array


def parts(folder: Path) -> tuple[list[Part], np.ndarray]:
    """Files of 3, 4, 0 and 5 rows, of which 3, 2, 0 and 5 are in the pool; and these in one array."""
    random, found, whole = np.random.default_rng(0), [], []
    for number, (rows, keep) in enumerate([(3, None), (4, [1, 3]), (2, []), (0, None), (5, None)]):
        vectors = random.standard_normal((rows, 4)).astype(np.float16 if number == 0 else np.float32)
        keep_array(folder / f"{number}.npy", vectors)
        chosen = list(range(rows)) if keep is None else keep
        found.append(
            Part(folder / f"{number}.npy", [str(row) for row in chosen], None if keep is None else np.array(keep, int))
        )
        whole.append(vectors[chosen].astype(np.float16))
    return found, np.concatenate(whole)


def test_slices(tmp_path: Path) -> None:
    files, whole = parts(tmp_path)
    pool = PoolVectors(files, np.float16)
    assert (len(pool), pool.dtype) == (len(whole), np.float16) == (10, np.float16)
    for start in range(10):
        for stop in range(start + 1, 13):
            np.testing.assert_array_equal(pool[start:stop], whole[start:stop])


def test_no_rows() -> None:
    assert len(PoolVectors([], np.float32)) == 0


def test_a_file_that_has_gone(tmp_path: Path) -> None:
    files, _ = parts(tmp_path)
    files[1].path.unlink()
    pool = PoolVectors(files, np.float32)
    assert pool[:3].shape == (3, 4)
    with pytest.raises(XqgError, match=r"1.npy: damaged or gone; run the same command again"):
        pool[:4]


def test_the_vectors_of_an_index(build, tmp_path: Path) -> None:
    index = build()
    p = index.parts()[0]
    for gone in ({"p1", "p5"}, {"p0"}, set(index.ids())):
        part = stored(index, tmp_path, gone)
        keep = [row for row, id_ in enumerate(index.ids()) if id_ not in gone]
        assert part.ids == [index.ids()[row] for row in keep]
        found = kept_array(part.path)
        assert found.dtype == np.float16
        np.testing.assert_array_equal(found.astype(np.float32), p[keep])
