"""The words a retrieval model wants before a question and before a passage. Pure.

Each line follows the model's own card; a model that is not listed gets the bare text. Leaving a prefix
out costs hits, not correctness.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Put before a question, put before a passage."""

    query: str = ""
    passage: str = ""


_ENGLISH_QUERY = "Represent this sentence for searching relevant passages: "

# The first part of the name that occurs decides.
_BY_NAME: tuple[tuple[str, Prefixes], ...] = (
    ("e5-mistral", Prefixes("Instruct: Retrieve passages that answer the query\nQuery: ")),
    ("multilingual-e5-large-instruct", Prefixes("Instruct: Retrieve passages that answer the query\nQuery: ")),
    ("e5-", Prefixes("query: ", "passage: ")),
    ("nomic-embed", Prefixes("search_query: ", "search_document: ")),
    ("embeddinggemma", Prefixes("task: search result | query: ", "title: none | text: ")),
    ("qwen3-embedding", Prefixes("Instruct: Retrieve passages that answer the query\nQuery:")),
    ("arctic-embed2", Prefixes("query: ")),
    ("arctic-embed-l-v2", Prefixes("query: ")),
    ("arctic-embed-m-v2", Prefixes("query: ")),
    ("arctic-embed", Prefixes(_ENGLISH_QUERY)),
    ("mxbai-embed", Prefixes(_ENGLISH_QUERY)),
    ("bge-small-zh", Prefixes("为这个句子生成表示以用于检索相关文章：")),
    ("bge-base-zh", Prefixes("为这个句子生成表示以用于检索相关文章：")),
    ("bge-large-zh", Prefixes("为这个句子生成表示以用于检索相关文章：")),
    ("bge-small-en", Prefixes(_ENGLISH_QUERY)),
    ("bge-base-en", Prefixes(_ENGLISH_QUERY)),
    ("bge-large-en", Prefixes(_ENGLISH_QUERY)),
)


def prefixes_of(model: str) -> Prefixes:
    """The prefixes of a model, by its name in any spelling of case."""
    name = model.lower()
    return next((prefixes for part, prefixes in _BY_NAME if part in name), Prefixes())
