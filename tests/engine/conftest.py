"""The tests of the engine run twice: against the memory in this process, and through HTTP.

A test speaks to ``MemoryService``; for the second run that name is a client with a real service behind it. What
cannot run there is named below with the reason.
"""

from __future__ import annotations

import pytest

from fusion_memory.engine.service import MemoryService
from fusion_memory.testing.served import ServedMemory

HERE, HTTP = "here", "http"
MODULES = {"test_acceptance", "test_conversations", "test_filters", "test_ingest_log", "test_listing", "test_packs"}
"""The tests of what everybody sees. Others are about what only this process has: models, settings, principals,
files, clocks, the book of requests, observers."""

MODEL = "names a model of this process in its call"
BATCHES = "holds messages back in this process before they are sent"
LISTENS = "listens to each record while it is judged"
TICKET = "asks for a ticket of this process"
WORDS = "reads words of the engine, where the service says it in its own"
NOT_OVER_HTTP: dict[str, str] = {
    "test_a_pack_is_kept_without_texts_and_shown_again": TICKET,
    "test_what_was_erased_is_gone_from_a_pack_with_its_question": TICKET,
    "test_a_filter_leaves_the_conversation_at_hand_and_what_is_true_now_out": MODEL,
    "test_a_pack_is_no_recall_trace": WORDS,
    "test_by_origin": WORDS,
    "test_what_cannot_be_is_refused": WORDS,
    "test_a_durable_batch_keeps_messages_at_once_and_understands_them_later": BATCHES,
    "test_a_batch_that_is_held_back_is_there_when_it_is_flushed": BATCHES,
    "test_a_batch_that_was_never_flushed_is_understood_after_all": BATCHES,
    "test_an_idle_conversation_is_flushed": BATCHES,
    "test_to_tidy_up_does_what_waits": BATCHES,
    "test_bad_calls_are_refused": "passes an argument that only the engine takes",
    "test_every_dropped_record_is_handed_over_as_it_came": LISTENS,
    "test_progress_hears_of_every_record": LISTENS,
    "test_what_the_memory_itself_put_before_a_model_does_not_come_back_as_said": LISTENS,
}
"""Tests of these modules that cannot run there, by name, and why."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    both = (
        metafunc.module.__name__.rpartition(".")[2] in MODULES and metafunc.function.__name__ not in NOT_OVER_HTTP
    )
    if both:
        metafunc.fixturenames.append("through")
        metafunc.parametrize("through", [HERE, HTTP], indirect=True)


@pytest.fixture(autouse=True)
def through(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the name ``MemoryService`` of the test's module mean what this run is about."""
    if getattr(request, "param", HERE) == HTTP:
        monkeypatch.setattr(request.module, "MemoryService", served)


class Watched(ServedMemory):
    """A memory over HTTP; what a test looks at behind it is looked at in the service."""

    @property
    def _parts(self):
        return self.engine._parts


def served(*values: object, **named: object) -> ServedMemory:
    """A memory that is reached over HTTP, made with the arguments of the one in this process."""
    return Watched(MemoryService(*values, **named))
