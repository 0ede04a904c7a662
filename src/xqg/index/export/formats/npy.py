"""NumPy: `vectors.npy` (float32, passages × dimension), `ids.txt`, `export.json`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from xqg.index.export.request import Format, Request, write_ids
from xqg.index.export.vectors import fused_blocks, summary, write_record
from xqg.index.index import StoredIndex

__all__ = ["NPY"]


def _write(index: StoredIndex, folder: Path, request: Request) -> str:
    """Write fused vectors block by block; memory does not grow with the index."""
    shape = (len(index), index.manifest.dimension)
    with (folder / "vectors.npy").open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for vectors in fused_blocks(index, request):
            file.write(np.ascontiguousarray(vectors, dtype="<f4").data)
    write_ids(index, folder / "ids.txt")
    write_record(index, folder / "export.json", "npy", request)
    return summary(index, request)


NPY = Format(_write, vectors=True)
