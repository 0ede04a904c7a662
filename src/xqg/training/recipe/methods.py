"""The ways of training a model of each kind, by name."""

from __future__ import annotations

from xqg.registry import Registry
from xqg.training.recipe.method import Method

__all__ = ["METHODS", "USUAL"]

METHODS: dict[str, Registry[Method]] = {
    kind: Registry("method", f"xqg.training.recipe.{kind}", group=f"xqg.methods.{kind}")
    for kind in ("encoder", "generator", "reader")
}
USUAL = {"encoder": "contrastive", "generator": "finetune", "reader": "finetune"}  # where a recipe names no method
