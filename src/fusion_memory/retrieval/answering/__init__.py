"""Answers from a context pack: extracted from it, or told by a language model and checked against it."""
