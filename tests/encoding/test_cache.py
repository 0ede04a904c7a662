"""Encoded matrices are kept, and made again when damaged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from xqg.encoding import VectorCache
from xqg.errors import XqgError


class Counting:
    """An encoder of one number: the text's length, negative for passages."""

    dimension = 1

    def __init__(self, fingerprint: str = "f", query_length: int = 32) -> None:
        self.fingerprint, self.query_length, self.passage_length = fingerprint, query_length, 64
        self.calls = 0

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        self.calls += 1
        return np.array([[len(text)] for text in texts], dtype=np.float32).reshape(-1, 1)

    def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
        return -self.encode_queries(texts)


def test_second_time_nothing_is_encoded(tmp_path: Path) -> None:
    cache, encoder = VectorCache(tmp_path / "vectors"), Counting()
    for _ in range(2):
        assert cache.encode(encoder, "queries", ["a", "bb"]).tolist() == [[1], [2]]
        assert cache.encode(encoder, "passages", ["a", "bb"]).tolist() == [[-1], [-2]]
    assert encoder.calls == 2
    assert not list((tmp_path / "vectors").glob("*.part"))


def test_whatever_vectors_depend_on_is_in_the_key(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path)
    for encoder in (Counting(), Counting("g"), Counting(query_length=16)):
        cache.encode(encoder, "queries", ["a", "bb"])
    cache.encode(Counting(), "queries", ["ab", "b"])
    assert len(list(tmp_path.glob("*.npy"))) == 4


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-40], lambda data: b"", lambda data: data[:130] + b"\1" + data[131:]]
)
def test_a_damaged_file_is_made_again(damage: object, tmp_path: Path) -> None:
    cache, encoder = VectorCache(tmp_path), Counting()
    cache.encode(encoder, "queries", ["a", "bb"])
    (path,) = tmp_path.glob("*.npy")
    whole = path.read_bytes()
    path.write_bytes(damage(whole))  # type: ignore[operator]
    assert cache.encode(encoder, "queries", ["a", "bb"]).tolist() == [[1], [2]]
    assert encoder.calls == 2
    assert path.read_bytes() == whole


def test_vectors_stay_in_their_file(tmp_path: Path) -> None:
    """Those that were just made too; what is read of them cannot be changed."""
    for _ in range(2):
        vectors = VectorCache(tmp_path).encode(Counting(), "queries", ["a", "bb"])
        assert (type(vectors), vectors.flags.writeable) == (np.ndarray, False)
        base = vectors.base
        assert isinstance(base, np.memmap)
        assert Path(str(base.filename)).parent == tmp_path


def test_the_file_is_one_of_numpy(tmp_path: Path) -> None:
    VectorCache(tmp_path).encode(Counting(), "queries", ["a", "bb"])
    (path,) = tmp_path.glob("*.npy")
    assert np.load(path).tolist() == [[1], [2]]


def test_no_text_at_all(tmp_path: Path) -> None:
    for _ in range(2):
        assert VectorCache(tmp_path).encode(Counting(), "queries", []).shape == (0, 1)


def test_without_a_folder_nothing_is_kept() -> None:
    encoder = Counting()
    for _ in range(2):
        VectorCache(None).encode(encoder, "queries", ["a"])
    assert encoder.calls == 2
    with pytest.raises(XqgError, match="documents"):
        VectorCache(None).encode(encoder, "documents", ["a"])  # type: ignore[arg-type]
