"""What Lance leaves undone on a full disk: files cut short that it takes for whole, lists of deleted rows.

Lance (14.0) has another thread write the last bytes of a file and does not ask how that ended: on a full
disk the file is cut short, and the call succeeds. Its clean-up spares lists of deleted rows that no
version refers to.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

__all__ = ["check_whole", "drop_deletions"]

DELETIONS = "_deletions"
_ARROW = b"ARROW1"  # an Arrow file begins and ends with it
_BITMAP = struct.Struct("<II")  # of a roaring bitmap without runs: its magic number and its containers
_BITMAP_MAGIC = 12346
_ARRAY = 4096  # values of a container up to which they are listed, 2 bytes each; else 8192 bytes of bits


def check_whole(dataset: Path, fragment: Any) -> None:
    """Raise OSError where a file of a fragment is shorter than it was written, as on a full disk.

    Args:
        dataset: the dataset's own folder.
        fragment: metadata of one that was just written.
    """
    for file in fragment.files:
        found = (dataset / "data" / file.path).stat().st_size
        if file.file_size_bytes is not None and found != file.file_size_bytes:
            raise OSError(f"data/{file.path} has {found} bytes of {file.file_size_bytes}, as on a full disk")
    if fragment.deletion_file is not None:
        name = fragment.deletion_file.path(fragment.id)
        content = (dataset / name).read_bytes()
        if not (_whole_bitmap(content) if name.endswith(".bin") else _whole_arrow(content)):
            raise OSError(f"{name} is cut short, as on a full disk")


def _whole_arrow(content: bytes) -> bool:
    return len(content) > 2 * len(_ARROW) and content.endswith(_ARROW)


def _whole_bitmap(content: bytes) -> bool:
    """Whether a serialised roaring bitmap has as many bytes as its header says."""
    if len(content) < _BITMAP.size:
        return False
    magic, number = _BITMAP.unpack_from(content)
    if magic != _BITMAP_MAGIC:
        return True  # a layout that Lance does not write today
    headers = _BITMAP.size + 8 * number  # of each container: key, size - 1 (2 bytes each), offset (4 bytes)
    if len(content) < headers:
        return False
    sizes = [size + 1 for _, size in struct.iter_unpack("<HH", content[_BITMAP.size : _BITMAP.size + 4 * number])]
    return len(content) == headers + sum(2 * size if size <= _ARRAY else 8192 for size in sizes)


def drop_deletions(dataset: Any) -> None:
    """Delete lists of deleted rows that no version refers to: only under the writer's lock."""
    folder = Path(dataset.uri) / DELETIONS
    present = {path.name for path in folder.glob("*")} if folder.is_dir() else set()
    if not present:
        return
    for row in dataset.versions():
        for fragment in dataset.checkout_version(row["version"]).get_fragments():
            described = fragment.metadata
            if described.deletion_file is not None:
                present.discard(Path(described.deletion_file.path(described.id)).name)
    for name in present:
        (folder / name).unlink()
