"""Load the model or models of a reader."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.errors import XqgError, first_line
from xqg.models.card import read_card
from xqg.models.fingerprint import fingerprint
from xqg.models.loading import check_weights, pick_device, pick_dtype, quiet, resolve_dtype
from xqg.models.resolve import resolve

if TYPE_CHECKING:
    import torch

__all__ = ["CROSS_FITTED", "Loaded", "Member", "load_members", "positions_of"]

CROSS_FITTED = "reader.json"  # {"folds": [{"folder": "fold-0", "held_out": [passage ids]}, …]}


@dataclass(frozen=True)
class Member:
    """One model with its tokenizer.

    Attributes:
        positions: tokens that it can read at once.
        padding: id of the padding token.
    """

    model: Any
    tokenizer: Any
    positions: int
    padding: int
    device: torch.device


@dataclass(frozen=True)
class Loaded:
    """A reader's parts, see `ExtractiveReader`."""

    name: str
    fingerprint: str
    languages: tuple[str, ...] | None
    dtype: str
    members: tuple[Member, ...]
    held_out: dict[str, int]


def load_members(name: str, device: str | None, dtype: str) -> Loaded:
    """Load one model, or those of a cross-fitted reader.

    Raises:
        XqgError: see `load_reader`.
    """
    target = pick_device(device)
    dtype = resolve_dtype(dtype, target, "reader")
    torch_dtype = pick_dtype(dtype, target)
    folder, shown = resolve(name, "reader")
    folds = _folds(folder) if (folder / CROSS_FITTED).is_file() else []
    held_out = {id_: number for number, fold in enumerate(folds) for id_ in fold["held_out"]}
    folders = [folder / fold["folder"] for fold in folds] or [folder]
    members = tuple(_member(one, shown, target, torch_dtype) for one in folders)
    return Loaded(shown, fingerprint(folder), read_card(folder).languages, dtype, members, held_out)


def _folds(path: Path) -> list[dict[str, Any]]:
    file = path / CROSS_FITTED
    try:
        folds = json.loads(file.read_text(encoding="utf-8"))["folds"]
        if not folds or not all(_is_fold(fold) for fold in folds):
            raise ValueError("no fold with a folder and its held_out passages")
    except (ValueError, KeyError, TypeError) as error:
        raise XqgError(
            f"{file}: not a cross-fitted reader's file ({error}); train the reader again"
        ) from None
    for fold in folds:
        if not (path / fold["folder"] / "config.json").is_file():
            raise XqgError(f"{path / fold['folder']}: no model in this folder; train the reader again")
    return folds


def _is_fold(fold: dict[str, Any]) -> bool:
    ids = fold["held_out"]
    return isinstance(fold["folder"], str) and isinstance(ids, list) and all(isinstance(i, str) for i in ids)


def _member(folder: Path, name: str, device: torch.device, dtype: torch.dtype) -> Member:
    from safetensors import SafetensorError
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    try:
        with quiet():
            model, report = AutoModelForQuestionAnswering.from_pretrained(
                folder, dtype=dtype, output_loading_info=True
            )
            tokenizer = AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        reason = first_line(error, 120)
        raise XqgError(f"{name}: not a question-answering model ({reason}); give another reader") from None
    check_weights(name, report["missing_keys"])
    if not tokenizer.is_fast:
        raise XqgError(f"{name}: its tokenizer knows no offsets; give a reader with a fast tokenizer")
    return Member(
        model=model.to(device).eval(),
        tokenizer=tokenizer,
        positions=positions_of(model, tokenizer),
        padding=tokenizer.pad_token_id or 0,
        device=device,
    )


def positions_of(model: Any, tokenizer: Any) -> int:
    """Tokens that the model reads: its positions, less those that RoBERTa's kind keeps for padding."""
    positions = getattr(model.config, "max_position_embeddings", None) or 512
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and getattr(module, "padding_idx", None) is not None:
            positions -= module.padding_idx + 1
    return min(positions, tokenizer.model_max_length)
