"""`xqg demo` as a newcomer runs it: whole, with the packaged models."""

from __future__ import annotations

import json
from pathlib import Path

LANGUAGES = {"en", "ar", "bn", "fi", "ja", "ko", "ru", "te"}


def test_demo_compares_all_arms_and_leaves_an_index(xqg, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    result = xqg("demo", "--out", out)
    assert (result.code, result.err) == (0, "")
    results = json.loads((out / "comparison" / "results.json").read_text())
    rows = results["rows"]
    assert {row["arm"] for row in rows} == {"none", "mono", "target-n", "cross"}
    assert {row["query_language"] for row in rows} == LANGUAGES
    assert {row["K"] for row in rows if row["arm"] in ("mono", "cross")} == {7}
    assert results["settings"]["interpretability"]["interpretable"]
    assert results["settings"]["passages"] == 1643
    # The known failures of a generator, measured: wrong language, and no gain from its queries.
    shares = results["settings"]["queries_in_asked_language"]
    assert min(shares.values()) > 0.8, shares
    gains = [
        c for c in results["contrasts"] if (c["arm"], c["versus"], c["measure"]) == ("cross", "none", "R@1")
    ]
    assert next(c["low"] for c in gains if c["query_language"] == "mean") > 0
    found = xqg("search", out / "index", "フィンランドの通貨は何ですか？", "-k", "3", "--json")
    assert found.code == 0
    assert any("Finland" in hit["title"] + hit["text"] for hit in json.loads(found.out))
