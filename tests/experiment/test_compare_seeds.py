"""Several seeds of the sampling, and their spread."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment.compare import compare
from xqg.experiment.design import seeds_of
from xqg.experiment.results import Results


def compared(benchmark: Benchmark, encoder: Path, out: Path | None, **changes: Any) -> Results:
    asked: dict[str, Any] = {
        "arms": "none,mono,cross", "baselines": "none", "per_language": 1, "measures": "RR@10", "alpha": 0.5,
    }  # fmt: skip
    return compare(benchmark, encoder=str(encoder), out=out, **asked | changes)


def test_seeds_of_a_generator(
    tiny: Benchmark, bert_folder: Path, mt5_folder: Path, tmp_path: Path
) -> None:
    results = compared(tiny, bert_folder, tmp_path / "out", generator=str(mt5_folder), seeds=(3, 4))
    found = json.loads((tmp_path / "out" / "seeds.json").read_text())
    assert (found["seeds"], found["measure"]) == ([3, 4], "RR@10")
    rows = {row["arm"]: row for row in found["rows"]}
    assert rows["none"]["sd"] == 0.0  # it samples nothing
    assert (results.settings["seed"], results.seed, results.description.seeds) == (3, 3, (3, 4))
    # The folder of the second seed is a comparison of its own, and gives the same alone.
    other = json.loads((tmp_path / "out" / "seeds" / "4" / "results.json").read_text())
    values = [
        row["value"] for row in other["rows"] if row["arm"] == "mono" and row["query_language"] != "en"
    ]
    assert rows["mono"]["values"][1] == pytest.approx(np.mean(values))
    assert rows["mono"]["values"] == list(results.by_seed("mono"))
    assert results.mean("mono", "RR@10", seed=4) == rows["mono"]["values"][1]
    assert not (tmp_path / "out" / "seeds" / "4" / "vectors").exists()  # shared with the first
    assert "with other seeds of the sampling" in (tmp_path / "out" / "report.md").read_text()


def test_the_tables_rows_of_every_seed(
    tiny: Benchmark, bert_folder: Path, mt5_folder: Path, tmp_path: Path, few_rounds: None
) -> None:
    asked = {"generator": str(mt5_folder), "seeds": "3,4"}
    out = tmp_path / "out"
    results = compared(tiny, bert_folder, out, **asked)
    assert set(results.values) == {(name, seed) for name in ("raw-alpha-0.5", "normalised-alpha-0.5") for seed in (3, 4)}
    frame = results.frame
    assert sorted(set(frame["seed"])) == [3, 4]
    assert len(frame[frame["seed"] == 3]) == len(frame[frame["seed"] == 4])
    loaded = Results.load(out)
    assert loaded.values == results.values
    assert loaded.differences_by_seed == results.differences_by_seed
    alone = compared(tiny, bert_folder, None, generator=str(mt5_folder), seed=4)
    assert Results.load(out / "seeds" / "4").values == alone.values
    assert {key: of for key, of in results.values.items() if key[1] == 4} == alone.values
    # Nothing is made twice: not the queries of either seed, nor the vectors that both share.
    kept = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.suffix in (".npy", ".jsonl")}
    assert {path.parent.name for path in kept} == {"vectors", "queries"}
    again = compared(tiny, bert_folder, out, **asked)
    assert again.values == results.values
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.suffix in (".npy", ".jsonl")} == kept


def test_an_interruption_between_two_seeds(
    tiny: Benchmark, bert_folder: Path, mt5_folder: Path, tmp_path: Path, few_rounds: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from xqg.queries.seq2seq import Seq2SeqGenerator

    out, whole = tmp_path / "out", tmp_path / "whole"
    expected = compared(tiny, bert_folder, whole, generator=str(mt5_folder), seeds=(3, 4))
    real, languages = Seq2SeqGenerator.generate_block, []

    def stops(self: Seq2SeqGenerator, passages: Any, language: str, n: int, seed: int) -> list[list[str]]:
        languages.append(language)
        if len(languages) == 6:  # the third of the second seed
            raise KeyboardInterrupt
        return real(self, passages, language, n, seed)

    with monkeypatch.context() as patch:
        patch.setattr(Seq2SeqGenerator, "generate_block", stops)
        with pytest.raises(KeyboardInterrupt):
            compared(tiny, bert_folder, out, generator=str(mt5_folder), seeds=(3, 4))
    assert sorted(languages) == sorted(["en", "fi", "ja"] * 2)
    assert Results.load(out).description.seeds == (3,)  # what was there is reported
    assert not (out / "seeds.json").exists()
    with pytest.raises(XqgError, match="holds no finished results"):
        Results.load(out / "seeds" / "4")
    results = compared(tiny, bert_folder, out, generator=str(mt5_folder), seeds=(3, 4))
    assert results.values == expected.values
    for name in ("queries/fi.jsonl", "seeds/4/queries/ja.jsonl", "seeds.json", "seeds/4/runs/cross.ja.trec"):
        assert (out / name).read_bytes() == (whole / name).read_bytes()


def test_seeds() -> None:
    assert seeds_of("0, 1,2") == seeds_of([0, 1, 2]) == seeds_of((0, 1, 2)) == (0, 1, 2)
    assert seeds_of(None) is None
    for wrong in ("1", "1,1", "a,b", "", "-1,2", [1], [1, 1], [0.5, 1], [True, 2], 3, ["1", "x"]):
        with pytest.raises(XqgError, match=r"`seeds` is .*two or more different whole numbers"):
            seeds_of(wrong)  # type: ignore[arg-type]


def test_a_file_of_queries_has_one_sampling(
    tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path
) -> None:
    asked = {"arms": "none,cross", "queries": queries_file, "per_language": None, "measures": None}
    with pytest.raises(XqgError, match="`seeds` repeats a generator's sampling"):
        compared(tiny, bert_folder, tmp_path / "out", **asked, seeds=(0, 1))
    assert not (tmp_path / "out").exists()
    compared(tiny, bert_folder, tmp_path / "out", **asked)  # alone it runs
