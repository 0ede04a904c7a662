"""Vectors that were made elsewhere: a .npy matrix and the ids of its rows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from xqg.encoding.imported import ImportedVectors
from xqg.errors import XqgError

IDS = ["a", "b", "en:0:3", "äß"]
MATRIX = np.arange(12, dtype=np.float32).reshape(4, 3) / 3


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    np.save(tmp_path / "v.npy", MATRIX)
    return tmp_path / "v.npy"


@pytest.fixture
def ids(tmp_path: Path) -> Path:
    path = tmp_path / "ids.txt"
    path.write_bytes("\n".join(IDS).encode() + b"\n")
    return path


def _refusal(vectors: Path, ids: Path) -> str:
    with pytest.raises(XqgError) as caught:
        ImportedVectors.open(vectors, ids)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_vectors_by_id(vectors: Path, ids: Path) -> None:
    imported = ImportedVectors.open(vectors, ids)
    assert (len(imported), imported.dimension) == (4, 3)
    assert "a" in imported
    assert "c" not in imported
    found = imported.vectors(["en:0:3", "a", "en:0:3"])
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, MATRIX[[2, 0, 2]])
    assert imported.vectors([]).shape == (0, 3)


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", ">f4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_dtypes_and_orders(dtype: str, order: str, vectors: Path, ids: Path) -> None:
    np.save(vectors, np.asarray(MATRIX, dtype=dtype, order=order))  # type: ignore[call-overload]
    found = ImportedVectors.open(vectors, ids).vectors(IDS)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, MATRIX.astype(dtype).astype(np.float32))


def test_the_matrix_stays_on_disk(vectors: Path, ids: Path) -> None:
    imported = ImportedVectors.open(vectors, ids)
    assert isinstance(imported._matrix, np.memmap)
    found = imported.vectors(["a"])
    found[:] = 7  # a copy: the file is untouched
    np.testing.assert_array_equal(np.load(vectors), MATRIX)


def test_forms_of_the_ids(vectors: Path, tmp_path: Path) -> None:
    (tmp_path / "windows.txt").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(IDS).encode())
    (tmp_path / "ids.json").write_text(json.dumps(IDS))
    np.save(tmp_path / "ids.npy", np.array(IDS))
    for name in ("windows.txt", "ids.json", "ids.npy"):
        imported = ImportedVectors.open(vectors, tmp_path / name)
        np.testing.assert_array_equal(imported.vectors(IDS[::-1]), MATRIX[::-1])


def test_whole_numbers_as_ids(vectors: Path, tmp_path: Path) -> None:
    (tmp_path / "ids.json").write_text('[7, "8", 9, 10]')
    np.testing.assert_array_equal(
        ImportedVectors.open(vectors, tmp_path / "ids.json").vectors(["10", "7"]), MATRIX[[3, 0]]
    )


def test_the_digest_is_of_both_files(vectors: Path, ids: Path) -> None:
    digests = {ImportedVectors.open(vectors, ids).digest}
    assert ImportedVectors.open(vectors, ids).digest in digests
    np.save(vectors, MATRIX + 1)
    digests.add(ImportedVectors.open(vectors, ids).digest)
    ids.write_text("\n".join(IDS[::-1]))
    digests.add(ImportedVectors.open(vectors, ids).digest)
    assert len(digests) == 3
    assert {len(digest) for digest in digests} == {64}


def test_an_id_without_a_vector(vectors: Path, ids: Path) -> None:
    with pytest.raises(XqgError) as caught:
        ImportedVectors.open(vectors, ids).vectors(["a", "z"])
    assert str(caught.value) == f"{ids}: no vector for passage 'z'; add it here and to {vectors}"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_a_vector_that_is_not_finite_is_refused_when_it_is_asked_for(
    value: float, vectors: Path, ids: Path
) -> None:
    matrix = MATRIX.astype(np.float64)
    matrix[2, 1] = value
    np.save(vectors, matrix)
    imported = ImportedVectors.open(vectors, ids)
    assert np.isfinite(imported.vectors(["a", "b"])).all()
    with pytest.raises(XqgError, match=r"v\.npy: row 2 \(from 0\), passage 'en:0:3', has a number that"):
        imported.vectors(["b", "en:0:3"])


def test_missing_files(vectors: Path, ids: Path, tmp_path: Path) -> None:
    assert "no such file; give a .npy file of vectors" in _refusal(tmp_path / "absent.npy", ids)
    assert "no such file; give the ids" in _refusal(vectors, tmp_path / "absent.txt")
    assert "no such file" in _refusal(tmp_path, ids)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.ones(4), "an array of shape (4,); save the vectors as (passages, dimension)"),
        (np.ones((4, 3, 1)), "an array of shape (4, 3, 1)"),
        (np.ones((4, 0)), "an array of shape (4, 0)"),
        (np.ones((0, 3)), "an array of shape (0, 3)"),
        (np.ones((4, 3), dtype=np.int64), "dtype int64; save them as float16, float32 or float64"),
        (np.ones((4, 3), dtype=np.complex64), "dtype complex64"),
        (np.ones((4, 3), dtype=np.longdouble), "save them as float16"),
        (np.array([["a", None, 1]], dtype=object), "an array of Python objects, which can run code"),
        (np.zeros(4, dtype=[("a", "f4"), ("b", object)]), "an array of Python objects"),
    ],
)
def test_other_arrays(array: np.ndarray, message: str, vectors: Path, ids: Path) -> None:
    np.save(vectors, array, allow_pickle=True)
    refusal = _refusal(vectors, ids)
    assert refusal.startswith(f"{vectors}: ")
    assert message in refusal


def test_files_that_are_no_npy(vectors: Path, ids: Path, tmp_path: Path) -> None:
    whole = vectors.read_bytes()
    np.savez(tmp_path / "v.npz", MATRIX)
    for foreign in (b"", b"0.1 0.2\n", b"\x80\x04K\x01.", (tmp_path / "v.npz").read_bytes()):
        vectors.write_bytes(foreign)
        assert _refusal(vectors, ids) == f"{vectors}: not a .npy file; save the vectors with numpy.save"
    for length in range(8, len(whole)):
        vectors.write_bytes(whole[:length])
        assert "a damaged or truncated .npy file; get it anew" in _refusal(vectors, ids)


def test_a_damaged_header(vectors: Path, ids: Path) -> None:
    # Found by changing bytes at random; each makes NumPy raise something else.
    whole = vectors.read_bytes()
    for old, new in ((b"'<f4'", b"'<q4'"), (b"(4, 3)", b"(4, 3 "), (b"{", b" "), (b"(4, 3)", b"(-4,3)")):
        vectors.write_bytes(whole.replace(old, new))
        assert _refusal(vectors, ids).startswith(f"{vectors}: ")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("i.txt", b"a\nb\nc\n", "3 ids for the 4 vectors of"),
        ("i.txt", b"a\nb\nc\nd\ne", "5 ids for the 4 vectors of"),
        ("i.txt", b"", "0 ids for the 4 vectors of"),
        ("i.txt", b"a\nb\n\nd\n", "i.txt:3: id '' is empty or has white space"),
        ("i.txt", b"a\nb\nc d\ne\n", "i.txt:3: id 'c d' is empty or has white space"),
        ("i.txt", b"a\nb\nc\na\n", "i.txt:4: id 'a' occurs a second time; ids must be unique"),
        ("i.txt", b"a\nb\n\xe4\nd\n", "not UTF-8"),
        ("i.json", b'["a", "b", "c", "a"]', "i.json: id 4 'a' occurs a second time"),
        ("i.json", b'["a", "b"', "broken JSON"),
        ("i.json", b'{"a": 0}', "not a list of strings"),
        ("i.json", b'["a", "b", true, "d"]', "not a list of strings"),
        ("i.npy", b"a\nb\nc\nd\n", "not a .npy file; save the ids with numpy.save"),
    ],
)
def test_wrong_ids(name: str, content: bytes, message: str, vectors: Path, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    refusal = _refusal(vectors, tmp_path / name)
    assert refusal.startswith(str(tmp_path / name))
    assert message in refusal


def test_wrong_arrays_of_ids(vectors: Path, tmp_path: Path) -> None:
    path = tmp_path / "i.npy"
    np.save(path, np.arange(4))
    assert "an array of int64, shape (4,); save the ids as a list of strings" in _refusal(vectors, path)
    np.save(path, np.array(IDS, dtype=object), allow_pickle=True)
    assert "an array of Python objects" in _refusal(vectors, path)
