"""Generators by name, one file each; a name that none has is a folder or an id of the Hugging Face hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.models.resolve import resolve
from xqg.queries.adapted import AdaptedGenerator
from xqg.queries.generator import Generator, GeneratorLoader
from xqg.queries.loading import load_folder
from xqg.registry import Registry

__all__ = ["GENERATORS", "as_generator", "load_generator"]

GENERATORS: Registry[GeneratorLoader] = Registry("generator", "xqg.queries.generators", group="xqg.generators")
_ALL = ("name", "fingerprint", "prompt", "languages", "dtype", "workers", "settings", "generate_block")


def load_generator(name: str, *, device: str | None = None, dtype: str = "auto") -> Generator:
    """Load a generator.

        >>> passage = ("Finland", "The currency of Finland is the Euro.")
        >>> xqg.load_generator("mini").generate_block([passage], "ja", n=2, seed=0)
        [['フィンランドではどのお金で支払いますか？', 'フィンランド通貨は何ですか？']]

    Args:
        name: `mini` or another name of `GENERATORS`, alone or with an argument after a colon; a local
            folder or a Hugging Face id.
        device: None: a GPU where there is one.
        dtype: `auto`: on a processor the converted form (`xqg convert`, `ConvertedGenerator`) where the
            folder is one or has one in `converted/`; else bfloat16 on a GPU that has it, else float32.
            Or `float32` or `bfloat16`, whatever the weights are stored in; `float16` on GPUs, but not
            for T5 and mT5. `int8`: the converted form, wherever.

    Raises:
        XqgError: not found, not a sequence-to-sequence model, weights missing, or a device or
            dtype that will not do.
    """
    known, colon, argument = name.partition(":")
    if known not in GENERATORS:
        return load_folder(resolve(name, "generator"), device=device, dtype=dtype)
    return _adapted(GENERATORS[known](argument if colon else None, device=device, dtype=dtype), name)


def as_generator(generator: Any, *, device: str | None = None, dtype: str = "auto") -> Generator:
    """A generator of a name, or of an object or function that writes queries.

    An object without a `fingerprint` is identified by its class and name: give it one that changes with
    what it writes, or queries that were kept will be taken for its own.

    Args:
        generator: a name (see `load_generator`), a loaded generator, any object with `generate_block`, or a
            function of the same arguments: a list of (title, text) pairs, a language, n and a seed, to a
            list of n texts for each pair. It may say its `name`, `fingerprint`, `prompt`, `languages` and
            `workers`; see `Generator`.
        device, dtype: of a generator that is loaded here.

    Raises:
        XqgError: as `load_generator`; nothing that writes queries.
    """
    if isinstance(generator, str | Path):
        return load_generator(str(generator), device=device, dtype=dtype)
    return _adapted(generator, None)


def _adapted(thing: Any, name: str | None) -> Generator:
    writes = callable(getattr(thing, "generate_block", None)) or callable(thing)
    if isinstance(thing, type) or not writes:
        raise XqgError(
            f"`generator` is {thing!r:.80}; give a name, a folder, an object with `generate_block`, or a function of "
            "(title, text) pairs, language, n and seed"
        )
    generator: Generator = thing if all(hasattr(thing, one) for one in _ALL) else AdaptedGenerator(thing, name)
    return generator
