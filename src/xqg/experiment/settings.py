"""The settings of a comparison, and the guard against mixing two in one folder."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xqg.atomic import atomic_path
from xqg.augmentation import Fusion
from xqg.augmentation.aggregations import AGGREGATIONS
from xqg.errors import XqgError
from xqg.experiment.arms import Arm

if TYPE_CHECKING:
    from xqg.experiment.baselines import Baseline
    from xqg.reading import QuestionForm

__all__ = ["ReadingRequest", "Request", "Setting", "claim", "file_hash", "versions", "write_json"]

_LIBRARIES = ("xqg", "torch", "transformers", "sentence-transformers", "faiss-cpu", "ir-measures", "babel")


@dataclass(frozen=True)
class Setting:
    """One way to weight: a fusion, an α, and how an arm's query vectors are brought together.

    Attributes:
        alpha: fixed; None: tuned, or of no meaning to the aggregation (`max`).
        aggregation: a name of `AGGREGATIONS`.
    """

    fusion: Fusion
    alpha: float | None
    aggregation: str = "sum"

    @property
    def tuned(self) -> bool:
        """Whether α is chosen per arm."""
        return self.alpha is None and AGGREGATIONS[self.aggregation].weighted

    @property
    def stated_alpha(self) -> float | str | None:
        """As results.json has it: a number, "tuned", or None where α plays no part."""
        return "tuned" if self.tuned else self.alpha

    @property
    def name(self) -> str:
        """A folder's name: `normalised-tuned`, `raw-alpha-0.01`, `normalised-tuned-mean`, `raw-max`."""
        parts: list[str] = [self.fusion]
        if self.tuned:
            parts.append("tuned")
        elif self.alpha is not None:
            parts.append(f"alpha-{self.alpha:g}")
        if self.aggregation != "sum":
            parts.append(self.aggregation)
        return "-".join(parts)


@dataclass(frozen=True)
class ReadingRequest:
    """What `--reader` and the flags that go with it ask for.

    Attributes:
        top: passages read for each question.
        form: of the question; None: what the reader can (`answering.forms_for`).
        dtype: number type of the reader's weights.
    """

    model: str
    top: int = 5
    form: QuestionForm | None = None
    dtype: str = "auto"


@dataclass(frozen=True)
class Request:
    """What the user asked of `compare`.

    Attributes:
        arms: in the order of the table; None: all that the benchmark and the source of the generated
            queries can fill.
        alpha: fixed α; None: tuned.
        fusion: of the main table; None: the encoder's default.
        targets: `--languages`; None: all question languages except the passage's.
        query_languages: to ask in; None: all that the benchmark has.
        n: queries per target language; None: what `queries_file` holds, else 5.
        limit: questions per language; None: all.
        fold: (number from 0, folds): ask only the questions of these clusters; None: all.
        aggregations: the first is the main table's, every other gives variants.
        passage_length, query_length: tokens that the encoder reads; None: the benchmark's or the
            encoder's default.
        baselines: rows below the arms; None: all that can be filled.
        skipped: arms that are left out where `arms` is None, though they could be filled.
        reader: of the top passages, for EM and F1.
        kept: folder whose vectors and answers are shared; None: `out`.
    """

    arms: Sequence[Arm] | None
    out: Path
    generator: str | None = None
    queries_file: Path | None = None
    alpha: float | None = 0.01
    fusion: Fusion | None = None
    targets: tuple[str, ...] | None = None
    query_languages: tuple[str, ...] | None = None
    n: int | None = None
    seed: int = 0
    limit: int | None = None
    fold: tuple[int, int] | None = None
    measures: str | None = None
    device: str | None = None
    dtype: str = "auto"
    passage_length: int | None = None
    query_length: int | None = None
    aggregations: tuple[str, ...] = ("sum",)
    baselines: Sequence[Baseline] | None = ()
    skipped: tuple[str, ...] = ()
    reader: ReadingRequest | None = None
    kept: Path | None = None


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that numbers depend on."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in _LIBRARIES}}


def claim(folder: Path, identity: dict[str, Any]) -> None:
    """Write `identity` to settings.json; go on where the same comparison was interrupted.

    Raises:
        XqgError: the folder holds another comparison (the first difference is named), is a file,
            or cannot be written.
    """
    path = folder / "settings.json"
    identity = json.loads(json.dumps(identity))
    if path.is_file():
        try:
            there = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise XqgError(f"{path}: broken; delete {folder} or choose another --out") from None
        for key in [*identity, *(key for key in there if key not in identity)]:
            if there.get(key) != identity.get(key):
                raise XqgError(
                    f"{folder} holds another comparison: {key} is {_short(there.get(key))} there and "
                    f"{_short(identity.get(key))} now; choose another --out or delete it"
                )
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(path, identity)
    except OSError as error:
        raise XqgError(f"{folder}: cannot be written ({error.strerror}); choose another --out") from None


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes.

    Raises:
        XqgError: the file cannot be read.
    """
    try:
        return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise XqgError(f"{path}: cannot be read ({error.strerror}); give a JSONL file of queries") from None


def write_json(path: Path, content: Any) -> None:
    """Write readable JSON, all or nothing."""
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"
