"""The manifest: written, read back, and refused where it is broken or newer."""

from __future__ import annotations

import json

import pytest

from xqg.errors import XqgError
from xqg.index import Counts, EncoderRecord, Generation, Manifest


@pytest.fixture
def manifest() -> Manifest:
    return Manifest(
        encoder=EncoderRecord("mini", "abc", "dot", 128, 32, ("en", "ja")),
        generation=Generation(("mini",), "def", "Generate a {language} question", 0, 5),
        alpha=0.01,
        fusion="raw",
        languages=("ja", "zh_Hant"),
        weighted=("ja",),
        dimension=8,
        counts=Counts(7, {"ja": 17, "zh_Hant": 1}, 1, {"ja": 2}, {"ja": (19, 3)}, 4),
        content="0" * 64,
        xqg="0.1.0",
        fields={"year": "int64"},
        engine="HNSW32",
        filters=("language", "best:0.5"),
        thresholds={"ja": [0.5, 1]},
    )


def test_round_trip(manifest: Manifest) -> None:
    assert Manifest.loads(manifest.dumps(), "here") == manifest
    assert Manifest.from_json(json.loads(json.dumps(manifest.to_json()))) == manifest
    assert Manifest.loads(manifest.dumps(), "here").digest == manifest.digest


def test_unknown_encoder_languages_stay_unknown(manifest: Manifest) -> None:
    row = manifest.to_json()
    row["encoder"]["languages"] = None
    assert Manifest.from_json(row).encoder.languages is None


def test_newer_format_is_refused(manifest: Manifest) -> None:
    with pytest.raises(XqgError, match=r"INDEX: index format 3 is newer .* upgrade xqg"):
        Manifest.from_json({**manifest.to_json(), "format": 3}, "INDEX")


def test_older_format_is_refused(manifest: Manifest) -> None:
    with pytest.raises(XqgError, match=r"INDEX: index format 1 is of an older xqg .* build the index again"):
        Manifest.from_json({**manifest.to_json(), "format": 1}, "INDEX")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"alpha": 2.0}, "alpha"),
        ({"alpha": None}, "float"),
        ({"fusion": "mean"}, "fusion 'mean'"),
        ({"encoder": {}}, "no 'languages'"),
        ({"weighted": ["ja", "fi"]}, "weighted languages"),
        ({"counts": {"passages": 7, "queries": {"ja": 1}, "wrong_language": {}}}, "no 'zh_Hant'"),
    ],
)
def test_broken_manifest(manifest: Manifest, change: dict, reason: str) -> None:
    with pytest.raises(XqgError, match=f"INDEX: its manifest is broken .*{reason}"):
        Manifest.from_json({**manifest.to_json(), **change}, "INDEX")


@pytest.mark.parametrize("text", ["{", "[]", "3", b"\xff"])
def test_not_a_manifest(text: str | bytes) -> None:
    with pytest.raises(XqgError, match="build the index again"):
        Manifest.loads(text, "INDEX")
