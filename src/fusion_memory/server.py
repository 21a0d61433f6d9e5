"""``python -m fusion_memory.server``: the HTTP service under the name that other systems start it by.

It is the command ``serve`` and knows nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from fusion_memory.cli.application import run


def main(words: Sequence[str] | None = None) -> int:
    """Serve with these options (``--host --port --db --storage-backend``); the exit code."""
    return run(["serve", *(sys.argv[1:] if words is None else words)])


if __name__ == "__main__":
    sys.exit(main())
