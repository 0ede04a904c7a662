"""The recipes of generators that come with xqg."""

from __future__ import annotations

from pathlib import Path

import pytest

from xqg.queries.prompt import check_prompt
from xqg.training.generator.freezing import PARTS
from xqg.training.recipe import FinetuneGeneratorRecipe, read_recipe

FOLDER = Path(__file__).parents[3] / "recipes" / "generator"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_it_can_be_read(path: Path) -> None:
    recipe = read_recipe(path, "generator")
    assert isinstance(recipe, FinetuneGeneratorRecipe)
    assert set(recipe.freeze) <= set(PARTS)
    assert recipe.steps % recipe.evaluate_every == 0
    assert not recipe.micro_batch or recipe.batch_size % recipe.micro_batch == 0
    check_prompt(recipe.prompt or "{language} {passage}")


def test_the_failure_and_its_cures_differ_in_what_they_say() -> None:
    english, frozen, even = (
        vars(read_recipe(FOLDER / f"{name}.yaml", "generator"))
        for name in ("atlas-english", "atlas-english-frozen", "atlas-even")
    )
    assert {name for name in english if english[name] != frozen[name]} == {"freeze"}
    changed = {name for name in english if english[name] != even[name]}
    assert changed == {"languages", "evaluate_languages", "language_weight"}
