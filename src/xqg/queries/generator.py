"""What a generator is: it writes queries for passages, block by block.

A new one is one new file in `generators/`, or a callable that another package names in its entry points
(group `xqg.generators`); see `GeneratorLoader`. In Python any object with `generate_block`, or a
function of the same arguments, will do: see `as_generator`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

__all__ = ["Generator", "GeneratorLoader"]


class Generator(Protocol):
    """A loaded generator.

    Attributes:
        name: as given by the user.
        fingerprint: hash of its files, or of what an object says of itself.
        prompt: what it is asked, with {language}, {title} and {passage}; empty where it is asked nothing.
        languages: those it was trained for; None: it does not say.
        dtype: number type of its weights.
        workers: blocks that can be sampled at the same time, by threads.
    """

    name: str
    fingerprint: str
    prompt: str
    languages: tuple[str, ...] | None
    dtype: str
    workers: int

    def settings(self) -> dict[str, Any]:
        """What results depend on, for manifests and reports."""
        ...

    def generate_block(
        self, passages: Sequence[tuple[str, str]], language: str, n: int, seed: int
    ) -> list[list[str]]:
        """Sample n queries for each passage, as one batch.

        The result depends on the passages of the block, the language, n and the seed only, on the
        same machine and versions: an interrupted run then gives what an unbroken one gives.

        Args:
            passages: (title, text) pairs; read whole, nothing is cut off.
            language: code of the language to write in.
            n: queries per passage.
            seed: 0 ≤ seed < 2⁶³.

        Returns:
            One list of n texts per passage, stripped; a text may be blank.

        Raises:
            XqgError: a prompt longer than the model can read.
        """
        ...


class GeneratorLoader(Protocol):
    """What a file of `generators/` or an entry point gives: from a name on the command line to a generator."""

    def __call__(self, argument: str | None, /, *, device: str | None, dtype: str) -> Any:
        """Load it.

        Args:
            argument: what follows the colon of `name:argument`; None: no colon.
            device, dtype: as of `load_generator`; not all have a choice.

        Returns:
            A `Generator`, or anything that `as_generator` takes.
        """
        ...
