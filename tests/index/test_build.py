"""Building: what is stored equals the formula, and nothing is left after an error."""

from __future__ import annotations

from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pytest

from stored_rows import rows_digest
from xqg.errors import XqgError
from xqg.index import Generation, StoredIndex
from xqg.index.segment import sum_by_passage
from xqg.passages import Passage


def formula(encoder, passages, queries, alpha: float) -> np.ndarray:
    """(1-α)·p + α·Σ q in double precision, one passage at a time."""
    rows = []
    for passage in passages:
        p = encoder.encode_passages([passage.full_text])[0].astype(np.float64)
        texts = [t for found in queries.values() for t in found.get(passage.id, []) if t.strip()]
        total = sum((encoder.encode_queries([t])[0].astype(np.float64) for t in texts), np.zeros_like(p))
        rows.append((1 - alpha) * p + alpha * total)
    return np.array(rows)


def test_sums_in_float32_before_storage() -> None:
    vectors = np.random.default_rng(0).standard_normal((5, 4)).astype(np.float32)
    sums = sum_by_passage(vectors, [0, 0, 2, 2, 2], 3)
    assert sums.dtype == np.float32
    np.testing.assert_allclose(sums[0], vectors[0] + vectors[1], atol=1e-6)
    np.testing.assert_allclose(sums[2], vectors[2:].sum(axis=0), atol=1e-6)
    assert not sums[1].any()


def test_fused_equals_formula(build, fake_encoder, pool, generated) -> None:
    index = build(alpha=0.3)
    # float16 keeps 11 bits: the parts are within 2^-11 of their size.
    np.testing.assert_allclose(
        index.fused(), formula(fake_encoder(), pool, generated, 0.3), rtol=2e-3, atol=3e-3
    )


def test_columns_types_and_manifest_on_disk(build) -> None:
    index = build(generation=Generation(("g1", "g2"), None, "prompt", 3, None, 3))
    schema = lance.dataset(index.path / "passages.lance").schema
    vector = pa.list_(pa.float16(), 8)
    expected = dict.fromkeys(["id", "title", "text", "language"], pa.string())
    expected["block"] = pa.int32()
    expected["vector"] = vector
    for code in ["ja", "ru", "zh_Hant"]:
        expected[f"queries_{code}"] = pa.list_(pa.string())
        expected[f"sum_{code}"] = vector
        expected[f"count_{code}"] = pa.int32()
        expected[f"verdicts_{code}"] = pa.list_(pa.bool_())
    assert {field.name: field.type for field in schema} == expected
    assert list(schema.metadata) == [b"xqg"]
    manifest = index.manifest
    assert manifest.languages == ("ja", "ru", "zh_Hant")
    counts = index.counts
    assert counts.queries == {"ja": 17, "ru": 14, "zh_Hant": 1}
    assert (counts.passages, counts.blank, manifest.dimension) == (7, 1, 8)
    assert manifest.generation == Generation(("g1", "g2"), None, "prompt", 3, None, 3)
    assert (manifest.fusion, manifest.alpha, index.version) == ("raw", 0.01, 1)


def test_stored_vectors_are_the_encoders(build, fake_encoder, pool, generated) -> None:
    p, [ja, *_] = build().parts()
    encoder = fake_encoder()
    wanted = encoder.encode_passages([passage.full_text for passage in pool])
    np.testing.assert_array_equal(p, wanted.astype(np.float16).astype(np.float32))
    assert not ja[2].any()  # no query
    blank_skipped = encoder.encode_queries([generated["ja"]["p3"][0], generated["ja"]["p3"][2]]).sum(axis=0)
    np.testing.assert_allclose(ja[3], blank_skipped, rtol=1e-3, atol=1e-3)
    once, other = encoder.encode_queries(generated["ja"]["p4"][:2])
    np.testing.assert_allclose(ja[4], 2 * once + other, rtol=1e-3, atol=2e-3)


def test_same_input_gives_the_same_content(build) -> None:
    first, again, other = build("a"), build("b"), build("c", alpha=0.02)
    assert first.manifest == again.manifest
    assert rows_digest(first) == rows_digest(other)
    assert first.manifest != other.manifest


