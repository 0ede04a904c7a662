"""`distillation`: a multilingual student of an English encoder (Reimers and Gurevych, EMNLP 2020)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xqg.training.recipe.keys import key
from xqg.training.recipe.method import Method
from xqg.training.recipe.shared import TrainerKeys

__all__ = ["DISTILLATION", "DistillationRecipe"]


@dataclass(frozen=True, kw_only=True)
class DistillationRecipe(TrainerKeys):
    """A multilingual student of an English encoder (Reimers and Gurevych, EMNLP 2020)."""

    METHOD: ClassVar[str] = "distillation"

    teacher: str = key(help="the encoder whose English vectors are learned: a folder, a hub id, minilm")
    parallel: tuple[str, ...] = key(help="TSV files en-XX.tsv of English and other sentences, or folders of them")
    base: str = key("", help="the student; none: the teacher with a vocabulary that has the other scripts")
    languages: tuple[str, ...] = key((), help="languages beside English to learn; none: all that there are")
    vocabulary: int = key(40_000, help="pieces of the new vocabulary, learned on the parallel sentences", low=1000)
    test: tuple[str, ...] = key((), help="benchmarks whose texts must not be in the data")
    data: str = key("", help="folder of those benchmarks' files")
    leaks: str = key("error", help="what to do with a sentence of the test split", choices=("error", "drop"))
    frozen: float = key(0.0, help="share of the steps in which only the new pieces' vectors learn", low=0, high=1)
    length: int = key(96, help="tokens read of a sentence", low=8)
    batch_size: int = key(64, help="pairs in a batch")
    steps: int = key(5000, help="steps in all")
    learning_rate: float = key(2e-4, help="at its highest", low=0, high=10)
    warmup: float = key(0.05, help="share of the steps over which the learning rate rises", low=0, high=1)
    keep_every: int = key(0, help="steps between models that are kept in OUT.along/STEP; 0: none", low=0)


DISTILLATION = Method(DistillationRecipe, "xqg.training.encoder.distillation")
