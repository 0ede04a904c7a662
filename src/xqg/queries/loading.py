"""From a generator's folder to a generator: the sequence-to-sequence model, or its converted form."""

from __future__ import annotations

from pathlib import Path

from xqg.errors import XqgError
from xqg.models.card import read_card
from xqg.models.fingerprint import fingerprint
from xqg.models.loading import pick_device
from xqg.models.resolve import Location
from xqg.queries.converted import CONVERTED, DESCRIPTION, ConvertedGenerator
from xqg.queries.prompt import DEFAULT_PROMPT, check_prompt
from xqg.queries.seq2seq import Seq2SeqGenerator, load_seq2seq, load_tokenizer

__all__ = ["load_converted", "load_folder"]


def load_folder(
    location: Location, *, device: str | None, dtype: str
) -> Seq2SeqGenerator | ConvertedGenerator:
    """Whichever of the two `dtype` and the device ask for; see `load_generator`."""
    converted = _converted(location.folder, pick_device(device).type, dtype)
    if converted is not None:
        return _load_converted(converted, location.name)
    return load_seq2seq(location, device=device, dtype=dtype)


def load_converted(location: Location) -> ConvertedGenerator:
    """The converted form, which the folder is or has in it.

    Raises:
        XqgError: neither.
    """
    for folder in (location.folder, location.folder / CONVERTED):
        if (folder / DESCRIPTION).is_file():
            return _load_converted(folder, location.name)
    raise XqgError(f"generator {location.name}: not converted; convert it with xqg convert")


def _converted(folder: Path, device: str, dtype: str) -> Path | None:
    """The folder to load with CTranslate2: this one, or the converted form in it where that is asked for."""
    if (folder / DESCRIPTION).is_file():
        return folder
    inner = folder / CONVERTED
    if dtype not in ("auto", "int8") or not (inner / DESCRIPTION).is_file():
        return None
    return inner if device == "cpu" or dtype == "int8" else None


def _load_converted(folder: Path, name: str) -> ConvertedGenerator:
    card = read_card(folder)
    return ConvertedGenerator(
        folder,
        name=name,
        fingerprint=fingerprint(folder),
        prompt=check_prompt(card.prompt or DEFAULT_PROMPT),
        languages=card.languages,
        tokenizer=load_tokenizer(folder, name),
    )
