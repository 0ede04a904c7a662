"""Reproducing a table: recipes, what is out of reach, and the whole pipeline on a few passages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from xqg.encoding import load_encoder
from xqg.errors import XqgError
from xqg.evaluation import read_trec
from xqg.experiment.reproduce import MACRO, Recipe, notes, reach, read_recipe, reproduce, table, write
from xqg.index import StoredIndex
from xqg.progress import Change
from xqg.queries import Seq2SeqGenerator

RECIPE = Path(__file__).parents[2] / "recipes" / "xqg-xor-tydi.yaml"
TEXTS = {
    "Tokyo": "The capital of Japan is Tokyo, and its population is large.",
    "Rome": "In which year did the Roman empire fall? Nobody agrees on an answer.",
    "Rhine": "The river flows through Cologne.",
    "Moscow": "Moscow is the capital of Russia.",
}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four passages; two questions in Japanese, three in Russian, one of which is yes/no."""
    folder = tmp_path / "data"
    folder.mkdir()
    rows = [f"{number}\t{text}\t{title}\n" for number, (title, text) in enumerate(TEXTS.items(), start=1)]
    (folder / "wiki.tsv").write_text("id\ttext\ttitle\n" + "".join(rows))
    questions = [
        ("1", "ja", "日本の首都は?", ["Tokyo"]),
        ("2", "ja", "川は?", ["Danube"]),
        ("3", "ru", "Это так?", ["yes"]),
        ("4", "ru", "Где столица?", ["Moscow"]),
        ("5", "ru", "Какая река?", ["Cologne"]),
    ]
    with (folder / "q.jsonl").open("w", encoding="utf-8") as file:
        for id_, lang, text, answers in questions:
            row = {"id": id_, "lang": lang, "question": text, "answers": answers, "split": "dev"}
            file.write(json.dumps(row) + "\n")
    return folder


@pytest.fixture
def values(bert_folder: Path, mt5_folder: Path) -> dict[str, Any]:
    """A recipe with small models of the real classes."""
    return {
        "benchmark": "xor-tydi",
        "encoder": str(bert_folder),
        "generator": str(mt5_folder),
        "languages": ["ja", "ru"],
        "per_language": 2,
        "seed": 0,
        "fusion": "raw",
        "passage_length": 24,
        "query_length": 16,
        "depth": 500,
        "rows": [
            {"name": "plain", "alpha": 0, "expected": {"R@2kt": {"ja": 50.0, "macro": 75.0}, "R@5kt": {}}},
            {"name": "+ xQG", "alpha": 0.5, "expected": {"R@2kt": {"ja": 50.0}, "R@5kt": {"ru": 100}}},
        ],
    }


def _recipe(folder: Path, values: object) -> Recipe:
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return read_recipe(path)


