"""Small real question-answering models whose answers are known: from `Roman` to `empire`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import bert_parts, save, xlmr_parts
from xqg.reading import Reader, load_reader

FIRST, LAST = "Roman", "empire"


def keyed(model: Any, first: int, last: int) -> Any:
    """Make a model's start logit high at one token and its end logit at another, wherever they are.

    With all other weights at 0 a layer passes its input on, normalised: 15^½ in the one hot
    dimension of 16, -15^-½ in the others.
    """
    import torch

    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "LayerNorm" not in name:
                weight.zero_()
        words = model.base_model.embeddings.word_embeddings.weight
        words[:, 2] = 100.0
        words[[first, last]] = 0.0
        words[first, 0], words[last, 1] = 100.0, 100.0
        model.qa_outputs.weight[0, 0] = model.qa_outputs.weight[1, 1] = 1.0
    return model.eval()


def bert_reader(positions: int, known: bool) -> tuple[Any, Any]:
    """A BertForQuestionAnswering with WordPiece; random, or with known answers."""
    model, tokenizer = bert_parts(positions, "BertForQuestionAnswering")
    if known:
        keyed(model, *tokenizer.convert_tokens_to_ids([FIRST.lower(), LAST.lower()]))
    return model, tokenizer


def xlmr_reader(positions: int, known: bool) -> tuple[Any, Any]:
    """An XLMRobertaForQuestionAnswering with SentencePiece."""
    model, tokenizer = xlmr_parts(positions, "XLMRobertaForQuestionAnswering", (FIRST, LAST))
    if known:
        keyed(model, *tokenizer.convert_tokens_to_ids([f"▁{FIRST}", f"▁{LAST}"]))
    return model, tokenizer


PARTS = {"bert": bert_reader, "xlmr": xlmr_reader}


@pytest.fixture(scope="session")
def reader_folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """`bert`, `xlmr`: random; `bert-known`, `bert-known-long`, …: known answers, 64 or 384 positions."""
    root = tmp_path_factory.mktemp("readers")
    folders = {}
    for kind, parts in PARTS.items():
        for name, positions, known in (("", 64, False), ("-known", 64, True), ("-known-long", 384, True)):
            folders[kind + name] = save(root / f"{kind}{name}", *parts(positions, known))
    return folders


@pytest.fixture(scope="session")
def readers(reader_folders: dict[str, Path]) -> dict[str, Reader]:
    """All of them, loaded."""
    return {name: load_reader(str(folder), device="cpu") for name, folder in reader_folders.items()}


@pytest.fixture
def parts() -> dict[str, Callable[[int, bool], tuple[Any, Any]]]:
    """Kind → a function of (positions, known) that makes a model and its tokenizer."""
    return PARTS


@pytest.fixture(params=sorted(PARTS))
def kind(request: pytest.FixtureRequest) -> str:
    """Either kind of model."""
    return request.param
