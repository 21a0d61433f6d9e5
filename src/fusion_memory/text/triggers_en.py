"""How people ask a memory for something in English: data for :mod:`triggers`.

Why it exists: wordings are edited without touching the reader. Must not know: Chinese, or how they are applied.
"""

from typing import Final

from fusion_memory.text.trigger_words import TriggerKind, Wording, Wordings

_FRAGMENTS: Final = {
    "what": r"(?P<rest>.*)",
    "end": r"[\s.!?,…~]*(?:(?:please|thanks|thank you|ok|okay)[\s.!?,…~]*)*$",
    "sep": r"\s*[:,]?\s+|\s*:\s*",
    "please": (
        r"(?:(?:please|pls|plz|kindly|do|just|also|(?:can|could|would|will) (?:you|u)|i(?:'d|"
        r" would) like you to|i (?:want|need) you to|i ask you to|you (?:should|must|need to|have to|can|may)|"
        r"make sure (?:to|you|that you)|be sure to|try to)\s+)*"
    ),
    "not": r"do not|don't|dont|never|must not|mustn't|should not|shouldn't|needn't",
    "not_noun": (
        r"(?!\s+(?:leaks?|usage|foam|cards?|sticks?|lane|alloc\w*|management|footprint|limits?|pressure|"
        r"bandwidth|address\w*|consumption|errors?|models?|pools?|dumps?|cells?|safety|profil\w*|map\w*|"
        r"banks? switch\w*|chips?|slots?|access\w*|regions?|blocks?|pages?|order\w*|hierarchy|layout|palace|"
        r"games?)\b)"
    ),
    "any_memory": r"(?:(?:my|your|our|the|its|long[- ]term|permanent|persistent)\s+)*memor(?:y|ies)\b<not_noun>",
    "own_memory": (
        r"(?:all\s+(?:of\s+)?)?(?:my|your|our)\s+(?:(?:own|past|old|long[- ]term|stored|saved)\s+)*memor(?:y|"
        r"ies)\b<not_noun>"
    ),
    "it": (
        r"that|this|it|these|those|any of (?:that|this|it)|this (?:conversation|chat|message|session|one|part|"
        r"bit)|(?:that|the|my) (?:very )?(?:last|previous) (?:message|sentence|thing|bit|part|one|line|remark)"
        r"(?: (?:that )?i (?:just )?(?:said|told you|wrote|sent|mentioned))?|that (?:message|sentence|remark)|"
        r"(?:what|anything|everything) (?:i|we)(?:'ve| have)? (?:just |have )?(?:said|told you|wrote|"
        r"written|mentioned|say|talked about)"
    ),
    "tidy": (
        r"(?:tidy(?:\s+up)?|organi[sz]e|re-?organi[sz]e|clean\s+up|consolidate|sort(?:\s+(?:out|through))?|"
        r"merge|de-?dup(?:licate)?|categori[sz]e|classify|group|restructure|structure|summari[sz]e|compact|"
        r"condense|declutter)"
    ),
    "keep": (
        r"(?:always\s+|also\s+)*(?:remember|keep\s+in\s+mind|bear\s+in\s+mind|"
        r"make\s+a\s+(?:mental\s+)?note(?:\s+(?:of|to\s+self))?|take\s+(?:a\s+)?note(?:\s+of)?)"
    ),
    "ours": r"i\b|i'm\b|i've\b|i'll\b|my\b|we\b|we're\b|our\b",
}

