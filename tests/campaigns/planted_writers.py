"""Faults planted into writers. Run with the name of one and a writer's arguments, this file is that writer."""

from __future__ import annotations

import sys
from pathlib import Path

from planted import commit_replaced

from fusion_memory.ingestion import commit as commit_step
from fusion_memory.ingestion.commit import Committed
from fusion_memory.testing import writers


def forgetful(database, access, group, at, **how):
    """The commit step that answers for some things without storing them."""
    if sum(map(ord, group[0].event.id)) % 5 == 0:
        return Committed(ids=[prepared.event.id for prepared in group])
    return commit_step.commit(database, access, group, at, **how)


if __name__ == "__main__":
    fault, folder, number, seconds = sys.argv[1:]
    if fault == "impatient":
        writers.write(Path(folder), int(number), float(seconds), writers.impatient())
    else:
        with commit_replaced(forgetful):
            writers.write(Path(folder), int(number), float(seconds))
