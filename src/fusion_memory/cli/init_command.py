"""``init``: choose once where memories are kept and which models read them; Enter takes what works offline."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from fusion_memory.cli import lazy, scope_file
from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.failure import PROGRAM, Refusal
from fusion_memory.cli.options import command, scope_flags
from fusion_memory.core.scope import Scope
from fusion_memory.core.settings import SECRETS, Setting, catalogue

EMBEDDERS = ("auto", "local", "none", "openai", "ollama")
RERANKERS = ("auto", "local", "lexical", "none")
LANGUAGE_MODELS = ("none", "openai", "ollama")
ELSEWHERE = frozenset({"openai", "ollama"})
"""Models of another program: they have an address and a name."""
TRIED = ("I moved to Lisbon in May.", "我五月搬到了里斯本。")
QUESTION = "When did I move to Lisbon?"


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of the wizard: the setting, what may be answered, and where the answer may be left to."""

    setting: str
    choices: tuple[str, ...] = ()
    after: str = ""


QUESTIONS = (
    Ask("storage.path"),
    Ask("embedding.provider", EMBEDDERS),
    Ask("embedding.endpoint", after="embedding.provider"),
    Ask("embedding.model", after="embedding.provider"),
    Ask("reranker.kind", RERANKERS),
    Ask("llm.provider", LANGUAGE_MODELS),
    Ask("llm.endpoint", after="llm.provider"),
    Ask("llm.model", after="llm.provider"),
)


@command("init")
@click.option("--yes", "-y", is_flag=True)
@click.option("--wizard", is_flag=True)
@click.option("--embedding", type=click.Choice(EMBEDDERS))
@click.option("--embedding-endpoint", metavar="URL")
@click.option("--embedding-model", metavar="NAME")
@click.option("--reranker", type=click.Choice(RERANKERS))
@click.option("--llm", type=click.Choice(LANGUAGE_MODELS))
@click.option("--llm-endpoint", metavar="URL")
@click.option("--llm-model", metavar="NAME")
@click.option("--local-test", is_flag=True)
@click.option("--force", is_flag=True)
@with_call
def init(call: Call, yes: bool, wizard: bool, local_test: bool, force: bool, **given: Any) -> None:  # noqa: ANN401 (of the options)
    """Set everything up."""
    if yes and wizard:
        raise Refusal("init.one", f"{PROGRAM} init --help")
    file = call.user_file
    if file.exists() and not force:
        raise Refusal("init.exists", f"{PROGRAM} init --force", path=file)
    named = _named(given)
    if "db" in call.flags:
        named["storage.path"] = str(Path(call.flags["db"]).expanduser().absolute())
    answers = _answers(call, named, asking=not yes)
    scope = _scope(call, asking=not yes)
    lazy.read_settings(answers, {}, None, None)
    _write(file, answers)
    if scope:
        scope_file.save(call.home, scope)
    call.out.show({"file": file, "settings": answers, "scope": scope}, lambda: call.out.line(str(file)))
    call.out.note("init.done", path=file)
    _remind(call, answers)
    if local_test:
        _try(call, answers)
    call.out.note("init.next")


def _named(given: Mapping[str, str | None]) -> dict[str, str]:
    """The settings that options name."""
    places = {
        "embedding": "embedding.provider",
        "embedding_endpoint": "embedding.endpoint",
        "embedding_model": "embedding.model",
        "reranker": "reranker.kind",
        "llm": "llm.provider",
        "llm_endpoint": "llm.endpoint",
        "llm_model": "llm.model",
    }
    return {places[name]: value for name, value in given.items() if value is not None}


def _answers(call: Call, named: Mapping[str, str], *, asking: bool) -> dict[str, str]:
    """What differs from the defaults, by setting."""
    known = {setting.name: setting for setting in catalogue()}
    answers = dict(named)
    if asking:
        call.out.note("init.welcome")
    for ask in QUESTIONS:
        if not asking or ask.setting in answers or (ask.after and answers.get(ask.after) not in ELSEWHERE):
            continue
        answers[ask.setting] = _prompt(call, ask, known[ask.setting])
    return {name: value for name, value in answers.items() if value != str(known[name].default)}


def _prompt(call: Call, ask: Ask, setting: Setting) -> str:
    words = call.out.words(f"ask-first.{ask.setting.replace('.', '_')}")
    answer = click.prompt(
        words,
        default=str(setting.default),
        show_default=bool(setting.default),
        type=click.Choice(ask.choices) if ask.choices else str,
        err=True,
    )
    path = ask.setting == "storage.path" and answer
    return str(Path(answer).expanduser().absolute()) if path else str(answer)


def _scope(call: Call, *, asking: bool) -> dict[str, str]:
    """The scope to remember; one that is remembered stays unless an option says otherwise."""
    remembered = scope_file.load(call.home)
    given = scope_flags(call.flags)
    if not given and not remembered:
        user = call.doors.environment.get("USER") or os.environ.get("USER") or "me"
        given = {
            "user_id": click.prompt(call.out.words("ask-first.user"), default=user, err=True) if asking else user
        }
    ids = scope_file.merged(remembered, given)
    Scope(**ids)
    return ids


def _write(file: Path, answers: Mapping[str, str]) -> None:
    """Write the user file; one that was there is kept beside it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file.exists():
        file.replace(file.with_name(f"{file.name}.before"))
    sections: dict[str, list[str]] = {}
    for name, value in answers.items():
        section, _, field = name.partition(".")
        sections.setdefault(section, []).append(f"{field} = {json.dumps(value, ensure_ascii=False)}")
    text = "\n".join(f"[{section}]\n" + "\n".join(lines) + "\n" for section, lines in sections.items())
    handle = os.open(file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text)


def _remind(call: Call, answers: Mapping[str, str]) -> None:
    """Name the variables that hold keys: they never go into a file."""
    secrets = {setting.name: setting.variable for setting in catalogue() if setting.name in SECRETS}
    for section in ("embedding", "llm"):
        if answers.get(f"{section}.provider") == "openai":
            call.out.note("init.key", variable=secrets[f"{section}.api_key"])


def _try(call: Call, answers: Mapping[str, str]) -> None:
    """Store and find something with these settings, in a database that is gone afterwards."""
    settings = lazy.read_settings(answers, call.doors.environment, None, None)
    scope = Scope(user_id="init")
    with TemporaryDirectory() as folder:
        apart = replace(settings, storage=replace(settings.storage, path=str(Path(folder) / "trial.db")))
        began = time.perf_counter()
        with call.memory(apart) as memory:
            memory.add(list(TRIED), scope)
            found = memory.search(QUESTION, scope, limit=1)
        seconds = time.perf_counter() - began
    call.out.note("init.tried" if found.hits else "init.found_nothing", seconds=f"{seconds:.1f}")
