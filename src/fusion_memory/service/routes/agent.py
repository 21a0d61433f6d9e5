"""``/v1/ingest``, ``/v1/query``, ``/v1/answer``: all that an agent needs, in the shapes of MemOS.

A ``namespace`` is a user: memories of two namespaces never meet. A ``session_id`` narrows to that session.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field, StrictBool
from starlette.background import BackgroundTask

from fusion_memory.core.errors import TextTooLong
from fusion_memory.core.scope import Scope
from fusion_memory.service.caller import Caller, Calling
from fusion_memory.service.controller import ROLES, Answered, Ingested, Queried, answered, ingested, queried
from fusion_memory.service.options import options_of
from fusion_memory.service.replies import reply
from fusion_memory.service.requests import Id, Metadata, Moment, Name, Question, Strict, Text, Tokens, TopK

router = APIRouter(prefix="/v1", tags=["agent"])


class Placed(Strict):
    """Whose, and in which conversation."""

    namespace: Id = Field(examples=["ana"])
    session_id: Id | None = Field(default=None, examples=["monday"])

    def scope(self, caller: Caller) -> Scope:
        """The scope of these, within what the caller is bound to."""
        return caller.scope({"user_id": self.namespace, "session_id": self.session_id})


class Ingesting(Placed):
    """A text to keep; the longest is ``server.max_text_chars``."""

    text: Text = Field(examples=["I moved from Lisbon to Porto in May."])
    role: Literal["user", "agent", "assistant", "system", "tool"] = "user"
    metadata: Metadata = Field(default_factory=dict)
    time: Moment | None = None


class Querying(Placed):
    """A question."""

    query: Question
    top_k: TopK = 6
    budget: Tokens | None = None
    recipe: Name | None = Field(default=None, examples=["fast"])
    as_of: Moment | None = None
    allow_cross_session: StrictBool = False

    def options(self) -> dict[str, Any]:
        """The options of its search."""
        given = {"limit": self.top_k, "recipe": self.recipe, "as_of": self.as_of}
        given["allow_cross_session"] = self.allow_cross_session
        return {name: value for name, value in given.items() if value is not None}


@router.post("/ingest", response_model=Ingested, summary="Keep what was said")
def ingest(caller: Calling, request: Request, given: Ingesting) -> JSONResponse:
    """It is durable when the response comes; vectors and facts follow right after it."""
    longest = options_of(request).settings.max_text_chars
    if len(given.text) > longest:
        raise TextTooLong(f"The text has {len(given.text):,} characters; {longest:,} are the most.")
    message = {"role": ROLES.get(given.role, given.role), "content": given.text, "time": given.time}
    done = caller.memory.accept(message, given.scope(caller), metadata=given.metadata)
    response = reply(ingested(done.result, given.namespace, given.session_id))
    response.background = BackgroundTask(done.follow)
    return response


@router.post("/query", response_model=Queried, summary="Find what was said, and the context for a question")
def query(caller: Calling, asked: Querying) -> JSONResponse:
    """Passages with their scores, and a context pack within a budget that can be shown and replayed later."""
    scope = asked.scope(caller)
    found = caller.memory.recall(asked.query, scope, asked.budget, asked.options())
    summaries = caller.memory.get_session_summaries(scope, limit=1) if asked.session_id and not asked.as_of else ()
    now = datetime.now(UTC)
    return reply(queried(found, asked.namespace, asked.session_id, summaries[0] if summaries else None, now))


@router.post("/answer", response_model=Answered, summary="Answer a question from what was said")
def answer(caller: Calling, asked: Querying) -> JSONResponse:
    """Each claim with a quote that stands in the memories letter for letter, or why there is no answer."""
    made = caller.memory.answer(asked.query, asked.scope(caller), asked.budget, asked.options())
    return reply(answered(made, asked.namespace, asked.session_id))
