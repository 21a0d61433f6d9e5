"""A kind of job whose effect can be counted: every run adds one to a number in the database.

The number is written in the transaction that finishes the job, as a worker's effects should be. Planted faults do
it otherwise. This file must not know who kills whom.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from fusion_memory.core.scope import Action
from fusion_memory.core.settings import Settings
from fusion_memory.engine import job_kinds
from fusion_memory.engine.job_kinds import JobKind
from fusion_memory.engine.job_running import Running
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import profile_values
from fusion_memory.storage.interface import Transaction

PROBE = "probe"

Probe = Callable[[Parts, Settings, Running], Mapping[str, int]]


def count_once(parts: Parts, settings: Settings, running: Running) -> Mapping[str, int]:
    """The sound way: the effect and the end of the job in one transaction."""
    del settings
    _dawdle(running)
    with parts.database.write() as tx:
        add_one(tx, parts, running)
        running.finish_with(tx, {"counted": 1})
    return {}


def finish_first(parts: Parts, settings: Settings, running: Running) -> Mapping[str, int]:
    """A fault: the job is finished, then its effect is written; a kill between the two loses it."""
    del settings
    with parts.database.write() as tx:
        running.finish_with(tx, {"counted": 1})
    _dawdle(running)
    with parts.database.write() as tx:
        add_one(tx, parts, running)
    return {}


def count_first(parts: Parts, settings: Settings, running: Running) -> Mapping[str, int]:
    """A fault: the effect is written, then the job is finished; a kill between the two doubles it."""
    del settings
    with parts.database.write() as tx:
        add_one(tx, parts, running)
    _dawdle(running)
    return {"counted": 1}


@contextmanager
def planted(probe: Probe = count_once) -> Iterator[None]:
    """Services and workers opened inside the block know the kind ``probe``."""
    sound = job_kinds.KINDS
    kind = JobKind(probe, action=Action.WRITE, options=frozenset({"n", "ms"}))
    job_kinds.KINDS = MappingProxyType({**sound, PROBE: kind})
    try:
        yield
    finally:
        job_kinds.KINDS = sound


def add_one(tx: Transaction, parts: Parts, running: Running) -> None:
    """Count the job's effect among the values of its owner."""
    name = str(running.claimed.options["n"])
    count = profile_values.get(tx, running.access).get(name, 0)
    profile_values.update(tx, running.access, {name: count + 1}, parts.clock.now())


def _dawdle(running: Running) -> None:
    time.sleep(float(running.claimed.options.get("ms", 0)) / 1_000)
