"""Faults planted into the way jobs are done: with the name of one, this file is the nursery of ``job_kills``."""

from __future__ import annotations

import sys

from fusion_memory.testing import job_kills, probes

FAULTS = {"finish_first": probes.finish_first, "count_first": probes.count_first}

if __name__ == "__main__":
    with probes.planted(FAULTS[sys.argv[1]]):
        job_kills.raise_children()
