"""`python -m tools.atlas`: write the file of atlas into the package."""

from __future__ import annotations

import sys

from tools.atlas.make import write
from xqg.benchmarks.atlas import DATA
from xqg.errors import XqgError


def main() -> int:
    """Write it; the exit code."""
    try:
        write(DATA)
    except XqgError as error:
        print(f"tools.atlas: {error}", file=sys.stderr)
        return 2
    print(f"{DATA}: {DATA.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
