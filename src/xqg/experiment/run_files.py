"""The runs of a setting in the folder of a comparison: written when they are scored, read when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from xqg.errors import XqgError
from xqg.evaluation import Run, read_trec, write_trec
from xqg.experiment.folder import setting_folder

__all__ = ["RunFiles"]


class RunFiles(Mapping[tuple[str, str], Run]):
    """(system, question language) → run, each in `runs/SYSTEM.LANGUAGE.trec`."""

    def __init__(self, folder: Path, number: int, setting: str) -> None:
        """Nothing is written yet.

        Args:
            folder: of the comparison.
            number, setting: the setting's place among all, from 0, and its name.
        """
        self._out = folder
        self._folder = setting_folder(folder, number, setting) / "runs"
        self._keys: dict[tuple[str, str], None] = {}

    def write(self, system: str, language: str, run: Run) -> None:
        """Write a run.

        Raises:
            XqgError: it is empty, or no file can be written.
        """
        if not run:
            raise XqgError(f"system {system} has no run in {language!r}; nothing is reported")
        try:
            write_trec(self._path(system, language), run, tag=system)
        except OSError as error:
            raise XqgError(f"{self._out}: cannot be written ({error.strerror}); free space or move `out`") from None
        self._keys[system, language] = None

    def copy(self, runs: Mapping[tuple[str, str], Run]) -> None:
        """Write all of some runs, but those that are in these files already.

        Raises:
            XqgError: as `write`.
        """
        if isinstance(runs, RunFiles) and runs._folder.resolve() == self._folder.resolve():
            return
        for (system, language), run in runs.items():
            self.write(system, language, run)

    def __getitem__(self, key: tuple[str, str]) -> Run:
        """A run, read from its file; KeyError where none was written.

        Raises:
            XqgError: the file is gone, or is damaged.
        """
        if key not in self._keys:
            raise KeyError(key)
        return read_trec(self._path(*key))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """The keys, in the order in which the runs were written."""
        return iter(self._keys)

    def __len__(self) -> int:
        """Number of runs."""
        return len(self._keys)

    def _path(self, system: str, language: str) -> Path:
        return self._folder / f"{system}.{language}.trec"
