"""Says what a conversation was about in its own sentences: the most central ones, in order, within a length.

Why it exists: a summary must exist without a model, in English and Chinese, and show its sources. Must not know:
where messages come from or where summaries go. A sentence counts by its likeness to the centre of all sentences
in TF-IDF space (centroid of Radev et al. 2004, "Centroid-based summarization"), by its place (openings and ends
say more), by its length, and by the weight of who said it; sentences that repeat a chosen one are passed over
(maximal marginal relevance, Carbonell and Goldstein 1998), where sharing a rare word counts more.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fusion_memory.text.graphemes import safe_cut
from fusion_memory.text.sentences import sentences
from fusion_memory.text.similarity import shingles

READ_CHARS: Final = 4_000
"""A source is read up to here."""

LONGEST_SENTENCE: Final = 280
"""A longer sentence is quoted up to here, code points."""

MOST_SHARE: Final = 0.5
FEWEST_CHARS: Final = 400
"""A summary takes at most this share of what was said, but may always have so many code points."""

_MOST_SENTENCES: Final = 2_000
_ALIKE: Final = 0.6  # shared rarity over all rarity, from which a sentence repeats another
_EDGE: Final = 0.25  # bonus of a session's first and last sentences, falling off linearly
_EDGE_SHARE: Final = 0.1
_OPENING: Final = 0.15  # bonus of the first sentence of a source
_QUESTION: Final = 0.6
_GOOD_FEATURES: Final = (6, 40)  # a sentence with fewer features says little, one with more too much
_IDLE: Final = 0.25  # a sentence that scores below this part of the best one is talk
_ELLIPSIS: Final = "…"
_FIRST_WIDE: Final = "\u2e80"  # from here on scripts that put no blank between sentences


@dataclass(frozen=True, slots=True)
class Source:
    """Something said.

    Attributes:
        text: the words.
        label: opens its line: "Ana: ".
        weight: how much it counts; 0: not at all.
        heading: what lines have in common, told on the first of them alone: "2026-03-04 ".
    """

    text: str
    label: str = ""
    weight: float = 1.0
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A chosen sentence: ``sources[source].text[start:end]``, the score that chose it, whether it goes on."""

    source: int
    start: int
    end: int
    score: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """A text of chosen sentences, one line a source, in the order said, and where each stands."""

    text: str
    quotes: tuple[Quote, ...]

    @property
    def sources(self) -> tuple[int, ...]:
        """The sources quoted, in order, each once."""
        return tuple(dict.fromkeys(quote.source for quote in self.quotes))


@dataclass(frozen=True, slots=True)
class _Sentence:
    source: int
    start: int
    end: int
    features: frozenset[str]
    place: int  # among all sentences of all sources
    opens: bool
    asks: bool
    cut: bool


def summarise(sources: Sequence[Source], max_chars: int = 1_400, max_sources: int = 40) -> Summary:
    """Choose the sentences that tell most of what was said.

    Args:
        sources: what was said, in order.
        max_chars: most code points of the text, labels and line ends included.
        max_sources: most sources quoted.

    Returns:
        Never more than half of what was said, unless that is little. Empty when nothing says anything.
    """
    found = _sentences(sources)
    room = min(max_chars, max(FEWEST_CHARS, int(MOST_SHARE * sum(end - start for start, end in _ranges(found)))))
    rarity = _rarity(found)
    scores = _scores(found, sources, rarity)
    order = sorted(range(len(found)), key=lambda number: (-scores[number], number))
    ranked = [(found[n], scores[n]) for n in order if scores[n] >= _IDLE * scores[order[0]]]
    chosen = _choose(ranked, sources, rarity, (room, max_sources))
    quotes = tuple(
        Quote(sentence.source, sentence.start, sentence.end, score, sentence.cut)
        for sentence, score in sorted(chosen, key=lambda pair: pair[0].place)
    )
    return Summary(_told(quotes, sources), quotes)