_DO_NOT: Final = (
    (
        r"<please>(?:<not>|no need to)\s+(?:remember|memori[sz]e|save|store|record|log|retain|note|keep|write|jot|"
        r"hold on to|take (?:a )?note of|make a note of)\s+(?:<it>|the following)(?:\s+(?:down|please))?"
        r"\s*:\s*(?P<rest>.+)"
    ),
    (
        r"<please>(?:<not>|no need to|stop|you (?:do not|don't) (?:need|have) to|there(?:'s|"
        r" is) no need to)\s+(?:remember(?:ing)?|memori[sz](?:e|ing)|note down|note|take (?:a )?note of|"
        r"make a note of|keep a record of|hold on to|retain|jot down|write down)\s+(?P<object><it>)(?=<end>|"
        r"\s*[,;]|\s+(?:please|as|about|in|for|from|anywhere|at all|either|ever|though|down)\b)"
    ),
    (
        r"<please>(?:<not>)\s+(?:save|store|record|log|keep|put|add|write|commit|"
        r"include)\s+(?P<object>.{1,80}?)\s+(?:down\s+)?(?:in|to|into|as part of)\s+<any_memory>"
        r"(?:\s*:\s*(?P<rest>.+))?"
    ),
    r"<please>(?:<not>)\s+(?:save|store|record|log|retain|save or store)\s+(?P<object><it>)(?=<end>)",
    (
        r"(?:(?:this|that|it|the following|what follows)(?:'s| is| stays)?\s+|(?:please\s+)?keep (?:this|that|"
        r"it)\s+)?(?:strictly\s+)?off the record\b[:,]?<what>"
    ),
)
_FORGET: Final = (
    r"<please>forget\s+(?P<object>that|this)(?=<end>)",
    (
        r"<please>forget\s+(?:about\s+|that\s+)?(?P<rest>(?:what|everything|anything|all|whatever|my|our|how|"
        r"where|who|the|those|these|this)\b.*)"
    ),
    r"<please>forget\s+(?:about|that)\s+(?P<rest>(?!it\b|that\b|this\b).+)",
    (
        r"<please>(?:delete|erase|remove|wipe|clear|purge|scrub|drop)\s+(?P<object>.+?)\s+(?:from|"
        r"out of)\s+<own_memory>"
    ),
    (
        r"<please>(?:delete|erase|remove|wipe|clear|purge)\s+(?:out\s+)?(?:all\s+(?:of\s+)?)?(?:my|your|the|"
        r"our|this|that|every|these|those|any)\s+memor(?:y|ies)<not_noun>(?:\s+(?:entry|entries))?(?:\s+(?:of|"
        r"about|that|on|from|with)\s+(?P<rest>.+)|<end>)"
    ),
    (
        r"<please>(?:delete|erase|remove|wipe|purge)\s+(?:what|everything|anything|all)(?: that)?\s+you(?:'ve|"
        r" have)?\s+(?:know|remember|stored|saved|have|recorded|learned)(?:\s+(?:stored|"
        r"saved))?(?:\s+(?:about|on|of))?\s+(?P<rest>.+)"
    ),
    r"<please>(?:stop remembering|unlearn)\s+(?P<rest>.+)",
)
_RECALL: Final = (
    (
        r"(?:please\s+)?(?:do|don't|did|didn't)\s+you\s+(?:(?:still|even|perhaps|really|not|happen to|"
        r"by any chance)\s+)*(?:remember|recall)(?!\s+to\b)<what>"
    ),
    r"(?:can|could)\s+you\s+(?:still\s+)?recall<what>",
    (
        r"(?:can|could)\s+you\s+(?:still\s+)?remember\s+(?P<rest>(?:what|who|whom|when|where|which|why|how|if|"
        r"whether|anything|me\b|(?:my|our|the|his|her|their)\b(?!.*\b(?:is|are|was|were)\b)).*)"
    ),
    (
        r"what\s+(?:do|did|can|could)\s+you\s+(?:(?:still|already|actually|currently)\s+)*(?:know|remember|"
        r"recall|have(?:\s+(?:stored|saved|noted|on record|on file|in memory|in your memory))?)\s+(?:about|on|"
        r"of|regarding)\s+<what>"
    ),
    r"what\s+(?:do|did)\s+you\s+(?:still\s+)?(?:remember|recall)(?=<end>|\s)<what>",
    (
        r"what(?:'s|\s+is|\s+are)?\s+(?:(?:stored|saved|there)\s+)?in\s+(?:your|my)\s+memor(?:y|"
        r"ies)\b(?:\s+(?:about|on|regarding|of))?<what>"
    ),
    (
        r"what\s+(?:have|had|did)\s+i\s+(?:ever\s+|already\s+)?(?:tell|told|say|said|mention|mentioned|write|"
        r"written)\b(?:\s+(?:to\s+)?you)?(?:\s+(?:about|on|regarding|of))?<what>"
    ),
    r"(?:when|where|who|which|how|why|what)\b[^,]{0,60}?\bdid\s+i\s+(?:say|tell\s+you|mention)\b<what>",
    (
        r"(?:did|didn't|have|haven't|had)\s+i\s+(?:(?:ever|already|not|once)\s+)*(?:tell|told|mention|"
        r"mentioned|say|said)\b(?:\s+(?:to\s+)?you)?(?:\s+(?:about|of|that))?<what>"
    ),
    (
        r"(?:did|have|had|didn't|haven't)\s+we\s+(?:(?:ever|already|previously|not|"
        r"once)\s+)*(?:talk(?:ed)?\s+about|discuss(?:ed)?|sp(?:eak|oke|oken)\s+(?:about|of)|go(?:ne)?\s+over|"
        r"chat(?:ted)?\s+about)\b<what>"
    ),
    (
        r"what\s+(?:did|have|had)\s+we\s+(?:talk(?:ed)?\s+about|discuss(?:ed)?|decide(?:d)?|agree(?:d)?|"
        r"conclude(?:d)?|say|said)\b<what>"
    ),
    (
        r"<please>tell\s+me\s+(?:what|everything|all|anything)(?:\s+that)?\s+you\s+(?:still\s+)?(?:know|"
        r"remember|recall|have(?:\s+(?:stored|saved))?)\s+(?:about|of|on)\s+<what>"
    ),
    r"<please>remind\s+me\s+(?:(?:again\s+)?(?:of\s+)?(?=(?:what|who|whose|where|which|how|why)\b)|of\s+)<what>",
    r"<please>recall\s+(?P<rest>(?:what|everything|anything|all|my|our|where|who|how|which|when)\b.*)",
    r"remember\s+(?P<rest>what\s+i\s+(?:said|told\s+you|mentioned)\b.*\?.*)",
    (
        r"do\s+you\s+(?:(?:still|already)\s+)*know\s+(?P<rest>(?:my|our|(?:who|where|what|how|when|"
        r"which)\s+(?:of\s+my|i|my|we|our))\b.*)"
    ),
    (
        r"(?:is|are)\s+there\s+(?:anything|something|any\s+\w+)\s+(?:in|from)\s+(?:your|my)\s+memor(?:y|"
        r"ies)\b(?:\s+(?:about|on|of))?<what>"
    ),
    r"(?:in|from|based\s+on|according\s+to)\s+(?:your|my)\s+memor(?:y|ies)\b[:,]?\s+(?P<rest>.*\?.*)",
)
_SEARCH: Final = (
    (
        r"<please>search(?:\s+(?:up|through|in|inside|into|across|over))?\s+(?:all\s+(?:of\s+)?)?(?:(?:my|"
        r"your|our|the|past|old|long[- ]term|stored|saved)\s+)*memor(?:y|ies)\b<not_noun>(?:\s+(?:for|about|"
        r"on|regarding|with)\b|\s*[:,])?<what>"
    ),
    (
        r"<please>(?:look|check|browse|query|scan|comb|go|dig)(?:\s+(?:through|in|inside|into|across|"
        r"over))?\s+<own_memory>(?:\s+(?:for|about|on|regarding|with)\b|\s*[:,])?<what>"
    ),
    (
        r"<please>(?:search|look|find|check)(?:\s+(?:up|for))?\s+(?P<object>.+?)\s+(?:in|from|"
        r"within)\s+<own_memory>(?=<end>)"
    ),
    (
        r"<please>(?:do|run|perform|try|make|use|start)\s+(?:a\s+)?(?:semantic|vector|memory|"
        r"keyword)\s+search\b(?:\s+(?:for|on|about|of|with|over)\b|\s*:)?<what>"
    ),
    r"<please>(?:semantic(?:ally)?|vector|memory)[ -]search\s*(?:\bfor\b|:)<what>",
    r"<please>semantically\s+search\b<what>",
)
_ORGANISE: Final = (
    (
        r"<please><tidy>\s+(?:(?:all|of|the|my|your|our|these|those|any|duplicated?|similar|old|recent|"
        r"related|stored|saved|long[- ]term)\s+)*memories\b<what>"
    ),
    r"<please><tidy>\s+(?:the\s+)?<own_memory>(?=<end>|\s+(?:up|a bit|a little|by|into|for|now|about)\b)<what>",
    r"<please><tidy>\s+(?:what|everything)\s+you\s+(?:know|remember)(?:\s+about\s+(?P<rest>.*)|<end>)",
    r"<please>(?:tidy\s+up|clean\s+up|organi[sz]e)\s+in\s+<own_memory>",
    r"<please>give\s+<own_memory>\s+a\s+(?:good\s+)?(?:tidy|clean|sort)[\w -]*",
    r"<please>tidy\s+up(?=<end>)",
)
_REMEMBER: Final = (
    (
        r"<please><keep>(?:\s+(?:this\s+for\s+(?:me|later|the\s+future|next\s+time)|for\s+(?:me|later|"
        r"the\s+future|next\s+time)|the\s+following|(?:that|this|these|it)(?=\s*:)|that(?=\s+\S)))?(?=\s*[:,]|"
        r"\s+\S)\s*[:,]?\s*(?P<rest>.*)"
    ),
    (
        r"<please>(?:don't|do\s+not|never|dont)\s+(?:ever\s+|you\s+)*forget(?:\s+that\b|\s*[:,]|"
        r"(?=\s+(?:<ours>|this\b)))<what>"
    ),
    (
        r"<please>(?:memori[sz]e|note\s+down|write\s+down|jot\s+down|note|save|store|"
        r"record)\s*(?:(?:the\s+following|this|that|it|these)(?:\s+(?:down|for\s+(?:me|later)))?\s*:|"
        r":)\s*(?P<rest>.*)"
    ),
    (
        r"<please>(?:memori[sz]e|note\s+down|write\s+down|jot\s+down|note|record|save|"
        r"store)\s+(?:that\s+(?=<ours>)|(?=my\b|our\b))<what>"
    ),
    r"(?:(?:please|pls|plz|kindly|just)\s+)+note\s+(?:(?:this|that|it)\s*:|that\b)?<what>",
    (
        r"<please>(?:memori[sz]e|note|write|jot|save|store|record)\s+(?P<object>that|this|it|"
        r"these)(?:\s+(?:down|for\s+(?:me|later)))*(?=<end>)"
    ),
    (
        r"<please>(?:save|store|add|put|commit|write|record|keep|file|log)\s+(?P<object>that|this|it|these|"
        r"the following|my\b.{1,80}?|our\b.{1,80}?)\s+(?:in|to|into)\s+<any_memory>\s*[:,]?<what>"
    ),
    (
        r"<please>(?:save|store|add|put|commit|write|record|keep|file|log)\s+(?P<object>.{1,120}?)\s+(?:in|to|"
        r"into)\s+<own_memory>\s*[:,]?<what>"
    ),
    r"<please>(?:save|add|store|commit|keep|put)\s+(?:to|in|into)\s+<any_memory>\s*[:,]?\s*(?:that\b)?<what>",
    r"<please>(?:write|jot|note|take)\s+(?:this|that|it|the\s+following|these)\s+down\s*:<what>",
    (
        r"(?:for\s+(?:future\s+reference|your\s+(?:records|information|memory))|note\s+to\s+self|"
        r"memo)\s*[:,]\s*(?P<rest>.*)"
    ),
)
_REMEMBER_INNER: Final = (
    (
        r"(?:(?:so|and|but|then|just)\s+)*<please>(?:remember|note|memori[sz]e|keep|"
        r"don't\s+forget)\s+(?P<object>that|this|it)(?:\s+(?:in\s+mind|down|for\s+(?:me|later|next\s+time|"
        r"the\s+future)))*(?=<end>)"
    ),
    (
        r"(?:(?:so|and|but|then)\s+)*(?:please|pls|plz|kindly)\s+(?:always\s+)?(?:remember|keep\s+in\s+mind|"
        r"note)(?:\s+that\b|\s+(?:this|that|it)(?=\s*:))?(?=<end>|\s|:)<what>"
    ),
)
_DO_NOT_INNER: Final = tuple(r"(?:(?:so|and|but|then|though)\s+)*" + pattern for pattern in _DO_NOT[:4])

