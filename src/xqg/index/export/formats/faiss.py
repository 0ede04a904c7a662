"""Faiss: `vectors.faiss` (IndexFlatIP: exact inner products), `ids.txt`, `export.json`."""

from __future__ import annotations

from pathlib import Path

from xqg.errors import XqgError
from xqg.index.export.request import Format, Request, write_ids
from xqg.index.export.vectors import fused_blocks, summary, write_record
from xqg.index.index import StoredIndex

__all__ = ["FAISS"]


def _write(index: StoredIndex, folder: Path, request: Request) -> str:
    """Write fused vectors as a Faiss index, which is held in memory until it is whole."""
    import faiss

    flat = faiss.IndexFlatIP(index.manifest.dimension)
    for vectors in fused_blocks(index, request):
        flat.add(vectors)
    path = folder / "vectors.faiss"
    try:
        faiss.write_index(flat, str(path))
    except RuntimeError as error:
        reason = (str(error).splitlines() or ["no reason given"])[0][:200]
        raise XqgError(f"{path}: cannot be written ({reason}); free space or choose another `out`") from None
    write_ids(index, folder / "ids.txt")
    write_record(index, folder / "export.json", "faiss", request)
    return summary(index, request)


FAISS = Format(_write, vectors=True)
