"""Formats that an index is exported to, by name; one file each."""

from __future__ import annotations

from xqg.index.export.request import Format
from xqg.registry import Registry

__all__ = ["FORMATS"]

FORMATS: Registry[Format] = Registry("format", "xqg.index.export.formats", group="xqg.exports")
