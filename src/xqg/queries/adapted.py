"""Any object or function that writes queries, as a generator."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from xqg.errors import XqgError

__all__ = ["AdaptedGenerator"]


class AdaptedGenerator:
    """An object with `generate_block`, or a function like it, with all that a `Generator` has.

    It is identified by its class, its name and, where it has one, its `fingerprint`: an object without
    one is taken for the same wherever it has the same name.
    """

    def __init__(self, thing: Any, name: str | None = None) -> None:
        """Ask for what it is.

        Args:
            name: that loads it again; None: no name does.
        """
        self._block = getattr(thing, "generate_block", thing)
        kind = thing if callable(thing) and hasattr(thing, "__qualname__") else type(thing)
        self.name: str = name or str(getattr(thing, "name", None) or kind.__name__)
        stated = str(getattr(thing, "fingerprint", ""))
        digest = hashlib.sha256("\0".join((str(kind.__module__), kind.__qualname__, self.name, stated)).encode())
        self.fingerprint = ("" if name else "object:") + digest.hexdigest()
        self.prompt = str(getattr(thing, "prompt", ""))
        languages = getattr(thing, "languages", None)
        self.languages: tuple[str, ...] | None = None if languages is None else tuple(languages)
        self.dtype = str(getattr(thing, "dtype", "float32")).removeprefix("torch.")
        self.workers = int(getattr(thing, "workers", 1))

    def settings(self) -> dict[str, Any]:
        """See `Generator.settings`."""
        return {
            "name": self.name,
            "fingerprint": self.fingerprint,
            "prompt": self.prompt,
            "languages": list(self.languages) if self.languages is not None else None,
            "dtype": self.dtype,
        }

    def generate_block(
        self, passages: Sequence[tuple[str, str]], language: str, n: int, seed: int
    ) -> list[list[str]]:
        """See `Generator.generate_block`.

        Raises:
            XqgError: another number of texts, or what is no text.
        """
        made = self._block(list(passages), language, n, seed)
        try:
            texts = [[] if isinstance(of, str) else list(of) for of in made]
        except TypeError:
            texts = []
        lengths = {len(of) for of in texts} or {n}
        if len(texts) != len(passages) or lengths != {n} or not all(isinstance(t, str) for of in texts for t in of):
            raise XqgError(
                f"`generator` {self.name} did not give {n} texts for each of {len(passages)} passages in {language}; "
                "return a list of texts for each passage, blank ones where there are fewer"
            )
        return [[text.strip() for text in of] for of in texts]
