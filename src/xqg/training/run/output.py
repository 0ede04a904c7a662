"""Where a trained model goes: a whole folder or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from xqg.errors import XqgError
from xqg.kept import atomic_path

__all__ = ["model_folder"]


@contextmanager
def model_folder(out: Path | str) -> Iterator[Path]:
    """Yield a folder beside `out` that takes its place if the block succeeds.

    Two trainings may run at once; the last one to end wins.

    Raises:
        XqgError: `out` is a file or a folder of something else than a model, or cannot be made.
    """
    out = Path(out).absolute()
    _check(out)
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(atomic_path(out, replace=True))
            folder.mkdir()
        except OSError as error:
            raise XqgError(f"{out}: cannot be made ({error.strerror}); choose another `out`") from None
        yield folder
        _check(out)


def _check(out: Path) -> None:
    """A mistyped `out` must not cost anyone's files: only a model is replaced."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise XqgError(f"{out}: is a file or a link; choose another `out` or delete it")
    model = any((out / name).is_file() for name in ("config.json", "modules.json", "reader.json"))
    if out.is_dir() and any(out.iterdir()) and not model:
        raise XqgError(f"{out}: holds files that are no model's; choose another `out` or delete it")
    if not out.parent.is_dir():
        raise XqgError(f"{out}: the folder {out.parent} does not exist; create it first")
