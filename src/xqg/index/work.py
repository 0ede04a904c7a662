"""A change under way: what was asked for and what is done of it, in a folder that survives a kill.

The folder is INDEX/work for a change of an index and OUT.parts for a new one. `work.json` says what
was asked for; what is finished lies in files beside it, named by what they hold (`journal`). The same
command goes on with them; another one is refused until the folder is gone. An exclusive lock on the
folder that is changed keeps a second writer out.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.kept import atomic_path

__all__ = ["QUERIES", "Work", "digest_of", "parts_folder"]

SETTINGS = "work.json"
QUERIES = "queries"  # generated queries of the segment under way
SHOWN = 60  # characters of a setting in a message
SHOWN_OF_HASH = 12


def parts_folder(out: Path) -> Path:
    """`OUT.parts`, where the parts of a new index are kept until OUT is whole."""
    out = out if out.name else out.absolute()  # `.` has no name
    return out.with_name(f"{out.name}.parts")


def digest_of(settings: Mapping[str, Any]) -> str:
    """SHA-256 of settings, in hexadecimal: names what a commit was asked for."""
    text = json.dumps(settings, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Work:
    """The folder of a change, opened under its lock.

    Attributes:
        settings: what was asked for, JSON values only; `command` is the command's name.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        """Use `open`."""
        self.folder = folder
        self.settings = dict(settings)

    @classmethod
    def open(cls, folder: Path, settings: Mapping[str, Any]) -> Work:
        """Begin a change, or go on with the one that was begun with the same settings.

        Raises:
            XqgError: another change was begun there and is not finished.
        """
        known = cls.pending(folder)
        if known is None:
            folder.mkdir(exist_ok=True)
            try:
                with atomic_path(folder / SETTINGS) as temporary:
                    text = json.dumps(dict(settings), ensure_ascii=False, indent=1)
                    temporary.write_text(text, encoding="utf-8")
            except OSError:
                with suppress(OSError):  # something else is in it
                    folder.rmdir()
                raise
            return cls(folder, settings)
        _compare(folder, known, settings)
        return cls(folder, settings)

    @staticmethod
    def pending(folder: Path) -> dict[str, Any] | None:
        """What an unfinished change in the folder was asked for; None where there is none.

        Raises:
            XqgError: the folder's settings are damaged.
        """
        try:
            found = json.loads((folder / SETTINGS).read_bytes())
            if isinstance(found, dict) and "command" in found:
                return found
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError, NotADirectoryError, IsADirectoryError):
            pass
        raise XqgError(f"{folder / SETTINGS}: damaged; delete {folder} to give up what it holds")

    @property
    def worth_keeping(self) -> bool:
        """Whether something is there that took time to make."""
        made = [path for path in self.folder.rglob("*") if path.is_file() and path.name != SETTINGS]
        return any(path.stat().st_size for path in made)

    def clear(self) -> None:
        """Remove the folder: the change is committed, or given up."""
        # The settings go last: while they are there, the folder is known for what it is.
        for entry in [path for path in self.folder.iterdir() if path.name != SETTINGS]:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        shutil.rmtree(self.folder)


def _compare(folder: Path, known: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    command = _shown(known["command"])
    give_up = f"or delete {folder} to give it up"
    if known["command"] != asked["command"]:
        raise XqgError(f"{folder}: an interrupted `xqg {command}` is not finished; run it again, {give_up}")
    for key in [*known, *(key for key in asked if key not in known)]:
        if known.get(key) != asked.get(key):
            before, now = (_shown(value.get(key)) for value in (known, asked))
            raise XqgError(
                f"{folder}: an interrupted `xqg {command}` was begun with another {_shown(key.replace('_', ' '))} "
                f"({before}, now {now}); run it as before, {give_up}"
            )


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if re.fullmatch("[0-9a-f]{64}", text):
        return text[:SHOWN_OF_HASH]
    text = " ".join(text.split())  # one line, as every message
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
