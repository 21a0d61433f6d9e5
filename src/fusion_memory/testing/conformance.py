"""What every memory must do, as a suite that runs against any implementation of ``MemoryApi``.

Subclass :class:`MemoryConformance` in a test module and say how to open an empty memory; pytest
collects the inherited tests. The suite knows the public face only.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from fusion_memory.core.api import MemoryApi
from fusion_memory.core.errors import FusionMemoryError, InvalidInput, NotFound
from fusion_memory.core.records import Event
from fusion_memory.core.scope import Scope
from fusion_memory.testing.conformance_knowledge import ClosableMemory, KnowledgeConformance

ANA = Scope(user_id="ana")
BEN = Scope(user_id="ben")
LONG = " ".join(f"Sentence number {n} of the long report speaks about topic {n}x{n}." for n in range(40))


class MemoryConformance(KnowledgeConformance):
    """The suite. Tests are independent: each opens its own empty memory."""

    @abstractmethod
    def open_memory(self) -> ClosableMemory:
        """An empty memory."""

    # -- storing ---------------------------------------------------------------------------------

    def test_what_was_said_comes_back_word_for_word(self) -> None:
        """Verbatim, in both languages, with quotes, newlines and emoji."""
        texts = ["I keep bees.", "我养了两只猫。", 'She said "no"\nand left 👩‍👩‍👧.', "  spaces kept  "]
        with self.open_memory() as memory:
            ids = memory.add(texts, ANA).ids
            assert [_event(memory, one).content for one in ids] == texts

    def test_a_retry_is_the_same_memory(self) -> None:
        """The same call twice stores once, with and without the caller's ids."""
        call = [{"role": "user", "content": "ok"}, {"role": "user", "content": "ok"}, {"id": "7", "content": "hi"}]
        with self.open_memory() as memory:
            first, second = memory.add(call, ANA), memory.add(call, ANA)
            assert (first.inserted, second.inserted) == (3, 0)
            assert first.ids == second.ids == second.duplicates
            assert _event(memory, first.ids[0]).times_seen == 2

    def test_the_same_sentence_lives_in_two_sessions(self) -> None:
        """It is found from both."""
        one, two = Scope(user_id="ana", session_id="one"), Scope(user_id="ana", session_id="two")
        with self.open_memory() as memory:
            memory.add("The key is under the mat.", one)
            memory.add("The key is under the mat.", two)
            for scope in (one, two):
                assert [hit.session_id for hit in memory.search("Where is the key?", scope)] == [scope.session_id]

    def test_an_edit_under_the_same_id_is_kept_too(self) -> None:
        """Nothing said is lost."""
        with self.open_memory() as memory:
            first = memory.add({"id": "1", "content": "I live in Lyon."}, ANA)
            second = memory.add({"id": "1", "content": "I live in Lille."}, ANA)
            assert second.inserted == 1
            assert first.ids != second.ids

    def test_every_part_of_a_long_text_is_found(self) -> None:
        """A text of many chunks answers for each of them."""
        with self.open_memory() as memory:
            [long_id] = memory.add(LONG, ANA).ids
            memory.add([f"An unrelated remark about number {n}." for n in range(30)], ANA)
            for n in (0, 7, 19, 28, 39):
                best = memory.search(f"topic {n}x{n}", ANA, limit=1)[0]
                assert best.id == long_id
                assert f"topic {n}x{n}." in best.text

    def test_one_bad_message_stores_nothing_of_its_call(self) -> None:
        """All or none."""
        with self.open_memory() as memory:
            for bad in ("", "  \n ", "nul \x00 byte", "lone \ud800 surrogate"):
                with _refused(InvalidInput):
                    memory.add(["fine", bad], ANA)
            assert memory.stats(ANA).memories == 0

    def test_a_captured_log_is_taken_in_without_its_noise_and_accounted_for(self) -> None:
        """What nobody said is left out with a reason; taken in again, nothing is stored twice."""
        log: list[str | dict[str, str]] = [
            {"role": "user", "content": "I moved to Porto.", "time": "2026-03-02T10:00:00Z"},
            {"role": "user", "content": "<system-reminder>\nI live in Rome.\n</system-reminder>"},
            {"role": "assistant", "content": "You like jazz."},
            "550e8400-e29b-41d4-a716-446655440000",
            "我喜欢爵士乐。",
        ]
        with self.open_memory() as memory:
            for stored in (2, 0):
                report = memory.ingest_log(log, ANA)
                assert (report.seen, report.kept) == (5, 2)
                assert report.dropped == {"injected": 1, "role_assistant": 1, "identifier": 1}
                assert report.added is not None
                assert report.added.inserted == stored
            assert memory.stats(ANA).memories == 2

    # -- finding ---------------------------------------------------------------------------------

    def test_questions_find_their_answers(self) -> None:
        """In English, in Chinese, and in mixed text."""
        with self.open_memory() as memory:
            memory.add(
                [
                    "My sister Clara plays the cello in an orchestra.",
                    "I am allergic to peanuts.",
                    "下周三我要去上海出差。",
                    "我女儿最喜欢的水果是草莓。",
                    "我们用 Kubernetes 部署服务。",
                ],
                ANA,
            )
            for question, words in {
                "What instrument does Clara play?": "cello",
                "Which nuts is she allergic to, peanuts?": "peanuts",
                "什么时候去上海出差？": "上海",
                "女儿喜欢什么水果？": "草莓",
                "怎么用 kubernetes 部署？": "Kubernetes",
            }.items():
                assert words in memory.search(question, ANA)[0].text, question

    def test_one_chinese_character_is_enough(self) -> None:
        """One and two characters find their text."""
        with self.open_memory() as memory:
            memory.add(["窗外下着雪。", "他买了一盆兰花。", "今天天气很好。"], ANA)
            assert "雪" in memory.search("雪", ANA)[0].text
            assert "兰花" in memory.search("兰花", ANA)[0].text

    def test_search_operators_are_only_text(self) -> None:
        """No question is a syntax error."""
        nasty = ['"', "a AND", "NEAR(a b)", "*", "col:x", "-x", "(", "'; DROP TABLE events; --", '" OR 1=1', "^a"]
        with self.open_memory() as memory:
            memory.add("A plain sentence about x.", ANA)
            for query in nasty:
                memory.search(query, ANA)
            assert memory.stats(ANA).memories == 1

    def test_what_was_said_is_found_by_its_own_words(self) -> None:
        """A stored text queried verbatim ranks first."""
        texts = [f"Note {n}: the {c} box stands on shelf {n % 7}." for n in range(60) for c in ("red", "blue")]
        with self.open_memory() as memory:
            ids = memory.add(texts, ANA).ids
            for place in range(0, len(texts), 11):
                assert memory.search(texts[place], ANA, limit=1)[0].id == ids[place]

    def test_options_narrow_a_search(self) -> None:
        """By time said, role, session and metadata."""
        with self.open_memory() as memory:
            memory.add(
                [
                    {"content": "Tea in spring.", "time": "2026-03-01", "session_id": "a", "metadata": {"k": 1}},
                    {"content": "Tea in summer.", "time": "2026-07-01", "session_id": "b", "role": "assistant"},
                ],
                ANA,
            )
            for options, season in (
                ({"until": "2026-04-01"}, "spring"),
                ({"since": "2026-04-01"}, "summer"),
                ({"roles": ("assistant",)}, "summer"),
                ({"session_ids": ("a",)}, "spring"),
                ({"metadata": {"k": 1}}, "spring"),
            ):
                assert [season in hit.text for hit in memory.search("tea", ANA, options)] == [True], options

    def test_limits_are_exact_and_checked(self) -> None:
        """From 1 to 1,000."""
        with self.open_memory() as memory:
            memory.add([f"bird {n}" for n in range(30)], ANA)
            assert len(memory.search("bird", ANA, limit=7)) == 7
            for limit in (0, -1, 10**9):
                with _refused(InvalidInput):
                    memory.search("bird", ANA, limit=limit)

    def test_a_pack_keeps_its_budget_and_cites(self) -> None:
        """Never over budget; every line has its citation and its memory."""
        with self.open_memory() as memory:
            ids = memory.add([f"The garden has {n} roses and {n * 2} tulips." for n in range(50)], ANA).ids
            for budget in (60, 200, 1000):
                pack = memory.answer_context("How many roses are in the garden?", ANA, budget)
                assert pack.tokens <= budget
                assert all(item.citation in pack.text and item.id in ids for item in pack.items)
            assert pack.items

    # -- belonging -------------------------------------------------------------------------------

    def test_owners_never_meet(self) -> None:
        """No read path shows another owner's memory."""
        secret = "The vault code is 4471."  # noqa: S105 (a sentence)
        with self.open_memory() as memory:
            [theirs] = memory.add(secret, BEN).ids
            memory.add("I like vaulted ceilings.", ANA)
            result = memory.search(secret, ANA)
            assert theirs not in {hit.id for hit in result}
            assert "4471" not in memory.answer_context(secret, ANA).text
            assert all(entry.id != theirs for entry in memory.history(ANA, entity="vault"))
            for reading in (lambda: memory.get(theirs, scope=ANA), lambda: memory.forget(ANA, [theirs])):
                with _refused(NotFound):
                    reading()
            assert memory.stats(ANA).memories == 1

    def test_foreign_matches_do_not_change_a_ranking(self) -> None:
        """Neither the order nor a score."""
        mine = [
            f"I planted {n} tulips near the {place}." for n, place in enumerate(["wall", "door", "pond", "gate"])
        ]
        with self.open_memory() as memory:
            memory.add(mine, ANA, session_time="2026-01-01")
            before = memory.search("tulips near the pond", ANA, asked_at="2026-01-02")
            memory.add([f"Tulips near the pond, remark {n}." for n in range(60)], BEN)
            after = memory.search("tulips near the pond", ANA, asked_at="2026-01-02")
            assert [(hit.id, hit.score) for hit in before] == [(hit.id, hit.score) for hit in after]

    def test_a_session_narrows_unless_it_is_crossed(self) -> None:
        """S1's rule."""
        here, there = Scope(user_id="ana", session_id="here"), Scope(user_id="ana", session_id="there")
        with self.open_memory() as memory:
            memory.add("The spare key hangs in the shed.", there)
            assert len(memory.search("spare key", here)) == 0
            assert len(memory.search("spare key", here, allow_cross_session=True)) == 1
            assert len(memory.search("spare key", ANA)) == 1

    # -- forgetting ------------------------------------------------------------------------------

    def test_memories_are_leafed_through_once_each(self) -> None:
        """The latest first, the same filters on every page, nothing of others."""
        with self.open_memory() as memory:
            memory.add([{"role": "user", "content": f"note {n}"} for n in range(5)], ANA)
            memory.add({"role": "assistant", "content": "noted"}, ANA)
            memory.add("Ben's own", BEN)
            found: list[str] = []
            page = memory.memories(ANA, role="user", limit=2)
            found += [event.content for event in page.items]
            while page.next is not None:
                page = memory.memories(ANA, role="user", limit=2, after=page.next)
                found += [event.content for event in page.items]
            assert found == [f"note {n}" for n in reversed(range(5))]

    def test_one_search_gives_hits_and_their_pack(self) -> None:
        """The pack cites what the search found, and what it spares is counted."""
        with self.open_memory() as memory:
            memory.add(["My sister Eva lives in Rome.", "The kettle is broken."], ANA)
            both = memory.recall("Where does Eva live?", ANA, 400, {"limit": 3})
            assert both.result.hits[0].text == "My sister Eva lives in Rome."
            assert {item.id for item in both.pack.items} & {hit.id for hit in both.result.hits}
            assert both.pack.tokens <= both.pack.budget_tokens == 400
            assert both.source_tokens > 0

    def test_forgetting_erases(self) -> None:
        """A dry run counts, the deed removes, the rest stays, the tombstone has no content."""
        with self.open_memory() as memory:
            gone, kept = memory.add(["My old number was 555-0199.", "My new number is 555-0123."], ANA).ids
            assert memory.forget(ANA, [gone], dry_run=True).counts["memories"] == 1
            assert memory.stats(ANA).memories == 2
            assert memory.forget(ANA, [gone]).counts["memories"] == 1
            assert [hit.id for hit in memory.search("number 555-0199", ANA)] == [kept]
            with _refused(NotFound):
                memory.get(gone, scope=ANA)
            assert [entry.text for entry in memory.history(ANA) if entry.action == "erased"] == [None]
            memory.forget(ANA, everything=True)
            assert memory.stats(ANA).memories == 0

    def test_errors_are_named_and_say_what_to_do(self) -> None:
        """Whatever goes wrong is one of ours."""
        with self.open_memory() as memory:
            for wrong in (
                lambda: memory.search("", ANA),
                lambda: memory.search("x", ANA, recipe="nonsense"),
                lambda: memory.search("x", ANA, limmit=3),
                lambda: memory.get("mem_unknown", scope=ANA),
                lambda: memory.forget(ANA),
                lambda: memory.add("x", ANA, session_time="soon"),
                lambda: memory.answer_context("x", ANA, budget=-5),
            ):
                with _refused(FusionMemoryError) as caught:
                    wrong()
                assert caught[0].fix


def _event(memory: MemoryApi, memory_id: str) -> Event:
    found = memory.get(memory_id, scope=ANA)
    assert isinstance(found, Event)
    return found


@contextmanager
def _refused(kind: type[FusionMemoryError]) -> Iterator[list[FusionMemoryError]]:
    caught: list[FusionMemoryError] = []
    try:
        yield caught
    except kind as error:
        caught.append(error)
        return
    raise AssertionError(f"{kind.__name__} was expected")
