"""An encoder with a name of its own whose files lie in a folder, packaged or on the hub."""

from __future__ import annotations

from dataclasses import dataclass

from xqg.encoding.encoder import Encoder
from xqg.encoding.sentence_transformer import load_folder
from xqg.errors import XqgError
from xqg.models.resolve import Location, resolve

__all__ = ["NamedEncoder"]


@dataclass(frozen=True)
class NamedEncoder:
    """See `EncoderLoader`."""

    name: str

    def location(self, argument: str | None = None) -> Location:
        """Where its files are.

        Raises:
            XqgError: nowhere; an argument, which it does not take.
        """
        if argument is not None:
            raise XqgError(f"encoder {self.name} takes nothing after a colon; give {self.name} alone")
        return resolve(self.name, "encoder")

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
        """Load it."""
        return load_folder(
            self.location(argument),
            device=device,
            dtype=dtype,
            passage_length=passage_length,
            query_length=query_length,
        )
