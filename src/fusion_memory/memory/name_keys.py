"""What spellings of one name share, and the id that an entity gets from the event that named it first; pure.

Why it exists: recording, finding and relating must agree on sameness. Must not know: rows or transactions.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from fusion_memory.core.ids import ALPHABET
from fusion_memory.memory.claim_keys import key

LONGEST_NAME: Final = 200


def name_key(name: str) -> str:
    """The key of a name: that of a claim's subject; empty when nothing is left."""
    return key(name[:LONGEST_NAME])


def entity_id(origin: str, name: str) -> str:
    """The id of an entity, the same whenever it is made again.

    Args:
        origin: the id of the event that named it first, or of the entity it is another name of.
        name: its key.
    """
    number = int.from_bytes(blake2b(f"{origin}\n{name}".encode("utf-8", "surrogatepass"), digest_size=16).digest())
    return "ent_" + "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(26)))
