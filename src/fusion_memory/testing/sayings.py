"""What the people of the town say: words without meaning, and sentences from which facts and names are read.

Each carries a code that occurs nowhere else, as a value, as a name or beside them, so that whatever is derived from
it can be recognised; or it is word for word what others say, too. This file must not know who says it.
"""

from __future__ import annotations

import re
from random import Random

from fusion_memory.testing.workload import sentence

TELLING = (
    "I live in {name}.",
    "I moved to {name} last week.",
    "I work at {name}.",
    "My sister is called {name}.",
    "My dog is called {name}.",
    "I met {name} yesterday.",
    "My friend {name}, also known as Bob, called.",
    "I have to call {name} by Friday.",
    "I love {code}.",
    "I don't like {code}.",
    "I am allergic to {code}.",
    "Always answer me in {code}.",
    "I live in Porto, but {code} is nicer.",
    "My sister Mira lives in {name}.",
    "我住在{code}。",
    "我搬到了{code}。",
    "我在{code}工作。",
    "我喜欢{code}。",
    "我对{code}过敏。",
    "我明天要去{code}。",
    "我妹妹叫{name}。",
)
"""Sentences with a value or a name of their own."""

ALIKE = (
    "I live in Porto.",
    "My sister is called Mira.",
    "I am allergic to peanuts.",
    "I love jazz.",
    "Mira works at Globex.",
    "我住在上海。",
    "我喜欢爵士乐。",
)
"""Sentences that many say."""

MEANINGFUL = 0.4
"""The share of sentences with a code that mean something."""

_CODE = re.compile(r"c[0-9a-f]{8}z", re.IGNORECASE)


def new_code(rng: Random) -> str:
    """A word that occurs nowhere else."""
    return f"c{rng.getrandbits(32):08x}z"


def name_of(code: str) -> str:
    """The code as a name, which many rules know by its capital."""
    return code.capitalize()


def codes_in(text: str) -> list[str]:
    """The codes that stand in a text, as such or as names, however closely other letters follow."""
    return [code.lower() for code in _CODE.findall(text)]


def saying(rng: Random, code: str) -> str:
    """A sentence with a code."""
    if rng.random() < MEANINGFUL:
        return rng.choice(TELLING).format(code=code, name=name_of(code))
    return f"{sentence(rng, rng.randint(3, 14))} {code}"
