"""How kinds of questions are worded in English: data for :mod:`questions`.

Why it exists: wordings are edited without touching the reader. Must not know: Chinese, or how they are applied.
Text is folded to lower case and plain apostrophes before it is read.
"""

from collections.abc import Mapping
from typing import Final

from fusion_memory.core.question import QuestionKind

_TOLD: Final = (
    r"(?:said|told|mentioned|suggested|recommended|gave|listed|wrote|provided|explained|"
    r"described|shared|advised|"
    r"proposed|drafted|came up with|shown?|showed|named|offered|answered|outlined|referred)"
)
_TELL: Final = (
    r"(?:say|tell|mention|suggest|recommend|give|list|write|provide|explain|describe|share|"
    r"advise|propose|draft|"
    r"come up with|show|name|offer|answer|outline|refer)"
)
_UNIT: Final = r"(?:days?|weeks?|months?|years?|hours?|minutes?)"

KINDS: Final[Mapping[QuestionKind, str]] = {
    QuestionKind.ASSISTANT_REFERENCE: (
        rf"\byou (?:had |have |'ve |just |once |already |previously |earlier |also )*{_TOLD}\b|"
        rf"\byou'(?:d|ve) (?:just |previously |already )?{_TOLD}\b|"
        rf"\b(?:did|had|have) you (?:previously |already |just |ever )?(?:{_TELL}|{_TOLD})\b|"
        r"\byour (?:\w+ )?(?:suggestions?|recommendations?|advice|answer|reply|response|explanation|"
        r"list|proposal)\b"
    ),
    QuestionKind.INSTRUCTION: (
        r"\bhow (?:should|do i want|would i like|am i expecting) (?:you|your)\b|"
        r"\bmy (?:standing )?(?:instructions?|rules?|guidelines?) (?:for|to|about|on|is|are)\b|"
        r"\b(?:instructions?|rules?|guidelines?) (?:did|have|had) i (?:give|given|set|gave)\b|"
        r"\b(?:what|which) (?:format|style|tone|language) (?:should|do i (?:want|prefer|like))\b"
    ),
    QuestionKind.CONTRADICTION: (
        r"\bcontradict\w*|\binconsisten\w*|\bconflicting\b|"
        r"\bdid i (?:say|claim) (?:both|otherwise|the opposite)\b|"
        r"\bchanged? (?:my|his|her|their) minds?\b|"
        r"\bdidn't i (?:say|tell)\b|\bmade up (?:my|his|her) mind\b"
    ),
    QuestionKind.SUMMARIZATION: (
        r"\bsummar\w+|\boverview\b|\brecap\b|\bsum (?:it |this |that |everything )?up\b|"
        r"\bwhat (?:have|did) we (?:talk|discuss|cover)\w*|"
        r"\b(?:everything|all) (?:you know |that you know )?about\b|"
        r"\bwhat do you know about\b|\bwalk me through\b|"
        r"\bhow (?:has|have|did) .{1,60} (?:evolved?|progress\w*|develop\w*)"
    ),
    QuestionKind.EVENT_ORDERING: (
        r"\b(?:which|what|who) .{0,80}\b(?:first|earlier|later|last)\b.{0,80}\bor\b|"
        r"\bwhich .{0,40}\bfirst\b|"
        r"\bin (?:what|which) order\b|\border (?:of|in which)\b|"
        r"\bthe order\b|\bsequence\b|\bchronolog\w+|"
        r"\b(?:came|happened|come|happen) (?:first|earlier|before|later|last)\b|"
        r"\bbefore or after\b|"
        r"\bfrom (?:first|earliest) to (?:last|latest)\b"
    ),
    QuestionKind.ABSTENTION: (
        r"\b(?:did|have|had) (?:i|we|he|she|they) ever\b|\bever (?:mention|say|tell|talk)\w*\b|"
        r"\b(?:did|have) i (?:already )?(?:mention|said|told|tell|say)\w*\b|"
        r"\bdo you (?:know|remember) (?:if|whether)\b"
    ),
    QuestionKind.TEMPORAL_LOOKUP: (
        r"\bwhen\b(?! (?:i|we|you|it|he|she|they|the|my)\b.*,)|"
        r"\b(?:what|which) (?:date|day|time|year|month|week|season)\b|"
        rf"\bhow long\b|\bhow many {_UNIT}\b|\bsince when\b|"
        rf"\bhow old\b|\bhow (?:recently|soon|early|late)\b"
    ),
    QuestionKind.KNOWLEDGE_UPDATE: (
        r"\b(?:current(?:ly)?|right now|at the moment|at present|nowadays|these days|the latest|"
        r"most recent(?:ly)?|"
        r"up[- ]to[- ]date|as of (?:now|today)|"
        r"any ?more|no longer|still|by now|today's)\b|\bnow\b\s*\??$"
    ),
    QuestionKind.MULTI_SESSION: (
        r"\bhow (?:many|much|often)\b|\b(?:in )?total\b|"
        r"\baltogether\b|\bnumber of\b|\ball (?:the|of|my|his|her|their)\b|"
        r"\b(?:list|name) (?:all|every|the|some)\b|"
        r"\beach of\b|\bevery\b|\baverage\b|\bcombined\b|"
        r"\bacross\b|"
        r"\bhow (?:do|does|are|is) .{1,60} (?:compare|differ|relate)\b|"
        r"\bboth\b|\bin common\b|\bsum of\b"
    ),
    QuestionKind.PREFERENCE: (
        r"\b(?:recommend|suggest)\w*\b|\bany (?:ideas?|tips|advice|suggestions?|thoughts|"
        r"recommendations?)\b|"
        r"\bwhat should i\b|\b(?:would|might|could) (?:i|he|she|they|\w+) (?:like|enjoy|prefer|love)\b|"
        r"\bfavou?rites?\b|\bprefer\w*\b|\bhelp me (?:choose|pick|decide|find|plan)\b|"
        r"\bcan you help\b|"
        r"\b(?:like|love|enjoy|hate)s? (?:to|most|best|more)\b"
    ),
}
"""A question of a kind matches its pattern."""

STANDING: Final = (
    r"\b(?:what|who|where|which|how)(?:'s| is| are| am| does| do)\b|"
    r"^(?:is|are|am|does|do)\b|\bwhat(?:'s)? my\b"
)
"""The present tense of a state."""

GONE: Final = (
    r"\b(?:did|was|were|had|used to|ago|last|yesterday|before|previous(?:ly)?|originally|first|"
    r"earlier)\b"
)
"""Words with which a question looks back."""

OWN_WORDS: Final = (
    r"\bi (?:said|told|mentioned|wrote|asked|shared|described)\b|"
    r"\bdid i (?:say|tell|mention|ask)\b"
)
"""The user's own words are asked for."""
