"""Everything that reads plain text without a model: scripts, tokens, counts, chunks, dates, similarity.

Why it exists: the write path, the read path and the evals must agree on what a word, a sentence, a token
and a date are, in English and Chinese alike, so those answers are given here once. Must not know: storage,
models, scopes, clocks, files or the network; every function is pure and takes time as an argument.
"""
