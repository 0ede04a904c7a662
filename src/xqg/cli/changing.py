"""What the commands that change an index share: its own models, and what they say at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.encoding import Encoder
    from xqg.index import GeneratedQueries, GivenQueries, StoredIndex

__all__ = ["from_file", "generated", "own_encoder", "report"]


def own_encoder(index: StoredIndex, device: str | None) -> Encoder:
    """The encoder that the index was made with, in the number type it was made with.

    Raises:
        XqgError: it cannot be loaded, or is no longer the same.
    """
    from xqg.search import load_index_encoder

    return load_index_encoder(index, device=device, dtype=index.manifest.encoder.dtype)


def from_file(
    path: Path, index: StoredIndex, languages: Sequence[str] | None, where: str = "languages"
) -> GivenQueries:
    """The queries of a file or folder, in some languages (None: all of its).

    Raises:
        XqgError: a malformed file, a language that it lacks.
    """
    from xqg.index import Generation, GivenQueries
    from xqg.queries import queries_by_language, read_queries

    found = queries_by_language(read_queries(path))
    for code in languages or ():
        if code not in found:
            raise XqgError(f"{path}: no query in {code!r}; choose {where} from {', '.join(sorted(found))}")
    chosen = found if languages is None else {code: found[code] for code in languages}
    before = index.manifest.generation
    return GivenQueries(chosen, Generation((str(path),), block_size=before.block_size))


def generated(
    index: StoredIndex,
    encoder: Encoder,
    languages: Sequence[str],
    generator: str | None,
    per_language: int | None,
    seed: int | None,
    device: str | None,
) -> GeneratedQueries:
    """Queries of the index's own generator, sampled as its others were; or of the one given.

    Raises:
        XqgError: the index does not say by which generator, and none is given; it cannot be loaded.
    """
    from xqg.index import GeneratedQueries
    from xqg.queries import load_generator

    before = index.manifest.generation
    name = generator or (before.generators[0] if before.fingerprint else None)
    if name is None:
        raise XqgError(
            f"{index.path}: does not say which generator to use; give --generator MODEL, or the queries as a file "
            "(--queries)"
        )
    same = generator is None or generator in before.generators  # another one has number types of its own
    model = load_generator(name, device=device, dtype=before.dtype or "auto" if same else "auto")
    return GeneratedQueries(
        model,
        encoder,
        languages,
        per_language=per_language or before.per_language or 5,
        seed=before.seed or 0 if seed is None else seed,
        block_size=before.block_size,
    )


def report(before: StoredIndex, after: StoredIndex, what: str) -> str:
    """`INDEX: version 3, 1,250 passages; 10 added`, or that there was nothing to do."""
    said = what if after.version > before.version else "nothing to do, it is so already"
    return f"{after.path}: version {after.version}, {len(after):,} passages; {said}"
