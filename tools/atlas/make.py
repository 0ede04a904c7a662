"""The file of atlas: everything that `xqg.benchmarks.atlas` reads, in one JSON, compressed."""

from __future__ import annotations

import gzip
import io
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import babel

from tools.atlas.facts import facts_of
from tools.atlas.names import entities
from tools.atlas.passages import passages
from xqg.benchmarks.atlas import LANGUAGES, AtlasPassage, Entity
from xqg.errors import XqgError
from xqg.kept import atomic_path

__all__ = ["BABEL", "atlas", "can_make", "compressed", "write", "written"]

BABEL = "2.18"  # has CLDR 47; another version has other data, and would be another benchmark
QUESTIONS = Path(__file__).parent / "questions"


def can_make() -> bool:
    """Whether the installed babel is the one that atlas is made from."""
    return babel.__version__.startswith(f"{BABEL}.")


def atlas() -> dict[str, Any]:
    """The whole of it; the same on every machine.

    Raises:
        XqgError: another version of babel.
    """
    if not can_make():
        raise XqgError(f"atlas is made from babel {BABEL}, not {babel.__version__}; pip install 'babel=={BABEL}.*'")
    about: dict[str, list[AtlasPassage]] = defaultdict(list)
    for passage in passages():
        about[passage.entity.key].append(passage)
    return {
        "source": "Unicode CLDR 47; LICENSE-unicode.txt",
        "wordings": {code: json.loads((QUESTIONS / f"{code}.json").read_text(encoding="utf-8")) for code in LANGUAGES},
        "entities": [_row(entity, about[entity.key]) for entity in entities().values()],
    }


def _row(entity: Entity, about: list[AtlasPassage]) -> dict[str, Any]:
    return {
        "kind": entity.kind,
        "code": entity.code,
        "split": entity.split,
        "names": entity.names,
        "english": entity.english,
        "facts": {kind: list(fact.answers) for kind, fact in facts_of(entity).items()},
        "passages": [
            {"id": one.id, "title": one.title_template, "text": one.text_template, "facts": list(one.facts)}
            for one in about
        ],
    }


def written(data: dict[str, Any]) -> bytes:
    """As JSON in UTF-8, for people to read, too."""
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def compressed(content: bytes) -> bytes:
    """By gzip, without a time or name: the same content gives the same bytes (of one version of zlib)."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(content)
    return buffer.getvalue()


def write(path: Path) -> None:
    """Make it and write it to `path`.

    Raises:
        XqgError: another version of babel.
    """
    content = compressed(written(atlas()))
    path.parent.mkdir(exist_ok=True)
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)
