"""Measures by name: of runs (`R@5`, `RR@10`, `R@2kt`, `Answer@5`) and of a reader's answers (`EM`, `F1`).

A new measure is one new file beside these, with `EXAMPLES` and `parse`, and its name in `FAMILIES`.
"""

from __future__ import annotations

import re

from xqg.errors import XqgError
from xqg.evaluation.measure import Family, Measure, ReaderMeasure, RunMeasure
from xqg.evaluation.measures import answer, exact_match, f1, kilotoken, language_bias, mlqa, ranking
from xqg.evaluation.measures.kilotoken import tokenizer_name

__all__ = ["Measure", "ReaderMeasure", "RunMeasure", "parse", "parse_many", "tokenizer_name"]

# The first that knows a name takes it.
FAMILIES: tuple[Family, ...] = (kilotoken, answer, exact_match, f1, mlqa, language_bias, ranking)


def parse(text: str) -> Measure:
    """The measure of a name.

    Raises:
        XqgError: no family knows the name (examples are listed), or its parameters are wrong.
    """
    for family in FAMILIES:
        measure = family.parse(text)
        if measure is not None:
            return measure
    examples = ", ".join(example for family in FAMILIES for example in family.EXAMPLES)
    raise XqgError(f"unknown measure {text!r}; use for example {examples}")


def parse_many(text: str) -> list[Measure]:
    """The measures of names separated by white space; order is kept.

    Raises:
        XqgError: as `parse`; no name; a measure named twice, aliases included.
    """
    # White space inside parentheses belongs to the name: "P(rel=2, judged_only=True)@5".
    measures = [parse(name) for name in re.findall(r"(?:\([^()]*\)|\S)+", text)]
    if not measures:
        raise XqgError('no measure given; name some, such as "R@5 RR@10 Answer@5"')
    names = [measure.name for measure in measures]
    for name in names:
        if names.count(name) > 1:
            raise XqgError(f"measure {name} is given twice in {text!r}; give it once")
    return measures
