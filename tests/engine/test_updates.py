"""What is said later changes what is true now: pairs of messages, and the value that must hold after both."""

import pytest

from fusion_memory import MemoryService, Scope

ANA = Scope(user_id="ana")


@pytest.fixture
def memory():
    with MemoryService(embedder=None, llm=None) as service:
        yield service


def current(memory, predicate):
    return {fact.object for fact in memory.facts(ANA) if fact.predicate == predicate}


BUILD = "The Node version on the build server is 20."
KITCHEN = "The kitchen budget is 9,000 euros."


@pytest.mark.parametrize(
    ("before", "after", "predicate", "holds"),
    [
        ("I use VS Code as my editor.", "I switched my editor to Neovim.", "uses", {"Neovim"}),
        ("My editor is VS Code.", "I switched my editor to Neovim.", "uses", {"Neovim"}),
        ("I use VS Code.", "I switched to Neovim.", "uses", {"Neovim"}),
        ("我用 VS Code 写代码。", "我改用 Neovim 了。", "uses", {"Neovim"}),
        ("I use Postgres.", "I also use Redis.", "uses", {"Postgres", "Redis"}),
        ("I'm allergic to peanuts.", "I'm no longer allergic to peanuts.", "allergic_to", set()),
        ("我对花生过敏。", "我现在不对花生过敏了。", "allergic_to", set()),
        (KITCHEN, "Our budget for the garden is 500 euros.", "budget_is", {"9,000 euros", "500 euros"}),
        (KITCHEN, "The budget for the kitchen is 12,500 euros now.", "budget_is", {"12,500 euros"}),
        ("陳美玲住在台北。", "陈美玲搬到高雄了。", "lives_in", {"高雄"}),
        ("I prefer tea.", "I now prefer coffee.", "prefers", {"coffee"}),
        ("I prefer hiking.", "I now prefer climbing over hiking.", "prefers", {"climbing"}),
        ("I prefer trains.", "I prefer dark mode.", "prefers", {"trains", "dark mode"}),
        (BUILD, "The Node version in the CI image is 22.", "version_is", {"20", "22"}),
        (BUILD, "We upgraded Node on the build server to 21.", "version_is", {"21"}),
    ],
)
def test_the_later_word_counts(memory, before, after, predicate, holds):
    memory.add(before, ANA, "2026-01-05")
    memory.add(after, ANA, "2026-06-05")
    assert current(memory, predicate) == holds


@pytest.mark.parametrize(
    ("later", "earlier", "holds"),
    [
        ("The audit deadline was moved to June 19.", "The deadline for the audit is June 12 now.", "June 12"),
        ("报表的截止日期延到6月17日了。", "报表的截止日期是6月10日。", "6月10日"),
    ],
)
def test_an_answer_that_is_a_time_holds_from_when_it_was_told(memory, later, earlier, holds):
    memory.add(later, ANA, "2026-04-20")
    memory.add(earlier, ANA, "2026-05-11")
    (deadline,) = current(memory, "deadline_is")
    assert holds in deadline
