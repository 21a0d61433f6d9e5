"""A kind of job whose effect can be counted: every run adds one to a number in the database.

The number is written in the transaction that finishes the job, as a worker's effects should be. Planted faults do
it otherwise. This file must not know who kills whom.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from fusion_memory.core.scope import Action
from fusion_memory.core.settings import Settings
from fusion_memory.engine import job_kinds
from fusion_memory.engine.job_kinds import JobKind
from fusion_memory.engine.job_running import Running
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import profile_values
from fusion_memory.storage.interface import Transaction

PROBE = "probe"
FAULTY = 25
"""Faults dawdle so many times as long between their two steps, so that few kills are enough to find them."""

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
    _dawdle(running, FAULTY)
    with parts.database.write() as tx:
        add_one(tx, parts, running)
    return {}


def count_first(parts: Parts, settings: Settings, running: Running) -> Mapping[str, int]:
    """A fault: the effect is written, then the job is finished; a kill between the two doubles it."""
    del settings
    with parts.database.write() as tx:
        add_one(tx, parts, running)
    _dawdle(running, FAULTY)
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
    """Count the job's effect among the values of its owner, a hundred numbers a value."""
    number = int(running.claimed.options["n"])
    name = f"probes-{number // 100}"
    held = dict(profile_values.get(tx, running.access).get(name, {}))
    held[str(number)] = held.get(str(number), 0) + 1
    profile_values.update(tx, running.access, {name: held}, parts.clock.now())


def effects(values: Mapping[str, Any]) -> dict[int, int]:
    """How often each numbered job had its effect, from the values of its owner."""
    return {int(number): count for held in values.values() for number, count in held.items()}


def _dawdle(running: Running, times: int = 1) -> None:
    time.sleep(times * float(running.claimed.options.get("ms", 0)) / 1_000)
