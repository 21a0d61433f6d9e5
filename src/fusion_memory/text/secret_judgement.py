"""Judge whether what stands where a secret would stand is one, or a word of ordinary text or of a program.

Patterns find places; this file looks at what they found. It must not know which kinds there are. Ordinary text
comes first: a password of letters only goes where it was assigned or quoted, never where a sentence may go on.
"""

from __future__ import annotations

import re
from typing import Final

LEAST_TOLD: Final = 5
LEAST_DIGITS: Final = 6
"""Fewer digits are a year, a count or a price, unless they end the sentence."""
LEAST_PIN: Final = 4
_LOOKS_BACK: Final = 60

PLACEHOLDERS: Final = frozenset(
    {
        "string",
        "str",
        "text",
        "none",
        "null",
        "nil",
        "true",
        "false",
        "undefined",
        "optional",
        "required",
        "empty",
        "hidden",
        "secret",
        "password",
        "passwd",
        "pass",
        "token",
        "key",
        "value",
        "changeme",
        "example",
        "placeholder",
        "redacted",
        "your_password",
        "yourpassword",
        "your-password",
        "xxx",
        "xxxx",
        "passwort",
        "kennwort",
        "contrasena",
        "senha",
        "wachtwoord",
        "parola",
        "haslo",
    }
)
_EDGES: Final = "'\"`.,;:!?。;!"
_CODE = re.compile(
    r"[<{$%(\[*.\\/~]|x+$|[A-Za-z_][\w.]*[(\[]|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$|[a-z]\w*_(?:password|passwd|pwd)\)?$",
    re.IGNORECASE,
)
"""What stands in the place of a value in a program or a form: a variable, a call, a path, a mask."""
_VARIABLE = re.compile(r"[a-z]{1,40}(?:_[a-z]{1,40}){1,8}$")
_TECHNICAL = re.compile(
    r"\d+[-_+]?(?:bit|char|character|digit|letter|symbol|word|byte|day|month|week|year|time|hour|minute|min|second"
    r"|x|th|st|nd|rd|am|pm|k|g)s?(?:-.{0,40})?$"
    r"|(?:sha|md|utf|aes|rsa|base|bcrypt|argon|scrypt|pbkdf|tls|ssl|wpa|wep|http|ipv|oauth|v|ver|version|u?int|bytes"
    r"|float|str|string|text|n?varchar|iphone|ipad|windows|win|office|wi-?fi|galaxy|android|ios|web|room|line|step"
    r"|page|chapter|level|line|slide|table|figure)[-_ ]?\d.{0,40}$"
    r"|[a-z_-]{1,40}[=:<>].|[a-z][a-z0-9+.-]{1,20}://|[\w.+-]{1,80}@[\w-]{1,80}\.[a-z]|@"
    r"|(?:\w{1,20}_)?(?:password|passwd|passcode|pwd|pass|pw)\d?$",
    re.IGNORECASE,
)
"""Measures, algorithms, products, types, addresses, names of fields: what sentences about passwords speak of."""
_CHANGED = re.compile(r"(?:chang|reset|set|updat|switch)\w{0,4}\b[^.\n]{0,50}$", re.IGNORECASE | re.ASCII)
_ENDED = re.compile(r"[.!?)\]]?\s{0,3}(?:$|[,;。,;!?)\n])")
_PORT = re.compile(r"\d{1,5}(?:$|[],;:)}>\"'`|&])")
_NUMBER_AND_WORD = re.compile(r"[-_./+~=]{1,9}")
_LATIN = re.compile(r"[\u00c0-\u024f]")


def is_card(match: re.Match[str]) -> bool:
    """A payment card number, by the check digit of ISO/IEC 7812 (Luhn)."""
    digits = [int(character) for character in match.group() if character.isdigit()]
    if len(set(digits)) < 2:
        return False
    doubled = [digit * 2 - 9 * (digit > 4) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def is_random(match: re.Match[str]) -> bool:
    """Long, of letters and digits that are mixed within its words, and of many different ones."""
    value = _secret(match)
    parts = _NUMBER_AND_WORD.split(value)
    return (
        len(set(value)) >= 8
        and any(_mixed(part) for part in parts)
        and not _CODE.match(value)
        and not _VARIABLE.match(value)
    )


def has_digit(match: re.Match[str]) -> bool:
    """A token with a digit; one of words alone is the example of a manual."""
    return any(character.isdigit() for character in match.group())


def is_in_url(match: re.Match[str]) -> bool:
    """A password of an address, not the port with what follows it."""
    value = _secret(match)
    return not _PORT.match(value) and _is_chosen(value)


def is_assigned(match: re.Match[str]) -> bool:
    """Whether the value of ``password = value``, ``password: value`` or ``"password": "value"`` can be one."""
    value, sign = _secret(match), match.group("sign")
    if not _is_chosen(value) or _cut_short(match):
        return False
    if match.group("quote"):
        return _is_quoted(value) and (not match.group("short") or "=" in sign or _is_made(value))
    if sign.strip() != "=":
        return _is_made(value) or _is_pin(match)
    return not _VARIABLE.match(value) and (sign == "=" or not (value.isalpha() and value.islower()))


def is_told(match: re.Match[str]) -> bool:
    """The same for ``the password is value``, where most words that follow are no password."""
    value = _secret(match)
    if not _is_chosen(value) or _cut_short(match) or any(character.isspace() for character in value):
        return False
    if match.group("sign").strip().lower() == "to":
        before = match.string[max(0, match.start() - _LOOKS_BACK) : match.start()]
        if not _CHANGED.search(before):
            return False
    return _is_made(value, LEAST_TOLD) or _is_pin(match)


def _secret(match: re.Match[str]) -> str:
    return match.group("secret") if "secret" in match.re.groupindex else match.group()


def _mixed(word: str) -> bool:
    return any(c.isdigit() for c in word) and any(c.isalpha() for c in word)


def _is_chosen(value: str) -> bool:
    bare = value.strip(_EDGES)
    if len(bare) < LEAST_PIN or not bare.isascii() or bare.lower() in PLACEHOLDERS or _CODE.match(bare):
        return False
    return len(set(bare)) > 2


def _is_quoted(value: str) -> bool:
    """A quoted value: one word, or several of which one mixes letters and digits."""
    if "|" in value:
        return False
    words = value.split()
    return len(words) == 1 or any(len(word) >= LEAST_TOLD and _is_made(word) and _mixed(word) for word in words)


def _is_made(value: str, least: int = LEAST_PIN) -> bool:
    """No word: letters with digits or signs among them (``at-least-12`` is words and a number), or many digits."""
    bare = value.strip(_EDGES)
    if len(bare) < least or "|" in bare or _TECHNICAL.match(bare):
        return False
    if bare.isdigit():
        return len(bare) >= LEAST_DIGITS
    mixed = any(_mixed(part) for part in _NUMBER_AND_WORD.split(bare))
    return mixed or (any(c.isalpha() for c in bare) and any(c in "@!#$^" for c in bare))


def _is_pin(match: re.Match[str]) -> bool:
    """Four or five digits that end what was said."""
    bare = _secret(match).strip(_EDGES)
    rest = match.string[match.end("secret") : match.end("secret") + 8]
    return bare.isdigit() and len(bare) >= LEAST_PIN and _ENDED.match(rest) is not None


def _cut_short(match: re.Match[str]) -> bool:
    """Whether a letter that is not ASCII goes on with the word, as in ``Schlüssel``."""
    return _LATIN.match(match.string, match.end("secret")) is not None
