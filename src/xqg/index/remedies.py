"""What to do about a damaged file: it depends on which versions need it, and on which are sound."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from xqg.index.versions import TRANSACTIONS, VersionState, version_of

__all__ = ["BACKUP", "Remedies"]

BACKUP = "take it from a backup"
BUILD = "build the index again"


class Remedies:
    """Remedies for the files of one index."""

    def __init__(self, path: Path, states: Sequence[VersionState], bad: Collection[str]) -> None:
        """`states` are all versions, ascending; `bad` are the files that are damaged or missing."""
        self._path = path
        self._states = states
        self._bad = set(bad)
        self._latest = states[-1].number if states else 0

    def of(self, name: str) -> str:
        """What to do about a damaged or missing file, or the manifest of a version that cannot be opened."""
        missing = not (self._path / name).exists()
        number = version_of(name)
        if name.startswith(TRANSACTIONS):
            give_up = "" if missing else "delete it and "
            return f"no row depends on it: {BACKUP}, or {give_up}run `xqg compact {self._path}`"
        if number is not None and missing:
            lost = f"version {number} is lost"
            if number > self._latest:
                back = f"go back to version {self._latest} (`xqg restore {self._path} {self._latest}`)"
                return f"{BACKUP}: else {lost}, and the index is not opened until you {back}"
            return f"{BACKUP}: else {lost}; `xqg compact {self._path}` takes it off the list"
        if number is not None and number < self._latest:
            return f"{BACKUP}; or give version {number} up: delete it and run `xqg compact {self._path}`"
        users = [state.number for state in self._states if name in state.files]
        if self._latest in users:
            return f"version {self._latest}, the latest, needs it: {BACKUP}, {self._back(name)}"
        if users:
            which = f"only versions before the latest need it ({', '.join(map(str, users))})"
            return f"{which}: {BACKUP}, or drop them (`xqg compact {self._path} --keep 1`)"
        return f"no version that can be opened needs it: `xqg compact {self._path}` removes it"

    def of_version(self, number: int) -> str:
        """What to do about a version that is wrong though its files are as they were written."""
        if number < self._latest:
            return f"drop it with those before the latest (`xqg compact {self._path} --keep 1`)"
        return self._back("").removeprefix("or ")

    def _back(self, name: str) -> str:
        """Ways back to an earlier version whose files are all sound, as far as there are any."""
        sound = [
            state.number
            for state in self._states[:-1]
            if state.error is None
            and state.manifest is not None
            and not state.files & self._bad
        ]
        if not sound:
            return f"or {BUILD}; no earlier version is sound"
        best, latest = sound[-1], self._states[-1]
        said = f"version {best}, whose files are all sound"
        # Restoring makes a version after the latest, which must be open for that.
        if latest.error is None and latest.manifest:
            return f"or go back to {said} (`xqg restore {self._path} {best}`), or {BUILD}"
        if name == latest.name and best == self._states[-2].number:
            return f"or delete it and go back to {said} (`xqg restore {self._path} {best}`), or {BUILD}"
        return f"or {BUILD}"
