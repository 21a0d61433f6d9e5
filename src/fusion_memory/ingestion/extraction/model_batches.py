"""Which messages a model reads together: by session, by topic, within a number of tokens; every word is read.

Why it exists: one call per message is dear, one call for everything is too long. Must not know: models or prompts.
The options follow LightMem (topic drift by Jaccard, 320 characters of a message, 900 of a segment); here these
bounds only decide where topics part, every word is still read. Pure: the same messages give the same batches.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from fusion_memory.core.errors import InvalidOption
from fusion_memory.ingestion.extraction.model_claims import speaks
from fusion_memory.ingestion.extraction.prompt import Said
from fusion_memory.text.counting import count_tokens, truncate_to_tokens
from fusion_memory.text.similarity import jaccard, shingles

TOPIC_DRIFT: Final = 0.18
"""Two stretches with a smaller share of words in common are of different topics."""

MESSAGE_CHARS: Final = 320
SEGMENT_CHARS: Final = 900
HEADING_TOKENS: Final = 24
"""What naming a message in the prompt costs."""

MESSAGES_USED: Final = ("all", "user_only")
_LEAST_PIECE_TOKENS: Final = 64

_COURTESIES: Final = """
hi, hello, hey, hi there, hello there, good morning, good afternoon, good evening, good night, bye,
goodbye, see you, see you later, ok, okay, alright, sure, yes, yeah, yep, no, nope, right, great, cool,
nice, perfect, awesome, got it, i see, thanks, thank you, thanks a lot, thank you so much,
thank you very much, many thanks, you're welcome, no problem, sounds good, makes sense, lol, haha, hmm,
um, uh, well, how are you, how are you doing, never mind,
你好, 您好, 嗨, 哈喽, 早上好, 下午好, 晚上好, 早安, 晚安, 再见, 拜拜,
好, 好的, 好吧, 行, 可以, 嗯, 嗯嗯, 哦, 是的, 对, 对的, 没事, 不客气, 谢谢, 谢谢你, 谢谢您, 多谢, 非常感谢, 感谢,
哈哈, 哈哈哈, 明白了, 明白, 知道了, 收到,
没问题, 辛苦了, 在吗
"""
_FILLER: Final = frozenset(phrase.strip() for phrase in _COURTESIES.split(","))
_OPENERS: Final = re.compile(
    r"(?:(?:um+|uh+|hmm+|well|so|anyway|okay|ok|oh)\s*[,，]\s*|[嗯呃额哦啊]+\s*[,，、]\s*|(?:那个|就是说)\s*[,，]\s*)+",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"[^.!?。！？\n]*(?:[.!?。！？\n]+|$)\s*")


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How messages are put together.

    Attributes:
        pre_compress: leave out sentences that are nothing but courtesy or filler.
        messages_use: ``"all"``, or ``"user_only"`` for the users' own words alone.
        topic_segment: a batch ends where the topic changes, once it holds ``topic_token_threshold`` tokens.
        max_distill_tokens: most tokens of messages in one batch; a longer message is read in pieces.
        topic_token_threshold: fewer tokens are no batch of their own while the session goes on.
    """

    pre_compress: bool = False
    messages_use: str = "all"
    topic_segment: bool = False
    max_distill_tokens: int = 2_200
    topic_token_threshold: int = 600

    def __post_init__(self) -> None:
        """Refuse what cannot be followed.

        Raises:
            InvalidOption: an option is outside its range.
        """
        if self.messages_use not in MESSAGES_USED:
            raise InvalidOption(
                f"messages_use cannot be {self.messages_use!r}.", fix=f"use one of {', '.join(MESSAGES_USED)}"
            )
        if self.max_distill_tokens < _LEAST_PIECE_TOKENS + HEADING_TOKENS or self.topic_token_threshold < 0:
            raise InvalidOption("A batch needs room for a message.", fix="use the defaults: 2200 and 600 tokens")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the message with this index, as the model will see it."""

    index: int
    text: str
    tokens: int


def batches(saids: Sequence[Said], options: BatchOptions) -> list[tuple[Piece, ...]]:
    """The pieces that are read together, in order; messages without anything to read are in none.

    A batch never mixes sessions and never has more tokens than ``max_distill_tokens``.
    """
    chosen = [index for index, said in enumerate(saids) if options.messages_use == "all" or speaks(said)]
    made: list[tuple[Piece, ...]] = []
    for _, session in groupby(chosen, key=lambda index: saids[index].session_id):
        pieces = [piece for index in session for piece in _pieces(index, saids[index].content, options)]
        made += _filled(_topics(pieces) if options.topic_segment else [pieces], options)
    return made


def compressed(text: str) -> str:
    """A text without the sentences that are nothing but courtesy or filler; the others stay word for word."""
    kept: list[str] = []
    for sentence in _SENTENCE.findall(text):
        told = sentence[match.end() :] if (match := _OPENERS.match(sentence)) else sentence
        parts = [part.strip(" \t\n~～…\"'") for part in re.split(r"[,，、.!?。！？\n]+", told.lower())]
        if any(part and part not in _FILLER for part in parts):
            kept.append(told)
    return "".join(kept).strip()


def topic_starts(texts: Sequence[str]) -> list[int]:
    """Where a new topic begins: indices of texts, the first one included."""
    starts: list[int] = []
    topic = ""
    for index, text in enumerate(texts):
        head = text[:MESSAGE_CHARS]
        if not starts or jaccard(shingles(head), shingles(topic)) < TOPIC_DRIFT:
            starts.append(index)
            topic = head
        else:
            topic = f"{topic}\n{head}"[-SEGMENT_CHARS:]
    return starts


def halves(pieces: tuple[Piece, ...]) -> tuple[tuple[Piece, ...], ...]:
    """A batch in two of about the same number of tokens; none when there is only one piece."""
    if len(pieces) < 2:
        return ()
    whole, spent, middle = sum(piece.tokens for piece in pieces), 0, 1
    for index, piece in enumerate(pieces[:-1], 1):
        spent += piece.tokens
        middle = index
        if 2 * spent >= whole:
            break
    return pieces[:middle], pieces[middle:]


def _pieces(index: int, content: str, options: BatchOptions) -> list[Piece]:
    """A message as pieces that fit into a batch; a piece begins where the one before it ended."""
    rest = (compressed(content) if options.pre_compress else content).strip()
    room = options.max_distill_tokens - HEADING_TOKENS
    pieces: list[Piece] = []
    while rest:
        text = truncate_to_tokens(rest, room)
        if len(text) < len(rest):
            text = _ended(text) or rest[:1]
        pieces.append(Piece(index, text, count_tokens(text) + HEADING_TOKENS))
        rest = rest[len(text) :].lstrip()
    return pieces


def _ended(text: str) -> str:
    """A text up to the end of its last sentence, or of its last word, if that leaves at least half of it."""
    for pattern in (r"[.!?。！？\n](?=\s|$|[^\x00-\x7f])", r"\s"):
        ends = [match.end() for match in re.finditer(pattern, text[len(text) // 2 :])]
        if ends:
            return text[: len(text) // 2 + ends[-1]]
    return text


def _topics(pieces: list[Piece]) -> list[list[Piece]]:
    starts = topic_starts([piece.text for piece in pieces])
    return [pieces[first:last] for first, last in zip(starts, [*starts[1:], len(pieces)], strict=True)]


def _filled(topics: list[list[Piece]], options: BatchOptions) -> list[tuple[Piece, ...]]:
    """Topics as batches: a small one waits for the next, a large one is parted where it is full."""
    made: list[tuple[Piece, ...]] = []
    batch: list[Piece] = []
    tokens = 0
    for topic in topics:
        if batch and tokens >= options.topic_token_threshold:
            made.append(tuple(batch))
            batch, tokens = [], 0
        for piece in topic:
            if batch and tokens + piece.tokens > options.max_distill_tokens:
                made.append(tuple(batch))
                batch, tokens = [], 0
            batch.append(piece)
            tokens += piece.tokens
    return [*made, tuple(batch)] if batch else made
