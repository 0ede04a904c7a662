"""InfoNCE over in-batch negatives and hard negatives, by sentence-transformers.

Import it late: it brings sentence-transformers along.
"""

from __future__ import annotations

from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import (
    CachedMultipleNegativesRankingLoss,
    MultipleNegativesRankingLoss,
)

from xqg.training.recipe import ContrastiveRecipe

__all__ = ["cosine", "dot", "info_nce"]


def dot(questions: torch.Tensor, passages: torch.Tensor) -> torch.Tensor:
    """Dot products, float32 of shape (questions, passages).

    Never in a shorter type: CLS vectors have dot products of some hundred, where bfloat16 knows whole numbers only.
    """
    with torch.autocast(questions.device.type, enabled=False):
        return questions.float() @ passages.float().T


def cosine(questions: torch.Tensor, passages: torch.Tensor) -> torch.Tensor:
    """Cosines, likewise."""
    normalise = torch.nn.functional.normalize
    return dot(normalise(questions.float(), dim=1), normalise(passages.float(), dim=1))


def info_nce(model: SentenceTransformer, recipe: ContrastiveRecipe) -> torch.nn.Module:
    """The loss of a recipe; with `cached`, gradients by parts (Gao et al. 2021, arXiv 2101.06983)."""
    given: dict[str, Any] = {
        "scale": recipe.scale,
        "similarity_fct": cosine if model.similarity_fn_name == "cosine" else dot,
    }
    if recipe.cached:
        return CachedMultipleNegativesRankingLoss(model, mini_batch_size=recipe.cached, **given)
    return MultipleNegativesRankingLoss(model, **given)
