"""The words of the commands that capture logs, in English; ``words_capture_zh`` says the same in Chinese."""

from __future__ import annotations

WORDS = {
    "ingest-log.short": "Take in a captured log without its noise, and account for every record",
    "ingest-log.help": (
        "FILE has one message a line as JSON (role, content, time, session_id, name, id, metadata), or is a text "
        'log with lines like "2026-03-02 10:11 User: ...". Ids, reminders, tool results, progress and the like are '
        "left out and counted with their lines; words of people are kept, with the time they were said. Only what "
        "the user said is taken unless asked. Running it again stores nothing twice. What is added with add is "
        "never filtered."
    ),
    "ingest-log.source": "the log, or - for stdin",
    "ingest-log.dry_run": "only say what would be kept and left out",
    "ingest-log.with_assistant": "keep what the assistant said, too, trusted as an assistant's",
    "ingest-log.form": "auto goes by the name of the file, then by its first line (auto)",
    "ingest-log.role": "who speaks where the log does not say (user)",
    "ingest-log.time": "when it was said, where the log does not say",
    "ingest-log.extra_fields": "keep unknown fields as metadata instead of refusing them",
    "ingest-log.dropped": "write every text left out to this new file, with the reason; add --file takes it",
    "ingest-log.encoding": "encoding of the file (utf-8)",
    "ingest-log.examples": (
        "fusion-memory ingest-log chat.jsonl --dry-run\n"
        "fusion-memory ingest-log chat.jsonl --with-assistant --dropped left-out.jsonl\n"
        "tail -n 500 agent.log | fusion-memory ingest-log - --format text"
    ),
    "ingest-log.done": "{seen:record|records} screened: {stored:,} stored, {known:,} already known.",
    "ingest-log.would": "Nothing was stored. {kept:,} of {seen:record|records} would be kept.",
    "ingest-log.left_out": "Left out: {count:,}",
    "ingest-log.lines": "line {lines}",
    "ingest-log.cut": "Cut out of what is kept",
    "ingest-log.about": "What is kept is about",
    "ingest-log.empty": "There is nothing in it.",
    "ingest-log.undated": (
        "{count:record has|records have} no time; --time says it, else the moment of this call stands in."
    ),
    "ingest-log.dropped_exists": "{path} exists already.",
    "ingest-log.dropped_exists.why": "What is left out goes to a new file. Nothing was stored.",
    "progress.screening": "Screening",
    "unit.records": "records",
    "noise.terminal": "terminal control codes",
    "noise.blob": "encoded files and keys",
    "noise.envelope": "envelopes and metadata",
    "noise.injected": "injected instructions and reminders",
    "noise.tool_output": "tool results",
    "noise.scheduler": "scheduled jobs and heartbeats",
    "noise.checkpoint": "checkpoints and session marks",
    "noise.progress": "progress",
    "noise.identifier": "ids only",
    "noise.timestamp": "times only",
    "noise.separator": "drawn lines",
    "noise.machine_log": "a program's own log lines",
    "noise.command": "bare commands",
    "noise.empty": "empty",
    "noise.no_words": "no word in it",
    "noise.says_nothing": "says nothing by itself",
    "noise.too_short": "too short",
    "noise.repeated": "told twice",
    "noise.role_user": "said by the user",
    "noise.role_assistant": "said by the assistant",
    "noise.role_tool": "from a tool",
    "noise.role_system": "from the system",
    "noise.role_other": "no message",
    "category.task": "tasks",
    "category.decision": "decisions",
    "category.error": "errors",
    "category.preference": "preferences",
    "category.fact": "facts",
    "category.chat": "chat",
}
