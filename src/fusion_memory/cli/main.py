"""The entry point. It answers ``--version`` by itself; everything else is loaded only when it is asked for.

Must not import click, rich or the engine at the top: starting has to cost almost nothing.
"""

from __future__ import annotations

import sys
from typing import NoReturn

from fusion_memory import __version__

INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line of this process and leave with its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"fusion-memory {__version__}")
        sys.exit(0)
    try:
        from fusion_memory.cli.application import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # Ctrl-C while modules are loading
        code = INTERRUPTED
    sys.exit(code)
