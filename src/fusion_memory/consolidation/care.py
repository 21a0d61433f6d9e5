"""What a care task is: one piece of background work on the memories of one owner, done again at no cost.

The worker (``engine``) decides when a task runs and for whom; a task decides what is due and does it. This file
must not know queues, schedules or threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fusion_memory.core.clock import Clock
from fusion_memory.core.ids import IdSource
from fusion_memory.core.scope import Access
from fusion_memory.core.settings import Settings
from fusion_memory.models.interface import Embedder
from fusion_memory.models.language_model_guard import GuardedLanguageModel
from fusion_memory.storage.interface import Database


@dataclass(frozen=True, slots=True)
class Care:
    """What a task works with; the models are None where there are none."""

    database: Database
    embedder: Embedder | None
    language_model: GuardedLanguageModel | None
    settings: Settings
    clock: Clock
    ids: IdSource


@dataclass(frozen=True, slots=True)
class CareReport:
    """What one run did, in counts; ``left`` says that more of the same is due now."""

    counts: Mapping[str, int] = field(default_factory=dict)
    left: bool = False


class CareTask(Protocol):
    """Work on one owner's memories that may stop anywhere and be run again: nothing is lost, doubled or undone.

    No transaction is open while a model works, and a run without anything due costs a query or two.
    """

    name: str

    def run(self, care: Care, access: Access) -> CareReport:
        """Do what is due in the scope's owner, a bounded piece of it.

        Raises:
            FusionMemoryError: it failed this time; the worker tries again later.
        """
        ...
