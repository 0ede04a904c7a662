"""`converted:FOLDER` or `converted:ID`: the int8 form that `xqg convert` made, whatever the device."""

from __future__ import annotations

from xqg.errors import XqgError
from xqg.models.resolve import resolve
from xqg.queries.generator import Generator
from xqg.queries.loading import load_converted

__all__ = ["load"]


def load(argument: str | None, /, *, device: str | None, dtype: str) -> Generator:
    """See `GeneratorLoader`; it runs on the processor, in the number type that it was converted to.

    Raises:
        XqgError: no folder or id, or one that is not converted.
    """
    if not argument:
        raise XqgError("generator converted needs a folder or hub id after a colon; add it")
    return load_converted(resolve(argument, "generator"))
