"""Which systems run: those that were named, or all that the benchmark and the queries can fill."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from xqg.benchmarks.benchmark import Benchmark
from xqg.errors import XqgError
from xqg.experiment.plan import Plan
from xqg.experiment.query_source import QueryFile, needed
from xqg.experiment.system import SYSTEMS, RankingObject, System

__all__ = ["Names", "Selection", "Wanted", "wanted_systems"]

# `none,mono`, one object, or a list of names and objects; None: not said
Names = str | System | type[System] | Sequence[str | System | type[System]] | None

ALL, NONE = "all", "none"
NOT_DEFAULT = "not among the default arms; ask for it by name, or for all arms"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wanted:
    """What was asked for, before anything is known of the benchmark.

    Attributes:
        required: each runs or is an error.
        optional: each runs where it can be filled.
        skipped: could run, but only where they are named: name → reason.
        listed: whether `systems` named them all, not `arms` and `baselines`.
    """

    required: Sequence[System]
    optional: Sequence[System]
    skipped: dict[str, str]
    listed: bool = False

    def argument(self, system: System) -> str:
        """The argument that names a system, for messages."""
        return "systems" if self.listed else f"{system.kind}s"


def wanted_systems(systems: Names = None, arms: Names = None, baselines: Names = None) -> Wanted:
    """Names and objects as systems.

    Args:
        systems: the complete list. Without it arms and baselines are chosen apart:
        arms: systems that add queries to vectors, `all` that can be filled; None: the same but those
            that are not `default`.
        baselines: the other systems, `all` that can be filled, or `none`; None: as `all`.

    Raises:
        XqgError: an unknown or repeated name, none at all, `systems` together with the others.
    """
    if systems is not None:
        if arms is not None or baselines is not None:
            raise XqgError("`systems` is the complete list; leave out `arms` and `baselines`, or give them alone")
        return Wanted(_named(systems, "system", list(SYSTEMS)), [], {}, listed=True)
    own = _table(SYSTEMS.own)
    augmented = [system for system in own if system.augmented]
    others = [system for system in own if not system.augmented]
    required: list[System] = []
    optional: list[System] = []
    skipped: dict[str, str] = {}
    if arms is None:
        optional += [system for system in augmented if system.default]
        skipped = {system.name: NOT_DEFAULT for system in augmented if not system.default}
    elif arms == ALL:
        optional += augmented
    else:
        required += _named(arms, "arm", [system.name for system in augmented])
    if baselines is None or baselines == ALL:
        optional += others
    elif baselines not in (NONE, [], ()):
        required += _named(baselines, "baseline", [system.name for system in others])
    return Wanted(required, optional, skipped)


def _table(names: Sequence[str]) -> list[System]:
    """Systems by name, in the order of tables."""
    return sorted((SYSTEMS[name]() for name in names), key=lambda system: (system.order, system.name))


def _named(given: Any, kind: str, known: Sequence[str]) -> list[System]:
    """Those of the names and objects, in the order of tables; objects of a user last, in theirs."""
    if isinstance(given, str):
        given = [part.strip() for part in given.split(",") if part.strip()]
    elif hasattr(given, "rank"):  # one object
        given = [given]
    elif not isinstance(given, Iterable):
        raise XqgError(f"`{kind}s` is {given!r:.80}; give {_ways(known)}, or a list of them")
    systems: dict[str, System] = {}
    for part in given:
        system = _one(part, kind, known)
        if system.name in systems:
            raise XqgError(f"{kind} {system.name!r} is given twice; give it once")
        systems[system.name] = system
    if not systems:
        raise XqgError(f"no {kind} given; use `{kind}s` with some of {', '.join(known)}{_or_all(kind)}")
    return sorted(systems.values(), key=lambda system: system.order)


def _one(part: Any, kind: str, known: Sequence[str]) -> System:
    if isinstance(part, str):
        if part not in known:
            alone = " alone" if kind == "baseline" and part in (NONE, ALL) else ""
            raise XqgError(f"unknown {kind} {part!r}; use {', '.join(known)}{_or_all(kind)}{alone}")
        part = SYSTEMS[part]  # a class; another package's need not derive from System
    if isinstance(part, type) and callable(getattr(part, "rank", None)):
        try:
            part = part()
        except TypeError as error:
            raise XqgError(f"`{kind}s` holds a class that cannot be made an object of ({error}); give an object") from None
    if isinstance(part, type) or not callable(getattr(part, "rank", None)):
        raise XqgError(f"`{kind}s` holds {part!r:.80}; give {_ways(known)}")
    name = getattr(part, "name", None)
    if not isinstance(name, str) or not re.fullmatch(r"[^\s/\\]+", name):  # files are called by it
        raise XqgError(f"`{kind}s` holds {part!r:.80}, whose `name` is {name!r}; give it one without spaces and slashes")
    return part if isinstance(part, System) else RankingObject(part)


def _ways(known: Sequence[str]) -> str:
    return f"names ({', '.join(known)}), or objects with a `name` and `rank`"


def _or_all(kind: str) -> str:
    return {"arm": ", or all", "baseline": ", or none or all"}.get(kind, "")


@dataclass(frozen=True)
class Selection:
    """What runs, in the order of the tables, and what of the rest does not: name → reason."""

    systems: Sequence[System]
    left_out: dict[str, str]

    def needs_queries(self, plan: Plan) -> bool:
        """Whether anything needs generated queries."""
        return any(needed(plan, self.systems, code) for code in plan.passage_languages)

    @classmethod
    def of(
        cls,
        wanted: Wanted,
        benchmark: Benchmark,
        plan: Plan,
        file: QueryFile | None,
        *,
        generator: bool,
        exact: bool,
    ) -> Selection:
        """The systems to run, known before a query is generated or a text encoded.

        Args:
            benchmark: with all its questions.
            file: of generated queries; None: they come from a generator.
            generator: whether there is one.
            exact: see `QueryFile.shortage`.

        Raises:
            XqgError: one that was asked for and cannot be filled; queries without a source.
        """
        source = _Source(benchmark, plan, file, generator, exact)
        systems, left_out = list(wanted.required), dict(wanted.skipped)
        for system in wanted.required:
            why = system.obstacle(benchmark, plan)
            if why is not None:
                raise XqgError(f"{system.kind} {system.name}: {why}; leave it out (`{wanted.argument(system)}`)")
        for system in wanted.optional:
            why = source.obstacle(system, systems)
            if why is None:
                systems.append(system)
            else:
                left_out[system.name] = why
        systems.sort(key=lambda system: system.order)
        for system in systems:
            for other in set(system.uses) - {one.name for one in systems}:
                added = "it (`systems`)" if wanted.listed else "that arm (`arms`)"
                raise XqgError(f"{system.kind} {system.name} fuses the run of arm {other}; add {added}")
        selection = cls(systems, left_out)
        if selection.needs_queries(plan) and not generator and file is None:
            who, without = ("systems", "systems that need none") if wanted.listed else ("arms", "`arms` none")
            raise XqgError(f"the {who} need generated queries; give `generator` M or `queries` FILE, or {without}")
        for name, why in left_out.items():
            if why != NOT_DEFAULT:  # nobody asked for those: the report says so, the terminal need not
                logger.warning("warning: %s is left out: %s", name, why)
        return selection


@dataclass(frozen=True)
class _Source:
    """What systems can be filled from: a file, else a generator, which fills any need, else nothing."""

    benchmark: Benchmark
    plan: Plan
    file: QueryFile | None
    generator: bool
    exact: bool

    def obstacle(self, system: System, others: Sequence[System]) -> str | None:
        """Why a system cannot run beside others; None: it can."""
        for name in system.uses:
            if all(other.name != name for other in others):
                return f"it fuses the run of arm {name}, which does not run"
        try:
            system.count(self.plan)
        except XqgError as error:  # no target language: there is no K
            return str(error)
        why = system.obstacle(self.benchmark, self.plan)
        if why is not None:
            return why
        if self.file is not None:
            return self.file.shortage(self.plan, system, self.benchmark.passages, self.exact)
        needs = any(needed(self.plan, [system], code) for code in self.plan.passage_languages)
        if needs and not self.generator and not system.augmented:
            return "it needs generated queries"
        return None
