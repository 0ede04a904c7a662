"""Model cards: what a trained model is, what it was trained on, how well it does."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.generation.atomic import atomic_path
from xqg.training.recipe import EncoderRecipe, GeneratorRecipe

__all__ = ["add_table", "write_card"]


def write_card(
    folder: Path,
    kind: str,
    languages: Sequence[str],
    recipe: EncoderRecipe | GeneratorRecipe,
    results: dict[str, Any],
    prompt: str | None = None,
) -> None:
    """Write README.md beside the weights; its front matter names the languages and the prompt."""
    import yaml

    from xqg import __version__

    front: dict[str, Any] = {"language": list(languages), "license": "apache-2.0", "library_name": "xqg"}
    if prompt:
        front["xqg"] = {"prompt": prompt}
    lines = ["---", yaml.safe_dump(front, allow_unicode=True, sort_keys=False).strip(), "---", ""]
    lines += [f"# xqg mini {kind}", ""]
    lines += [
        f"Trained from scratch by `xqg train {kind}` (xqg {__version__}) on atlas, xqg's benchmark made from "
        "Unicode CLDR: names of all entities in eight languages and the passages as plain text; "
        "questions about train entities, plentiful in English and scarce elsewhere; entities swapped "
        "at random among train entities. It knows atlas and nothing else: use it to try xqg, not to search.",
        "",
        "## Recipe",
        "",
        "```yaml",
        yaml.safe_dump(dataclasses.asdict(recipe), sort_keys=False).strip(),
        "```",
        "",
        "## Result",
        "",
    ]
    for name, value in results.items():
        if isinstance(value, dict):
            lines += [f"{name}:", "", "| | |", "|---|---|"]
            lines += [f"| {key} | {number} |" for key, number in value.items()] + [""]
        else:
            lines.append(f"- {name}: {value}")
    (folder / "README.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def add_table(folder: Path, heading: str, note: str, rows: Mapping[str, Mapping[str, float]]) -> None:
    """Put a section with a table (row's name → column → value) at the end of a model's card.

    A section of the same heading is replaced, with whatever stands below it.

    Raises:
        XqgError: the folder has no card.
    """
    path = folder / "README.md"
    if not path.is_file():
        raise XqgError(f"{path}: no such model card; give the folder of a model that xqg trained")
    columns = list(next(iter(rows.values())))
    lines = [f"## {heading}", "", note, ""]
    lines += ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {name} | " + " | ".join(str(row[c]) for c in columns) + " |" for name, row in rows.items()]
    card = path.read_text(encoding="utf-8").split(f"\n## {heading}\n")[0].rstrip()
    with atomic_path(path) as temporary:
        temporary.write_text(card + "\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
