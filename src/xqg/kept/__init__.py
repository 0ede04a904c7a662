"""Files that outlive a process: whole or absent, checked by a digest, written by one process at a time.

- `atomic_path`: a file or folder takes its name when all of it is written.
- `partial_folder`: the same for a folder that takes long to fill, with a lock and messages for users.
- `locked`: one writer at a time in a folder. `remove_folder` removes it under its lock.
- `add_digest`, `is_whole`: a file or folder that carries the SHA-256 of its content, so that one changed
  bit is noticed. `keep_array` and `kept_array` do so for arrays, `keep_bytes` and
  `kept_bytes` for text, `cached` for whatever can be made again.

A process that is killed leaves its temporary files. Their names say whose they are, and the next write into the
same folder removes those whose process is gone.
"""

from xqg.kept.digests import (
    add_digest,
    cached,
    is_whole,
    keep_array,
    keep_bytes,
    kept_array,
    kept_bytes,
    sha256_of,
)
from xqg.kept.locks import LOCK, is_locked, locked
from xqg.kept.whole import atomic_path, check_absent, partial_folder, remove_folder

__all__ = [
    "LOCK",
    "add_digest",
    "atomic_path",
    "cached",
    "check_absent",
    "is_locked",
    "is_whole",
    "keep_array",
    "keep_bytes",
    "kept_array",
    "kept_bytes",
    "locked",
    "partial_folder",
    "remove_folder",
    "sha256_of",
]
