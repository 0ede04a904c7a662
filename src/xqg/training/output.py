"""Where a trained model goes: a whole folder or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xqg.errors import XqgError

__all__ = ["model_folder"]

# Any of them marks a folder that an earlier training wrote, and a new one may replace.
_MODEL_FILES = ("config.json", "modules.json")


@contextmanager
def model_folder(out: Path | str) -> Iterator[Path]:
    """Yield an empty folder beside `out` that takes its place if the block succeeds.

    An older model in `out` is replaced. Enter before training, so that a bad `out` is refused
    before the hours are spent.

    Raises:
        XqgError: `out` is a file, or a folder with something other than a model in it.
    """
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise XqgError(f"{out}: is a file; give a folder for the model")
    if out.is_dir() and any(out.iterdir()) and not any((out / name).is_file() for name in _MODEL_FILES):
        raise XqgError(f"{out}: holds something other than a model; give a new folder")
    new = out.with_name(f".{out.name}.{os.getpid()}.part")
    old = out.with_name(f".{out.name}.{os.getpid()}.old")
    new.mkdir(parents=True)
    try:
        yield new
        if out.is_dir():
            os.replace(out, old)
        os.replace(new, out)
        shutil.rmtree(old, ignore_errors=True)  # last: until here the older model can be got back
    finally:
        shutil.rmtree(new, ignore_errors=True)
