"""`mini`: the encoder that xqg brings along, for tests and demonstrations; 2 MB, several languages."""

from __future__ import annotations

from xqg.encoding.named import NamedEncoder

__all__ = ["MINI"]

MINI = NamedEncoder("mini")
