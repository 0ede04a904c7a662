"""Pages of docs/ as tests: their Python runs, block after block, and what a block shows is compared.

A block with `>>>` is a doctest, any other one a script; all blocks of a page share their names. What a page
shows was measured on one machine: decimals may differ a little elsewhere, words and whole numbers may not.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

__all__ = ["DOCS", "OPTIONS", "Block", "Nearly", "blocks", "run_blocks", "run_example", "write_package"]

DOCS = Path(__file__).parents[1] / "docs"
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_GAP = re.compile(r"^(?=\n(?!>>>|\n))", re.MULTILINE)  # a blank line within what a block shows
_FILE = re.compile(r"# (\S+\.py)\n")  # the first line of a block that is a file of a package
_GROUP = re.compile(r'\[project\.entry-points\."([\w.]+)"\]')
_MARKS = re.compile("[ⁿᵐₙₘ]")
_P = re.compile(r"(p [=<] )[\d.e-]+")
_DECIMAL = re.compile(r"[+-]?\d+\.\d+")
POINTS, SHARE = 5.0, 0.05  # by which a percentage, and a score or share, may differ


class Block(NamedTuple):
    """A fenced block of a page, and the line that its text begins in, from 1."""

    language: str
    text: str
    line: int


class Nearly(doctest.OutputChecker):
    """As doctest, but decimals may differ a little, p-values altogether, and marks of significance with them."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if super().check_output(want, got, optionflags):
            return True
        texts = [_P.sub(r"\1#", _MARKS.sub("", text)) for text in (want, got)]
        if not super().check_output(*(_DECIMAL.sub("#", text) for text in texts), optionflags):
            return False
        pairs = zip(*(map(float, _DECIMAL.findall(text)) for text in texts), strict=False)
        return "..." in want or all(abs(a - b) <= (SHARE if abs(a) <= 1 else POINTS) for a, b in pairs)


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a Markdown page that name a language."""
    text = page.read_text(encoding="utf-8")
    return [Block(one[1], one[2], text.count("\n", 0, one.start()) + 2) for one in _FENCE.finditer(text)]


def run_example(example: doctest.DocTest, names: dict[str, Any] | None = None) -> None:
    """Run a doctest with further names; those that it makes are in its `globs` afterwards."""
    example.globs.update(names or {})
    said: list[str] = []
    runner = doctest.DocTestRunner(checker=Nearly(), optionflags=OPTIONS)
    ended = runner.run(example, out=said.append, clear_globs=False)
    if ended.failed:
        pytest.fail("".join(said), pytrace=False)


def run_blocks(page: Path, found: Sequence[Block], names: dict[str, Any]) -> None:
    """Run the Python and the commands among some blocks of a page, one after the other.

    Args:
        names: theirs, before and after.
    """
    for number, block in enumerate(found):
        if block.language == "sh":
            shown = found[number + 1].text if found[number + 1 :] and found[number + 1].language == "text" else None
            _run_commands(block, shown)
        elif block.language == "python" and ">>>" in block.text:
            text = _GAP.sub("<BLANKLINE>", block.text)
            parsed = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), block.line - 1)
            run_example(parsed)
            names.update(parsed.globs)
        elif block.language == "python" and _FILE.match(block.text) is None:
            exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), names)


def _run_commands(block: Block, shown: str | None) -> None:
    """Run lines that begin with `xqg` as another process does, with the packages that this one finds."""
    said = ""
    for line in block.text.splitlines():
        arguments = line.split()
        assert arguments[0] == "xqg", line
        ended = subprocess.run(
            [sys.executable, "-m", *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert ended.returncode == 0, ended.stderr
        said += ended.stdout
    assert shown is None or Nearly().check_output(shown, said, OPTIONS), said


def write_package(found: Sequence[Block], site: Path) -> None:
    """Write the package that a page shows: files by their first line, entry points as TOML, its metadata."""
    entry_points = []
    for block in found:
        named = _FILE.match(block.text)
        if block.language == "python" and named:
            path = site / named[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.language == "toml":
            entry_points.append(_GROUP.sub(r"[\1]", block.text).replace('"', ""))
    info = site / "my_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("\n".join(entry_points))
