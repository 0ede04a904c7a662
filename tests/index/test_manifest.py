"""The manifest: written, read back, and refused where it is broken or newer."""

from __future__ import annotations

import json

import pytest

from xqg.errors import XqgError
from xqg.index import EncoderRecord, Generation, Manifest


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
        xqg="0.1.0",
        fields={"year": "int64"},
        engine="HNSW32",
        filters=("language", "best:0.5"),
        thresholds={"ja": [0.5, 1]},
        judged={"ja": (19, 3)},
    )


def test_round_trip(manifest: Manifest) -> None:
    assert Manifest.loads(manifest.dumps(), "here") == manifest
    assert Manifest.from_json(json.loads(json.dumps(manifest.to_json()))) == manifest


def test_unknown_encoder_languages_stay_unknown(manifest: Manifest) -> None:
    row = manifest.to_json()
    row["encoder"]["languages"] = None
    assert Manifest.from_json(row).encoder.languages is None


def test_newer_format_is_refused(manifest: Manifest) -> None:
    with pytest.raises(XqgError, match=r"INDEX: index format 4 is newer .* upgrade xqg"):
        Manifest.from_json({**manifest.to_json(), "format": 4}, "INDEX")


@pytest.mark.parametrize(("number", "remedy"), [(1, "build the index again"), (2, "`xqg upgrade INDEX`")])
def test_older_format_is_refused(manifest: Manifest, number: int, remedy: str) -> None:
    with pytest.raises(XqgError, match=f"INDEX: index format {number} is of an older xqg .*{remedy}"):
        Manifest.from_json({**manifest.to_json(), "format": number}, "INDEX")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"alpha": 2.0}, "alpha"),
        ({"alpha": None}, "float"),
        ({"fusion": "mean"}, "fusion 'mean'"),
        ({"encoder": {}}, "no 'languages'"),
        ({"weighted": ["ja", "fi"]}, "weighted languages"),
        ({"judged": {"ja": 3}}, "subscriptable"),
    ],
)
def test_broken_manifest(manifest: Manifest, change: dict, reason: str) -> None:
    with pytest.raises(XqgError, match=f"INDEX: its manifest is broken .*{reason}"):
        Manifest.from_json({**manifest.to_json(), **change}, "INDEX")


@pytest.mark.parametrize("text", ["{", "[]", "3", b"\xff"])
def test_not_a_manifest(text: str | bytes) -> None:
    with pytest.raises(XqgError, match="build the index again"):
        Manifest.loads(text, "INDEX")
