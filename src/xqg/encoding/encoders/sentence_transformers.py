"""`sentence-transformers:FOLDER` or `:ID`: what every other name stands for, said in full."""

from __future__ import annotations

from xqg.encoding.encoder import Encoder
from xqg.encoding.sentence_transformer import load_folder
from xqg.errors import XqgError
from xqg.models.resolve import Location, resolve

__all__ = ["LOADER"]


class _Loader:
    """See `EncoderLoader`."""

    def location(self, argument: str | None) -> Location:
        if not argument:
            raise XqgError("encoder sentence-transformers needs a folder or hub id after a colon; add it")
        return resolve(argument, "encoder")

    def __call__(
        self,
        argument: str | None,
        /,
        *,
        device: str | None,
        dtype: str,
        passage_length: int | None,
        query_length: int | None,
    ) -> Encoder:
        return load_folder(
            self.location(argument),
            device=device,
            dtype=dtype,
            passage_length=passage_length,
            query_length=query_length,
        )


LOADER = _Loader()
