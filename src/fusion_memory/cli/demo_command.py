"""``demo``: a short story in two languages, three questions, and the reasons of every answer."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.hits import hit_table
from fusion_memory.cli.notes import degraded_lines
from fusion_memory.cli.options import command
from fusion_memory.core.packs import ContextPack
from fusion_memory.core.records import AddResult, SearchResult
from fusion_memory.core.scope import Scope
from fusion_memory.core.settings import Settings

if TYPE_CHECKING:
    from fusion_memory.engine.service import MemoryService

STORY = "story.json"
HITS_SHOWN = 3
PACK_TOKENS = 320


@command("demo")
@click.option("--keep", metavar="FILE", type=click.Path(path_type=Path))
@with_call
def demo(call: Call, keep: Path | None) -> None:
    """Tell a story and ask about it."""
    story = json.loads(files("fusion_memory").joinpath(STORY).read_text("utf-8"))
    scope = Scope(user_id=story["user"])
    with _database(keep) as path, call.memory(_at(call.settings, path)) as memory:
        added = memory.add_batch(_messages(story), scope)
        asked = {"asked_at": story["asked_at"], "limit": HITS_SHOWN}
        answers = [(question, memory.search(question["text"], scope, asked)) for question in story["questions"]]
        pack = _pack(memory, story, scope)
    found = {
        "added": added,
        "answers": [{"question": question["text"], "result": result} for question, result in answers],
        "pack": pack,
        "kept": keep,
    }
    call.out.show(found, lambda: _tell(call, story, added, answers, pack, keep))


@contextmanager
def _database(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="fusion-memory-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "demo.db"


def _at(settings: Settings, path: Path) -> Settings:
    return replace(settings, storage=replace(settings.storage, path=str(path)))


def _messages(story: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for session in story["sessions"]:
        for message in session["messages"]:
            yield {**message, "session_id": session["id"], "time": session["time"]}


def _pack(memory: MemoryService, story: Mapping[str, Any], scope: Scope) -> ContextPack:
    question = story["questions"][0]["text"]
    return memory.answer_context(question, scope, PACK_TOKENS, {"asked_at": story["asked_at"], "limit": HITS_SHOWN})


def _tell(
    call: Call,
    story: Mapping[str, Any],
    added: AddResult,
    answers: list[tuple[Mapping[str, Any], SearchResult]],
    pack: ContextPack,
    keep: Path | None,
) -> None:
    out = call.out
    first, last = (story["sessions"][place]["time"][:10] for place in (0, -1))
    out.line(out.words("demo.title"), "strong")
    out.line(
        out.words("demo.stored", count=len(added.ids), sessions=len(story["sessions"]), first=first, last=last)
    )
    for line in degraded_lines(out, added.degraded):
        out.line(line, "warn")
    for number, (question, result) in enumerate(answers, 1):
        out.line()
        out.line(f"{number}. {question['text']}", "strong")
        out.line(f"   {out.words('demo.' + question['kind'])}", "dim")
        hit_table(out, result.hits, explain=True, ids=False)
    out.line()
    out.line(out.words("demo.pack", question=pack.query), "strong")
    out.line(
        out.words("demo.pack.tokens", count=len(pack.items), tokens=pack.tokens, budget=pack.budget_tokens), "dim"
    )
    out.line(pack.text)
    out.line()
    out.line(out.words("demo.next"), "strong")
    for line in out.words("demo.next.lines").splitlines():
        out.line(f"   {line}")
    if keep is not None:
        out.note("demo.kept", path=keep, user=story["user"])
