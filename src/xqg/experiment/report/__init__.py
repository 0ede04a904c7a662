"""Reports of a comparison: Markdown, HTML, LaTeX, and what is printed on the terminal; plots."""

from __future__ import annotations

from xqg.experiment.report.html import html
from xqg.experiment.report.latex import latex
from xqg.experiment.report.markdown import markdown
from xqg.experiment.report.plots import bars, curve, forest
from xqg.experiment.report.terminal import terminal

__all__ = ["bars", "curve", "forest", "html", "latex", "markdown", "terminal"]
