"""The door: what xqg does, as Python functions and one class. The command line is on top of it, with nothing in it."""

from xqg.door.convert import convert
from xqg.door.generate import generate
from xqg.door.hits import Hits
from xqg.door.index import Index
from xqg.door.train import train
from xqg.door.verify import verify

__all__ = ["Hits", "Index", "convert", "generate", "train", "verify"]
