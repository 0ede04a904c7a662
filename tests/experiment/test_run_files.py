"""Runs that lie in the folder of a comparison."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tiny_results import tiny_results
from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment.compare import compare
from xqg.experiment.results import Results
from xqg.experiment.run_files import RunFiles

RUN = {"q0": [("p1", 0.5), ("p0", 0.25)], "q1": [("p0", 1.0)]}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    files = RunFiles(tmp_path, 1, "raw-tuned")
    files.write("cross", "fi", RUN)
    files.write("bm25", "ja", RUN)
    assert list(files) == [("cross", "fi"), ("bm25", "ja")]
    assert files == {("cross", "fi"): RUN, ("bm25", "ja"): RUN}
    assert (tmp_path / "variants" / "raw-tuned" / "runs" / "cross.fi.trec").is_file()
    with pytest.raises(KeyError):
        files["cross", "ja"]
    (tmp_path / "variants" / "raw-tuned" / "runs" / "cross.fi.trec").unlink()
    with pytest.raises(XqgError, match=r"cross\.fi\.trec: no such file"):
        files["cross", "fi"]


def test_they_are_copied_but_not_onto_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = RunFiles(tmp_path / "one", 0, "raw")
    files.write("cross", "fi", RUN)
    other = RunFiles(tmp_path / "two", 0, "raw")
    other.copy(files)
    assert (other._folder / "cross.fi.trec").read_bytes() == (files._folder / "cross.fi.trec").read_bytes()
    monkeypatch.setattr("xqg.experiment.run_files.write_trec", None)
    RunFiles(tmp_path / "two" / ".." / "one", 0, "raw").copy(files)


def test_what_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = RunFiles(tmp_path, 0, "raw")
    with pytest.raises(XqgError, match="system cross has no run in 'fi'; nothing is reported"):
        files.write("cross", "fi", {})

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xqg.experiment.run_files.write_trec", full)
    with pytest.raises(XqgError, match=rf"^{tmp_path}: cannot be written .No space left on device.; free space or move"):
        files.write("cross", "fi", RUN)
    with pytest.raises(XqgError, match="cannot be written"):
        tiny_results().save(tmp_path / "saved")


@pytest.mark.usefixtures("few_rounds")
def test_a_comparison_lets_go_of_its_runs(tiny: Benchmark, bert_folder: Path, queries_file: Path, tmp_path: Path) -> None:
    def compared(out: Path | None) -> Results:
        return compare(
            tiny, encoder=str(bert_folder), queries=queries_file, systems="none,cross,bm25,rrf", alpha="tuned",
            measures="R@1 RR@10", out=out, progress=False,
        )  # fmt: skip

    kept, held = compared(tmp_path / "out"), compared(None)
    assert {type(runs) for runs in kept.runs.values()} == {RunFiles}
    assert {type(runs) for runs in held.runs.values()} == {dict}
    assert list(kept.runs) == list(held.runs)
    for name, runs in held.runs.items():
        assert list(kept.runs[name]) == list(runs)
        assert kept.runs[name]["cross", "fi"] == runs["cross", "fi"]
    assert kept.values == held.values
    held.save(tmp_path / "held")
    kept.save(tmp_path / "again")
    shutil.rmtree(tmp_path / "out" / "vectors")
    written = {
        folder: {path.relative_to(tmp_path / folder): path.read_bytes() for path in (tmp_path / folder).rglob("*.trec")}
        for folder in ("out", "held", "again")
    }
    assert len(written["out"]) == 4 * 4 * 3  # settings, systems, languages
    assert written["out"] == written["held"] == written["again"]
