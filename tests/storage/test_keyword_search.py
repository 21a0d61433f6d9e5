"""Keyword search: BM25 of the owner's own texts, phrases, filters; judged against a plain computation."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_rows import Said, entry, erase, found, new_owner, new_span, raw, say, scored

from fusion_memory.core.errors import DatabaseCorrupt
from fusion_memory.storage.connect import open_database
from fusion_memory.storage.interface import SpanFilter

WORDS = st.sampled_from(["red", "blue", "cat", "北", "京", "大", "学", "x_2b", "w10"])
TEXTS = st.lists(WORDS, max_size=12)


def occurrences(terms, phrase):
    return sum(terms[at : at + len(phrase)] == phrase for at in range(len(terms) - len(phrase) + 1))


def plain_bm25(texts, phrases, k1=1.2, b=0.75):
    """Scores by span of texts (span to terms); a phrase counts like a term."""
    texts = {span: terms for span, terms in texts.items() if terms}
    average = sum(map(len, texts.values())) / max(len(texts), 1)
    scores = {}
    for phrase in {tuple(phrase) for phrase in phrases}:
        counts = {span: occurrences(terms, list(phrase)) for span, terms in texts.items()}
        frequency = sum(count > 0 for count in counts.values())
        rarity = math.log(1 + (len(texts) - frequency + 0.5) / (frequency + 0.5))
        for span, count in counts.items():
            if count:
                norm = k1 * (1 - b + b * len(texts[span]) / average)
                scores[span] = scores.get(span, 0.0) + rarity * count * (k1 + 1) / (count + norm)
    return scores


@given(
    own=st.lists(TEXTS, max_size=12),
    foreign=st.lists(TEXTS, max_size=6),
    gone=st.sets(st.integers(0, 11), max_size=4),
    late=st.lists(TEXTS, max_size=3),
    phrases=st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=5),
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_scores_are_those_of_a_plain_computation(own, foreign, gone, late, phrases):
    database = open_database(":memory:")
    with database.write() as tx:
        ann, ben = new_owner(tx, "ann"), new_owner(tx, "ben")
        spans = say(database, tx, ann, *map(Said, own))
        say(database, tx, ben, *map(Said, foreign))
    with database.write() as tx:
        erase(database, tx, [spans[place] for place in gone if place < len(spans)])
        spans += say(database, tx, ann, *map(Said, late))
    texts = dict(zip(spans, own + late, strict=True))
    kept = {
        span: terms for place, (span, terms) in enumerate(texts.items()) if place not in gone or place >= len(own)
    }
    wanted = plain_bm25(kept, phrases)
    hits = scored(database, ann, *map(" ".join, phrases))
    assert dict(hits) == pytest.approx(wanted)
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)
    assert database.check() == []
    database.close()


def test_sixty_foreign_matches_change_neither_order_nor_scores(database):
    texts = ["the cat sleeps", "a cat and a dog and a cat", "the dog barks at the cat next door", "nothing here"]
    with database.write() as tx:
        ann, ben = new_owner(tx, "ann"), new_owner(tx, "ben")
        say(database, tx, ann, *texts)
    questions = [("cat",), ("cat", "dog"), ("the dog", "cat"), ("sleeps",)]
    before = [scored(database, ann, *question) for question in questions]
    with database.write() as tx:
        say(database, tx, ben, *(f"cat dog sleeps the dog {number}" for number in range(60)))
        say(database, tx, ben, *(f"cat {'long ' * number}" for number in range(60)))
    assert [scored(database, ann, *question) for question in questions] == before
    assert len(found(database, ben, "cat", limit=500)) == 120


def test_nobody_finds_nothing(database):
    assert found(database, 0, "cat") == []
    with database.write() as tx:
        ann, empty = new_owner(tx, "ann"), new_owner(tx, "empty")
        say(database, tx, ann, "cat")
    assert found(database, empty, "cat") == []
    assert found(database, ann, "unknown") == []
    assert found(database, ann) == []
    assert found(database, ann, "cat", limit=0) == []


@pytest.mark.parametrize(
    ("text", "phrase", "times"),
    [
        ("我 们 在 北 京 大 学", "北 京", 1),
        ("我 们 在 北 京 大 学", "北 京 大 学", 1),
        ("我 们 在 北 京 大 学", "京 北", 0),
        ("北 方 有 京 城", "北 京", 0),
        ("我 们 在 北 京 大 学", "北", 1),
        ("北 京 北 京 北 京", "北 京", 3),
        ("哈 哈 哈", "哈 哈", 2),
        ("hello 世 界 bye", "hello 世 界", 1),
        ("new york new york", "new york", 2),
        ("newer york", "new york", 0),
    ],
)
def test_phrases_stand_side_by_side(any_database, text, phrase, times):
    with any_database.write() as tx:
        owner = new_owner(tx)
        say(any_database, tx, owner, text, "其 他 的 话")
    wanted = plain_bm25({1: text.split(), 2: ["其", "他", "的", "话"]}, [phrase.split()])
    assert dict(scored(any_database, owner, phrase)) == pytest.approx(wanted)
    assert bool(wanted) == bool(times)


@pytest.mark.parametrize(
    "phrase",
    ['"', "cat OR dog", "cat AND", "NEAR(cat dog)", "ca*", "labels : cat", "^cat", "-cat", "' OR 1=1 --", "{cat}",
     "s=00", "\x00", "o=9a3f", "%", "cat;dog"],
)  # fmt: skip
def test_operators_and_quotes_are_harmless_text(database, phrase):
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, "a cat", "a dog", Said(phrase.split(" ")))
    hits = found(database, owner, phrase)
    assert len(hits) <= 1
    assert found(database, owner, "cat")[0] == 1
    assert database.check() == []


def test_a_term_with_blanks_inside_stays_one_term(database):
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, Said(["ice cream", "", "b=c"]))
        hits = database.keyword.search(tx, [["ice cream"], ["b=c"]], SpanFilter(owner), 5)
    assert len(hits) == 1
    assert found(database, owner, "ice") == []
    assert database.check() == []


NARROW = {
    "session_ids": ("s1",),
    "agent_id": "a1",
    "run_id": "r1",
    "app_id": "p1",
    "roles": ("assistant",),
    "since_ms": 2_000,
    "until_ms": 2_001,
    "as_of_ms": 900,
    "metadata": {"topic": "x"},
}
ODD = Said(
    ["cat"],
    "s1",
    "a1",
    "r1",
    "p1",
    "assistant",
    said_at=2_000,
    recorded_at=900,
    metadata=json.dumps({"topic": "x"}),
)


@pytest.mark.parametrize("name", NARROW)
def test_a_filter_never_starves_a_result(any_database, name):
    """The one span that passes ranks last of 700, and comes back."""
    with any_database.write() as tx:
        owner = new_owner(tx)
        target = say(any_database, tx, owner, replace(ODD, terms=["cat", *["filler"] * 30]))
        others = Said(["cat"], said_at=1_999 if name == "since_ms" else 3_000, recorded_at=1_000, metadata="{}")
        say(any_database, tx, owner, *[others] * 700)
    assert found(any_database, owner, "cat", limit=3, **{name: NARROW[name]}) == target
    assert len(found(any_database, owner, "cat", limit=900)) == 701


def test_sessions_in_hundreds(database):
    with database.write() as tx:
        owner = new_owner(tx)
        spans = say(database, tx, owner, *(Said(["cat"], session=f"s{number}") for number in range(600)))
    wanted = tuple(f"s{number}" for number in range(0, 600, 2))
    assert sorted(found(database, owner, "cat", limit=1_000, session_ids=wanted)) == spans[::2]


@pytest.mark.parametrize(
    ("stored", "asked", "passes"),
    [
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": "1"}, False),
        ({"a": True}, {"a": True}, True),
        ({"a": False}, {"a": 0}, False),
        ({"a": None}, {"a": None}, True),
        ({}, {"a": None}, False),
        ({"a": "x", "b": 2}, {"a": "x", "b": 2}, True),
        ({"a": "x", "b": 2}, {"a": "x", "b": 3}, False),
        ({"键": "值"}, {"键": "值"}, True),
        ({"a.b": 'quote"'}, {"a.b": 'quote"'}, True),
        ({"a": {"b": 1}}, {"a": {"b": 1}}, True),
        ({"a": [1, 2]}, {"a": [1, 2]}, True),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
    ],
)
def test_metadata_compares_top_level_values(database, stored, asked, passes):
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, Said(["cat"], metadata=json.dumps(stored, ensure_ascii=False, sort_keys=True)))
    assert bool(found(database, owner, "cat", metadata=asked)) is passes


def test_all_filters_together_and_each_against_a_plain_selection(database):
    saids = [
        Said(
            ["cat", f"w{n}"],
            session=f"s{n % 3}",
            agent="a1" if n % 2 else None,
            role="user" if n % 5 else "assistant",
            said_at=n * 10,
            recorded_at=n * 7,
            metadata=json.dumps({"even": n % 2 == 0}),
        )
        for n in range(120)
    ]
    with database.write() as tx:
        owner = new_owner(tx)
        spans = say(database, tx, owner, *saids)
    hits = found(
        database,
        owner,
        "cat",
        session_ids=("s1", "s2"),
        roles=("user", "tool"),
        since_ms=200,
        until_ms=900,
        as_of_ms=500,
        metadata={"even": True},
    )
    wanted = [
        span
        for n, (span, said) in enumerate(zip(spans, saids, strict=True))
        if said.session in {"s1", "s2"} and said.role == "user" and 200 <= said.said_at < 900
        if said.recorded_at <= 500 and n % 2 == 0
    ]
    assert sorted(hits) == wanted
    assert wanted


def test_equal_scores_come_in_the_order_of_indexing(database):
    with database.write() as tx:
        owner = new_owner(tx)
        spans = say(database, tx, owner, *["same words"] * 50)
    assert found(database, owner, "same", limit=7) == spans[:7]


def test_indexing_again_replaces(database):
    with database.write() as tx:
        owner = new_owner(tx)
        (span,) = say(database, tx, owner, "old words")
        database.keyword.put(tx, [entry(span, owner, Said(["new", "words"]))])
    assert found(database, owner, "old") == []
    assert found(database, owner, "words") == [span]
    assert database.check() == []


def test_blocks_of_long_lists_fill_and_thin_out(database):
    with database.write() as tx:
        owner = new_owner(tx)
        spans = []
        for _ in range(5):
            spans += say(database, tx, owner, *(f"common w{number}" for number in range(300)))
    assert found(database, owner, "common", limit=5_000) == spans
    gone = set(spans[100:1_200]) | {spans[0], spans[-1]}
    with database.write() as tx:
        erase(database, tx, sorted(gone))
    assert found(database, owner, "common", limit=5_000) == [span for span in spans if span not in gone]
    with database.write() as tx:
        spans += say(database, tx, owner, "common again")
    assert found(database, owner, "common", limit=5_000)[-1] == spans[-1]
    with database.write() as tx:
        erase(database, tx, [span for span in spans if span not in gone])
    with database.read() as tx:
        assert raw(tx, "SELECT count(*) FROM postings") == [(0,)]
    assert database.check() == []


def test_spans_without_terms_count_for_filters_only(database):
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, "cat", "dog dog")
    before = scored(database, owner, "cat")
    with database.write() as tx:
        say(database, tx, owner, *[Said([])] * 10)
    assert scored(database, owner, "cat") == before
    assert database.check() == []


def test_threads_rank_as_whole_texts(database):
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, Said(["cat"], thread="one"), Said(["sat", "down"], thread="one"))
        say(database, tx, owner, Said(["cat"], thread="two"), Said(["dog"], thread="two"), Said([], thread="none"))
    texts = {"one": ["cat", "sat", "down"], "two": ["cat", "dog"]}
    for phrases in (["cat"], ["cat", "sat"], ["dog", "cat"]):
        wanted = plain_bm25(texts, [[phrase] for phrase in phrases])
        with database.read() as tx:
            hits = dict(database.keyword.search_threads(tx, [[p] for p in phrases], SpanFilter(owner), 10))
        assert hits == pytest.approx({database.keyword.thread_code(name): score for name, score in wanted.items()})
    with database.read() as tx:
        assert database.keyword.search_threads(tx, [["cat"]], SpanFilter(owner, session_ids=("x",)), 10) == []
        assert database.keyword.search_threads(tx, [["cat"]], SpanFilter(owner), 0) == []


def test_what_a_transaction_rolls_back_is_not_remembered(any_database):
    with any_database.write() as tx:
        owner = new_owner(tx)
        first = say(any_database, tx, owner, Said(["cat"], session="s1", thread="t1"))
    with pytest.raises(ZeroDivisionError), any_database.write() as tx:
        _say_search_and_fail(any_database, tx, owner)
    with any_database.write() as tx:
        second = say(any_database, tx, owner, Said(["cat"], session="s3", thread="t3"))
    assert found(any_database, owner, "cat") == first + second
    assert found(any_database, owner, "cat", session_ids=("s3",)) == second
    with any_database.read() as tx:
        codes = [code for code, _ in any_database.keyword.search_threads(tx, [["cat"]], SpanFilter(owner), 9)]
    assert sorted(codes) == sorted(map(any_database.keyword.thread_code, ["t1", "t3"]))


def _say_search_and_fail(database, tx, owner):
    span = say(database, tx, owner, Said(["cat"], session="s2", thread="t2"))
    assert database.keyword.search(tx, [["cat"]], SpanFilter(owner, session_ids=("s2",)), 5)[0][0] == span[0]
    raise ZeroDivisionError


def test_statistics_follow_every_change(opened):
    one, two = opened(), opened()
    with one.write() as tx:
        owner = new_owner(tx)
    texts = {}

    def check():
        wanted = pytest.approx(plain_bm25(texts, [["cat"], ["fish"]]))
        assert [dict(scored(database, owner, "cat", "fish")) for database in (one, two)] == [wanted, wanted]

    for text in ("cat dog", "cat", "bird bird bird", "dog", "cat cat fish", "fish"):
        with one.write() as tx:
            texts[say(one, tx, owner, text)[0]] = text.split()
        for database in (one, two):
            assert dict(scored(database, owner, "cat", "fish")) == pytest.approx(
                plain_bm25(texts, [["cat"], ["fish"]])
            )
    for gone in list(texts)[::2]:
        with two.write() as tx:
            erase(two, tx, [gone])
        del texts[gone]
        for database in (one, two):
            assert dict(scored(database, owner, "cat", "fish")) == pytest.approx(
                plain_bm25(texts, [["cat"], ["fish"]])
            )


def test_times_include_their_beginning_and_exclude_their_end(database):
    with database.write() as tx:
        owner = new_owner(tx)
        spans = say(database, tx, owner, *(Said(["cat"], said_at=n, recorded_at=n) for n in range(5)))
    assert found(database, owner, "cat", since_ms=1, until_ms=3) == spans[1:3]
    assert found(database, owner, "cat", as_of_ms=2) == spans[:3]


def test_an_older_snapshot_keeps_its_own_statistics(opened):
    one, two = opened(), opened()
    with one.write() as tx:
        owner = new_owner(tx)
        spans = say(one, tx, owner, "cat dog", "cat", "bird")
    with two.read() as tx:
        before = two.keyword.search(tx, [["cat"]], SpanFilter(owner), 5)
        with one.write() as writing:
            erase(one, writing, spans[1:2])
            say(one, writing, owner, "cat cat cat", "fish")
        assert len(found(two, owner, "cat")) == 2
        assert two.keyword.search(tx, [["cat"]], SpanFilter(owner), 5) == before
        assert two.keyword.search(tx, [["cat"]], SpanFilter(owner, since_ms=0), 5) == before
    assert found(two, owner, "cat") == found(one, owner, "cat")


def test_an_unknown_owner_cannot_be_indexed(database):
    with database.write() as tx, pytest.raises(ValueError, match="no owner 99"):
        database.keyword.put(tx, [entry(new_span(tx, new_owner(tx), Said([])), 99, Said(["x"]))])


def test_an_index_that_lies_is_found(database):
    with database.write() as tx:
        owner = new_owner(tx)
        say(database, tx, owner, "cat dog", "cat")
        raw(tx, "UPDATE owners SET terms = terms + 1")
    assert any("keyword index" in problem for problem in database.check())
    with database.write() as tx:
        raw(tx, "UPDATE owners SET terms = terms - 1, ordinals = 1")
        raw(tx, "UPDATE span_columns SET entries = substr(entries, 1, length(entries) / 2)")
    with pytest.raises(DatabaseCorrupt):
        found(database, owner, "cat")
