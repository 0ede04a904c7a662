"""`sentence-transformers:FOLDER` or `:ID`: what every other name stands for, said in full."""

from __future__ import annotations

from xqg.encoding.named import FolderEncoder
from xqg.errors import XqgError
from xqg.models.resolve import Location, resolve

__all__ = ["LOADER"]


class _Loader(FolderEncoder):
    """See `EncoderLoader`."""

    def location(self, argument: str | None = None) -> Location:
        if not argument:
            raise XqgError("encoder sentence-transformers needs a folder or hub id after a colon; add it")
        return resolve(argument, "encoder")


LOADER = _Loader()