def test_the_paper_s_recipe() -> None:
    recipe = read_recipe(RECIPE)
    assert recipe.encoder == "ielabgroup/bert-base-multilingual-cased-xor-tydi"
    assert recipe.generator == "ielabgroup/xor-tydi-docTquery-mt5-base"
    assert recipe.languages == ("ar", "bn", "fi", "ja", "ko", "ru", "te")
    lengths = (recipe.passage_length, recipe.query_length)
    assert (recipe.per_language, recipe.depth, lengths, recipe.fusion) == (5, 500, (128, 32), "raw")
    assert [measure.name for measure in recipe.measures] == ["R@2kt", "R@5kt"]
    assert [(row.name, row.alpha) for row in recipe.rows] == [("mBERT", 0.0), ("mBERT + xQG", 0.01)]
    macros = [[figures[MACRO] for figures in row.expected.values()] for row in recipe.rows]
    assert macros == [[44.20, 51.84], [46.23, 53.35]]
    for row in recipe.rows:  # a typing error in a language would show
        for figures in row.expected.values():
            own = [figures[code] for code in recipe.languages]
            assert sum(own) / len(own) == pytest.approx(figures[MACRO], abs=0.006)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alpha": 0.01}, "unknown key 'alpha' in the recipe; the keys are benchmark, encoder"),
        ({"seed": None}, "no seed in the recipe; add the line `seed: …`"),
        ({"depth": "many"}, "depth in the recipe is 'many'; it must be a whole number"),
        ({"depth": 0}, "depth is 0; it must be 1 or more"),
        ({"per_language": True}, "per_language in the recipe is True"),
        ({"benchmark": "xor"}, "unknown benchmark 'xor'"),
        ({"fusion": "sum"}, "unknown fusion 'sum'"),
        ({"languages": ["ja", "xx"]}, "unknown language code 'xx'"),
        ({"languages": [False]}, "False among languages is not a text; put the code in quotes"),
        ({"languages": []}, "no language"),
        ({"rows": []}, "rows is empty"),
        ({"rows": ["mBERT"]}, "row 1 must be a list of `key: value` lines with name, alpha, expected"),
        ({"rows": [{"name": "a", "alpha": 2, "expected": {"R@2kt": {}}}]}, "alpha is 2.0"),
        ({"rows": [{"name": "a", "alpha": 0, "expected": {}}]}, "row 1 expects no measure"),
        ({"rows": [{"name": "a", "alpha": 0, "expected": {"R@2kt": 44.2}}]}, "expected must hold lines"),
        ({"rows": [{"name": "a", "alpha": 0, "expected": {"R@2kt": {"fi": 1}}}]}, "R@2kt of 'fi', which is"),
        (
            {"rows": [{"name": "a", "alpha": 0, "expected": {"R@2kt": {"ja": 101}}}]},
            "of ja is 101; give percent",
        ),
        ({"rows": [{"name": "a", "alpha": 0, "expected": {"R2kt": {}}}]}, "unknown measure 'R2kt'"),
        ({"rows": [{"name": "a", "alpha": 0, "expected": {"EM": {}}}]}, "EM needs a reader"),
        ({"rows": [{"name": "+", "alpha": 0, "expected": {"R@2kt": {}}}]}, "has no letter in it"),
        ({"rows": [{"name": "a", "alpha": 0}]}, "no expected in row 1"),
        (
            {
                "rows": [
                    {"name": "a", "alpha": 0, "expected": {"R@2kt": {}}},
                    {"name": "b", "alpha": 0, "expected": {"R@5kt": {}}},
                ]
            },
            "row 'b' expects other measures than 'a'",
        ),
    ],
)
def test_wrong_recipes(tmp_path: Path, values: dict[str, Any], change: dict[str, Any], message: str) -> None:
    changed = {key: value for key, value in {**values, **change}.items() if value is not None}
    with pytest.raises(XqgError) as error:
        _recipe(tmp_path, changed)
    assert str(error.value).startswith(f"{tmp_path / 'recipe.yaml'}: ")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_recipe_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no such recipe"):
        read_recipe(tmp_path / "none.yaml")
    with pytest.raises(XqgError, match="must be a list of `key: value` lines"):
        _recipe(tmp_path, ["a"])
    (tmp_path / "broken.yaml").write_text("a: [")
    with pytest.raises(XqgError, match="not a YAML file"):
        read_recipe(tmp_path / "broken.yaml")


def test_all_that_is_out_of_reach_is_named_at_once(
    tmp_path: Path, values: dict[str, Any], data: Path
) -> None:
    away = {**values, "encoder": "nobody/encoder", "generator": str(tmp_path / "absent")}
    with pytest.raises(XqgError) as error:
        reach(_recipe(tmp_path, away), None)
    line = str(error.value)
    assert line.startswith("nothing was started, for want of data: xor-tydi needs its files; give --data")
    assert "; and of encoder: encoder 'nobody/encoder' is neither a local folder nor reachable" in line
    assert "`hf download nobody/encoder`" in line
    assert f"; and of generator: {tmp_path / 'absent'}: no such folder" in line
    assert "\n" not in line
    with pytest.raises(XqgError) as error:
        reach(_recipe(tmp_path, {**values, "generator": "nobody/generator"}), data)
    assert str(error.value).startswith("nothing was started, for want of generator: ")
    with pytest.raises(XqgError, match="no questions in 'fi'; it has ja, ru"):
        reach(_recipe(tmp_path, {**values, "languages": ["ja", "ru", "fi"]}), data)


def test_the_whole_pipeline(tmp_path: Path, values: dict[str, Any], data: Path) -> None:
    recipe = _recipe(tmp_path, values)
    benchmark = reach(recipe, data)
    told: list[Change] = []
    got = reproduce(recipe, benchmark, tmp_path / "out", device="cpu", progress=told.append)
    assert [(one.passages, one.total, one.queries) for one in told][-1] == (4, 4, 16)
    # Every run holds the four passages, so that the figures are known: of two Japanese questions one
    # has its answer in the pool; of the Russian ones both that are counted.
    figures = {code: got.values["plain", "R@2kt", code] for code in ("ja", "ru", MACRO)}
    assert figures == {"ja": 50.0, "ru": 100.0, MACRO: 75.0}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"settings.json", "index", "runs"}
    index = StoredIndex.open(tmp_path / "out" / "index")
    assert index.manifest.counts.queries == {"ja": 8, "ru": 8}
    assert (index.manifest.fusion, index.manifest.generation.per_language) == ("raw", 2)
    _check_runs(recipe, tmp_path / "out", index)
    lines = table(recipe, got, None)
    assert lines[0] == ["row", "alpha", "measure", "figures", "ja", "ru", "macro"]
    assert lines[1] == ["plain", "0", "R@2kt", "expected", "50.00", "-", "75.00"]
    assert lines[2] == ["plain", "0", "R@2kt", "got", "50.00", "100.00", "75.00"]
    assert len(lines) == 1 + 2 * 2 * 2
    write(tmp_path / "out", recipe, got, None)
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert len(results["rows"]) == 2 * 2 * 3
    assert results["rows"][2] == {
        "row": "plain", "alpha": 0.0, "query_language": "macro", "measure": "R@2kt",
        "expected": 75.0, "value": 75.0,
    }  # fmt: skip
    assert results["settings"]["recipe"]["passage_length"] == 24
    assert results["settings"]["encoder"]["passage_length"] == 24
    report = (tmp_path / "out" / "report.md").read_text()
    assert "has not been run at full size" in report
    assert "do not apply" not in report


