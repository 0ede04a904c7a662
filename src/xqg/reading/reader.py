"""What a reader is: from (question, passage) to the answer in it; and readers by name or as an object."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from xqg.errors import XqgError
from xqg.passages.records import Passage
from xqg.reading.extractive import ExtractiveReader
from xqg.reading.loading import load_members
from xqg.reading.span import Span

__all__ = ["Reader", "as_reader", "load_reader"]

_ALL = ("name", "fingerprint", "languages", "dtype", "settings", "read")


class Reader(Protocol):
    """A loaded reader.

    Attributes:
        name: as given by the user.
        fingerprint: hash of its files, or of what an object says of itself.
        languages: those it was trained for; None: it does not say, or all.
        dtype: number type of its weights.
    """

    name: str
    fingerprint: str
    languages: tuple[str, ...] | None
    dtype: str

    def settings(self) -> dict[str, Any]:
        """What a report says of the reader, and its kept answers are known by."""
        ...

    def read(self, pairs: Sequence[tuple[str, Passage]]) -> list[Span]:
        """The best span of each (question, passage), in order; scores compare over passages."""
        ...


def load_reader(name: str, *, device: str | None = None, dtype: str = "auto") -> ExtractiveReader:
    """Load a reader.

        >>> passage = xqg.Passage("fi", "Finland", "The currency of Finland is the Euro.", "en")
        >>> xqg.load_reader("mini").read([("What is the currency of Finland?", passage)])[0].text
        'Euro'

    Args:
        name: `mini`, a local folder or a Hugging Face id; a folder may hold the cross-fitted models
            that `xqg train reader` writes.
        device: None: a GPU where there is one.
        dtype: `float32`, `bfloat16`, or on GPUs `float16`, whatever the weights are stored in;
            `auto`: float32.

    Raises:
        XqgError: not found, not a question-answering model, weights missing, a tokenizer that knows
            no offsets.
    """
    return ExtractiveReader(load_members(name, device, dtype))


def as_reader(reader: Any, *, device: str | None = None, dtype: str = "auto") -> Reader:
    """A reader of a name, or of an object that reads.

    An object without a `fingerprint` is identified by its class and name: give it one that changes with
    what it answers, or answers that were kept will be taken for its own.

    Args:
        reader: a name (see `load_reader`), a loaded reader, or any object with `read`: from a list of
            (question, `Passage`) to a list of `Span`, None where a passage has no answer. It may say its
            `name`, `fingerprint` and `languages`.
        device, dtype: of a reader that is loaded here.

    Raises:
        XqgError: as `load_reader`; nothing that reads.
    """
    if isinstance(reader, str | Path):
        return load_reader(str(reader), device=device, dtype=dtype)
    if isinstance(reader, type) or not callable(getattr(reader, "read", None)):
        raise XqgError(f"`reader` is {reader!r:.80}; give a name, a folder, or an object with `read`")
    whole: Reader = reader if all(hasattr(reader, one) for one in _ALL) else _AdaptedReader(reader)
    return whole


class _AdaptedReader:
    """An object with `read`, with all that a `Reader` has."""

    def __init__(self, thing: Any) -> None:
        self._thing = thing
        kind = type(thing)
        self.name = str(getattr(thing, "name", None) or kind.__name__)
        stated = str(getattr(thing, "fingerprint", ""))
        digest = hashlib.sha256("\0".join((kind.__module__, kind.__qualname__, self.name, stated)).encode())
        self.fingerprint = "object:" + digest.hexdigest()
        languages = getattr(thing, "languages", None)
        self.languages: tuple[str, ...] | None = None if languages is None else tuple(languages)
        self.dtype = str(getattr(thing, "dtype", "float32")).removeprefix("torch.")

    def settings(self) -> dict[str, Any]:
        """See `Reader.settings`."""
        return {"name": self.name, "fingerprint": self.fingerprint, "dtype": self.dtype}

    def read(self, pairs: Sequence[tuple[str, Passage]]) -> list[Span]:
        """See `Reader.read`.

        Raises:
            XqgError: another number of answers, or what is no stretch of its passage.
        """
        made = list(self._thing.read(list(pairs)))
        if len(made) != len(pairs):
            raise XqgError(f"`reader` {self.name} gave {len(made)} answers for {len(pairs)} passages; return one for each")
        spans = []
        for span, (_, passage) in zip(made, pairs, strict=True):
            if span is None:
                span = Span("", passage.id, 0, 0, float("-inf"))
            if not isinstance(span, Span) or span.text != passage.text[span.start : span.end] or span.passage_id != passage.id:
                raise XqgError(
                    f"`reader` {self.name} gave {span!r:.80} for passage {passage.id!r}; return a Span of that "
                    "passage's text, or None"
                )
            spans.append(span)
        return spans
