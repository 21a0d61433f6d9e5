"""What of a captured log is worth keeping: denoise, quality, classify, with a reason for every verdict.

``screen`` is the door. Only capture goes through it; what is handed to ``add`` is never filtered.
"""
