"""Pages of docs/ as tests: their Python runs, block after block, and what a block shows is compared.

A block with `>>>` is a doctest, any other one a script; all blocks of a page share their names. What a page
shows was measured on one machine: decimals may differ a little elsewhere, words and whole numbers may not.
"""

from __future__ import annotations

import doctest
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

__all__ = ["DOCS", "OPTIONS", "Block", "Nearly", "blocks", "run_blocks", "run_example"]

DOCS = Path(__file__).parents[1] / "docs"
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_GAP = re.compile(r"^(?=\n(?!>>>|\n))", re.MULTILINE)  # a blank line within what a block shows
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
    """Run the Python among some blocks of a page, one after the other; `names` are theirs, before and after."""
    for block in found:
        if block.language != "python":
            continue
        if ">>>" in block.text:
            text = _GAP.sub("<BLANKLINE>", block.text)
            parsed = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), block.line - 1)
            run_example(parsed)
            names.update(parsed.globs)
        else:
            exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), names)
