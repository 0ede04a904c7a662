"""Things by name: each is a file of its own in a folder of xqg, or comes from another package.

A folder such as `experiment/systems/` holds one thing a file. The file's name is the thing's name, with
hyphens for underscores (`target_n.py` is `target-n`), and the first name of the file's `__all__` is the
thing itself. Nothing is imported to know which names there are, and there is no list to edit.

Other packages add theirs through entry points of the group that the registry names:

    [project.entry-points."xqg.systems"]
    title-match = "my_package:TitleMatch"
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from functools import cached_property
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Generic, TypeVar

from xqg.errors import XqgError, first_line

__all__ = ["Registry"]

Thing = TypeVar("Thing")


class Registry(Generic[Thing]):
    """The things of one kind. Iterating gives their names; a name in brackets the thing, imported then."""

    def __init__(self, kind: str, folder: str, *, group: str) -> None:
        """Nothing is looked up yet.

        Args:
            kind: what messages call one of them: `measure`.
            folder: the package whose modules they are: `xqg.evaluation.measures`.
            group: of the entry points by which other packages add theirs: `xqg.measures`.
        """
        self.kind = kind
        self.group = group
        self._folder = folder
        self._loaded: dict[str, Thing] = {}

    @cached_property
    def _own(self) -> dict[str, str]:
        """Name → module, of xqg's own."""
        spec = find_spec(self._folder)
        places = list(spec.submodule_search_locations or ()) if spec is not None else []
        modules = sorted(module.name for module in pkgutil.iter_modules(places))
        return {name.replace("_", "-"): f"{self._folder}.{name}" for name in modules if name[0] != "_"}

    @cached_property
    def _brought(self) -> dict[str, metadata.EntryPoint]:
        """Name → entry point, of other packages; xqg's own names cannot be taken."""
        found = metadata.entry_points(group=self.group)
        return {point.name: point for point in sorted(found, key=lambda one: one.name) if point.name not in self._own}

    @property
    def own(self) -> tuple[str, ...]:
        """The names of xqg's own, sorted; no other package is looked at."""
        return tuple(self._own)

    def __iter__(self) -> Iterator[str]:
        """Names, xqg's own first; each part sorted."""
        return iter([*self._own, *self._brought])

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self._brought

    def __len__(self) -> int:
        return len(self._own) + len(self._brought)

    def __getitem__(self, name: str) -> Thing:
        """The thing of a name.

        Raises:
            XqgError: there is none; another package's cannot be imported.
        """
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def items(self) -> Iterator[tuple[str, Thing]]:
        """Every name with its thing."""
        return ((name, self[name]) for name in self)

    def ordered(self, key: Callable[[Thing], int]) -> list[str]:
        """The names in an order that the things themselves give; those of equal keys by name."""
        return sorted(self, key=lambda name: (key(self[name]), name))

    def _load(self, name: str) -> Thing:
        if name in self._own:
            module = import_module(self._own[name])
            thing: Thing = getattr(module, module.__all__[0])
            return thing
        if name not in self._brought:
            raise XqgError(f"unknown {self.kind} {name!r}; use one of {', '.join(self)}")
        point = self._brought[name]
        try:
            thing = point.load()
        except Exception as error:  # whatever another package's import may end in
            raise XqgError(
                f"{self.kind} {name!r} of entry point {point.value} cannot be imported ({first_line(error)}); "
                "mend or uninstall the package that brings it"
            ) from None
        return thing
