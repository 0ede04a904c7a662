"""Recipes of published tables: read, checked, refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from xqg.errors import XqgError
from xqg.experiment.recipe import MACRO, Recipe, read_recipe

RECIPE = Path(__file__).parents[2] / "recipes" / "xqg-xor-tydi.yaml"


@pytest.fixture
def values() -> dict[str, Any]:
    return {
        "benchmark": "xor-tydi",
        "encoder": "some/encoder",
        "generator": "some/generator",
        "languages": ["ja", "ru"],
        "query_languages": ["ja", "ru"],
        "systems": ["none", "cross"],
        "alpha": 0.5,
        "per_language": 2,
        "seed": 0,
        "fusion": "raw",
        "passage_length": 24,
        "query_length": 16,
        "depth": 500,
        "expected": {
            "none": {"R@2kt": {"ja": 50.0, "macro": 75.0}, "R@5kt": {}},
            "cross": {"R@2kt": {"ja": 50.0}, "R@5kt": {"ru": 100}},
        },
    }


def read(folder: Path, values: object) -> Recipe:
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return read_recipe(path)


def test_the_paper_s_recipe() -> None:
    recipe = read_recipe(RECIPE)
    arguments = recipe.arguments
    assert arguments["encoder"] == "ielabgroup/bert-base-multilingual-cased-xor-tydi"
    assert arguments["generator"] == "ielabgroup/xor-tydi-docTquery-mt5-base"
    languages = ("ar", "bn", "fi", "ja", "ko", "ru", "te")
    assert recipe.languages == tuple(arguments["languages"]) == languages
    lengths = (arguments["passage_length"], arguments["query_length"])
    assert (arguments["per_language"], recipe.depth, lengths, arguments["fusion"]) == (5, 500, (128, 32), "raw")
    assert [measure.name for measure in recipe.measures] == ["R@2kt", "R@5kt"]
    assert (recipe.systems, arguments["alpha"]) == (["none", "cross"], 0.01)
    assert list(recipe.expected) == ["none", "cross"]
    macros = [[figures[MACRO] for figures in measures.values()] for measures in recipe.expected.values()]
    assert macros == [[44.20, 51.84], [46.23, 53.35]]
    for measures in recipe.expected.values():  # a typing error in a language would show
        for figures in measures.values():
            own = [figures[code] for code in languages]
            assert sum(own) / len(own) == pytest.approx(figures[MACRO], abs=0.006)
    assert "has not been run at full size by xqg's authors" in recipe.note


def test_what_a_recipe_holds(tmp_path: Path, values: dict[str, Any]) -> None:
    recipe = read(tmp_path, {**values, "note": "A note.", "measures": "R@1 R@2kt"})
    assert "expected" not in recipe.arguments
    assert recipe.arguments["alpha"] == 0.5
    assert (recipe.note, recipe.depth, recipe.systems) == ("A note.", 500, ["none", "cross"])
    assert [measure.name for measure in recipe.measures] == ["R@1", "R@2kt", "R@5kt"]
    assert recipe.to_json() == {**recipe.arguments, "expected": recipe.expected, "depth": 500}
    small = {key: values[key] for key in ("benchmark", "encoder", "systems", "expected")}
    bare = read(tmp_path, {**small, "systems": "cross,none"})
    assert (bare.depth, bare.note, bare.languages, bare.systems) == (500, "", None, ["none", "cross"])


def test_measures_by_another_name(tmp_path: Path, values: dict[str, Any]) -> None:
    """`MRR@10` is `RR@10` everywhere else."""
    recipe = read(tmp_path, {**values, "expected": {"none": {"MRR@10": {"ja": 1}}}})
    assert recipe.expected == {"none": {"RR@10": {"ja": 1}}}


def test_queries_beside_the_recipe(tmp_path: Path, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path.parent)
    (tmp_path / "queries.jsonl").write_text("")
    del values["generator"]
    assert read(tmp_path, {**values, "queries": "queries.jsonl"}).arguments["queries"] == str(tmp_path / "queries.jsonl")
    assert read(tmp_path, {**values, "queries": "other.jsonl"}).arguments["queries"] == "other.jsonl"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": []}, "unknown key 'rows' in the recipe; the keys are aggregations, alpha, arms"),
        ({"limit": 3}, "unknown key 'limit' in the recipe"),
        ({"out": "folder"}, "unknown key 'out'"),
        ({"benchmark": None}, "no benchmark in the recipe; add the line `benchmark: …`"),
        ({"encoder": None}, "no encoder in the recipe; add the line `encoder: …`"),
        ({"systems": None}, "no systems in the recipe; add the line `systems: …`"),
        ({"expected": None}, "no expected in the recipe; add the line `expected: …`"),
        ({"encoder": 3}, "encoder is 3; it must be a text"),
        ({"generator": ["a"]}, "generator is ['a']; it must be a text"),
        ({"note": 3}, "note is 3; it must be a text"),
        ({"queries": "q.jsonl"}, "generator and queries exclude each other"),
        ({"depth": "many"}, "`depth` is 'many'; give a whole number from 1 on, such as 5"),
        ({"depth": 0}, "`depth` is 0; give a whole number from 1 on, such as 5"),
        ({"per_language": True}, "`per_language` is True"),
        ({"seed": "x"}, "`seed` is 'x'; give a whole number"),
        ({"fusion": "sum"}, "unknown fusion 'sum'"),
        ({"aggregations": "median"}, "unknown aggregation 'median'"),
        ({"alpha": 2}, "`alpha` is 2.0"),
        ({"alpha": "half"}, "`alpha` is 'half'; give a number from 0 to 1, or `tuned`"),
        ({"fold": "5"}, "`fold` is '5'"),
        ({"languages": ["ja", "xx"]}, "`languages`: unknown language code 'xx'"),
        ({"query_languages": ["xx"]}, "`query_languages`: unknown language code 'xx'"),
        ({"languages": [False]}, "False among languages is not a text; put the code in quotes"),
        ({"query_languages": ["ja", False]}, "False among query_languages is not a text"),
        ({"languages": []}, "`languages` is []; give codes such as 'ja,ru'"),
        ({"languages": 3}, "`languages` is 3"),
        ({"systems": ["none", "mBERT"]}, "unknown system 'mBERT'"),
        ({"systems": []}, "no system given"),
        ({"measures": "R2kt"}, "unknown measure 'R2kt'"),
        ({"expected": []}, "expected must hold lines such as cross: {R@2kt: {macro: 44.20}}"),
        ({"expected": {}}, "expected must hold lines"),
        ({"expected": {"mono": {"R@2kt": {}}}}, "expected names 'mono', which is not among systems (none, cross)"),
        ({"expected": {"none": {}}}, "none expects no measure"),
        ({"expected": {"none": {"R@2kt": 44.2}}}, "none: expected must hold lines"),
        ({"expected": {"none": {"R@2kt": {"fi": 1}}}}, "none: R@2kt of 'fi', which is"),
        ({"expected": {"none": {"R@2kt": {"ja": 101}}}}, "none: R@2kt of ja is 101; give percent, 0 to 100"),
        ({"expected": {"none": {"R@2kt": {"ja": True}}}}, "none: R@2kt of ja is True"),
        ({"expected": {"none": {"R@2kt": {"ja": "1"}}}}, "none: R@2kt of ja is '1'"),
        ({"expected": {"none": {"R2kt": {}}}}, "unknown measure 'R2kt'"),
        ({"expected": {"none": {"EM": {}}}}, "EM needs a reader"),
    ],
)
def test_wrong_recipes(tmp_path: Path, values: dict[str, Any], change: dict[str, Any], message: str) -> None:
    changed = {key: value for key, value in {**values, **change}.items() if value is not None}
    with pytest.raises(XqgError) as error:
        read(tmp_path, changed)
    assert str(error.value).startswith(f"{tmp_path / 'recipe.yaml'}: ")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_recipe_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(XqgError, match="no such recipe"):
        read_recipe(tmp_path / "none.yaml")
    with pytest.raises(XqgError, match="must be `key: value` lines with benchmark, encoder, systems, expected"):
        read(tmp_path, ["a"])
    (tmp_path / "broken.yaml").write_text("a: [")
    with pytest.raises(XqgError, match="not a YAML file"):
        read_recipe(tmp_path / "broken.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(XqgError, match="not a YAML file"):
        read_recipe(tmp_path / "bytes.yaml")
