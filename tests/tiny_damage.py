"""An index of four versions, and ways to damage it: for tests of verify."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lance
import pyarrow as pa

from xqg.index import StoredIndex
from xqg.index.add import add_passages
from xqg.index.checksums import HINT, seal
from xqg.index.remove import remove_passages
from xqg.index.reweight import reweight_index
from xqg.index.store import METADATA_KEY
from xqg.index.verify import Report
from xqg.index.versions import manifests
from xqg.passages import Passage

DATA, VERSIONS = "passages.lance/data", "passages.lance/_versions"


def four_versions(build: Any, fake_encoder: Any) -> Path:
    """An index: built, one passage removed, another alpha, one added."""
    path = build().path
    remove_passages(path, ["p1"])
    reweight_index(path, alpha=0.2)
    add_passages(path, [Passage("n1", "", "A new one.", "en")], fake_encoder())
    return path


def files(path: Path) -> list[Path]:
    """All that `verify` checks: not the cache."""
    found = (file for file in path.rglob("*") if file.is_file() and file.name != HINT)
    return sorted(file for file in found if "cache" not in file.relative_to(path).parts)


def named(report: Report) -> set[str]:
    return {problem.where for problem in report.problems}


def only(report: Report) -> Any:
    assert len(report.problems) == 1, report.problems
    return report.problems[0]


def manifest_of(path: Path, version: int) -> Path:
    return path / manifests(path)[version]


def rewrite(path: Path, change: Callable[[pa.Table], pa.Table], **manifest: Any) -> None:
    """Other rows, or another manifest, in the place of the index's; sealed, as its files are sound."""
    index = StoredIndex.open(path)
    described = dataclasses.replace(index.manifest, **manifest)
    table = change(index.dataset.to_table().replace_schema_metadata(None))
    table = table.replace_schema_metadata({METADATA_KEY: described.dumps()})
    lance.write_dataset(table, path / "passages.lance", mode="overwrite")
    (path / "checksums.json").unlink()
    seal(path, StoredIndex.open(path).version)


def with_column(name: str, change: Callable[[list[Any]], None]) -> Callable[[pa.Table], pa.Table]:
    """Change one column's values as a list."""

    def make(table: pa.Table) -> pa.Table:
        number = table.column_names.index(name)
        values = table.column(name).to_pylist()
        change(values)
        return table.set_column(
            number, table.schema.field(name), pa.array(values, table.schema.field(name).type)
        )

    return make


def put(row: int, value: Any) -> Callable[[list[Any]], None]:
    return lambda values: values.__setitem__(row, value)