WORDINGS: Final = Wordings(
    fragments=_FRAGMENTS,
    cues=(
        r"memor|remember|recall|remind|forget|note|record|write|jot|mind|save|store|tidy|semantic|vector|told|"
        r"tell|say|said|mention|know|talk|discuss|spoke|chat|decide|agree|conclude|future reference|unlearn|"
        r"delete|erase|organi[sz]e|\blog\b|hold on|retain"
    ),
    opener=(
        r"(?:(?:hey|hi|hello|ok|okay|so|well|oh|and|but|also|now|then|btw|by the way|alright|all right|right|"
        r"thanks|thank you|thx|yes|no|sure|actually|never mind|nevermind|scratch that|wait|oops|sorry|hmm|"
        r"fyi|great|perfect|good|cool|(?:quick|side|one) (?:note|"
        r"question|thing)|one more thing|before i forget|from now on|in (?:the )?future|for next time|"
        r"going forward)\b[\s,!.:\-–—]*)*(?:@?(?!(?:remember|forget|recall|search|note|"
        r"never)\b)\w{2,20},\s+)?(?:[-*•]\s+)?"
    ),
    asking_politely=r"\b(?:please|pls|plz|(?:can|could|would|will) (?:you|u)|would you mind|ok\?|okay\?)",
    never=(
        (
            r"<please>remember\s+(?:when|back when|how\s+(?:we|i|you|they|he|she|it)|the\s+(?:time|times|day|days|"
            r"night|summer|winter|year|years|first|last|good|old|guy|girl|feeling|moment)|that\s+time|"
            r"that\s+(?:one\s+)?(?:day|night|summer|winter|trip)|us\b|those\s+days|me\b(?:\s+to)?(?!\s+as\b|"
            r"\s+this\b))"
        ),
        r"<please>forget\s+(?:about\s+)?it\b",
        r"<please>forget\s+(?:that|this),(?!\s*(?:please|ok|thanks))",
        r"<please>forget\s+(?:to|me\b|password)",
        r"(?:let's|lets)\b",
        r"<please>note\s+that\s+down\s+in\s+the\b",
    ),
    pronoun=r"<it>|the following|for (?:me|later)|(?:that|this|it) (?:down|in mind)|",
    following=r"\b(?:following|these)\b",
    tail=(
        r"(?:\s*[,;]\s*(?:but|and|so|then)\b\s*$)|(?:[\s,.!?]*\b(?:please|pls|plz|thanks|thank you|thx|for me|"
        r"ok|okay|will you|would you|alright|all right|if you can)\b)+[\s.!?]*$"
    ),
    wordings=(
        *(Wording(TriggerKind.DO_NOT_REMEMBER, pattern) for pattern in _DO_NOT),
        *(Wording(TriggerKind.DO_NOT_REMEMBER, pattern, inner=True) for pattern in _DO_NOT_INNER),
        *(Wording(TriggerKind.FORGET, pattern) for pattern in _FORGET),
        *(Wording(TriggerKind.RECALL, pattern) for pattern in _RECALL),
        *(Wording(TriggerKind.SEARCH, pattern) for pattern in _SEARCH),
        *(Wording(TriggerKind.ORGANISE, pattern) for pattern in _ORGANISE),
        *(Wording(TriggerKind.REMEMBER, pattern, inner=True) for pattern in _REMEMBER_INNER),
        *(Wording(TriggerKind.REMEMBER, pattern) for pattern in _REMEMBER),
    ),
)