def _sentences(sources: Sequence[Source]) -> list[_Sentence]:
    found: list[_Sentence] = []
    for number, source in enumerate(sources):
        if source.weight <= 0:
            continue
        for index, (start, end) in enumerate(sentences(source.text[:READ_CHARS])):
            cut = end - start > LONGEST_SENTENCE
            last = safe_cut(source.text, start + LONGEST_SENTENCE) if cut else end
            text = source.text[start:last]
            features = shingles(text)
            if features:
                asks = text.rstrip("\"'”’」）)").endswith(("?", "？"))
                found.append(_Sentence(number, start, last, features, len(found), index == 0, asks, cut))
    return found[-_MOST_SENTENCES:]


def _ranges(found: Sequence[_Sentence]) -> list[tuple[int, int]]:
    return [(sentence.start, sentence.end) for sentence in found]


def _scores(found: Sequence[_Sentence], sources: Sequence[Source], rarity: Mapping[str, float]) -> list[float]:
    """Centrality times place, length, form and voice; about 0 to 2."""
    centre: dict[str, float] = defaultdict(float)
    for sentence in found:
        norm = _norm(sentence.features, rarity)
        for feature in sentence.features:
            centre[feature] += rarity[feature] / norm
    length = math.sqrt(sum(value * value for value in centre.values())) or 1.0
    return [
        sum(rarity[feature] * centre[feature] for feature in sentence.features)
        / (_norm(sentence.features, rarity) * length)
        * _standing(sentence, len(found))
        * sources[sentence.source].weight
        for sentence in found
    ]


def _rarity(found: Sequence[_Sentence]) -> Mapping[str, float]:
    """Smoothed inverse sentence frequency of every feature, above 0."""
    counts = Counter(feature for sentence in found for feature in sentence.features)
    return {feature: math.log((1 + len(found)) / (1 + count)) + 0.1 for feature, count in counts.items()}


def _norm(features: frozenset[str], rarity: Mapping[str, float]) -> float:
    return math.sqrt(sum(rarity[feature] ** 2 for feature in features)) or 1.0


def _standing(sentence: _Sentence, count: int) -> float:
    """What a sentence gains or loses by its place, its length and its being a question."""
    fewest, most = _GOOD_FEATURES
    size = len(sentence.features)
    value = min(1.0, size / fewest) * (most / size if size > most else 1.0)
    distance = min(sentence.place, count - 1 - sentence.place) / count
    value *= 1 + _EDGE * max(0.0, 1 - distance / _EDGE_SHARE)
    value *= 1 + _OPENING if sentence.opens else 1.0
    return value * _QUESTION if sentence.asks else value


def _choose(
    ranked: Sequence[tuple[_Sentence, float]],
    sources: Sequence[Source],
    rarity: Mapping[str, float],
    limits: tuple[int, int],
) -> list[tuple[_Sentence, float]]:
    """The best sentences that fit and do not repeat each other."""
    room, max_sources = limits
    chosen: list[tuple[_Sentence, float]] = []
    quoted: set[int] = set()
    headings: set[str] = set()
    for sentence, score in ranked:
        source, new = sources[sentence.source], sentence.source not in quoted
        cost = sentence.end - sentence.start + 2 + (len(source.label) + 1 if new else 0)
        cost += len(source.heading) if source.heading not in headings else 0
        if cost > room or (new and len(quoted) >= max_sources):
            continue
        if any(_alike(sentence.features, other.features, rarity) >= _ALIKE for other, _ in chosen):
            continue
        chosen.append((sentence, score))
        quoted.add(sentence.source)
        headings.add(source.heading)
        room -= cost
    return chosen


def _alike(left: frozenset[str], right: frozenset[str], rarity: Mapping[str, float]) -> float:
    shared = sum(rarity[feature] for feature in left & right)
    return shared / sum(rarity[feature] for feature in left | right)


def _told(quotes: Sequence[Quote], sources: Sequence[Source]) -> str:
    lines: dict[int, str] = {}
    headings: set[str] = set()
    for quote in quotes:
        source = sources[quote.source]
        words = " ".join(source.text[quote.start : quote.end].split())
        words += _ELLIPSIS if quote.cut else ""
        before = lines.get(quote.source)
        heading = "" if source.heading in headings else source.heading
        headings.add(source.heading)
        lines[quote.source] = f"{heading}{source.label}{words}" if before is None else _joined(before, words)
    return "\n".join(lines.values())


def _joined(before: str, words: str) -> str:
    return before + words if max(before[-1], words[0]) >= _FIRST_WIDE else f"{before} {words}"
