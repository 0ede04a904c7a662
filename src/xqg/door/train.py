"""Training an encoder, a generator or a reader as a recipe says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xqg.checks import check_flags, check_texts, checked_path
from xqg.errors import XqgError
from xqg.progress import bars
from xqg.training.recipe import METHODS, kind_of, read_recipe
from xqg.training.run.options import CostEstimate, RunOptions

__all__ = ["train"]


def train(
    recipe: str | os.PathLike[str] | Mapping[str, Any],
    out: str | os.PathLike[str],
    *,
    kind: str | None = None,
    resume: bool = False,
    plan: bool = False,
    device: str | None = None,
    progress: bool = True,
    **keys: Any,
) -> Path | str:
    """Train a model as a recipe says.

        xqg.train("recipes/atlas/retriever.yaml", out="retriever", base="models/mbert-small", epochs=1)

    Args:
        recipe: a YAML file, or its keys in a dictionary.
        out: folder of the model; a model that is there is replaced.
        kind: `encoder`, `generator` or `reader`; None: the only one whose methods have the recipe's keys.
        resume: go on from the checkpoint of an interrupted training.
        plan: take a few steps and tell hours and memory of the whole; no model is made.
        device: `cpu` or `cuda`; None: a GPU where there is one.
        progress: show bars, in a terminal or a notebook.
        keys: of the recipe, in place of its own.

    Returns:
        The folder of the model; with `plan` what the training would cost, in words.

    Raises:
        XqgError: an unknown key or method, a value of the wrong type or out of range, data that cannot be
            had, `out` not usable.
    """
    check_flags(resume=resume, plan=plan)
    check_texts(device=(device, "cpu"), kind=(kind, "encoder"))
    out = checked_path("out", out)
    if not isinstance(recipe, Mapping):
        recipe = checked_path("recipe", recipe)
    kind = kind_of(recipe, keys) if kind is None else kind
    read = read_recipe(recipe, kind, keys)
    method = METHODS[kind][read.METHOD]
    if not method.resumes:
        for name, wanted in (("resume", resume), ("plan", plan), ("device", device)):
            if wanted:
                raise XqgError(
                    f"`{name}`: training by method {read.METHOD} takes minutes and has none; leave it out"
                )
    try:
        with bars(progress):
            method.train(read, out, RunOptions(resume, device, plan))
    except CostEstimate as made:
        return str(made)
    except ImportError as error:
        raise XqgError(f"training needs more packages ({error}); pip install 'xqg[train]'") from None
    return out
