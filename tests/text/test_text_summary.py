"""Extractive summaries: whole sentences of the sources, the telling ones, in order, within the length."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion_memory.text.sentences import sentences
from fusion_memory.text.summary import LONGEST_SENTENCE, Source, summarise

ENGLISH = [
    Source("Hi there!", "Ana: "),
    Source("Hello, how can I help you today?", "Bot: ", 0.6),
    Source("We have to move the billing service to the new cluster before the end of May.", "Ana: "),
    Source("The billing service still depends on the old message queue. Nobody likes that.", "Ana: "),
    Source("Should we replace the message queue first?", "Bot: ", 0.6),
    Source("Yes, the message queue of the billing service goes first, then the cluster.", "Ana: "),
    Source("By the way, it rains a lot here.", "Ana: "),
    Source("OK.", "Bot: ", 0.6),
    Source("Karin will move the billing service and I will test the cluster.", "Ana: "),
    Source("Thanks, bye!", "Ana: "),
]
CHINESE = [
    Source("你好！", "小雨："),
    Source("您好，有什么可以帮您？", "助手：", 0.6),
    Source("我们要在五月底之前把计费服务迁移到新集群。", "小雨："),
    Source("计费服务还依赖旧的消息队列。大家都不喜欢它。", "小雨："),
    Source("要先替换消息队列吗？", "助手：", 0.6),
    Source("对，先换计费服务的消息队列，再迁移集群。", "小雨："),
    Source("顺便说一句，今天一直下雨。", "小雨："),
    Source("好。", "助手：", 0.6),
    Source("凯琳负责迁移计费服务，我来测试集群。", "小雨："),
    Source("谢谢，再见！", "小雨："),
]


@pytest.mark.parametrize(
    ("sources", "max_chars", "telling", "idle"),
    [
        (ENGLISH, 260, ["message queue", "Karin will move"], ["rains", "Hello", "bye", "OK."]),
        (CHINESE, 106, ["消息队列", "凯琳负责"], ["下雨", "您好", "再见", "好。"]),
    ],
)
def test_the_telling_sentences_are_chosen(sources, max_chars, telling, idle):
    summary = summarise(sources, max_chars)
    assert all(words in summary.text for words in telling)
    assert not any(words in summary.text for words in idle)
    assert summary.sources == tuple(sorted(summary.sources))


def test_every_quote_is_verbatim_and_labelled():
    summary = summarise(ENGLISH)
    for quote in summary.quotes:
        assert ENGLISH[quote.source].text[quote.start : quote.end] in summary.text
    assert all(line.startswith(("Ana: ", "Bot: ")) for line in summary.text.splitlines())


def test_sentences_of_one_source_share_a_line():
    summary = summarise(
        [Source("计费服务很慢。消息队列也很旧。", "甲："), Source("It is slow. It is old too.", "B: ")]
    )
    assert "计费服务很慢。消息队列也很旧。" in summary.text
    assert "It is slow. It is old too." in summary.text
    assert len(summary.text.splitlines()) == 2


def test_what_was_said_twice_is_told_once():
    said = "The rent is due on the first of every month."
    others = [Source(f"Topic {n} about the rent is number {n * 7}.") for n in range(8)]
    summary = summarise([Source(said), *others, Source(said)])
    assert summary.text.count(said) == 1


def test_no_more_sources_than_wanted():
    sources = [Source(f"Item{n} concerns{n} budget{n} of team{n} there.") for n in range(60)]
    assert len(summarise(sources, 100_000, max_sources=7).sources) == 7


def test_what_does_not_count_is_never_quoted():
    sources = [Source("The secret code is 4711 for the main gate.", weight=0), Source("The gate is painted blue.")]
    assert summarise(sources).sources == (1,)


def test_a_long_text_is_half_told_at_most():
    sources = [Source(f"Statement {n} is about subject {n * n} and place {n * 3}.") for n in range(200)]
    total = sum(len(source.text) for source in sources)
    assert len(summarise(sources, 10**6, max_sources=1_000).text) <= total / 2


def test_an_endless_sentence_is_cut_and_says_so():
    summary = summarise([Source("word " * 400)])
    assert summary.text.endswith("…")
    assert summary.quotes[0].end - summary.quotes[0].start <= LONGEST_SENTENCE


def test_nothing_said_nothing_told():
    assert summarise([]).text == ""
    assert summarise([Source("…"), Source("  "), Source("!!!")]).quotes == ()


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.builds(Source, st.text("abcd 。.!?\n计费服务消息队列", max_size=120), st.sampled_from(["", "A: "])),
        max_size=20,
    ),
    st.integers(0, 300),
    st.integers(0, 10),
)
def test_length_order_and_sources_hold_for_any_text(sources, max_chars, max_sources):
    summary = summarise(sources, max_chars, max_sources)
    assert len(summary.text) <= max_chars
    assert len(summary.sources) <= max_sources
    places = [(quote.source, quote.start) for quote in summary.quotes]
    assert places == sorted(places)
    assert summarise(sources, max_chars, max_sources) == summary


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        (
            "Dr. Lee paid 3.50 at 5 p.m. sharp. Then he left.",
            ["Dr. Lee paid 3.50 at 5 p.m. sharp.", "Then he left."],
        ),
        ("一句。两句！三句？“四句。”五句", ["一句。", "两句！", "三句？", "“四句。”", "五句"]),
        ("line one\n\nline two", ["line one", "line two"]),
        ("no end", ["no end"]),
        (" ... ", []),
        ("", []),
    ],
)
def test_sentences(text, found):
    assert [text[start:end] for start, end in sentences(text)] == found
