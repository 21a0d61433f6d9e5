"""Two catalogues that say the same."""

import re
from pathlib import Path
from string import Formatter

import pytest

import fusion_memory.cli as package
from fusion_memory import MemoryService, Scope
from fusion_memory.cli import failure
from fusion_memory.cli.messages import PARTS
from fusion_memory.cli.tasks_command import STATUSES
from fusion_memory.core.capture import Category
from fusion_memory.core.error_words import CHINESE as ERRORS
from fusion_memory.core.errors import FusionMemoryError
from fusion_memory.core.knowledge import VIEW_TYPES, EntityKind, FactState, FactType, GateDecision
from fusion_memory.core.layers import Cause
from fusion_memory.core.question import QuestionKind
from fusion_memory.engine.telling import ADDED
from fusion_memory.ingestion.screening.screen import reasons
from fusion_memory.memory import tasks
from fusion_memory.retrieval.recipes import RECIPES
from fusion_memory.text.trigger_words import TriggerKind

ENGLISH, CHINESE = ({key: words for part in PARTS[lang] for key, words in part.items()} for lang in ("en", "zh"))
AS_WRITTEN = re.compile(r"\.(help|short|examples|metadata)$|^(any|fix)\.")


def tree(kind=FusionMemoryError):
    yield kind
    for child in kind.__subclasses__():
        yield from tree(child)


def placeholders(words):
    return sorted({name for _, name, _, _ in Formatter().parse(words) if name})


def test_the_catalogues_have_the_same_keys_in_the_same_order():
    assert list(ENGLISH) == list(CHINESE)
    for parts in PARTS.values():
        assert sum(map(len, parts)) == len(ENGLISH)


@pytest.mark.parametrize("key", [key for key in ENGLISH if not AS_WRITTEN.search(key)])
def test_a_message_has_the_same_placeholders_in_both(key):
    assert placeholders(ENGLISH[key]) == placeholders(CHINESE[key])


@pytest.mark.parametrize("key", ENGLISH)
def test_a_message_is_translated(key):
    same = {"field.id", "explain.comma", "explain.score", "error.internal"}
    technical = key.endswith(".examples") or key.startswith("fix.") or key in same or not ENGLISH[key]
    assert technical or ENGLISH[key] != CHINESE[key]
    assert technical or re.search(r"[一-鿿]", CHINESE[key])


def test_every_message_is_used():
    source = "".join(
        path.read_text("utf-8") for path in Path(package.__file__).parent.glob("*.py") if "words" not in path.name
    )
    families = (
        "abstention", "ask-first", "mended", "settings",
        "any", "root", "section", "exit", "lane", "part", "drop", "language", "degraded", "check", "origin", "path",
        "recipe", "count", "scope", "field", "stats", "action", "fix", "label", "why", "error", "unit", "progress",
        "state", "type", "kind", "view", "decision", "reason", "status", "work", "clash", "time", "choice",
        "compare", "report", "did", "cause", "tell", "save-session", "noise", "category", "asks", "bench",
        "likeness", "tier", "edge", "sweep", "eval-compare", "train-utility", "feedback", "keys", "audit",
        "near", "deed", "because", "level", "ended", "proof",
        "bucket", "jobstate", "caretask",
    )  # fmt: skip
    for key in ENGLISH:
        family, _, rest = key.partition(".")
        name = key.removesuffix(".why")
        known = rest in {"short", "help", "examples"} or family in families or f'"{name}"' in source
        spoken = f'"{rest}"' in source or re.search(rf"\b{re.escape(rest)}\b", source)
        assert known or spoken or "demo." in key, key


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_what_the_engine_names_has_a_word(words):
    for recipe in RECIPES.values():
        assert f"recipe.{recipe.name}" in words
        assert {f"lane.{lane}" for lane in recipe.lanes} <= set(words)
    found = MemoryService(embedder=None)
    scope = Scope(user_id="u")
    messages = [
        {"content": f"tea and day {day}", "session_id": "s", "time": f"2026-03-0{day}"} for day in range(1, 6)
    ]
    with found:
        found.add(messages, scope)
        for recipe in RECIPES:
            for group_by in ("memory", "session"):
                asked = {"recipe": recipe, "asked_at": "2026-03-10", "group_by": group_by}
                for hit in found.search("tea on March 3rd", scope, asked):
                    assert {f"part.{part}" for part in hit.parts} <= set(words)


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_name_of_what_is_understood_has_a_word(words):
    families = {"state": FactState, "type": FactType, "kind": EntityKind, "decision": GateDecision}
    families |= {"category": Category, "noise": reasons()}
    families |= {"view": VIEW_TYPES, "status": STATUSES, "cause": Cause, "tell": (*TriggerKind, ADDED)}
    families["asks"] = QuestionKind
    families["tell"] = {name for name in families["tell"] if name not in {"recall", "search"}}
    assert STATUSES == tasks.STATUSES
    for family, names in families.items():
        assert {f"{family}.{name}" for name in names} <= set(words)


def test_every_error_of_the_tree_is_said_in_chinese():
    codes = {kind.code for kind in tree() if kind.__module__.startswith("fusion_memory.core")}
    assert codes | {failure.FileProblem.code} == set(ERRORS)
    for code, said in ERRORS.items():
        assert len(said) == 3
        assert all(said), code
        assert re.search(r"[一-鿿]", said[0] + said[1]), code


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", list(tree()), ids=lambda kind: kind.__name__)
def test_every_error_makes_three_lines(kind, lang, capsys):
    error = kind("forget.what", "fusion-memory forget --help") if issubclass(kind, failure.Refusal) else kind()
    assert failure.tell(error, "add", lang, as_json=False) == kind.exit_code
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert "{" not in lines[2].replace('{"topic"', "")
