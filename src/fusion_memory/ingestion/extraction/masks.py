"""What in a text is not the speaker's own word: quotations, quoted lines, code, pasted transcripts.

Why it exists: "he said 'I love jazz'" must never make the speaker love jazz. Must not know: clauses or rules.
A masked text has the same length as the text, with :data:`MASK` for every character that is not the speaker's;
a short quotation without a verb of its own ("my favourite film is “Up”") is a name and stays.
"""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "\ue001"
"""Stands for a character that the speaker did not say himself."""

NAME_WORDS: Final = 6
"""A quotation of up to so many words (two Han characters are one) may be a name."""

_SAME: Final = {ord("’"): "'", ord("‘"): "'", ord("ʼ"): "'", ord("\u00a0"): " ", ord("\u3000"): " ", ord("\t"): " "}
_FENCES: Final = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|\"{3}.*?(?:\"{3}|\Z)", re.DOTALL)
_PASTED_LINES: Final = re.compile(
    r"^[^\n]{0,48}?\b(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL)\b[ :\]].*$|"  # a log
    r"^\s*(?:File \"|Traceback \(|E {3,}|at \S+\().*$|"  # a stack trace
    r"^\s*(?:def|class|import|return|assert|const|let|var|function|#include|SELECT|INSERT) .*[=(:;{*].*$",  # code
    re.MULTILINE,
)
_QUOTED_LINES: Final = re.compile(r"^[ \t]*(?:>|＞|\|).*$", re.MULTILINE)
_TRANSCRIPT: Final = re.compile(
    r"^[ \t]*\[?(?P<who>[^\W\d_][\w .'-]{0,24}?)\]?(?:\s*\([^()\n]{0,30}\))?\s*[:：]\s*(?P<said>\S.*)$",
    re.MULTILINE,
)
_PAIRS: Final = re.compile(
    '\u201c[^\u201c\u201d]{1,2000}\u201d|"[^"\n]{1,2000}"|「[^「」]{1,2000}」|『[^『』]{1,2000}』|«[^«»]{1,2000}»|'
    r"(?<![\w])'(?=\S)[^'\n]{1,300}(?:(?<=\w)'(?=\w)[^'\n]{1,300}){0,8}(?<=\S)'(?!\w)"
)
_SPOKEN: Final = re.compile(
    r"\b(?:i|i'm|im|my|me|we|our|us|you|your|he|she|they|don't|let's|please|is|are|was|were|will|can|have|has)\b|"
    r"[.!?。！？,，]|[我你他她咱]|[是有在会要了]",
    re.IGNORECASE,
)


def folded(content: str) -> str:
    """The text with typographic apostrophes and blanks made plain, character by character."""
    return content.translate(_SAME)


def masked(plain: str, speech: re.Pattern[str], labels: re.Pattern[str], speaker: str | None) -> str:
    """A folded text in which everything that is not the speaker's own word is masked.

    Args:
        plain: the folded text.
        speech: what makes the quotation after it, or before it, speech.
        labels: what stands before a colon at the start of a line without being a speaker.
        speaker: the name of the speaker, whose own name before a colon is no foreign speaker.
    """
    if "`" in plain or "~" in plain or '"""' in plain:
        plain = _FENCES.sub(_blank, plain)
    if "\n" in plain:
        plain = _PASTED_LINES.sub(_blank, plain)
    if ">" in plain or "＞" in plain or "|" in plain:
        plain = _QUOTED_LINES.sub(_blank, plain)
    if ":" in plain or "：" in plain:
        plain = _TRANSCRIPT.sub(lambda match: _foreign(match, labels, speaker), plain)
    return _PAIRS.sub(lambda match: _quotation(match, speech), plain)


def _blank(match: re.Match[str]) -> str:
    return "".join(char if char == "\n" else MASK for char in match[0])


def _foreign(match: re.Match[str], labels: re.Pattern[str], speaker: str | None) -> str:
    """Mask a line "Name: words" of somebody else; lines with a label and the speaker's own lines stay."""
    who = match["who"].strip()
    own = speaker is not None and who.lower() == speaker.lower()
    if own or labels.fullmatch(who) or not _looks_like_a_person(who) or not _SPOKEN.search(match["said"]):
        return match[0]
    return _blank(match)


def _looks_like_a_person(who: str) -> bool:
    words = who.split()
    return len(words) <= 3 and len(who) <= 24 and all(word[:1].isupper() or not word.isascii() for word in words)


def _quotation(match: re.Match[str], speech: re.Pattern[str]) -> str:
    inside = match[0][1:-1]
    before = match.string[max(0, match.start() - 40) : match.start()]
    after = match.string[match.end() : match.end() + 24]
    length = len(inside.split()) + len(re.findall("[\u3400-\u9fff]", inside)) // 2
    if length <= NAME_WORDS and not _SPOKEN.search(inside) and not speech.search(before):
        return match[0]
    if length <= NAME_WORDS and not speech.search(before) and not speech.match(after.lstrip()) and _titled(inside):
        return match[0]
    return MASK * len(match[0])


def _titled(inside: str) -> bool:
    """Whether every long word is capitalised, as in the name of a work ("Are You My Mother")."""
    words = [word for word in inside.split() if len(word) > 3]
    return bool(words) and all(word[0].isupper() for word in words)
