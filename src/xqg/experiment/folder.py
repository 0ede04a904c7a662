"""The folder of a comparison: whose it is, and whole files in it."""

from __future__ import annotations

import json
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from xqg.errors import XqgError
from xqg.kept import atomic_path, sha256_of

__all__ = ["RESULTS", "SETTINGS", "check_folder", "claim", "file_hash", "read_json", "setting_folder", "versions", "write_json"]

SETTINGS = "settings.json"
RESULTS = "results"  # the key of settings.json that the end of a run adds
_LIBRARIES = ("xqg", "torch", "transformers", "sentence-transformers", "faiss-cpu", "ir-measures", "babel")


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that numbers depend on."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in _LIBRARIES}}


def check_folder(out: Any) -> None:
    """Refuse what cannot be a folder; None is fine: nothing is to be kept.

    Raises:
        XqgError: no path, or a file's.
    """
    if out is not None and not isinstance(out, str | Path):
        raise XqgError(f"`out` is {out!r}; give the path of a folder, or leave it out")
    if out is not None and Path(out).is_file():
        raise XqgError(f"{out}: is a file; choose another `out`")


def claim(folder: Path, identity: dict[str, Any]) -> None:
    """Write `identity` to settings.json; go on where the same comparison was interrupted.

    Raises:
        XqgError: the folder holds another comparison (the first difference is named), is a file,
            or cannot be written.
    """
    path = folder / SETTINGS
    identity = json.loads(json.dumps(identity))
    if path.is_file():
        try:
            there = json.loads(path.read_text(encoding="utf-8"))
            there.pop(RESULTS, None)
        except (ValueError, AttributeError, TypeError):
            raise XqgError(f"{path}: broken; delete {folder} or choose another `out`") from None
        for key in [*identity, *(key for key in there if key not in identity)]:
            if there.get(key) != identity.get(key):
                raise XqgError(
                    f"{folder} holds another comparison: {key} is {_short(there.get(key))} there and "
                    f"{_short(identity.get(key))} now; choose another `out` or delete it"
                )
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(path, identity)
    except OSError as error:
        raise XqgError(f"{folder}: cannot be written ({error.strerror}); choose another `out`") from None


def setting_folder(folder: Path, number: int, name: str) -> Path:
    """Where a setting's files are: of the one that was asked for (number 0) in the folder itself."""
    return folder if number == 0 else folder / "variants" / name


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes; of a folder, of the names and bytes of its files.

    Raises:
        XqgError: it cannot be read.
    """
    try:
        return f"sha256:{sha256_of(path)}"
    except OSError as error:
        raise XqgError(f"{path}: cannot be read ({error.strerror}); give a JSONL file of queries") from None


def read_json(path: Path) -> Any:
    """What `write_json` wrote.

    Raises:
        XqgError: no such file, or no JSON in it.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise XqgError(f"{path}: cannot be read ({error.strerror}); give a folder that a comparison left") from None
    except ValueError:
        raise XqgError(f"{path}: broken; run the comparison again") from None


def write_json(path: Path, content: Any) -> None:
    """Write readable JSON, all or nothing."""
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"
