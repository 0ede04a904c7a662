"""Several seeds of the sampling, and their spread."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment import Request, compare
from xqg.experiment.arms import parse_arms
from xqg.experiment.repeats import compare_seeds, parse_seeds
from xqg.experiment.spread import Spread


def test_seeds_of_a_generator(
    tiny: Benchmark, bert_folder: Path, mt5_folder: Path, tmp_path: Path
) -> None:
    request = Request(
        arms=parse_arms("none,mono,cross"),
        out=tmp_path / "out",
        generator=str(mt5_folder),
        n=1,
        measures="RR@10",
        alpha=0.5,
    )
    comparison = compare_seeds(tiny, str(bert_folder), request, (3, 4))
    found = json.loads((tmp_path / "out" / "seeds.json").read_text())
    assert (found["seeds"], found["measure"]) == ([3, 4], "RR@10")
    rows = {row["arm"]: row for row in found["rows"]}
    assert rows["none"]["sd"] == 0.0  # it samples nothing
    assert comparison.settings["seed"] == 3
    # The folder of the second seed is a comparison of its own, and gives the same alone.
    other = json.loads((tmp_path / "out" / "seeds" / "4" / "results.json").read_text())
    values = [
        row["value"] for row in other["rows"] if row["arm"] == "mono" and row["query_language"] != "en"
    ]
    assert rows["mono"]["values"][1] == pytest.approx(np.mean(values))
    assert not (tmp_path / "out" / "seeds" / "4" / "vectors").exists()  # shared with the first
    assert "with other seeds of the sampling" in (tmp_path / "out" / "report.md").read_text()


def test_spread_by_hand() -> None:
    spread = Spread((0, 1), "EM", {"mono": (0.1, 0.3), "cross": (0.4, 0.4)}, (0.3, 0.1))
    found = spread.to_dict()
    assert found["rows"][0]["mean"] == pytest.approx(0.2)
    assert found["rows"][0]["sd"] == pytest.approx(0.02**0.5)  # ((0.1)² + (0.1)²) / (2 - 1)
    assert found["cross - mono"]["mean"] == pytest.approx(0.2)


def test_parse_seeds() -> None:
    assert parse_seeds("0, 1,2") == (0, 1, 2)
    for wrong in ("1", "1,1", "a,b", "", "-1,2"):
        with pytest.raises(XqgError, match="two or more different whole numbers"):
            parse_seeds(wrong)


def test_a_file_of_queries_has_one_sampling(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    request = Request(arms=parse_arms("none,cross"), out=tmp_path / "out", queries_file=queries_file)
    with pytest.raises(XqgError, match="--seeds repeats a generator's sampling"):
        compare_seeds(tiny, str(bert_folder), request, (0, 1))
    assert not (tmp_path / "out").exists()
    compare(tiny, str(bert_folder), request)  # alone it runs
