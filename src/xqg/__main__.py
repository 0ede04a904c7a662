"""`python -m xqg`: the command line."""

from __future__ import annotations

from xqg.cli import main

if __name__ == "__main__":
    main()
