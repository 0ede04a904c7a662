"""The manifest: what an index was made of and how, kept in the dataset's schema metadata.

One commit of the dataset changes vectors and manifest together, so that they cannot disagree.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xqg.augmentation import FUSIONS, Fusion, check_alpha
from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = ["FORMAT", "Counts", "EncoderRecord", "Generation", "Manifest"]

FORMAT = 1  # of the columns and of this manifest; a newer one is refused


@dataclass(frozen=True)
class EncoderRecord:
    """The encoder an index was made with; `fingerprint` is the hash of its weights and files.

    Lengths are in encoder tokens. `languages` are those it was trained for, None where unknown.
    """

    name: str
    fingerprint: str
    similarity: str
    passage_length: int
    query_length: int
    languages: tuple[str, ...] | None = None

    @classmethod
    def of(cls, encoder: Encoder) -> EncoderRecord:
        """Record a loaded encoder."""
        languages = encoder.languages
        return cls(
            name=encoder.name,
            fingerprint=encoder.fingerprint,
            similarity=encoder.similarity,
            passage_length=int(encoder.passage_length),
            query_length=int(encoder.query_length),
            languages=None if languages is None else tuple(languages),
        )


@dataclass(frozen=True)
class Generation:
    """Where the generated queries came from; the defaults describe an index without any.

    `generators` are names (several where a file of queries mixes them); `fingerprint` and `prompt`
    are None where not known; `per_language` is n, None where it differs between passages;
    `block_size` is the number of passages sampled as one batch (spec §3).
    """

    generators: tuple[str, ...] = ()
    fingerprint: str | None = None
    prompt: str | None = None
    seed: int | None = None
    per_language: int | None = None
    block_size: int = 64


@dataclass(frozen=True)
class Counts:
    """Numbers of passages and of generated queries: per language without blank ones, and blank ones."""

    passages: int
    queries: dict[str, int] = field(default_factory=dict)
    blank: int = 0


@dataclass(frozen=True)
class Manifest:
    """Everything about an index that is not in its rows.

    `languages` (sorted) are those of the stored generated queries; `alpha` and `fusion` with all of
    them are the stored default weighting. `content` is a SHA-256 of the rows, so that a cache of
    other rows with the same settings is recognised as stale.
    """

    encoder: EncoderRecord
    generation: Generation
    alpha: float
    fusion: Fusion
    languages: tuple[str, ...]
    dimension: int
    counts: Counts
    content: str
    xqg: str
    format: int = FORMAT

    def to_json(self) -> dict[str, Any]:
        """A dictionary that `json` can write and `from_json` reads back."""
        return dataclasses.asdict(self)

    def dumps(self) -> str:
        """Canonical JSON text: the same manifest gives the same text."""
        return json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON text, in hexadecimal."""
        return hashlib.sha256(self.dumps().encode()).hexdigest()

    @classmethod
    def loads(cls, text: str | bytes, where: str) -> Manifest:
        """Read the JSON text that `dumps` wrote; `where` names the index in messages.

        Raises:
            XqgError: not JSON, a newer format, a field missing or of the wrong kind.
        """
        try:
            row = json.loads(text)
        except (ValueError, RecursionError):
            raise XqgError(f"{where}: its manifest is not JSON; build the index again") from None
        return cls.from_json(row, where)

    @classmethod
    def from_json(cls, row: dict[str, Any], where: str = "manifest") -> Manifest:
        """The manifest from `to_json`'s dictionary.

        Raises:
            XqgError: a newer format, a field missing or of the wrong kind.
        """
        version = row.get("format") if isinstance(row, dict) else None
        if isinstance(version, int) and version > FORMAT:
            raise XqgError(
                f"{where}: index format {version} is newer than this xqg reads (up to {FORMAT}); upgrade xqg"
            )
        try:
            return _parse(row)
        except KeyError as error:
            reason = f"no {error}"
        except (TypeError, ValueError, AttributeError, XqgError) as error:
            reason = str(error)
        raise XqgError(f"{where}: its manifest is broken ({reason}); build the index again")


def _parse(row: dict[str, Any]) -> Manifest:
    """Fields added by a later xqg of the same format are ignored, so that it can be read by this one."""
    encoder, generation, counts = row["encoder"], row["generation"], row["counts"]
    if row["fusion"] not in FUSIONS:
        raise ValueError(f"fusion {row['fusion']!r}")
    languages = encoder["languages"]
    return Manifest(
        encoder=EncoderRecord(
            name=str(encoder["name"]),
            fingerprint=str(encoder["fingerprint"]),
            similarity=str(encoder["similarity"]),
            passage_length=int(encoder["passage_length"]),
            query_length=int(encoder["query_length"]),
            languages=None if languages is None else tuple(languages),
        ),
        generation=Generation(
            generators=tuple(generation["generators"]),
            fingerprint=generation["fingerprint"],
            prompt=generation["prompt"],
            seed=generation["seed"],
            per_language=generation["per_language"],
            block_size=int(generation["block_size"]),
        ),
        alpha=check_alpha(float(row["alpha"])),
        fusion=row["fusion"],
        languages=tuple(row["languages"]),
        dimension=int(row["dimension"]),
        counts=Counts(
            passages=int(counts["passages"]),
            queries={language: int(counts["queries"][language]) for language in row["languages"]},
            blank=int(counts["blank"]),
        ),
        content=str(row["content"]),
        xqg=str(row["xqg"]),
        format=int(row["format"]),
    )
