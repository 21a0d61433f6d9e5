"""Plain-language triggers: the words that ask the memory for something, and those that only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trigger_cases import CHINESE, ENGLISH

from fusion_memory.text.trigger_words import TriggerKind
from fusion_memory.text.triggers import READ_CHARS, trigger_of, triggers


@pytest.mark.parametrize(("text", "kind", "payload"), ENGLISH + CHINESE)
def test_what_is_asked_and_of_what(text, kind, payload):
    found = trigger_of(text)
    assert (found.kind.value if found else "", found.payload if found else "") == (kind, payload)


def test_the_tables_are_large_enough_and_cover_every_kind():
    for cases in (ENGLISH, CHINESE):
        assert len(cases) >= 60
        kinds = [kind for _, kind, _ in cases]
        assert all(kinds.count(kind.value) >= 4 for kind in TriggerKind)
        assert kinds.count("") >= 20


@pytest.mark.parametrize("text", [text for text, kind, _ in ENGLISH + CHINESE if kind])
def test_offsets_name_the_words(text):
    for found in triggers(text):
        assert text[found.payload_first : found.payload_last] == found.payload
        words = text[found.first : found.last]
        assert words
        assert words == words.strip()
        assert found.payload_last <= found.first or found.payload_first >= found.first


@pytest.mark.parametrize(("text", "kind", "payload"), ENGLISH + CHINESE)
def test_what_is_quoted_asks_nothing(text, kind, payload):
    if text.count("`") + text.count('"') + text.count("“") == 0:
        assert trigger_of(f"```\n{text}\n```") is None


def test_several_requests_in_one_message():
    text = "Remember that I like tea. Forget what I said about coffee. 搜索记忆：茶馆"
    assert [found.kind.value for found in triggers(text)] == ["remember", "forget", "search"]
    assert [found.payload for found in triggers(text)] == ["I like tea", "what I said about coffee", "茶馆"]


def test_the_refusal_comes_before_the_request():
    found = trigger_of("记住我喜欢茶。我的密码是4711，别记。")
    assert found.kind is TriggerKind.DO_NOT_REMEMBER


def test_a_long_payload_is_not_cut():
    words = "the list is " + "milk " * 300 + "and eggs"
    assert trigger_of(f"Remember that {words}").payload == words


def test_a_document_is_read_at_its_beginning_only():
    assert trigger_of("x" * READ_CHARS + ". Remember that I like tea.") is None


@given(st.text(alphabet="remb thafogtdn'?.:，。记住忘了吗别请把我的忆搜索\n\"“”`>", max_size=300))
def test_any_text_can_be_read(text):
    for found in triggers(text):
        assert 0 <= found.first < found.last <= len(text)
        assert text[found.payload_first : found.payload_last] == found.payload


@pytest.mark.parametrize(
    "piece", ["please ", "can you ", "请", "remember ", "把我的", "记忆", "，", "don't ", "ok, ", "别把"]
)
def test_hostile_repetition_is_read_in_time(piece):
    triggers(piece * (READ_CHARS // len(piece)))
