"""The register of care: every task by its name. Who runs them, and when, stands elsewhere.

A task is one file in this folder and one line here. Tasks run once for every owner, with a ticket for all of the
owner's memory, except those of :data:`WHOLE_DATABASE`: they run once, with a ticket for the whole database.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fusion_memory.consolidation.archive import Archive
from fusion_memory.consolidation.backfill import Backfill
from fusion_memory.consolidation.care import CareTask
from fusion_memory.consolidation.closure import Closure
from fusion_memory.consolidation.compact import Compaction
from fusion_memory.consolidation.condense import Condensing
from fusion_memory.consolidation.housekeeping import Housekeeping
from fusion_memory.consolidation.orphans import Orphans
from fusion_memory.consolidation.policy_task import PolicyTask
from fusion_memory.consolidation.profiles import Profiles
from fusion_memory.consolidation.promote import Promotion
from fusion_memory.consolidation.resolve import Resolver

_ALL: tuple[CareTask, ...] = (
    Condensing(),
    Orphans(),
    Promotion(),
    Resolver(),
    Compaction(),
    Profiles(),
    Backfill(),
    Closure(),
    Archive(),
    Housekeeping(),
    PolicyTask(),
)

TASKS: Mapping[str, CareTask] = MappingProxyType({task.name: task for task in _ALL})
"""Every care task by its name."""

WHOLE_DATABASE: Final[frozenset[str]] = frozenset({Housekeeping.name})
"""The names of tasks that are work on the database and on nobody's memories in particular."""

FOLLOWS_MESSAGES: Final[frozenset[str]] = frozenset({Closure.name, Compaction.name, Profiles.name, Resolver.name})
"""The names of tasks that find nothing to do where nobody has said anything since they ran."""
