"""Converting an index of format 2, without encoding anything: one commit, no row is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.index import columns
from xqg.index.change import WORK
from xqg.index.checksums import read_checksums, seal
from xqg.index.index import StoredIndex
from xqg.index.integrity import check_data, version_files
from xqg.index.manifest import FORMAT, Manifest
from xqg.index.notes import Notes
from xqg.index.operations import columns_added, commit
from xqg.index.store import CACHE, check_folder, format_of, latest_dataset, manifest_row
from xqg.index.work import Work
from xqg.kept import locked

__all__ = ["upgrade_index"]


def upgrade_index(path: Path | str) -> tuple[int, StoredIndex]:
    """Convert the latest version of an index of format 2; an index of this format is left as it is.

    Format 2 kept counts in its manifest. They are counted from the rows now; what rows cannot tell goes
    into the commit: the next block's number, and how many passages were skipped. Languages get a column
    of verdicts that is null, and the numbers of judged queries stay in the manifest. Versions before
    this one stay in the history, but cannot be gone back to.

    Returns:
        The version that was converted, or is of this format already; the index at its latest version.

    Raises:
        XqgError: no index; one of another format; a damaged file; an unfinished change or another
            writer at work.
    """
    path = Path(path)
    check_folder(path)
    with locked(path, f"{path}: another process is changing it; wait for it and run the command again"):
        dataset = latest_dataset(path)
        if format_of(dataset, path) == FORMAT:
            index = StoredIndex.open(path)  # also where a kill came between commit and seal
            if Work.pending(path / WORK) is None:
                seal(path, index.version)
            return index.version, index
        _check_no_work(path)
        listed = read_checksums(path)
        check_data(path, [*version_files(dataset), *({} if listed is None else listed.files)], again=True)
        row = manifest_row(dataset, path)
        manifest = _converted(row, path)
        fragments = [fragment.metadata for fragment in dataset.get_fragments()]
        schema = dataset.schema.remove_metadata()
        for code in manifest.languages:
            schema = schema.append(columns.verdicts_field(code))
        notes = Notes(int(row["generation"]["blocks"]), int(row["counts"]["skipped"]))
        message = {"command": "upgrade", "from_format": row["format"], "notes": notes.to_json()}
        commit(path, columns_added(fragments, schema, manifest), message, dataset)
        seal(path, dataset.version + 1)
        shutil.rmtree(path / CACHE, ignore_errors=True)  # of another layout
        return dataset.version, StoredIndex.open(path)


def _converted(row: dict[str, Any], path: Path) -> Manifest:
    """The manifest of format 3 from one of format 2.

    Raises:
        XqgError: it is broken.
    """
    kept = {name: value for name, value in row.items() if name not in ("counts", "content")}
    try:
        judged = {code: pair for code, pair in row["counts"]["wrong_language"].items() if pair[0]}
        int(row["generation"]["blocks"]), int(row["counts"]["skipped"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise XqgError(f"{path}: its manifest is broken ({error}); build the index again") from None
    return Manifest.loads(json.dumps({**kept, "judged": judged, "format": FORMAT}), str(path))


def _check_no_work(path: Path) -> None:
    pending = Work.pending(path / WORK)
    if pending is not None:
        raise XqgError(
            f"{path / WORK}: an interrupted `xqg {pending['command']}` of an older xqg is not finished; finish it with "
            f"that xqg, or delete {path / WORK} to give it up"
        )
