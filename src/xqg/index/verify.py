"""Verifying an index: every file against its checksum, every version opened, the latest read whole.

Only the cache beside the dataset is not looked at here: it belongs to the search.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from xqg.errors import XqgError
from xqg.index.change import WORK
from xqg.index.checksums import CHECKSUMS, Entry, dataset_files, read_checksums
from xqg.index.index import StoredIndex
from xqg.index.journal import SEGMENTS
from xqg.index.remedies import BACKUP, Remedies
from xqg.index.report import Meter, Problem, Report
from xqg.index.store import DATASET
from xqg.index.verify_rows import check_rows, passes
from xqg.index.versions import VersionState, guarded, hinted_version, manifests, read_version, version_of
from xqg.index.work import Work, parts_folder
from xqg.kept import is_locked, sha256_of
from xqg.progress import Listener

__all__ = ["Problem", "Report", "verify"]

MADE_ANEW = "take it from a backup; or {}: the next change makes it anew from the files as they are"


def verify(path: Path | str, progress: Listener | None = None) -> Report:
    """Check everything of an index but its cache; nothing is changed.

    Args:
        progress: told how far it is, as if each passage were checked in turn.

    Raises:
        XqgError: no index in the folder; it was changed meanwhile.
    """
    path = Path(path)
    if not (path / DATASET).is_dir():
        parts = parts_folder(path)
        if parts.is_dir() and not path.exists():
            raise XqgError(
                f"{path}: not made yet: an interrupted `xqg index` is in {parts}; run it again, and it goes on"
            )
        raise XqgError(
            f"{path}: not an index (no {DATASET} in it); give a folder that `xqg index --out` made"
        )
    check = _Verification(path, progress)
    if check.latest is not None and check.latest.older:
        StoredIndex.open(path)  # refuses an older format, and says how to convert it
    check.run()
    if manifests(path) != check.listing:
        raise XqgError(f"{path}: was changed while it was verified; verify it again")
    return check.report


class _Verification:
    def __init__(self, path: Path, progress: Listener | None) -> None:
        self.path = path
        self.report = Report(path)
        self.busy = _busy(path)
        self.listing = manifests(path)
        self.sealed: int | None = None  # the version that the checksums name
        self.listed = self._list()
        self.present = dataset_files(path)
        self._progress = progress
        self.bad: dict[str, str] = {}  # files that are not what they should be, and how
        self.meter = Meter(progress, 0, 1)
        self._compare(self.listing.values())
        # Lance may do anything with a damaged manifest: it is not given one.
        self.states = [
            VersionState(number, name, {name}, error="damaged") if name in self.bad else read_version(path, number, name)
            for number, name in self.listing.items()
        ]
        self.report.files, self.report.bytes = len(self.present), sum(self.present.values())

    @property
    def latest(self) -> VersionState | None:
        return self.states[-1] if self.states else None

    def run(self) -> None:
        latest = self.latest
        if latest is not None and latest.error is None:
            self.report.version, self.report.passages = latest.number, latest.rows
        # Reading rows takes about as long as hashing their files.
        self.meter = Meter(self._progress, self.report.passages or 0, 2 * self.report.bytes)
        self.meter.add(sum(self.present.get(name, 0) for name in self.listing.values()))
        self._compare(name for name in self.listed or () if name not in self.listing.values())
        for name in {name for state in self.states for name in state.files} - set(self.present):
            self.bad.setdefault(name, "missing")
        remedies = Remedies(self.path, self.states, self.bad)
        for name, what in sorted(self.bad.items()):
            self._problem(name, what, remedies.of(name))
        self._versions(remedies)
        self._work()
        self._orphans()
        self._unlisted()
        self._hint()
        if latest is not None and latest.error is None:
            if latest.files & set(self.bad):
                self.report.notes.append("the passages were not read, since files that hold them are damaged")
            else:
                self._rows(latest, remedies)

    def _list(self) -> dict[str, Entry] | None:
        """The checksums; what is wrong with the list is noted."""
        where = CHECKSUMS
        try:
            found = read_checksums(self.path)
        except (XqgError, OSError):
            self._problem(where, "damaged: no file can be compared", MADE_ANEW.format("delete it"))
            return None
        if found is None:
            self._problem(where, "missing: no file can be compared", MADE_ANEW.format("go without"))
            return None
        # Manifests have the same names in every dataset; those of other files are drawn at random.
        unique = {name for name in found.files if version_of(name) is None}
        if unique and not unique & set(dataset_files(self.path)):
            self._problem(
                where, "lists no file that is there, as another index's would", MADE_ANEW.format("delete it")
            )
            return None
        self.sealed = found.version
        return found.files

    def _problem(self, where: str, what: str, remedy: str) -> None:
        self.report.problems.append(Problem(where, what, remedy))

    def _compare(self, names: Iterable[str]) -> None:
        """Note how files differ from their checksums."""
        for name in names:
            entry = (self.listed or {}).get(name)
            if entry is not None:
                what = _difference(self.path / name, entry)
                if what is not None:
                    self.bad[name] = what
                self.meter.add(entry[0])

    def _versions(self, remedies: Remedies) -> None:
        latest = max(self.listing, default=0)
        if not self.states:
            self._problem(
                "versions", "there is none", "take the folder from a backup, or build the index again"
            )
        elif self.sealed is not None and latest < self.sealed and not self.bad.keys() & self._lost_names():
            what = f"the latest that is there is {latest}, and it was {self.sealed} when {CHECKSUMS} was written"
            self._problem("versions", what, f"{BACKUP}, or go back (`xqg restore {self.path} {latest}`)")
        for state in self.states:
            if state.error is not None and state.name not in self.bad:
                what = f"cannot be opened: {state.error.partition(';')[0]}"
                self._problem(f"version {state.number}", what, remedies.of(state.name))

    def _lost_names(self) -> set[str]:
        """Manifests that are listed and missing: each is a problem of its own."""
        return {name for name in self.listed or () if version_of(name) is not None and name not in self.present}

    def _work(self) -> None:
        folder = self.path / WORK
        try:
            pending = Work.pending(folder)
        except (XqgError, OSError):
            self._problem(WORK, "says of no change what it is: damaged", f"delete {folder} to give it up")
            return
        if self.busy:
            command = f"`xqg {pending['command']}`" if pending else "another process"
            self.report.notes.append(f"{command} is changing the index now; verify it again afterwards")
        elif pending is not None:
            number = sum(1 for _ in (folder / SEGMENTS).glob("*.json"))
            done = f"{number} {'segment' if number == 1 else 'segments'} done"
            what = f"an interrupted `xqg {pending['command']}`, {done}"
            self._problem(
                WORK, what, f"run the same command again, and it goes on; or delete {folder} to give it up"
            )
        elif folder.exists():
            self.report.notes.append(
                f"{WORK} is what a change left that was interrupted at its very end; delete it"
            )

    def _orphans(self) -> None:
        if any(state.error for state in self.states) or any(map(version_of, self.bad)):
            return  # a version that cannot be opened may need them
        lost = sorted(set(self.present) - {name for state in self.states for name in state.all_files})
        if not lost:
            return
        are = f"{len(lost)} files belong" if len(lost) > 1 else f"{lost[0]} belongs"
        under_way = self.busy or (self.path / WORK).exists()
        remove = "the change goes on with them" if under_way else f"`xqg compact {self.path}` removes them"
        self.report.notes.append(f"{are} to no version, as interrupted changes leave them; {remove}")

    def _unlisted(self) -> None:
        if self.listed is None:
            return
        used = {name for state in self.states for name in state.all_files}
        for name in sorted((set(self.present) & used) - set(self.listed)):
            users = [str(state.number) for state in self.states if name in state.all_files]
            what = f"not in {CHECKSUMS}, though version {', '.join(users)} refers to it"
            if self.busy:
                self.report.notes.append(f"{name}: {what}")
            else:
                remedy = "a change was killed after its commit: run its command again, or any other change"
                self._problem(name, what, remedy)

    def _hint(self) -> None:
        """Lance looks into the folder itself, and each commit writes the hint anew: a wrong one is harmless."""
        hinted, latest = hinted_version(self.path), max(self.listing, default=0)
        if hinted is not None and hinted != latest and not self.busy:
            says = (
                "names no version"
                if hinted < 0
                else f"names version {hinted}, and the latest that is there is {latest}"
            )
            self.report.notes.append(f"Lance's hint of the latest version {says}; the next change rights it")

    def _rows(self, latest: VersionState, remedies: Remedies) -> None:
        if latest.manifest is None:
            return
        each = self.report.bytes / max(1, passes(latest.manifest) * latest.rows)
        try:
            with guarded(self.path):
                self.report.problems += check_rows(
                    latest, self.path, lambda rows: self.meter.add(each * rows)
                )
        except XqgError as error:
            what = str(error).removeprefix(f"{self.path}: ").partition("; see")[0]
            self._problem(f"version {latest.number}", what, remedies.of_version(latest.number))


def _difference(path: Path, entry: Entry) -> str | None:
    """How a file differs from its entry; None: not at all."""
    size, digest = entry
    try:
        found = path.stat().st_size
        if found != size:
            return (
                f"cut short: {found} bytes of {size}" if found < size else f"{found} bytes instead of {size}"
            )
        return None if sha256_of(path) == digest else "damaged: its bytes are not those that were written"
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def _busy(path: Path) -> bool:
    """Whether another process holds the index's lock now."""
    try:
        return is_locked(path)
    except OSError:
        return True
