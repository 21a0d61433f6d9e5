"""How long failed work waits before it is tried again: longer every time, and never all of it until one moment.

Pure arithmetic. The spread comes from the work's own name and not from chance, so that a simulation sees it again.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b

FIRST_S = 15.0
LONGEST_S = 3_600.0


def delay(attempts: int, key: str, first_s: float = FIRST_S, longest_s: float = LONGEST_S) -> timedelta:
    """The wait after ``attempts`` tries (from 1): doubling, bounded, and between half of it and all of it.

    The spread is the "equal jitter" of exponential back-off.
    """
    whole = min(first_s * 2.0 ** min(max(attempts, 1) - 1, 32), longest_s)
    digest = blake2b(f"{key}/{attempts}".encode(), digest_size=4).digest()
    share = int.from_bytes(digest, "big") / 2**32
    return timedelta(seconds=whole * (0.5 + share / 2))