def test_fusion_defaults_by_similarity(build, fake_encoder) -> None:
    index = build(encoder=fake_encoder(similarity="cosine"))
    assert index.manifest.fusion == "normalised"
    np.testing.assert_allclose(np.linalg.norm(index.fused(), axis=1), 1, atol=1e-6)


def test_progress_and_no_queries(build) -> None:
    seen = []
    index = build(queries={}, progress=lambda at: seen.append((at.passages, at.total)))
    assert sorted(set(seen)) == [(0, 7), (3, 7), (6, 7), (7, 7)]
    assert index.languages == ()


def test_hyphen_in_a_code(build) -> None:
    index = build(queries={"zh-Hant": {"p0": ["問題"]}})
    assert index.languages == ("zh-Hant",)
    assert index.queries("p0") == {"zh-Hant": ["問題"]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"passages": []}, "no passage"),
        ({"passages": [Passage("a", "", "x", "en")] * 2}, "'a' occurs a second time"),
        ({"queries": {"ja": {"nobody": ["x"]}}}, "passage 'nobody'"),
        ({"queries": {"xx": {}}}, "unknown language code 'xx'"),
        ({"queries": {"zh-Hant": {}, "zh_Hant": {}}}, "one language"),
        ({"alpha": 1.5}, "`alpha` is 1.5"),
        ({"fusion": "mean"}, "unknown fusion"),
    ],
)
def test_wrong_input(build, tmp_path: Path, changes: dict, message: str) -> None:
    with pytest.raises(XqgError, match=message):
        build(**changes)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("scale", "message"), [(1e5, "is too large for float16"), (np.nan, "is not a finite number")]
)
def test_values_that_float16_cannot_hold(build, fake_encoder, tmp_path: Path, scale, message) -> None:
    with pytest.raises(XqgError, match=f"passage 'p0': .*vector {message}"):
        build(encoder=fake_encoder(scale=scale))
    assert not list(tmp_path.iterdir())


def test_sum_overflow_names_the_passage(build, fake_encoder) -> None:
    queries = {"ja": {"p5": ["同じ"] * 200}}
    with pytest.raises(XqgError, match="passage 'p5': a value of its sum of ja queries is too large"):
        build(queries=queries, encoder=fake_encoder(scale=1e3))


def test_encoder_of_wrong_shape(build, fake_encoder) -> None:
    encoder = fake_encoder()
    encoder.encode_passages = lambda texts: np.zeros((1, 8), np.float32)
    with pytest.raises(XqgError, match=r"shape \(1, 8\) for 3 texts"):
        build(encoder=encoder)


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, XqgError])
@pytest.mark.parametrize("good", [0, 2])
def test_a_failure_leaves_what_was_done_or_nothing(build, fake_encoder, tmp_path, error, good) -> None:
    encoder = fake_encoder()
    calls = []

    def fail_later(texts: list[str]) -> np.ndarray:
        calls.append(texts)
        if len(calls) > good:
            raise error("stop")
        return fake_encoder().encode_passages(texts)

    encoder.encode_passages = fail_later
    with pytest.raises(error):
        build(encoder=encoder)
    assert [path.name for path in tmp_path.iterdir()] == (["index.parts"] if good else [])
    again = fake_encoder()
    again.encode_passages = lambda texts: calls.append(texts) or fake_encoder().encode_passages(texts)
    calls.clear()
    index = build(encoder=again)
    assert len(calls) == 3 - good  # segments of 3, 3 and 1 passages
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
    whole = build("whole")
    assert index.manifest == whole.manifest
    np.testing.assert_array_equal(index.fused(), whole.fused())


def test_an_index_is_never_overwritten(build, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    first = build()  # an empty folder is fine
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(XqgError, match="not empty; choose another `out` or delete it"):
        build(alpha=0.5)
    assert sorted(tmp_path.rglob("*")) == before
    assert StoredIndex.open(first.path).manifest == first.manifest
