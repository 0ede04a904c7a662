"""Model cards: what a trained model is, what it was trained on, how well it does."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xqg import __version__
from xqg.training.recipe import (
    ContrastiveRecipe,
    DistillationRecipe,
    FinetuneGeneratorRecipe,
    ReaderRecipe,
    Recipe,
    SmallEncoderRecipe,
)

__all__ = ["write_card"]


def write_card(
    folder: Path,
    kind: str,
    languages: Sequence[str],
    recipe: Recipe,
    results: dict[str, Any],
    prompt: str | None = None,
    *,
    title: str | None = None,
    about: str | None = None,
) -> None:
    """Write README.md beside the weights; its front matter names the languages and the prompt.

    Args:
        kind: `encoder`, `generator` or `reader`.
        languages: codes.
        recipe: what it was trained by; its keys are in the card.
        results: name → number, or a table of them.
        prompt: of a generator.
        title: None: `xqg KIND`.
        about: how the model came about; None: what the recipe of a method of xqg says.
    """
    import yaml

    front: dict[str, Any] = {"language": list(languages), "license": "apache-2.0", "library_name": "xqg"}
    if prompt:
        front["xqg"] = {"prompt": prompt}
    lines = ["---", yaml.safe_dump(front, allow_unicode=True, sort_keys=False).strip(), "---", ""]
    lines += [f"# {title or f'xqg {kind}'}", "", about or _what(kind, recipe), ""]
    lines += ["## Recipe", "", "```yaml", f"method: {recipe.METHOD}"]
    values = {name: list(v) if isinstance(v, tuple) else v for name, v in dataclasses.asdict(recipe).items()}
    lines += [yaml.safe_dump(values, sort_keys=False, allow_unicode=True).strip(), "```", "", "## Result", ""]
    for name, value in results.items():
        if isinstance(value, dict):
            lines += [f"{name}:", "", "| | |", "|---|---|"]
            lines += [f"| {key} | {number} |" for key, number in value.items()] + [""]
        else:
            lines.append(f"- {name}: {value}")
    (folder / "README.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _what(kind: str, recipe: Recipe) -> str:
    """How the model came about, in a sentence or two."""
    if isinstance(recipe, ReaderRecipe):
        return _finetuned(recipe)
    by = f"by `xqg train {kind}` (xqg {__version__})"
    if isinstance(recipe, DistillationRecipe):
        return (
            f"Distilled {by} from {recipe.teacher}: its vectors of English sentences are those of their "
            "translations (Reimers and Gurevych, EMNLP 2020)."
        )
    if isinstance(recipe, ContrastiveRecipe):
        return f"Trained {by} from {recipe.base} on questions and passages of {', '.join(recipe.train)}."
    if isinstance(recipe, FinetuneGeneratorRecipe):
        return f"Trained {by} from {recipe.base} to ask the questions of {', '.join(recipe.train)}."
    if isinstance(recipe, SmallEncoderRecipe):
        return (
            f"An untrained {recipe.architecture} made {by}: pieces and their starting vectors are of atlas's "
            "texts. Train a retriever from it; it is none."
        )
    return f"Trained {by} by method {recipe.METHOD}."


def _finetuned(recipe: ReaderRecipe) -> str:
    seen = (
        f"Cross-fitted over {recipe.folds} folds of clusters: each passage is read by a model that never "
        "saw its cluster."
        if recipe.folds > 1
        else "It saw every passage: its answers on them are not to be reported."
    )
    return (
        f"Trained by `xqg train reader` (xqg {__version__}) from {recipe.base} on answered questions about "
        f"{recipe.passages}, each beside a passage that does not answer it (shared normalisation). {seen}"
    )
