"""``worker``: a process that does what is queued and what is due; any number of them share one database."""

from __future__ import annotations

import signal
from types import FrameType

import click

from fusion_memory.cli.cells import Cell, Table
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.options import command


@command("worker")
@click.option("--once", is_flag=True)
@click.option("--kinds", metavar="KIND,...")
@with_call
def worker(call: Call, once: bool, kinds: str | None) -> None:
    """Work in the background."""
    wanted = tuple(word.strip() for word in kinds.split(",") if word.strip()) if kinds else None
    with call.memory() as memory:
        working = memory.worker(wanted)

        def end(_number: int, _frame: FrameType | None) -> None:
            working.end()

        before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            if once:
                done = working.once()
                rows = [[Cell(name), Cell(f"{count:,}")] for name, count in sorted(done.items())]
                call.out.show(dict(done), lambda: call.out.table(Table(rows, frozenset({1}))))
                if not done:
                    call.out.note("worker.nothing")
            else:
                call.out.note("worker.works", database=str(call.database))
                working.run()
                call.out.note("worker.ended")
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
