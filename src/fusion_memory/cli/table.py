"""The table of commands: name, where it lives, its place on the help page. Listing it imports none of them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import click

PACKAGE = "fusion_memory.cli"


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives: module and attribute, and the section of the help page that lists it."""

    module: str
    attribute: str
    section: str


COMMANDS = {
    "demo": Entry("demo_command", "demo", "start"),
    "init": Entry("init_command", "init", "start"),
    "use": Entry("use_command", "use", "start"),
    "add": Entry("add_command", "add", "store"),
    "ingest-log": Entry("log_command", "ingest_log", "store"),
    "import": Entry("import_command", "import_", "store"),
    "redact": Entry("redact_command", "redact_", "store"),
    "search": Entry("search_command", "search", "find"),
    "ask": Entry("ask_command", "ask", "find"),
    "context": Entry("ask_command", "context", "find"),
    "get": Entry("get_command", "get", "find"),
    "memories": Entry("memories_command", "memories", "find"),
    "related": Entry("related_command", "related", "find"),
    "feedback": Entry("feedback_command", "feedback", "find"),
    "history": Entry("history_command", "history", "find"),
    "trace": Entry("trace_command", "trace", "find"),
    "pack": Entry("pack_command", "pack", "find"),
    "tell": Entry("tell_command", "tell", "converse"),
    "working": Entry("conversation_command", "working", "converse"),
    "summaries": Entry("conversation_command", "summaries", "converse"),
    "condensations": Entry("condensations_command", "condensations", "converse"),
    "save-session": Entry("conversation_command", "save_session", "converse"),
    "core": Entry("core_command", "core", "converse"),
    "about": Entry("core_command", "about", "converse"),
    "facts": Entry("facts_command", "facts", "understand"),
    "views": Entry("views_command", "views", "understand"),
    "timeline": Entry("timeline_command", "timeline", "understand"),
    "compare": Entry("timeline_command", "compare", "understand"),
    "profiles": Entry("profiles_command", "profiles", "understand"),
    "entities": Entry("entities_command", "entities", "understand"),
    "conflicts": Entry("conflicts_command", "conflicts", "understand"),
    "correct": Entry("correct_command", "correct", "understand"),
    "retract": Entry("correct_command", "retract", "understand"),
    "merge": Entry("naming_command", "merge", "understand"),
    "split": Entry("naming_command", "split", "understand"),
    "alias": Entry("naming_command", "alias", "understand"),
    "start": Entry("life_command", "start", "serve"),
    "stop": Entry("life_command", "stop", "serve"),
    "restart": Entry("life_command", "restart", "serve"),
    "status": Entry("life_command", "status", "serve"),
    "logs": Entry("life_command", "logs", "serve"),
    "serve": Entry("serve_command", "serve", "serve"),
    "worker": Entry("worker_command", "worker", "serve"),
    "upgrade": Entry("upgrade_command", "upgrade", "serve"),
    "stats": Entry("stats_command", "stats", "care"),
    "report": Entry("report_command", "report", "care"),
    "tasks": Entry("tasks_command", "tasks", "care"),
    "jobs": Entry("jobs_command", "jobs", "care"),
    "care": Entry("care_command", "care", "care"),
    "doctor": Entry("doctor_command", "doctor", "care"),
    "config": Entry("config_command", "config", "care"),
    "backup": Entry("backup_command", "backup", "care"),
    "restore": Entry("backup_command", "restore", "care"),
    "rekey": Entry("rekey_command", "rekey", "care"),
    "export": Entry("export_command", "export", "care"),
    "reindex": Entry("reindex_command", "reindex", "care"),
    "keys": Entry("keys_command", "keys", "care"),
    "audit": Entry("audit_command", "audit", "care"),
    "forget": Entry("forget_command", "forget", "care"),
    "policy": Entry("policy_command", "policy", "care"),
    "receipt": Entry("receipt_command", "receipt", "care"),
    "eval": Entry("eval_command", "eval_", "measure"),
    "train-utility": Entry("train_command", "train_utility", "measure"),
    "bench": Entry("bench_command", "bench", "measure"),
}
ALIASES = {"answer-context": "context", "debug-trace": "trace"}
SECTIONS = ("start", "store", "find", "converse", "understand", "serve", "care", "measure")


def load(name: str) -> click.Command | None:
    """The command of a name or an alias, imported now; None when there is no such command."""
    entry = COMMANDS.get(ALIASES.get(name, name))
    if entry is None:
        return None
    found = getattr(import_module(f"{PACKAGE}.{entry.module}"), entry.attribute)
    if not isinstance(found, click.Command):
        raise TypeError(f"{entry.module}.{entry.attribute} is no command")
    return found
