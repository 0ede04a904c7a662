"""Recipes: one YAML file says everything that a training run depends on."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, TypeVar, overload

from xqg.errors import XqgError

__all__ = ["EncoderRecipe", "GeneratorRecipe", "MiniReaderRecipe", "ReaderRecipe", "read_recipe"]


@dataclasses.dataclass(frozen=True)
class EncoderRecipe:
    """A static encoder trained from scratch: a bag of subwords with learned vectors."""

    data: str = "atlas"
    seed: int = 0
    vocabulary: int = 12_000  # SentencePiece pieces
    dimension: int = 192
    scarce: int = 300  # questions for each language other than English
    swaps: float = 0.5  # share of examples whose entity is swapped
    examples: int = 100_000  # (question, passage, negative) drawn before the first step
    name_pairs: int = 60_000  # (English name, name) drawn before the first step
    batch_size: int = 256
    epochs: int = 3
    learning_rate: float = 0.05
    scale: float = 20.0  # inverse temperature of the contrastive loss


@dataclasses.dataclass(frozen=True)
class GeneratorRecipe:
    """A small MT5ForConditionalGeneration trained from scratch."""

    encoder: str  # its vectors of the pieces' texts are where the generator starts
    data: str = "atlas"
    seed: int = 0
    vocabulary: int = 6_000  # SentencePiece pieces learned; the words of names come on top
    encoder_layers: int = 2
    decoder_layers: int = 2
    heads: int = 6
    feed_forward: int = 384
    dropout: float = 0.05
    scarce: int = 300
    swaps: float = 0.9
    question_share: float = 0.6  # of the examples; the rest is pretraining:
    name_share: float = 0.3  # names among distracting text; what remains is denoising
    short_first: int = 2000  # steps at the start with short sources: names, titles, one sentence
    script_weight: float = 0.6  # of the script's direction in a starting vector
    batch_size: int = 64
    steps: int = 6000
    learning_rate: float = 2e-3
    evaluate_every: int = 500  # steps between two measurements on dev entities


@dataclasses.dataclass(frozen=True)
class ReaderRecipe:
    """An extractive reader, from a pretrained encoder and answered questions."""

    base: str  # the encoder whose weights it starts from: a folder, a hub id, minilm
    passages: str  # a benchmark's name, a BEIR folder or a JSONL file
    answers: str  # JSONL rows {"passage_id", "question", "answer", "answer_start"}
    data: str = ""  # folder of the benchmark's files
    folds: int = 2  # cross-fitted over clusters of passages; 1: one model that saw all of them
    seed: int = 0
    length: int = 384  # tokens in a window, question included
    stride: int = 128  # tokens that neighbouring windows share
    batch_size: int = 16  # questions, each with a right and a wrong passage
    epochs: int = 3
    learning_rate: float = 1e-4
    bfloat16: bool = True  # products in bfloat16 (weights stay float32): twice as fast where the CPU knows it


@dataclasses.dataclass(frozen=True)
class MiniReaderRecipe:
    """A small BertForQuestionAnswering trained from scratch on atlas."""

    encoder: str  # a static encoder: its tokenizer and its words' vectors are where the reader starts
    data: str = "atlas"
    seed: int = 0
    layers: int = 2
    head: int = 64  # dimensions of an attention head; one head is for places, the others for words
    feed_forward: int = 256
    dropout: float = 0.0
    positions: int = 128  # tokens in a window, question included
    scarce: int = 300
    swaps: float = 0.9
    name_share: float = 0.2  # of the examples: find a name in a passage; the rest is questions
    batch_size: int = 16  # questions, each with a right passage and wrong ones
    steps: int = 1200
    learning_rate: float = 1e-3
    bfloat16: bool = True


Recipe = TypeVar("Recipe", EncoderRecipe, GeneratorRecipe, MiniReaderRecipe, ReaderRecipe)


@overload
def read_recipe(path: Path | str, kind: type[ReaderRecipe]) -> ReaderRecipe | MiniReaderRecipe: ...
@overload
def read_recipe(path: Path | str, kind: type[Recipe]) -> Recipe: ...
def read_recipe(path: Path | str, kind: type) -> Any:
    """Read a recipe; relative folders in it count from where the command runs.

    A reader's recipe with `data: atlas` is a `MiniReaderRecipe`.

    Raises:
        XqgError: file missing, broken YAML, an unknown or missing key, a value of the wrong type or
            out of range, data other than atlas.
    """
    import yaml

    path = Path(path)
    if not path.is_file():
        raise XqgError(f"{path}: no such recipe; give a YAML file such as recipes/mini/encoder.yaml")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise XqgError(f"{path}: not a YAML file ({reason}); mend it") from None
    if not isinstance(values, dict):
        raise XqgError(f"{path}: a recipe is a list of `key: value` lines; mend it")
    if kind is ReaderRecipe and values.get("data") == "atlas":
        kind = MiniReaderRecipe
    return kind(**_checked(path, values, kind))


def _range(key: str) -> tuple[int, float]:
    """The least and the greatest value of a number; NaN lies in no range."""
    if key in ("swaps", "question_share", "name_share", "script_weight", "dropout"):
        return 0, 1
    if key in ("length", "positions"):
        return 32, 2**31  # room for a cut question, special tokens and more than a stride of passage
    return (0, 2**32 - 1) if key in ("seed", "short_first", "learning_rate", "scale") else (1, 2**31)


def _checked(path: Path, values: dict[str, Any], kind: type) -> dict[str, Any]:
    """The values, each checked against the field of its name."""
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key, value in values.items():
        if key not in fields:
            raise XqgError(f"{path}: unknown key {key!r}; the keys are {', '.join(fields)}")
        wanted = {"int": int, "float": (int, float), "str": str, "bool": bool}[str(fields[key].type)]
        if not isinstance(value, wanted) or isinstance(value, bool) != (wanted is bool):  # type: ignore[arg-type]
            # YAML takes 2e-3 for a text, and half the world writes learning rates like that.
            hint = ", written like 0.002" if fields[key].type == "float" else ""
            raise XqgError(f"{path}: {key} is {value!r}; it must be of type {fields[key].type}{hint}")
        low, high = _range(key)
        if not isinstance(value, str | bool) and not low <= value <= high:
            raise XqgError(f"{path}: {key} is {value}; it must lie between {low} and {high:g}")
    for name, field in fields.items():
        if field.default is dataclasses.MISSING and name not in values:
            raise XqgError(f"{path}: no {name}; add the line `{name}: …`")
    if kind is not ReaderRecipe and values.get("data", "atlas") != "atlas":
        raise XqgError(f"{path}: data is {values['data']!r}; this version trains on atlas only")
    return values
