"""Keys of JSON objects that say by themselves that their value is a credential, however the value looks.

Why it exists: ``{"db_password": 12345678}`` has no form to know it by. It must not know what texts look like.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

LEAST_CHARS: Final = 8
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[-\s./:]+")
_SURE = re.compile(
    r"(?:.{0,80}password|.{0,80}passwd|(?:.{0,80}_)?(?:pwd|passphrase|passcode|api_?key|access_?key|secret_?key|private_?key"
    r"|signing_?key|encryption_?key|auth_?key|client_?secret|app_?secret|(?:access|refresh|auth|bearer|api|id|session)_?token)"
    r"|.{0,40}(?:密_?码|口令|密_?碼|密钥|密鑰|令牌))$"
)
_LIKELY = re.compile(r"(?:.{0,80}_)?(?:pass|secret|token|credentials?|(?:proxy_)?authorization)$")
_OTHERWISE = re.compile(
    r"(?:forgot|forgotten|lost|reset|show|hide|has|is|no|need|needs|require|requires|use|uses|with|without|min|max|next"
    r"|page|continuation|sync|cursor|eos|bos|pad|unk|stop|sep|mask|cls|special|public)_"
)
"""Keys that begin so speak of a credential, or of a token of another kind."""
_SCHEME = re.compile(r"(?:basic|bearer|digest|token|apikey)\s+\S{4,}$", re.IGNORECASE)
_PROSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SCHEMA: Final = ("type", "$ref", "description")


def told_by_key(key: str, value: Any) -> bool:  # noqa: ANN401 (any JSON value)
    """Whether the key says that the value is a credential: a sure key of any value, a likely one of a made text."""
    name = _WORDS.sub("_", key[:200].strip()).lower()
    if _OTHERWISE.match(name) or isinstance(value, bool) or not (value or value == 0):
        return False
    if _SURE.match(name):
        return _may_hold(value)
    return bool(_LIKELY.match(name)) and isinstance(value, str) and _is_made(value)


def _may_hold(value: Any) -> bool:  # noqa: ANN401 (any JSON value)
    """A schema of a form is no credential, nor is a text in Chinese, Japanese or Korean."""
    if isinstance(value, str):
        return not _PROSE.search(value)
    return not (isinstance(value, Mapping) and any(name in value for name in _SCHEMA))


def _is_made(value: str) -> bool:
    if _SCHEME.match(value):
        return True
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return mixed and value.isascii() and len(value) >= LEAST_CHARS and not any(c.isspace() for c in value)
