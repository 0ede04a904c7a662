"""A model's hash: what settings and manifests record, and what cached vectors are keyed by."""

from __future__ import annotations

import hashlib
from pathlib import Path

from xqg.errors import XqgError

__all__ = ["fingerprint"]

CHUNK = 1 << 20  # bytes
# What training leaves beside a model and no loader reads.
LEFTOVERS = (
    "optimizer.",
    "scheduler.",
    "scaler.",
    "rng_state",
    "trainer_state.",
    "training_args.",
    "events.out",
    "curve.",
)
LEFTOVER_FOLDERS = ("checkpoint-", "runs", "logs", "eval")
CONVERTED = "converted"  # the same model in another form, with a fingerprint of its own


def fingerprint(folder: Path) -> str:
    """SHA-256, in hexadecimal, over the names and contents of a model folder's files.

    README files, hidden files, training leftovers and the converted form in `converted/` do not count:
    they do not change a vector.
    Other formats of the weights do; a folder is hashed as it is.

    Raises:
        XqgError: a file that cannot be read.
    """
    folder = Path(folder)
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        relative = path.relative_to(folder)
        if not path.is_file() or _ignored(relative):
            continue
        digest.update(f"{relative.as_posix()}\0{path.stat().st_size}\0".encode())
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
        except OSError as error:
            raise XqgError(f"{path}: cannot be read ({error.strerror}); check the model's folder") from None
    return digest.hexdigest()


def _ignored(relative: Path) -> bool:
    *folders, name = relative.parts
    return (
        any(part.startswith(".") for part in relative.parts)
        or name.upper().startswith("README")
        or name.startswith(LEFTOVERS)
        or folders[:1] == [CONVERTED]
        or any(part.startswith(LEFTOVER_FOLDERS[0]) or part in LEFTOVER_FOLDERS[1:] for part in folders)
    )
