"""Presets and what is set beside them: how a language model reads, and the window of working memory."""

from __future__ import annotations

import pytest

from fusion_memory import MemoryService, Scope
from fusion_memory.core.errors import InvalidOption, InvalidSetting
from fusion_memory.core.layers import WORKING_WINDOWS, Reach
from fusion_memory.core.settings import LanguageModelSettings, Layer, Settings, environment_layer, resolve
from fusion_memory.engine import presets
from fusion_memory.testing.language_model import ScriptedModel

ANA = Scope(user_id="ana", session_id="s1")
TALK = [
    {"role": "user", "content": "Hello there! I moved to Porto in May."},
    {"role": "assistant", "content": "Porto is a fine city by the sea."},
    {"role": "user", "content": "My sister Clara keeps bees. Thanks!"},
]


def shown(**llm):
    """What a model is shown of the talk, one text per call."""
    model = ScriptedModel('{"facts": []}')
    with_llm = resolve((Layer("flag", {f"llm.{name}": value for name, value in llm.items()}),))
    settings = Settings(llm=with_llm.llm, origins=with_llm.origins)
    with MemoryService(embedder=None, llm=model, settings=settings) as memory:
        memory._parts.background.close()
        memory.add(TALK, ANA)
        memory.drain_update_queue()
        assert memory.list_background_tasks(ANA) == ()
    return [f"{prompt.system}\n{prompt.user}" for prompt in model.prompts]


def test_by_default_a_model_is_shown_everything_at_once():
    [text] = shown()
    assert all(line in text for line in ("Hello there!", "Porto is a fine city", "Thanks!"))


def test_the_lightmem_profile_shows_the_users_own_words_without_courtesies():
    [text] = shown(profile="lightmem")
    assert "I moved to Porto in May." in text
    assert "keeps bees" in text
    assert "Hello there!" not in text
    assert "fine city" not in text
    [text] = shown(profile="lightmem", messages_use="all", pre_compress="off")
    assert "Hello there!" in text
    assert "fine city" in text


def test_each_reading_option_is_reached_by_a_setting():
    assert "fine city" not in shown(messages_use="user_only")[0]
    assert "Hello there!" not in shown(pre_compress="on")[0]
    assert len(shown(batch_messages=1)) == 3
    assert len(shown(topic_segment="on", topic_token_threshold=0)) == 3
    assert len(shown(topic_segment="on", topic_token_threshold=600)) == 1
    assert len(shown(max_distill_tokens=90)) == 2


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"profile": "heavy"}, "llm.profile"),
        ({"messages_use": "none"}, "llm.messages_use"),
        ({"pre_compress": "maybe"}, "llm.pre_compress"),
        ({"topic_segment": "true"}, "llm.topic_segment"),
        ({"max_distill_tokens": 10}, "room"),
        ({"batch_messages": 0}, "llm.batch_messages"),
        ({"batch_messages": 33}, "llm.batch_messages"),
        ({"max_reply_tokens": 0}, "room"),
    ],
)
def test_a_reading_setting_that_cannot_be_followed_is_refused_when_the_service_opens(values, named):
    with pytest.raises(InvalidSetting, match=named) as refused:
        MemoryService(embedder=None, settings=Settings(llm=LanguageModelSettings(**values)))
    assert refused.value.fix


def test_reading_settings_know_their_origin():
    settings = resolve((environment_layer({"FUSION_MEMORY_LLM_PROFILE": "lightmem"}),))
    assert settings.origin("llm.profile") == "environment"
    options = presets.reading_options(settings.llm)
    assert options.batching == presets.READING_PROFILES["lightmem"]
    assert (options.batching.max_distill_tokens, options.batching.topic_token_threshold) == (2_200, 600)


def window(**values):
    return presets.window_of(resolve((Layer("flag", {f"working.{name}": v for name, v in values.items()}),)))


def test_a_preset_of_working_memory_is_a_setting_and_single_values_count_before_it():
    for name, preset in WORKING_WINDOWS.items():
        assert window(preset=name) == preset
    user = window(preset="user")
    assert (user.messages, user.ttl_s, user.reach) == (20, 1_800.0, Reach.USER)
    assert window(preset="memori", minutes=30).ttl_s == 1_800.0
    assert window(preset="openclaw", messages=5, reach="session").reach is Reach.SESSION
    assert window(preset="user", tokens=100).tokens == 100


@pytest.mark.parametrize(("name", "value"), [("preset", "big"), ("reach", "town")])
def test_an_unknown_window_is_refused(name, value):
    with pytest.raises(InvalidSetting, match=f"working.{name}") as refused:
        window(**{name: value})
    assert "user" in refused.value.fix


@pytest.fixture
def memory():
    with MemoryService(embedder=None, llm=None) as memory:
        for session in ("s1", "s2"):
            for line in ("one", "two two two"):
                memory.record_message(Scope(user_id="ana", session_id=session), "user", f"{session} {line}")
        yield memory


def recent(memory, **asked):
    return [event.content for event in memory.working_memory(ANA, **asked)]


def test_a_call_may_ask_for_another_window(memory):
    assert recent(memory) == ["s1 one", "s1 two two two"]
    assert recent(memory, preset="user") == ["s1 one", "s1 two two two", "s2 one", "s2 two two two"]
    assert recent(memory, preset="user", messages=1) == ["s2 two two two"]
    assert recent(memory, reach="user", messages=3)[0] == "s1 two two two"
    assert recent(memory, messages=0) == []
    assert recent(memory, budget=6) == ["s1 two two two"]
    assert recent(memory, budget=1) == []
    assert recent(memory, minutes=0) == recent(memory)


@pytest.mark.parametrize(
    "asked",
    [
        {"preset": "big"},
        {"reach": "town"},
        {"messages": -1},
        {"messages": 10_001},
        {"minutes": -1},
        {"minutes": float("nan")},
        {"budget": -5},
        {"budget": True},
    ],
)
def test_a_window_that_cannot_be_is_refused(memory, asked):
    with pytest.raises(InvalidOption) as refused:
        memory.working_memory(ANA, **asked)
    assert refused.value.fix


def test_recent_messages_have_their_own_share_of_tokens_beside_a_pack():
    settings = resolve((Layer("flag", {"working.tokens": 4}),))
    with MemoryService(embedder=None, llm=None, settings=settings) as memory:
        for line in ("one", "two two two"):
            memory.record_message(ANA, "user", f"bees {line}")
        assert [event.content for event in memory.search("bees", ANA).working] == ["bees two two two"]
        pack = memory.answer_context("bees", ANA)
        assert [event.content for event in pack.working] == ["bees two two two"]
        assert len(pack.items) == 2
