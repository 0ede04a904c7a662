"""OUT.checkpoints: where an interrupted training stands, and what it was a training of."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

from xqg import __version__
from xqg.errors import XqgError

__all__ = ["Checkpoints"]

FILE = "training.json"


class Checkpoints:
    """The trainer's checkpoints beside a model that is being made.

    Args:
        out: the model's folder.
        recipe: a recipe; `data` a hash of what it trains on. Both are kept, and compared on resuming.
    """

    def __init__(self, out: Path, recipe: Any, data: str) -> None:
        self.folder = out.with_name(f"{out.name}.checkpoints")
        self._about = {
            "xqg": __version__,
            "method": recipe.METHOD,
            "recipe": json.loads(json.dumps(dataclasses.asdict(recipe))),  # tuples as the file has them
            "data": data,
        }

    def open(self, resume: bool) -> Path | None:
        """The checkpoint to go on from, None to begin; the folder is there afterwards.

        Raises:
            XqgError: checkpoints of another recipe or other data, or of this one without `resume`; a folder
                of that name which no training made.
        """
        found = self._last()
        if found is None:
            self._clear()
            try:
                self.folder.mkdir()
                (self.folder / FILE).write_text(json.dumps(self._about, indent=1) + "\n", encoding="utf-8")
            except OSError as error:
                raise XqgError(f"{self.folder}: cannot be made ({error.strerror}); choose another `out`") from None
            return None
        if not resume:
            raise XqgError(
                f"{self.folder}: holds a training that was interrupted at step {_step(found)}; go on with it by "
                "`resume`, or delete the folder"
            )
        self.check()
        return found

    def delete(self) -> None:
        """The model is made: they are no longer needed."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _clear(self) -> None:
        """Remove what a training left that was killed before its first checkpoint; never anyone's own files."""
        if self.folder.is_dir() and any(self.folder.iterdir()) and not (self.folder / FILE).is_file():
            raise XqgError(f"{self.folder}: in the way of checkpoints, and no training's; move it or choose another `out`")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _last(self) -> Path | None:
        # Only whole checkpoints: the trainer's state is the last file that it writes.
        found = [path for path in self.folder.glob("checkpoint-*") if (path / "trainer_state.json").is_file()]
        return max(found, key=_step, default=None)

    def check(self) -> None:
        """Compare what they are of with what is trained.

        Raises:
            XqgError: another recipe or other data.
        """
        path = self.folder / FILE
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
            method, data = before["method"], before["data"]
            old, new = dict(before["recipe"]), self._about["recipe"]
        except (OSError, ValueError, KeyError, TypeError):
            raise XqgError(f"{path}: broken or missing; delete {self.folder} to begin anew") from None
        changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        if method != self._about["method"]:
            changed = ["method"]
        if changed:
            raise XqgError(
                f"{self.folder}: its training had another {' and '.join(changed)}; give the recipe as it was, or "
                "delete the folder to begin anew"
            )
        if data != self._about["data"]:
            raise XqgError(
                f"{self.folder}: its training had other data; give the data as it was, or delete the folder to "
                "begin anew"
            )


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])
