"""The maker of atlas: what xqg ships is what it makes of CLDR, to the last byte."""

from __future__ import annotations

import gzip
from pathlib import Path

import babel
import pytest

from tools.atlas import __main__ as command
from tools.atlas import make
from xqg.benchmarks.atlas import DATA, LANGUAGES, wordings
from xqg.errors import XqgError

needs_babel = pytest.mark.skipif(
    not make.can_make(), reason=f"atlas is made from babel {make.BABEL}; here is {babel.__version__}"
)


@needs_babel
def test_what_is_shipped_is_what_is_made() -> None:
    shipped, made = gzip.decompress(DATA.read_bytes()), make.written(make.atlas())
    assert shipped.splitlines() == made.splitlines()  # a difference is shown by line
    assert shipped == made


@needs_babel
def test_facts_and_wordings_of_every_kind() -> None:
    from tools.atlas.facts import KINDS

    data = make.atlas()
    assert list(data["wordings"]) == list(LANGUAGES)
    assert all(set(data["wordings"][language]) == set(KINDS) for language in LANGUAGES)
    assert {kind for row in data["entities"] for kind in row["facts"]} == set(KINDS)
    assert {one for row in data["entities"] for passage in row["passages"] for one in passage["facts"]} == set(KINDS)


@needs_babel
def test_the_file_is_the_same_whenever_it_is_written(tmp_path: Path) -> None:
    for name in ("one.gz", "two.gz"):
        make.write(tmp_path / "new" / name)
    one, two = ((tmp_path / "new" / name).read_bytes() for name in ("one.gz", "two.gz"))
    assert one == two
    assert one[3:8] == bytes(5)  # no name in the header, and no time
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["one.gz", "two.gz"]


def test_another_babel_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.setattr(babel, "__version__", "2.181.0")
    assert not make.can_make()
    with pytest.raises(XqgError, match=r"atlas is made from babel 2\.18, not 2\.181\.0; pip install 'babel==2\.18"):
        make.atlas()
    before = DATA.read_bytes()
    assert command.main() == 2
    assert capsys.readouterr().err.startswith("tools.atlas: atlas is made from babel 2.18")
    assert DATA.read_bytes() == before


def test_the_licence_of_the_data_lies_beside_them() -> None:
    licence = (DATA.parent / "LICENSE-unicode.txt").read_text(encoding="utf-8")
    assert licence.startswith("UNICODE LICENSE V3")
    assert "Copyright © 2004-2025 Unicode, Inc." in licence


def test_the_wordings_are_those_of_the_templates() -> None:
    """Those do not hang on babel, so that they are compared wherever the tests run."""
    import json

    for language in LANGUAGES:
        path = make.QUESTIONS / f"{language}.json"
        assert json.loads(path.read_text(encoding="utf-8")) == wordings(language)
