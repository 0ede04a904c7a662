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

__all__ = ["DEFAULT_ENGINE", "FORMAT", "Counts", "EncoderRecord", "Generation", "Manifest"]

FORMAT = 2  # of the columns and of this manifest; any other is refused
DEFAULT_ENGINE = "Flat"


@dataclass(frozen=True)
class EncoderRecord:
    """The encoder an index was made with; `fingerprint` is the hash of its weights and files.

    Lengths are in encoder tokens, None where the encoder does not say. `languages` are those it was trained for, None where unknown.
    """

    name: str
    fingerprint: str
    similarity: str
    passage_length: int | None
    query_length: int | None
    languages: tuple[str, ...] | None = None
    dtype: str = "float32"

    @classmethod
    def of(cls, encoder: Encoder) -> EncoderRecord:
        """Record a loaded encoder."""
        languages = encoder.languages
        return cls(
            name=encoder.name,
            fingerprint=encoder.fingerprint,
            similarity=encoder.similarity,
            passage_length=encoder.passage_length,
            query_length=encoder.query_length,
            languages=None if languages is None else tuple(languages),
            dtype=str(getattr(encoder, "dtype", "float32")),  # not every encoder has a choice
        )


@dataclass(frozen=True)
class Generation:
    """Where the generated queries came from; the defaults describe an index without any.

    `generators` are names (several where a file of queries mixes them); `fingerprint`, `prompt` and
    `dtype` (number type of the generator's weights) are None where not known or not the same for all languages; `per_language` is n, None where it
    differs between passages; `block_size` is the number of passages sampled as one batch and
    `blocks` the number of blocks there were so far: passages added later open new ones.
    """

    generators: tuple[str, ...] = ()
    fingerprint: str | None = None
    prompt: str | None = None
    seed: int | None = None
    per_language: int | None = None
    block_size: int = 64
    blocks: int = 0
    dtype: str | None = None


@dataclass(frozen=True)
class Counts:
    """Numbers of passages and of generated queries.

    `queries` are those that count, by language; `blank` ones and those that filters `removed` are
    stored beside them. `wrong_language` has, by language, how many queries were judged when they came
    in and how many of these were taken for another language. `skipped` passages were bad and left out.
    """

    passages: int
    queries: dict[str, int] = field(default_factory=dict)
    blank: int = 0
    removed: dict[str, int] = field(default_factory=dict)
    wrong_language: dict[str, tuple[int, int]] = field(default_factory=dict)
    skipped: int = 0


@dataclass(frozen=True)
class Manifest:
    """Everything about an index that is not in its rows.

    `languages` (sorted) are those of the stored generated queries; `alpha`, `fusion` and `weighted`
    (those of the languages that count, sorted) are the stored default weighting. `content` is a chain
    of SHA-256 over what each change put in or took out, so that a cache of other rows with the same
    settings is recognised as stale. `fields` are the passages' extra columns, name → type; `engine`
    is the Faiss factory string that serves the default weighting. `filters` removed generated
    queries; `thresholds` hold what those of them need that looked at the whole pool.
    """

    encoder: EncoderRecord
    generation: Generation
    alpha: float
    fusion: Fusion
    languages: tuple[str, ...]
    weighted: tuple[str, ...]
    dimension: int
    counts: Counts
    content: str
    xqg: str
    fields: dict[str, str] = field(default_factory=dict)
    engine: str = DEFAULT_ENGINE
    filters: tuple[str, ...] = ()
    thresholds: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def stored_bytes(self) -> int:
        """Bytes of a passage's vectors: (1+L)·2d."""
        return (1 + len(self.languages)) * 2 * self.dimension

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
        if isinstance(version, int) and version < FORMAT:
            raise XqgError(
                f"{where}: index format {version} is of an older xqg (this one reads {FORMAT}); build the index again"
            )
        try:
            found = _parse(row)
            found.dumps().encode()
            return found
        except KeyError as error:
            reason = f"no {error}"
        except (TypeError, ValueError, AttributeError, IndexError, OverflowError, XqgError) as error:
            reason = " ".join(str(error).split())
        raise XqgError(f"{where}: its manifest is broken ({reason}); build the index again")


def _parse(row: dict[str, Any]) -> Manifest:
    """Fields added by a later xqg of the same format are ignored, so that it can be read by this one."""
    if row["fusion"] not in FUSIONS:
        raise ValueError(f"fusion {row['fusion']!r}")
    languages, weighted = tuple(row["languages"]), tuple(row["weighted"])
    if not set(weighted) <= set(languages):
        raise ValueError(f"weighted languages {weighted}")
    return Manifest(
        encoder=_encoder(row["encoder"]),
        generation=_generation(row["generation"]),
        alpha=check_alpha(float(row["alpha"])),
        fusion=row["fusion"],
        languages=languages,
        weighted=weighted,
        dimension=int(row["dimension"]),
        counts=_counts(row["counts"], languages),
        content=str(row["content"]),
        xqg=str(row["xqg"]),
        fields={str(name): str(kind) for name, kind in row["fields"].items()},
        engine=str(row["engine"]),
        filters=tuple(row["filters"]),
        thresholds=dict(row["thresholds"]),
        format=int(row["format"]),
    )


def _length(value: Any) -> int | None:
    return None if value is None else int(value)


def _encoder(row: dict[str, Any]) -> EncoderRecord:
    languages = row["languages"]
    return EncoderRecord(
        name=str(row["name"]),
        fingerprint=str(row["fingerprint"]),
        similarity=str(row["similarity"]),
        passage_length=_length(row["passage_length"]),
        query_length=_length(row["query_length"]),
        languages=None if languages is None else tuple(languages),
        dtype=str(row["dtype"]),
    )


def _generation(row: dict[str, Any]) -> Generation:
    return Generation(
        generators=tuple(row["generators"]),
        fingerprint=row["fingerprint"],
        prompt=row["prompt"],
        seed=row["seed"],
        per_language=row["per_language"],
        block_size=int(row["block_size"]),
        blocks=int(row["blocks"]),
        dtype=row["dtype"],
    )


def _counts(row: dict[str, Any], languages: tuple[str, ...]) -> Counts:
    judged = {code: (int(pair[0]), int(pair[1])) for code, pair in row["wrong_language"].items()}
    return Counts(
        passages=int(row["passages"]),
        queries={code: int(row["queries"][code]) for code in languages},
        blank=int(row["blank"]),
        removed={code: int(number) for code, number in row["removed"].items()},
        wrong_language=judged,
        skipped=int(row["skipped"]),
    )
