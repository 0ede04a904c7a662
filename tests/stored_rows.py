"""What an index's rows hold, whatever files they lie in: for tests that compare two indexes."""

from __future__ import annotations

import hashlib

from xqg.index import StoredIndex

__all__ = ["rows_digest"]


def rows_digest(index: StoredIndex) -> str:
    """SHA-256 over every column of every row, in order."""
    table = index.dataset.to_table().replace_schema_metadata(None)
    digest = hashlib.sha256(str(table.schema).encode())
    for name in table.column_names:
        column = table.column(name)
        if str(column.type).startswith("fixed_size_list"):
            for chunk in column.chunks:
                digest.update(chunk.flatten().to_numpy(zero_copy_only=False).tobytes())
        else:
            digest.update(repr(column.to_pylist()).encode())
    return digest.hexdigest()
