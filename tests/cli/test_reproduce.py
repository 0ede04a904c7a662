"""`xqg reproduce` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

RECIPE = Path(__file__).parents[2] / "recipes" / "xqg-xor-tydi.yaml"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def recipe(tmp_path: Path, bert_folder: Path, mt5_folder: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(
        f"""\
benchmark: xor-tydi
encoder: {bert_folder}
generator: {mt5_folder}
languages: [fi]
query_languages: [fi]
systems: [none, cross]
alpha: 0.01
per_language: 1
seed: 0
fusion: raw
passage_length: 24
query_length: 16
depth: 500
note: This recipe has not been run at full size.
expected:
  none: {{R@2kt: {{macro: 12.5}}}}
  cross: {{R@2kt: {{macro: 25}}}}
"""
    )
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "wiki.tsv").write_text("id\ttext\ttitle\n1\tone Oulu\tOne\n2\ttwo Turku\tTwo\n")
    rows = [
        {"id": "a", "question": "Missä?", "lang": "fi", "answers": ["Turku"]},
        {"id": "b", "question": "Kuka?", "lang": "fi", "answers": ["Nobody"]},
    ]
    (folder / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_expected_beside_got(xqg, recipe: Path, data: Path, tmp_path: Path) -> None:
    result = xqg("reproduce", recipe, "--data", data, "--out", tmp_path / "out", "--device", "cpu")
    assert (result.code, result.err) == (0, "")
    lines = [line.split() for line in result.out.splitlines()]
    assert ["none", "0", "R@2kt", "expected", "-", "12.50"] in lines
    assert ["none", "0", "R@2kt", "got", "50.00", "50.00"] in lines
    assert ["cross", "0.01", "R@2kt", "expected", "-", "25.00"] in lines
    assert "not been run at full size" in result.out
    assert "do not apply" not in result.out
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {"settings.json", "index", "runs", "results.json", "report.md", "per_query.parquet"}
    assert {path.name for path in (tmp_path / "out" / "runs").iterdir()} == {"none.fi.trec", "cross.fi.trec"}
    assert result.out.splitlines()[-1] == f"{tmp_path / 'out'}: results.json, report.md, runs/"
    again = xqg("reproduce", recipe, "--data", data, "--out", tmp_path / "out", "--device", "cpu")
    assert again == result


def test_a_pool_that_fits_in_memory_is_compared(xqg, own: Path, bert_folder: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "table.yaml"
    recipe.write_text(
        f"""\
benchmark: {own}
encoder: {bert_folder}
systems: [none, bm25]
expected:
  bm25: {{R@1: {{en: 100, mean: 50}}}}
"""
    )
    result = xqg("reproduce", recipe, "--device", "cpu")
    assert (result.code, result.err) == (0, "")
    lines = [line.split() for line in result.out.splitlines()]
    assert lines[0] == ["system", "alpha", "measure", "figures", "en", "ja", "macro", "mean"]
    assert lines[1] == ["bm25", "0", "R@1", "expected", "100.00", "-", "-", "50.00"]
    assert lines[2][:5] == ["bm25", "0", "R@1", "got", "100.00"]
    assert result.out.splitlines()[-1] == "table: results.json, report.md, comparison/"
    assert (tmp_path / "table" / "comparison" / "report.html").is_file()
    assert (tmp_path / "table" / "comparison" / "runs" / "bm25.ja.trec").is_file()


def test_a_limit_says_so(xqg, recipe: Path, data: Path, tmp_path: Path) -> None:
    result = xqg("reproduce", recipe, "--data", data, "--limit", "1", "--device", "cpu")
    assert (result.code, result.err) == (0, "")
    assert (
        "first 1 passages and the first 1 questions per language: expected figures do not apply" in result.out
    )
    assert "12.50" not in result.out
    assert (tmp_path / "small-limit-1" / "results.json").is_file()


def test_the_paper_s_recipe_says_what_is_out_of_reach(
    refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No test has a network; on a machine that has the models they must not be found either.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    line = refused("reproduce", RECIPE, "--out", tmp_path / "out")
    assert "nothing was started" in line
    assert (
        "data: xor-tydi needs its files; give as --data a folder with xor_dev_retrieve_eng_span_v1_1.jsonl"
        in line
    )
    assert "`hf download ielabgroup/bert-base-multilingual-cased-xor-tydi`" in line
    assert "`hf download ielabgroup/xor-tydi-docTquery-mt5-base`" in line
    assert not (tmp_path / "out").exists()


def test_wrong_input(refused, recipe: Path, data: Path, tmp_path: Path) -> None:
    assert "no such recipe" in refused("reproduce", tmp_path / "none.yaml")
    assert "no such folder" in refused("reproduce", recipe, "--data", tmp_path / "none")
    assert "limit" in refused("reproduce", recipe, "--data", data, "--limit", "0")
    recipe.write_text(recipe.read_text() + "rows: []\n")
    assert "small.yaml: unknown key 'rows' in the recipe" in refused("reproduce", recipe, "--data", data)


def test_the_help_says_that_it_was_not_run_at_full_size(xqg) -> None:
    result = xqg("reproduce", "--help")
    assert result.code == 0
    assert "not been run at full size" in " ".join(result.out.split())
