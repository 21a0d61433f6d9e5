"""English words of the commands on packs and answers."""

from __future__ import annotations

WORDS = {
    "ask.short": "Answer a question from the memories, with quotes; or say that they do not tell",
    "ask.help": (
        "A language model phrases the answer when one is set up (fusion-memory config llm), else it is quoted from "
        "the memories. Each claim is checked against its quote; what is not borne out is left out. A question "
        "without an answer ends with exit code 9."
    ),
    "ask.budget": "tokens of evidence the answer is made from",
    "ask.model_name": "this model of the provider that is set up",
    "ask.no_model": "no language model: quote the memories",
    "ask.stream": "show each claim once it is checked; with --json one JSON document a line",
    "ask.examples": (
        'fusion-memory ask "what does Ana eat?"\nfusion-memory ask "where do I live?" --no-model\n'
        'fusion-memory ask "when is the concert?" --stream --json'
    ),
    "ask.both": "--model does not go with --no-model.",
    "ask.both.why": "One asks for a language model, the other for none.",
    "ask.no_provider": "No language model is set up.",
    "ask.no_provider.why": "--model names a model of the provider in llm.provider, and that is none.",
    "ask.refused": "{count:claim was|claims were} left out: the memories do not bear out what the model said.",
    "ask.abstained": "No answer: {reason}.",
    "ask.made": "{how}; evidence: fusion-memory pack show {pack}",
    "ask.by_model": "Answered by the language model, checked",
    "ask.by_extractive": "Quoted from the memories",
    "abstention.no_evidence": "nothing here tells it",
    "abstention.contradictory": "what is here contradicts itself",
    "abstention.model_failed": "the language model failed, and nothing here tells it word for word",
    "abstention.unsupported": "the language model said what the memories do not bear out",
    "degraded.model_failed": "The language model failed ({detail}); the answer is quoted from the memories.",
    "context.short": "Pack the evidence for a question, ready for a model",
    "context.help": "Prints cited lines within a token budget. answer-context is the same command.",
    "context.budget": "tokens the pack may take",
    "context.examples": 'fusion-memory context "what does Ana eat?" --budget 500',
    "context.packed": (
        "{count:passage|passages}, {tokens:,} of {budget:token|tokens}; fusion-memory pack show {pack}"
    ),
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
