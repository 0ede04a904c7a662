"""Measures by name: of rankings (`R@5`, `RR@10`, `R@2kt`, `Answer@5`) and of a reader's answers (`EM`, `F1`).

A new measure is one new file beside these with a class derived from `Measure`; see that class. The files
that know their names by heart are asked first, then ir-measures (`ranking.py`), then other packages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from xqg.errors import XqgError
from xqg.evaluation.measure import Measure, as_measure
from xqg.registry import Registry

__all__ = ["MEASURES", "measures_of", "parse", "parse_many"]

MEASURES: Registry[Any] = Registry("measure", "xqg.evaluation.measures", group="xqg.measures")


def parse(text: str) -> Measure:
    """The measure of a name.

    Raises:
        XqgError: nobody knows the name (examples are listed), or its parameters are wrong.
    """
    for kind in _kinds():
        measure = kind.parse(text)
        if measure is not None:
            return measure
    examples = ", ".join(example for kind in _kinds() for example in kind.examples)
    raise XqgError(f"unknown measure {text!r}; use for example {examples}")


def _kinds() -> Iterator[type[Measure] | _Fixed]:
    """In the order in which they are asked; those of other packages are imported only when xqg's own are through."""
    own = [MEASURES[name] for name in MEASURES.own]
    yield from sorted(own, key=lambda kind: kind.tried_last)
    for name in MEASURES:
        if name not in MEASURES.own:
            thing = MEASURES[name]
            is_kind = isinstance(thing, type) and issubclass(thing, Measure)
            yield thing if is_kind else _Fixed(thing() if isinstance(thing, type) else thing)


class _Fixed:
    """Another package's object with a name and values: a kind of one measure."""

    def __init__(self, thing: Any) -> None:
        self._measure = as_measure(thing)
        self.examples = (self._measure.name,)

    def parse(self, text: str) -> Measure | None:
        return self._measure if text == self._measure.name else None


def parse_many(text: str) -> list[Measure]:
    """The measures of names separated by white space; order is kept.

    Raises:
        XqgError: as `parse`; no name; a measure named twice, aliases included.
    """
    return measures_of(text)


def measures_of(measures: str | Measure | Iterable[Any]) -> list[Measure]:
    """Names and objects as measures; order is kept.

    Args:
        measures: one text of names separated by white space (`"R@5 RR@10"`), one measure, or several of
            both: `["R@5", MyMeasure()]`; see `as_measure`.

    Raises:
        XqgError: as `parse` and `as_measure`; none; a measure given twice, aliases included.
    """
    if isinstance(measures, str | Measure) or not isinstance(measures, Iterable):
        measures = [measures]
    parsed: list[Measure] = []
    for one in measures:
        parsed += map(parse, _names(one)) if isinstance(one, str) else [as_measure(one)]
    if not parsed:
        raise XqgError('no measure given in `measures`; name some, such as "R@5 RR@10 Answer@5"')
    names = [measure.name for measure in parsed]
    for name in names:
        if names.count(name) > 1:
            raise XqgError(f"measure {name} is given twice in `measures`; give it once")
    return parsed


def _names(text: str) -> list[str]:
    # White space inside parentheses belongs to the name: "P(rel=2, judged_only=True)@5".
    return re.findall(r"(?:\([^()]*\)|\S)+", text)
