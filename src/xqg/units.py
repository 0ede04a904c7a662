"""Numbers for people: sizes, durations, rates."""

from __future__ import annotations

__all__ = ["duration", "rate", "size"]


def size(number: int) -> str:
    """Bytes for people: `1.5 MB`, in powers of 1,000."""
    value, unit = float(number), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{number} B" if unit == "B" else f"{value:.1f} {unit}"


def duration(seconds: float) -> str:
    """Time for people, in its two largest units: `40 s`, `12 min`, `7 h 12 min`, `3 d 4 h`."""
    if seconds < 60:
        return f"{max(round(seconds), 0)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    days, hours = divmod(round(seconds / 3600), 24)
    return f"{days} d {hours} h"


def rate(number: float, seconds: float) -> str:
    """How many a second, to about two figures: `0.42`, `3.8`, `1,234`."""
    value = number / seconds if seconds > 0 else 0.0
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"
