"""English words of the commands on packs and answers."""

from __future__ import annotations

WORDS = {
    "pack.short": "Show context packs that were handed out: again, compared, made anew",
    "pack.help": (
        "list: the latest; show ID: one again; diff ID ID: how two differ; replay ID: made anew from what was "
        "known then, and how that differs. A pack keeps ids, no texts: a line whose memory was erased is gone, and "
        "is named."
    ),
    "pack.what": "list, show, diff or replay",
    "pack.ids": "pack {what} takes another number of ids: {count}.",
    "pack.ids.why": "list takes none, show and replay take one, diff takes two.",
    "pack.now": "replay from what is known now",
    "pack.limit": "how many to list, 1 to 1,000 (20)",
    "pack.examples": (
        "fusion-memory pack list\nfusion-memory pack show pack_01kk7q...\n"
        "fusion-memory pack replay pack_01kk7q... --now"
    ),
    "pack.none": "No pack was handed out yet.",
    "pack.question_gone": "(erased)",
    "pack.gone": "{count:line is|lines are} gone, erased since: {lines}",
    "pack.intact": "Every character is as it was handed out.",
    "pack.changed": "The same lines, but facts were corrected since, so the text reads differently.",
    "pack.same": "No difference: {kept:line|lines} in both.",
    "pack.differ": "{removed:line|lines} only before, {added:line|lines} only after, {kept:line|lines} in both.",
    "choice.pack": "There is no pack {name!r}; known are: {known}.",
    "choice.pack.why": "A pack can be listed, shown, compared and made anew.",
    "field.contract": "contract",
    "field.tokens": "tokens",
}
