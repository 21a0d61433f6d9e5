"""The words of the commands on conversations, in English; ``words_sessions_zh`` says the same in Chinese."""

from __future__ import annotations

WORDS = {
    "section.converse": "Converse",
    # tell
    "tell.short": "Say something in plain words and let the memory do what they ask for",
    "tell.help": (
        "Remember, recall, search, tidy up, or do not remember; what asks for nothing is added as a message. To "
        "forget is only proposed: nothing is erased, and the command that would do it is shown."
    ),
    "tell.words": "what you say; quotes are optional",
    "tell.examples": (
        'fusion-memory tell "remember that I am allergic to peanuts"\n'
        'fusion-memory tell "what do you remember about Atlas?"\n'
        'fusion-memory tell "整理一下记忆"\n'
        'fusion-memory tell "forget everything about Berlin"'
    ),
    "tell.added": "Added as a message.",
    "tell.remember": "Remembered: {payload}",
    "tell.do_not_remember": "No facts are made of it. The message itself is kept; to erase it use forget.",
    "tell.taken_back": "Facts of the message before it that were taken back: {count}.",
    "tell.known": "It is already here; nothing was added.",
    "tell.organise": "Tidied up.",
    "tell.forget": (
        "Nothing was erased. This would erase {count:memory|memories}; leave out the ids to keep: {command}"
    ),
    "tell.forget_nothing": "Nothing was found to forget, and nothing was erased.",
    "tell.forget_all": "If you mean everything: {command}",
    "did.claimed": "waiting",
    "did.processed": "done",
    "did.retried": "put off",
    "did.failed": "given up",
    "did.summaries": "sessions summarised",
    "did.promoted": "facts new in the core memory",
    "did.demoted": "facts no longer in it",
    # working, summaries, save-session
    "working.short": "Show the recent messages of the conversation, oldest first",
    "working.help": (
        "How many and how old they may be are settings, see fusion-memory config working. They stand beside the "
        "results of a search and never take a place among them."
    ),
    "working.preset": (
        "default (20 messages, 30 minutes, the session), user (the same over all sessions), memos (an hour), "
        "openclaw (however old, all sessions) or memori (seven days, all sessions)"
    ),
    "working.messages": "so many at most, 0 to 10,000",
    "working.minutes": "only those of so many minutes; 0: however old",
    "working.reach": "the session, or user for all sessions",
    "working.budget": "only the newest that have so many tokens together; 0: no bound",
    "working.examples": (
        "fusion-memory working --session s7\nfusion-memory working --preset user --budget 500\n"
        "fusion-memory working --as-of 2026-03-01T12:00"
    ),
    "choice.preset": "There is no preset {name!r} of working memory.",
    "choice.preset.why": "There are: {known}.",
    "choice.reach": "There is no reach {name!r}.",
    "choice.reach.why": "There are: {known}.",
    "working.nothing": "Nothing was said here lately.",
    "summaries.short": "Show what sessions were about, in their own words, the latest first",
    "summaries.help": "Sessions that are due are summarised first. A summary goes with any message it quotes.",
    "summaries.refresh": "summarise the session of the scope anew, due or not",
    "summaries.schema": "telling words and sentences of the sessions that have five passages or more, made now",
    "summaries.limit": "how many, 1 to 1,000 (100)",
    "summaries.examples": (
        "fusion-memory summaries\nfusion-memory summaries --schema\nfusion-memory summaries --refresh --session s7"
    ),
    "summaries.nothing": "There is nothing to summarise yet.",
    "summaries.no_schema": "No session here has five passages yet.",
    "summaries.chunks": "{count:passage|passages} of {messages:message|messages}",
    "summaries.schema_only": "--refresh does not go with --schema.",
    "summaries.schema_only.why": "Schemas are made anew whenever they are shown.",
    "summaries.more": "These are the latest {count:,}; there may be more: --limit 1000",
    "summaries.quoted": "{count:,} of {messages:message|messages} quoted",
    "summaries.made": "version {version}, made for {cause}",
    "summaries.refresh_one": "--limit does not go with --refresh.",
    "summaries.refresh_one.why": "One session is summarised anew.",
    "save-session.short": "Close a session: keep it as it is, or with a summary beside it",
    "save-session.mode": "raw: as it is; summary: with a longer summary (raw)",
    "save-session.examples": "fusion-memory save-session --session s7 --mode summary",
    "save-session.raw": "Session {session} is kept as it is.",
    "save-session.summary": "Session {session} is kept with its summary.",
    "save-session.empty": "Session {session} holds nothing to summarise.",
    "session.needed": "The scope names no session.",
    "session.needed.why": "This is about one session.",
    "cause.first": "its first messages",
    "cause.messages": "new messages",
    "cause.tokens": "many words",
    "cause.idle": "a pause",
    "cause.session_end": "the end of the session",
    "cause.close": "the end of the program",
    "cause.request": "a request",
    # core, about
    "core.short": "Show the few facts that are always at hand, ready to put before a model once",
    "core.help": (
        "The facts are chosen by importance: what somebody is called, cannot eat, always wants. Each has its "
        "citation; with --json also its memories."
    ),
    "core.budget": "tokens the text may take (a setting: fusion-memory config core)",
    "core.examples": "fusion-memory core\nfusion-memory core --budget 200 --json",
    "core.nothing": "Nothing is important enough yet.",
    "core.no_room": "No fact fits this budget; raise it with --budget.",
    "core.size": "{count:fact|facts}, {tokens:,} of {budget:token|tokens}",
    "core.dropped": "{count:fact does|facts do} not fit the budget.",
    "about.short": "Show or set values you keep about the owner of the scope",
    "about.help": (
        "Plain keys and values, given back as set, never searched. A VALUE that is JSON is kept as such, anything "
        "else as text; null takes the value away. What is not named stays."
    ),
    "about.pairs": "a value to set, for example language=zh or quiet=true",
    "about.removed": "take this value away; may be repeated",
    "about.examples": (
        'fusion-memory about\nfusion-memory about name=Ana \'languages=["pt", "zh"]\'\n'
        "fusion-memory about --remove languages"
    ),
    "about.nothing": "No values are kept here.",
    "about.no_pair": "{word!r} is no KEY=VALUE.",
    "about.no_pair.why": "Each word sets one value. Nothing was changed.",
    "about.twice": "A key was given twice.",
    "about.twice.why": "One value belongs to a key, or none. Nothing was changed.",
    # get
    "field.type": "type",
    "field.state": "state",
    "field.holds": "holds",
    "field.subject": "about",
    "field.predicate": "relation",
    "field.object": "value",
    "field.slot": "question",
    "field.confidence": "confidence",
    "field.when": "time told",
    "field.supersedes": "replaces",
    "field.superseded_by": "replaced by",
    "field.name": "name",
    "field.aliases": "also called",
    "field.mentions": "times named",
    "field.seen": "named from..to",
    "field.merged_from": "merged from",
}
