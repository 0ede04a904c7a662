"""`seq2seq:FOLDER` or `seq2seq:ID`: the sequence-to-sequence model, even where a converted form lies in it."""

from __future__ import annotations

from xqg.errors import XqgError
from xqg.models.resolve import resolve
from xqg.queries.generator import Generator
from xqg.queries.seq2seq import load_seq2seq

__all__ = ["load"]


def load(argument: str | None, /, *, device: str | None, dtype: str) -> Generator:
    """See `GeneratorLoader`.

    Raises:
        XqgError: no folder or id.
    """
    if not argument:
        raise XqgError("generator seq2seq needs a folder or hub id after a colon; add it")
    return load_seq2seq(resolve(argument, "generator"), device=device, dtype=dtype)
