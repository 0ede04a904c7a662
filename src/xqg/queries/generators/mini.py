"""`mini`: the generator that xqg brings along, for tests and demonstrations; converted where that is quicker."""

from __future__ import annotations

from xqg.errors import XqgError
from xqg.models.resolve import resolve
from xqg.queries.generator import Generator
from xqg.queries.loading import load_folder

__all__ = ["load"]


def load(argument: str | None, /, *, device: str | None, dtype: str) -> Generator:
    """See `GeneratorLoader`.

    Raises:
        XqgError: an argument, which it does not take.
    """
    if argument is not None:
        raise XqgError("generator mini takes nothing after a colon; give mini alone")
    return load_folder(resolve("mini", "generator"), device=device, dtype=dtype)
