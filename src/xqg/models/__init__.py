"""Where models are: names, folders, model cards and fingerprints."""

from xqg.models.card import Card, read_card, warn_untrained
from xqg.models.fingerprint import fingerprint
from xqg.models.resolve import Kind, Location, resolve

__all__ = ["Card", "Kind", "Location", "fingerprint", "read_card", "resolve", "warn_untrained"]
