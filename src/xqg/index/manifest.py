"""The manifest: what an index was made of and how, kept in the dataset's schema metadata.

It holds what stays the same while passages come and go: models, prompts, languages, fields, filters
and the default weighting. How many passages and queries there are is counted from the rows (`counts`).
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xqg.augmentation import FUSIONS, Fusion, check_alpha
from xqg.errors import XqgError

if TYPE_CHECKING:
    from xqg.encoding import Encoder

__all__ = ["DEFAULT_ENGINE", "FORMAT", "EncoderRecord", "Generation", "Manifest"]

FORMAT = 3  # of the columns and of this manifest; `xqg upgrade` converts from 2, any other is refused
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

    Attributes:
        generators: names; several where a file of queries mixes them.
        fingerprint, prompt, dtype: the generator's, `dtype` the number type of its weights; None where
            not known or not the same for all queries.
        per_language: n; None where it differs between passages.
        block_size: number of passages sampled as one batch.
    """

    generators: tuple[str, ...] = ()
    fingerprint: str | None = None
    prompt: str | None = None
    seed: int | None = None
    per_language: int | None = None
    block_size: int = 64
    dtype: str | None = None


@dataclass(frozen=True)
class Manifest:
    """What an index was made of, and its stored default weighting.

    Attributes:
        languages: of the stored generated queries, sorted.
        alpha, fusion, weighted: the default weighting; `weighted` are the languages that count, sorted.
        fields: the passages' extra columns, name → type.
        engine: Faiss factory string that serves the default weighting.
        filters: names of those that removed generated queries.
        thresholds: what filters that looked at the whole pool found, by language.
        judged: language → queries judged and those taken for another language, in an index that was
            upgraded from format 2, which kept no verdict a query.
    """

    encoder: EncoderRecord
    generation: Generation
    alpha: float
    fusion: Fusion
    languages: tuple[str, ...]
    weighted: tuple[str, ...]
    dimension: int
    xqg: str
    fields: dict[str, str] = field(default_factory=dict)
    engine: str = DEFAULT_ENGINE
    filters: tuple[str, ...] = ()
    thresholds: dict[str, Any] = field(default_factory=dict)
    judged: dict[str, tuple[int, int]] = field(default_factory=dict)
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

    @classmethod
    def loads(cls, text: str | bytes, where: str) -> Manifest:
        """Read the JSON text that `dumps` wrote; `where` names the index in messages.

        Raises:
            XqgError: not JSON, another format, a field missing or of the wrong kind.
        """
        return cls.from_json(cls.row(text, where), where)

    @staticmethod
    def row(text: str | bytes, where: str) -> dict[str, Any]:
        """The JSON object in a manifest's text, of whatever format.

        Raises:
            XqgError: it is no JSON object.
        """
        try:
            found = json.loads(text)
            if isinstance(found, dict):
                return found
        except (ValueError, RecursionError):
            pass
        raise XqgError(f"{where}: its manifest is not JSON; build the index again")

    @classmethod
    def from_json(cls, row: dict[str, Any], where: str = "manifest") -> Manifest:
        """The manifest from `to_json`'s dictionary.

        Raises:
            XqgError: another format, a field missing or of the wrong kind.
        """
        version = row.get("format")
        if isinstance(version, int) and version > FORMAT:
            raise XqgError(
                f"{where}: index format {version} is newer than this xqg reads (up to {FORMAT}); upgrade xqg"
            )
        if isinstance(version, int) and version < FORMAT:
            remedy = f"convert it with `xqg upgrade {where}`" if version == FORMAT - 1 else "build the index again"
            raise XqgError(f"{where}: index format {version} is of an older xqg (this one reads {FORMAT}); {remedy}")
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
    if row["format"] is True or row["format"] != FORMAT:
        raise ValueError(f"format {row['format']!r}")
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
        xqg=str(row["xqg"]),
        fields={str(name): str(kind) for name, kind in row["fields"].items()},
        engine=str(row["engine"]),
        filters=tuple(row["filters"]),
        thresholds=dict(row["thresholds"]),
        judged={code: (int(pair[0]), int(pair[1])) for code, pair in row.get("judged", {}).items()},
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
        dtype=row["dtype"],
    )
