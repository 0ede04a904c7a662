"""Encoders whose files lie in a folder, packaged or on the hub: under a name of their own, or found otherwise."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from xqg.encoding.encoder import Encoder
from xqg.encoding.sentence_transformer import load_folder
from xqg.errors import XqgError
from xqg.models.resolve import Location, resolve

__all__ = ["FolderEncoder", "NamedEncoder"]


class FolderEncoder(ABC):
    """An `EncoderLoader` that only has to say where the folder is."""

    @abstractmethod
    def location(self, argument: str | None = None) -> Location:
        """Where its files are.

        Raises:
            XqgError: nowhere; an argument that it does not take, or none where it needs one.
        """

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


@dataclass(frozen=True)
class NamedEncoder(FolderEncoder):
    """One that is known by its name alone."""

    name: str

    def location(self, argument: str | None = None) -> Location:
        """See `FolderEncoder`."""
        if argument is not None:
            raise XqgError(f"encoder {self.name} takes nothing after a colon; give {self.name} alone")
        return resolve(self.name, "encoder")
