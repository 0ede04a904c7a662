"""The paper-ready table of a comparison, in LaTeX with booktabs."""

from __future__ import annotations

import re

from xqg.experiment.contrasts import LEVEL
from xqg.experiment.measurements import Measurements
from xqg.experiment.report.tables import BOUND, Cell, by_language
from xqg.experiment.report.words import describe

__all__ = ["latex"]

_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "α": r"$\alpha$",
}  # fmt: skip


def latex(results: Measurements) -> str:
    r"""Systems by question language and their mean, for the asked setting and the primary measure.

    Best value of a column in bold, bounds apart and never in bold; superscripts n, m: significantly
    better than `none`, `mono`; subscripts: worse. Needs `\usepackage{booktabs}`.
    """
    view, measure = results.views[0], results.primary_measure
    header, *rows = by_language(results, view, measure)
    blocks: dict[int, list[str]] = {}
    for number, row in enumerate(rows):
        system = results.systems[number] if number < len(results.systems) else None  # None: the ceiling
        place = 2 if system is None or system.bound else 1 if system.baseline else 0
        blocks.setdefault(place, []).append(" & ".join(map(_cell, row)) + r" \\")
    lines = [
        r"\begin{table*}",
        r"\centering\small",
        r"\setlength{\tabcolsep}{4pt}",
        r"\begin{tabular}{l" + "r" * (len(header) - 1) + "}",
        r"\toprule",
        " & ".join(escaped(cell.text) for cell in header) + r" \\",
    ]
    for place in sorted(blocks):
        lines += [r"\midrule", *blocks[place]]
    bounds = any(row[0].text.endswith(BOUND) for row in rows)
    lines += [
        r"\bottomrule",
        r"\end{tabular}",
        rf"\caption{{{_caption(results, measure, bounds=bounds)}}}",
        rf"\label{{tab:xqg-{re.sub(r'[^A-Za-z0-9]+', '-', results.benchmark)}}}",
        r"\end{table*}",
    ]
    return "\n".join(lines)


def _caption(results: Measurements, measure: str, *, bounds: bool) -> str:
    marks = (
        rf"Superscripts $n$, $m$: better than \emph{{none}}, \emph{{mono}} of the same fusion; subscripts: worse "
        rf"(paired two-sided $t$-test, clustered, $p < {LEVEL}$ after Holm's correction; the primary contrast, "
        r"\emph{cross} against \emph{mono} in the mean, is not corrected)."
    )
    bound = r" $^{\dagger}$ Upper bound, not ranked with the rest." if bounds else ""
    about = escaped(describe(results, results.views[0]))
    return f"{escaped(measure)} by question language, {escaped(results.benchmark)}: {about} {marks}{bound}"


def _cell(cell: Cell) -> str:
    text = escaped(cell.text.removesuffix(BOUND)) + (r"$^{\dagger}$" if cell.text.endswith(BOUND) else "")
    if cell.best:
        text = rf"\textbf{{{text}}}"
    above = "".join(versus[0] for versus in cell.better)
    below = "".join(versus[0] for versus in cell.worse)
    marks = (f"^{{{above}}}" if above else "") + (f"_{{{below}}}" if below else "")
    return text + (f"${marks}$" if marks else "")


def escaped(text: str) -> str:
    """Text with LaTeX's special characters escaped."""
    return "".join(_SPECIAL.get(character, character) for character in text)
