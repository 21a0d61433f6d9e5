"""``ask`` and ``context``: the answer to a question with its evidence, or the evidence alone, ready for a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import click

from fusion_memory.cli.context import Call, with_call
from fusion_memory.cli.explaining import named
from fusion_memory.cli.failure import Refusal
from fusion_memory.cli.notes import degraded_notes
from fusion_memory.cli.options import command
from fusion_memory.cli.output import document
from fusion_memory.cli.query_options import query_options, search_options
from fusion_memory.core.answers import Answer, AnswerClaim, AnswerPart
from fusion_memory.core.packs import ContextPack
from fusion_memory.core.settings import Settings
from fusion_memory.core.wire import encode

ABSTAINED = 9
"""The exit code of a question to which the memory holds no answer."""

NO_PROVIDER = "none"


@command("ask")
@click.argument("words", nargs=-1, required=True, metavar="QUESTION...")
@click.option("--budget", type=int, metavar="TOKENS")
@click.option("--model", "model_name", metavar="NAME")
@click.option("--no-model", is_flag=True)
@click.option("--stream", is_flag=True)
@query_options
@with_call
def ask(
    call: Call,
    words: tuple[str, ...],
    *,
    budget: int | None,
    model_name: str | None,
    no_model: bool,
    stream: bool,
    **options: Any,  # noqa: ANN401 (query options)
) -> None:
    """Answer a question."""
    scope, wanted = call.scope(), search_options(call, **options)
    settings = _settings(call, model_name, no_model=no_model)
    with call.memory(settings) as memory:
        parts = memory.answer_stream(" ".join(words), scope, budget, wanted, model=None if no_model else "auto")
        answer = _streamed(call, parts) if stream else _whole(parts)
    if not stream:
        call.out.show(answer, lambda: _show(call, answer))
    _notes(call, answer)
    if answer.abstained:
        raise click.exceptions.Exit(ABSTAINED)


@command("context")
@click.argument("words", nargs=-1, required=True, metavar="QUESTION...")
@click.option("--budget", type=int, metavar="TOKENS")
@query_options
@with_call
def context(call: Call, words: tuple[str, ...], budget: int | None, **options: Any) -> None:  # noqa: ANN401 (query options)
    """Pack the evidence for a question."""
    scope, wanted = call.scope(), search_options(call, **options)
    with call.memory() as memory:
        pack = memory.answer_context(" ".join(words), scope, budget, wanted)
    call.out.show(pack, lambda: _show_pack(call, pack))


def _settings(call: Call, model_name: str | None, *, no_model: bool) -> Settings:
    """The settings of the call, with the model that was named."""
    if model_name is None:
        return call.settings
    if no_model:
        raise Refusal("ask.both", "fusion-memory ask --help")
    if call.settings.llm.provider == NO_PROVIDER:
        raise Refusal("ask.no_provider", "fusion-memory ask QUESTION --model NAME --set llm.provider=openai")
    return replace(call.settings, llm=replace(call.settings.llm, model=model_name))


def _whole(parts: Iterator[AnswerPart]) -> Answer:
    *_, last = parts
    if last.answer is None:
        raise RuntimeError("an answer ended without its record")
    return last.answer


def _streamed(call: Call, parts: Iterator[AnswerPart]) -> Answer:
    """Show each part as it comes, as JSON lines with ``--json``; the last one is the whole answer."""
    answer: Answer | None = None
    for part in parts:
        answer = part.answer or answer
        if call.out.as_json:
            document(encode(part))
        elif part.claim is not None:
            _claim(call, part.claim)
    if answer is None:
        raise RuntimeError("an answer ended without its record")
    if answer.abstained and not call.out.as_json:
        call.out.line(answer.text)
    return answer


def _show(call: Call, answer: Answer) -> None:
    if answer.abstained:
        call.out.line(answer.text)
        return
    for claim in answer.claims:
        if claim.supported:
            _claim(call, claim)


def _claim(call: Call, claim: AnswerClaim) -> None:
    call.out.line(claim.text, "strong")
    for quote in claim.quotes:
        said = f"{quote.said_at:%Y-%m-%d} {quote.speaker}: “{' '.join(quote.text.split())}”"
        call.out.line(f"    {' '.join(part for part in (quote.citation, said, quote.id) if part)}", "dim")


def _notes(call: Call, answer: Answer) -> None:
    refused = sum(not claim.supported for claim in answer.claims)
    if refused:
        call.out.note("ask.refused", count=refused)
    if answer.abstained:
        call.out.note("ask.abstained", reason=named(call.out.lang, "abstention", answer.abstained.value))
    else:
        how = "ask.by_model" if answer.method == "model" else "ask.by_extractive"
        call.out.note("ask.made", how=call.out.words(how), pack=answer.pack.id or "-")
    degraded_notes(call.out, answer.degraded)


def _show_pack(call: Call, pack: ContextPack) -> None:
    if pack.text:
        call.out.verbatim(pack.text)
        call.out.note(
            "context.packed",
            count=len(pack.items),
            tokens=pack.tokens,
            budget=pack.budget_tokens,
            pack=pack.id or "-",
        )
    else:
        call.out.note("search.nothing")
    degraded_notes(call.out, pack.degraded)
