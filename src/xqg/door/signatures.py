"""Functions that take the keyword arguments of another: one place says which there are, and what they default to."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["takes"]

Function = TypeVar("Function", bound=Callable[..., Any])


def takes(template: Callable[..., Any]) -> Callable[[Function], Function]:
    """Show the keyword arguments of `template` in place of a function's `**` parameter: in help, in notebooks."""

    def show(function: Function) -> Function:
        own = inspect.signature(function)
        taken = [one for one in inspect.signature(template).parameters.values() if one.kind is one.KEYWORD_ONLY]
        kept = [one for one in own.parameters.values() if one.kind is not one.VAR_KEYWORD]
        ordered = sorted([*taken, *kept], key=lambda one: one.kind)
        function.__signature__ = own.replace(parameters=ordered)  # type: ignore[attr-defined]
        return function

    return show
