"""The pages of docs/ and the README: their examples run, and show what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pages import DOCS, blocks, run_blocks, write_package

ROOT = DOCS.parent


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The names of a page, which runs in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return {"__name__": "__main__"}


def test_python(names: dict[str, object]) -> None:
    page = DOCS / "python.md"
    run_blocks(page, blocks(page), names)


def test_extend(names: dict[str, object], tmp_path: Path, install: Callable[[Path], None]) -> None:
    page = DOCS / "extend.md"
    found = blocks(page)
    write_package(found, tmp_path / "site")
    install(tmp_path / "site")
    run_blocks(page, found, names)


def test_extend_shows_every_kind() -> None:
    """A kind of thing is an entry point's group, named where its registry is made."""
    made = re.compile(r'group=f?"xqg\.([a-z.]+)')
    source = ROOT / "src" / "xqg"
    kinds = {kind for path in source.rglob("*.py") for kind in made.findall(path.read_text(encoding="utf-8"))}
    shown = re.findall(r'entry-points\."xqg\.([a-z.]+)"', (DOCS / "extend.md").read_text(encoding="utf-8"))
    assert len(kinds) == len(shown)
    assert {kind.split(".")[0] for kind in kinds} == {kind.split(".")[0] for kind in shown}


def test_readme(names: dict[str, object], tmp_path: Path) -> None:
    page = ROOT / "README.md"
    text = page.read_text(encoding="utf-8")
    rows = re.search(r"<<'EOF'\n(.*?)^EOF$", text, re.DOTALL | re.MULTILINE)
    assert rows is not None
    (tmp_path / "passages.jsonl").write_text(rows[1], encoding="utf-8")
    import xqg

    arguments = {"encoder": "mini", "generator": "mini", "languages": "ja,fi", "alpha": 0.1}
    assert "--encoder mini --generator mini --languages ja,fi --alpha 0.1 --out my-index" in text
    xqg.Index.build("my-index", "passages.jsonl", **arguments, progress=False)
    run_blocks(page, blocks(page), names)


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(DOCS.glob("*.md"))], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
