"""InfoNCE: loss and gradients equal those of a reference written out here."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from xqg.training.encoder.contrastive import starting_model
from xqg.training.encoder.loss import cosine, dot, info_nce
from xqg.training.recipe import ContrastiveRecipe

COLUMNS = (
    ["the capital of Japan", "столица Японии", "人口"],
    ["Tokyo is the capital", "Das Wasser", "large population"],
    ["the Roman empire", "agrees", "the river"],
    ["a question", "an answer", "a passage"],
)


def _recipe(base: Path, **keys: object) -> ContrastiveRecipe:
    return ContrastiveRecipe(base=str(base), train=("atlas",), query_length=16, passage_length=24, **keys)  # type: ignore[arg-type]


def _gradients(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}


def _reference(model: torch.nn.Module, features: list, similarity: str, scale: float) -> torch.Tensor:
    """One question at a time, one passage at a time, as the formula stands."""
    vectors = [model(dict(one))["sentence_embedding"] for one in features]
    questions, passages = vectors[0], torch.cat(vectors[1:])
    total = torch.zeros(())
    for number, question in enumerate(questions):
        scores = []
        for passage in passages:
            score = (question * passage).sum()
            if similarity == "cosine":
                score = score / question.norm() / passage.norm()
            scores.append(scale * score)
        total = total - scores[number] + torch.logsumexp(torch.stack(scores), dim=0)
    return total / len(questions)


@pytest.mark.parametrize("base", ["bert_folder", "xlmr_folder"])
@pytest.mark.parametrize(("similarity", "scale", "cached"), [("dot", 0.1, 0), ("cosine", 20.0, 0), ("dot", 0.1, 2)])
def test_equals_the_reference(
    base: str, similarity: str, scale: float, cached: int, request: pytest.FixtureRequest
) -> None:
    recipe = _recipe(request.getfixturevalue(base), similarity=similarity, scale=scale, cached=cached)
    model = starting_model(recipe).eval()  # no dropout
    features = [model.preprocess(texts) for texts in COLUMNS]
    wanted = _reference(model, features, similarity, scale)
    wanted.backward()
    expected = _gradients(model)
    model.zero_grad()
    loss = info_nce(model, recipe)([dict(one) for one in features], None)
    loss.backward()
    assert loss.item() == pytest.approx(wanted.item(), rel=1e-5)
    assert 0.01 < wanted.item() < 100  # neither solved nor broken, so that the gradients say something
    found = _gradients(model)
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        assert torch.allclose(found[name], gradient, atol=1e-5 + 1e-4 * gradient.abs().max().item()), name


def test_scores_are_float32_under_autocast() -> None:
    questions, passages = torch.full((1, 4), 7.3), torch.full((1, 4), 9.1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert (questions @ passages.T).dtype == torch.bfloat16
        found = dot(questions, passages)
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(4 * 7.3 * 9.1)
    assert cosine(questions, passages).item() == pytest.approx(1)


def test_the_base_decides_where_it_is_a_bi_encoder(static_folder: Path, bert_folder: Path) -> None:
    model = starting_model(_recipe(static_folder, similarity="dot"))
    assert type(model[0]).__name__ == "StaticEmbedding"
    plain = starting_model(_recipe(bert_folder, pooling="mean", similarity="cosine"))
    assert [type(module).__name__ for module in plain] == ["Transformer", "Pooling", "Normalize"]
    assert plain[1].pooling_mode == "mean" or plain[1].get_pooling_mode_str() == "mean"
    assert plain.similarity_fn_name == "cosine"