def _check_runs(recipe: Recipe, out: Path, index: StoredIndex) -> None:
    """Scores are those of (1-α)·p + α·Σq, computed here from the stored parts."""
    encoder = load_encoder(recipe.encoder, device="cpu", passage_length=24, query_length=16)
    [question] = encoder.encode_queries(["日本の首都は?"])
    p, sums = index.parts()
    for row in recipe.rows:
        run = read_trec(out / "runs" / f"{row.file_name}.ja.trec")
        assert set(run) == {"1", "2"}
        expected = ((1 - row.alpha) * p + row.alpha * sum(sums)) @ question
        scores = dict(run["1"])
        assert [scores[id_] for id_ in index.ids()] == pytest.approx(expected.tolist(), rel=1e-4, abs=1e-3)
    assert np.abs(sum(sums)).max() > 0


def test_the_second_run_takes_what_the_first_made(
    tmp_path: Path, values: dict[str, Any], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = _recipe(tmp_path, values)
    benchmark = reach(recipe, data)
    first = reproduce(recipe, benchmark, tmp_path / "out", device="cpu")
    with monkeypatch.context() as patch:
        patch.setattr("xqg.experiment.reproduce.run.build_index", None)  # would fail if it were called
        assert reproduce(recipe, benchmark, tmp_path / "out", device="cpu").values == first.values
    with pytest.raises(XqgError, match="holds another comparison: limit is null there and 1 now"):
        reproduce(recipe, reach(recipe, data, 1), tmp_path / "out", limit=1, device="cpu")
    with pytest.raises(XqgError, match="holds another comparison: recipe"):
        reproduce(_recipe(tmp_path, {**values, "seed": 1}), benchmark, tmp_path / "out", device="cpu")


def test_a_run_goes_on_with_the_queries_it_made(
    tmp_path: Path, values: dict[str, Any], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = _recipe(tmp_path, values)
    benchmark = reach(recipe, data)
    whole = reproduce(recipe, benchmark, tmp_path / "whole", device="cpu")
    real, languages = Seq2SeqGenerator.generate_block, []

    def stops(self: Seq2SeqGenerator, passages: Any, language: str, n: int, seed: int) -> list[list[str]]:
        languages.append(language)
        if languages == ["ja", "ru"]:
            raise KeyboardInterrupt
        return real(self, passages, language, n, seed)

    monkeypatch.setattr(Seq2SeqGenerator, "generate_block", stops)
    with pytest.raises(KeyboardInterrupt):
        reproduce(recipe, benchmark, tmp_path / "out", device="cpu")
    assert not (tmp_path / "out" / "index").exists()
    assert reproduce(recipe, benchmark, tmp_path / "out", device="cpu").values == whole.values
    assert languages == ["ja", "ru", "ru"]
    assert not (tmp_path / "out" / "index.parts").exists()
    contents = {StoredIndex.open(tmp_path / name / "index").manifest.content for name in ("whole", "out")}
    assert len(contents) == 1


def test_a_limit(tmp_path: Path, values: dict[str, Any], data: Path) -> None:
    recipe = _recipe(tmp_path, values)
    benchmark = reach(recipe, data, 1)
    assert [passage.id for passage in benchmark.passages] == ["1"]
    # The yes/no question would not be counted, and a language without a counted one has no figure.
    assert [question.id for question in benchmark.questions] == ["1", "4"]
    assert benchmark.passage_languages == ("en",)
    got = reproduce(recipe, benchmark, tmp_path / "out", limit=1, device="cpu")
    assert (got.values["plain", "R@2kt", "ja"], got.values["plain", "R@2kt", "ru"]) == (100.0, 0.0)
    lines = table(recipe, got, 1)
    assert [line[3] for line in lines] == ["figures", *["got"] * 4]
    assert "expected figures do not apply" in notes(1)[1]
    write(tmp_path / "out", recipe, got, 1)
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert {row["expected"] for row in results["rows"]} == {None}
    with pytest.raises(XqgError, match="limit is 0"):
        reach(recipe, data, 0)
