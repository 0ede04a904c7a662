"""What the door's functions take in more than one form."""

from __future__ import annotations

import os
from typing import Any

__all__ = ["EncoderLike", "GeneratorLike", "PathLike"]

PathLike = str | os.PathLike[str]
EncoderLike = Any  # a name, a folder, or an object that encodes: see `xqg.encoding.as_encoder`
GeneratorLike = Any  # a name, a folder, or an object or function that writes queries: see `xqg.queries.as_generator`
