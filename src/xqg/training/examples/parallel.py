"""Parallel sentences: TSV files `en-XX.tsv`, one English sentence and its translation a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xqg.errors import XqgError
from xqg.passages.languages import english_name

__all__ = ["ParallelPair", "read_parallel"]


@dataclass(frozen=True, slots=True)
class ParallelPair:
    """An English sentence and the same in another language."""

    english: str
    other: str
    language: str


def read_parallel(paths: Sequence[str], languages: Sequence[str] = ()) -> list[ParallelPair]:
    """All pairs of some files, each once, in the order of the files.

    Args:
        paths: files `en-XX.tsv`, or folders of such files, which are searched through.
        languages: those that are wanted; none: all.

    Raises:
        XqgError: a path that is not there or holds no such file, a line that is not two texts with a tab
            between them, a language wanted that none of the files has.
    """
    found: dict[ParallelPair, None] = {}
    have: set[str] = set()
    for path in (file for given in paths for file in _files(Path(given))):
        language = path.name.removeprefix("en-").split(".")[0]
        english_name(language)  # an unknown one is refused
        have.add(language)
        if not languages or language in languages:
            found.update(dict.fromkeys(_pairs(path, language)))
    for language in languages:
        if language not in have:
            raise XqgError(f"{', '.join(paths)}: no sentences in {language!r}; there are {', '.join(sorted(have))}")
    return list(found)


def _files(given: Path) -> list[Path]:
    files = sorted(given.rglob("en-*.tsv")) if given.is_dir() else [given]
    if not files or not files[0].is_file() or not files[0].name.startswith("en-"):
        raise XqgError(f"{given}: no file en-XX.tsv of parallel sentences; name one, or a folder of them")
    return files


def _pairs(path: Path, language: str) -> Iterator[ParallelPair]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            try:
                line = raw.decode("utf-8").strip("\r\n")
            except UnicodeDecodeError:
                raise XqgError(f"{path}:{number}: not UTF-8; convert the file to UTF-8") from None
            if not line.strip():
                continue
            texts = [text.strip() for text in line.split("\t")]
            if len(texts) != 2 or not all(texts):
                raise XqgError(f"{path}:{number}: not two texts with a tab between them; mend or remove the line")
            yield ParallelPair(texts[0], texts[1], language)
