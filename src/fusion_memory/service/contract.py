"""``python -m fusion_memory.service.contract > docs/openapi.json``: the contract of the service, written down.

A test holds the written one to the code.
"""

from __future__ import annotations

import json
import sys
from typing import Any, cast

from fusion_memory.service.app import create_app


def contract() -> dict[str, Any]:
    """The OpenAPI document of the routes that every service offers; no memory is needed for it."""
    return create_app(cast(Any, None)).openapi()


def main() -> None:
    """Write the contract to standard output."""
    json.dump(contract(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
