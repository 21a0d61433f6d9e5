"""English words whose forms do not share a stem, brought to one form: what met is to meet, and mice to mouse.

Why it exists: a question says "meet" and the memory "met"; the index keeps both as they are. Must not know: what is
compared. Closed classes only.
"""

from typing import Final

_FORMS: Final = """
be been was were am are is; become became; begin began begun; bite bit bitten; blow blew blown;
break broke broken; bring brought; build built; burn burnt; buy bought; catch caught; choose chose chosen;
come came; deal dealt; dig dug; do did done; draw drew drawn; dream dreamt; drink drank drunk;
drive drove driven; eat ate eaten; fall fell fallen; feed fed; feel felt; fight fought; find found;
fly flew flown; forget forgot forgotten; forgive forgave forgiven; freeze froze frozen; get got gotten;
give gave given; go went gone; grow grew grown; hang hung; have had has; hear heard; hide hid hidden;
hold held; keep kept; know knew known; lay laid; lead led; learn learnt; leave left; lend lent; lie lain;
light lit; lose lost; make made; mean meant; meet met; pay paid; ride rode ridden; ring rang rung;
rise rose risen; run ran; say said; see saw seen; sell sold; send sent; shake shook shaken; shine shone;
shoot shot; show shown; sing sang sung; sink sank sunk; sit sat; sleep slept; speak spoke spoken;
spend spent; stand stood; steal stole stolen; stick stuck; strike struck; swear swore sworn; sweep swept;
swim swam swum; take took taken; teach taught; tear tore torn; tell told; think thought; throw threw thrown;
understand understood; wake woke woken; wear wore worn; weep wept; win won; write wrote written;
marry married marri; die died dead; man men; woman women; child children; mouse mice; foot feet; tooth teeth;
person people peopl; goose geese; baby babi
"""

_BASE: Final = {form: words.split()[0] for words in _FORMS.split(";") for form in words.split()}


def base_form(token: str) -> str:
    """The form a token is compared by; itself for a regular word."""
    return _BASE.get(token, token)
