"""Training examples of XQuAD-R: as XQuAD's, over sentences."""

from __future__ import annotations

from xqg.training.examples.sources.xquad import load

__all__ = ["load"]
