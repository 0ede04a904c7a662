"""Reports of a comparison: Markdown, HTML, LaTeX, and what is printed on the terminal; plots."""

from __future__ import annotations

from xqg.comparison.report.html import html
from xqg.comparison.report.latex import latex
from xqg.comparison.report.markdown import markdown
from xqg.comparison.report.plots import bars, curve, forest
from xqg.comparison.report.terminal import terminal

__all__ = ["bars", "curve", "forest", "html", "latex", "markdown", "terminal"]
