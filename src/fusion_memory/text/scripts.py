"""The character classes of the scripts we tell apart, as the insides of regular-expression brackets.

Why it exists: tokens, counts, chunks and language runs must draw the line between scripts at the same code
points. Must not know: what any of them does with a class. Ranges follow the Unicode blocks; each constant
is meant to stand between `[` and `]`.
"""

from typing import Final

HAN: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U000323af"
)
"""Ideographs of Chinese (traditional and simplified alike), with radicals, 々 and 〇."""

KANA: Final = "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f\U0001b000-\U0001b16f"
"""Hiragana and katakana, with the half-width forms."""

HANGUL: Final = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7fb\uffa0-\uffdc"
"""Korean syllables and letters."""

LATIN: Final = "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a"
"""Latin letters, accented and full-width ones included."""

UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Thai, Lao, Burmese and Khmer, which like Chinese are written without spaces between words."""

EMOJI: Final = (
    "\u203c\u2049\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
)
"""Pictographs and dingbats; skin tones and joiners are left out because they only modify."""
