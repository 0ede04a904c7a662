"""Engines by factory string: what is refused, and how near they come to exact search."""

from __future__ import annotations

import numpy as np
import pytest

from xqg.errors import XqgError
from xqg.search.engines import FactoryEngine, FlatEngine, check_engine, engine_class
from xqg.search.ranking import rank_roughly, tie_order


def clustered(number: int = 2600, dimension: int = 16) -> np.ndarray:
    """Vectors of unit length around 40 centres, as neighbours of texts are."""
    generator = np.random.default_rng(0)
    centres = generator.standard_normal((40, dimension))
    vectors = centres[np.arange(number) % 40] + 0.4 * generator.standard_normal((number, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize(
    ("factory", "least"),
    [("HNSW16", 0.95), ("HNSW16,SQ8", 0.9), ("IVF16,Flat:nprobe=16", 1.0), ("IVF4,PQ8x4:nprobe=4", 0.3)],
)
def test_near_to_exact_search(factory: str, least: float) -> None:
    vectors = clustered()
    questions = vectors[::53]
    _, exact = FlatEngine.build(vectors).search(questions, 10)
    engine = engine_class(factory).build(vectors, factory)
    scores, rows = engine.search(questions, 10)
    assert not engine.exact
    assert engine.shape == (2600, 16)
    shared = [len(set(one) & set(other)) for one, other in zip(exact.tolist(), rows.tolist(), strict=True)]
    assert np.mean(shared) >= 10 * least
    assert (np.diff(scores, axis=1) <= 0).all()


@pytest.mark.parametrize("factory", ["IVF16,Flat", "IVF4,PQ4x4", "PCA8,HNSW16", "HNSW16,SQ8"])
def test_saved_and_loaded(factory: str, tmp_path) -> None:
    vectors = clustered()
    engine = FactoryEngine.build(vectors, factory)
    engine.save(tmp_path / "file")
    again = FactoryEngine.load(tmp_path / "file", factory)
    np.testing.assert_array_equal(again.search(vectors[:9], 5), engine.search(vectors[:9], 5))


def test_built_the_same_each_time() -> None:
    vectors = clustered()
    first, second = (FactoryEngine.build(vectors, "IVF16,PQ4x4:nprobe=4") for _ in range(2))
    np.testing.assert_array_equal(first.search(vectors[:99], 9), second.search(vectors[:99], 9))


def test_search_parameters_count() -> None:
    vectors = clustered()
    few, many = (FactoryEngine.build(vectors, f"IVF16,Flat:nprobe={number}") for number in (1, 16))
    _, exact = FlatEngine.build(vectors).search(vectors, 50)
    np.testing.assert_array_equal(np.sort(many.search(vectors, 50)[1]), np.sort(exact))
    assert (few.search(vectors, 2000)[1] < 0).any()  # one list holds fewer


def test_fewer_found_than_asked_for() -> None:
    vectors = clustered()
    engine = FactoryEngine.build(vectors, "IVF16,Flat")
    scores, rows = rank_roughly(engine, vectors[:5], 2600, tie_order([f"{row:04d}" for row in range(2600)]))
    assert scores.shape == rows.shape == (5, 2600)
    for one, places in zip(scores, rows, strict=True):
        found = int((places >= 0).sum())
        assert 0 < found < 2600
        assert (places[:found] >= 0).all()
        assert len(set(places[:found].tolist())) == found
        assert np.isneginf(one[found:]).all()
        assert np.isfinite(one[:found]).all()


def test_ties_by_id_descending() -> None:
    vectors = np.ones((6, 4), np.float32)
    ids = ["c", "f", "a", "e", "b", "d"]
    _, rows = rank_roughly(FactoryEngine.build(vectors, "HNSW8"), vectors[:1], 6, tie_order(ids))
    assert [ids[row] for row in rows[0]] == ["f", "e", "d", "c", "b", "a"]


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one(k: int) -> None:
    vectors = np.eye(4, dtype=np.float32)
    with pytest.raises(XqgError, match=f"k is {k}"):
        rank_roughly(FactoryEngine.build(vectors, "HNSW8"), vectors, k, np.arange(4))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Bogus", "Faiss cannot make it for 384 dimensions (could not parse index string Bogus)"),
        ("", "give Flat alone"),
        ("Flat:nprobe=3", "give Flat alone"),
        (" Flat", "give Flat alone"),
        ("\n", "give Flat alone"),
        ("HNSW32\n", "Faiss cannot make it"),
        ("\udcff", "Faiss cannot make it"),
        ("PQ7", "should be a multiple of the number of subquantizers"),
        ("IVF16,PQ7", "should be a multiple of the number of subquantizers"),
        ("LSH", "Faiss cannot make it"),
        ("IDMap,HNSW32", "does not compare numbered vectors by inner product"),
        ("IVF0,Flat", "has no list"),
        ("IVF1024,Flat", "needs at least 39,936 passages to be trained on, there are 39,935"),
        ("IVF4k,Flat", "needs at least 159,744 passages"),
        ("PQ32x12", "needs at least 159,744 passages"),
        ("IVF999999999,Flat", "engine 'IVF999999999,Flat'"),
        ("HNSW32:nprobe=3", "it has no search parameter 'nprobe'"),
        ("IVF16,Flat:efSearch=3", "it has no search parameter 'efSearch'"),
        ("IVF16,Flat:nprobe", "'nprobe' is not NAME=NUMBER"),
        ("IVF16,Flat:nprobe=x", "'nprobe=x' is not NAME=NUMBER"),
        ("IVF16,Flat:nprobe=-1", "'nprobe=-1' is not NAME=NUMBER"),
        ("IVF16,Flat:nprobe=0", "'nprobe=0' is not NAME=NUMBER with a number above 0"),
        ("IVF16,Flat:nprobe=1,", "'' is not NAME=NUMBER"),
        ("HNSW32:\udcff=3", "it has no search parameter"),
        ("HNSW32:", "'' is not NAME=NUMBER"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(XqgError) as error:
        check_engine(text, 384, 39_935)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert ";" in str(error.value)  # and a remedy


@pytest.mark.parametrize(
    "text",
    ["Flat", "HNSW32", "HNSW32,SQ8", "HNSW32:efSearch=64", "IVF1024,Flat:nprobe=8", "IVF256,PQ64", "OPQ16,IVF64,PQ16",
     "IVF256_HNSW32,Flat:nprobe=4,quantizer_efSearch=9", "SQ8", "PCA64,HNSW32,RFlat:k_factor_rf=4"],
)  # fmt: skip
def test_accepted(text: str) -> None:
    check_engine(text, 384, 39_936)


def test_no_warning_at_the_least_number(capfd) -> None:
    """Faiss writes to stderr where it has fewer to train on than it wants."""
    FactoryEngine.build(clustered(39 * 16), "IVF16,PQ4x4")
    assert capfd.readouterr() == ("", "")


def test_vectors_that_it_cannot_be_trained_on() -> None:
    with pytest.raises(XqgError, match="cannot build it over 3 passages"):
        FactoryEngine.build(np.eye(8, dtype=np.float32)[:3], "PCA4,HNSW8")


def test_not_an_engine_s_file(tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"something else")
    for kind in (FactoryEngine, FlatEngine):
        with pytest.raises(ValueError, match="Faiss cannot read it"):
            kind.load(tmp_path / "file", "HNSW32")
    FactoryEngine.build(np.eye(4, dtype=np.float32), "HNSW8").save(tmp_path / "file")
    with pytest.raises(ValueError, match="holds IndexHNSWFlat, not IndexFlatIP"):
        FlatEngine.load(tmp_path / "file")
