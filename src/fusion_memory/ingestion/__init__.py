"""The write path: normalise, screen, segment, commit, embed; ``pipeline`` knows the order."""
