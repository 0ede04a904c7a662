"""`finetune`: an extractive reader, from a pretrained encoder and answered questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xqg.training.recipe.keys import key
from xqg.training.recipe.method import Method
from xqg.training.recipe.shared import TrainerKeys

__all__ = ["FINETUNE", "ReaderRecipe"]


@dataclass(frozen=True, kw_only=True)
class ReaderRecipe(TrainerKeys):
    """An extractive reader, from a pretrained encoder and answered questions."""

    METHOD: ClassVar[str] = "finetune"

    base: str = key(help="the encoder whose weights it starts from: a folder, a hub id, minilm")
    passages: str = key(help="a benchmark's name, a BEIR folder or a JSONL file")
    answers: str = key(help='JSONL rows {"passage_id", "question", "answer", "answer_start"}')
    data: str = key("", help="folder of the benchmark's files")
    folds: int = key(2, help="cross-fitted over clusters of passages; 1: one model that saw all of them")
    length: int = key(384, help="tokens in a window, question included", low=32)
    stride: int = key(128, help="tokens that neighbouring windows share")
    batch_size: int = key(16, help="questions, each with a right and a wrong passage")
    epochs: int = key(3, help="times each question is seen")
    learning_rate: float = key(1e-4, help="at its highest", low=0, high=10)
    weight_decay: float = key(0.01, help="of AdamW", low=0, high=1)


FINETUNE = Method(ReaderRecipe, "xqg.training.reader.cross_fitted")
