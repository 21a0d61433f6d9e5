"""Tell a memory a short story in two languages, for trying out. The command ``demo`` tells the same one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any, Final

from fusion_memory.core.records import AddResult
from fusion_memory.core.scope import Access
from fusion_memory.engine.parts import Parts
from fusion_memory.ingestion.normalise import Defaults
from fusion_memory.memory import audit

STORY: Final = "story.json"
DEED: Final = "dev_seed"


def story() -> Mapping[str, Any]:
    """Sessions of messages, and questions to ask about them."""
    told: Mapping[str, Any] = json.loads(files("fusion_memory").joinpath(STORY).read_text("utf-8"))
    return told


def messages(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The messages of a story, each with its session and its time."""
    for session in told["sessions"]:
        for message in session["messages"]:
            yield {**message, "session_id": session["id"], "time": session["time"]}


def seed(parts: Parts, access: Access) -> AddResult:
    """Tell the story in a scope; told again, nothing of it is new."""
    scope = replace(access.scope, session_id=None)
    done = parts.ingestion.add_stream(access, list(messages(story())), Defaults(scope, None, None), None)
    with parts.database.write() as tx:
        audit.record(tx, access, DEED, [], {"memories": len(done.ids)}, parts.clock.now())
    return done
