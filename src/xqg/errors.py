"""The one exception that a user is meant to see."""

from __future__ import annotations

__all__ = ["XqgError", "first_line"]


class XqgError(Exception):
    """Something the user can mend: bad input, a wrong setting, a missing file.

        >>> xqg.benchmark("atlos")
        Traceback (most recent call last):
        xqg.errors.XqgError: unknown benchmark 'atlos': it is neither one of ...

    The message is one line that says what is wrong (file and line where there is one) and what
    to do. The command line prints it and exits with code 2; nothing half-written is left behind.
    """


def first_line(error: Exception, most: int = 160) -> str:
    """What another library's error says, cut to one line of `most` characters; its kind where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:most]
