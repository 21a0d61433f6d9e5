r"""The data of a language: words, boundaries, modalities, trimming and rules, read from its ``.toml`` file.

Why it exists: what a language looks like is data that a linguist edits, so that English and Chinese are equals of
one engine. Must not know: any text, what a clause is, or what becomes of a claim. A file is read, and a pattern
compiled, only when a text first needs it. Reading TOML is slow: the same data stands beside it as ``.json``, made
by ``python -m fusion_memory.ingestion.extraction.compact``; a test tells when that has to be run again.

**The format.** ``rules_<language>.toml`` has these tables:

``[settings]``
    ``unspaced = true`` for a language written without spaces: cues and words are then found anywhere.
``[words]``
    Name to list of regular-expression alternatives. ``<name>`` stands for them in every pattern of the file, also
    inside other words. Case is ignored (write ``(?-i:...)`` where it matters). A rule sees every run of blanks as
    one space; in the other tables write ``\s+``. Apostrophes are always plain ones.
``[clauses]``
    ``boundaries``: patterns that part two clauses (end them with a lookahead when the words that follow belong to
    the new clause); ， always parts. A boundary before which there is only a time or an opener is none. ``keep``:
    patterns searched in the clause so far (from its start to the boundary); when one fits, the boundary is none.
    ``keep_chains``: the same for chains only. ``chains``: patterns of a boundary after which the subject is
    missing ("and work at"); the match is the connecting word, the clause after it gets the ``lead`` of the one
    before it. A boundary with a group ``relative`` is a relative pronoun: its clause is about the ``antecedent``
    (searched at the end of the clause before, its group ``who``). ``lead``: a pattern matched at the start of a
    clause; its group ``lead`` is the subject that a chained clause inherits. ``openers``: what may stand before
    the words a rule looks for ("well, you know"); they are cut off, repeatedly. ``abbreviations``: words whose
    full stop ends no sentence. ``speech``: verbs before a quotation that make it speech. ``labels``: words before
    a colon at the start of a line that name no foreign speaker.
``[modality]``
    Name to list of patterns: ``question`` (the clause from which on a sentence asks), ``asked`` (a clause that
    asks without a question mark), ``hypothetical``, ``hedged``, ``reported``, ``negated``, ``forget`` (drops the
    message), ``injected`` (drops the rest of it), ``resume`` (ends what spread from the clauses before), ``tag``
    (a clause like ", right?", which makes a question of the one before it).
    Hypothetical and reported spread to the later clauses of the sentence.
``[trim]``
    ``head``, ``tail``: patterns cut off both ends of an object, repeatedly. ``cut``: what ends an object.
    ``items``: patterns that part a list. ``whole``: what is never parted. ``refuse``: an object that fits one of
    these (whole) is no object. ``before_time``, ``after_time``: words that go with a time ("on" Monday);
    ``dangling``: what a time that was taken out leaves at the end of a saying. ``owner`` (after a time) and
    ``stays`` (from its start): a time that belongs to a thing ("today's show", "my daily walk") and stays with it.
    ``last``: the word before the last thing of a list; a comma after it parts nothing.
``[kinds]``
    Kind to list of names: ``slot = "{kind}"`` finds the kind of an object or of a previous value here.
``[persons]``
    ``relations``: words of kin and company; ``first``, ``third``: patterns of the pronouns of the speaker and of
    third persons; ``possessed``: how a relation of the speaker is named, ``"{subject}'s {relation}"``; ``user``:
    what the unnamed speaker is called in a claim's text. ``[persons.rewrite]``: pattern to replacement
    (``{subject}``) that turns the speaker's words in an object into a stranger's, for the text only.
    ``apposed`` ("Anna, my sister"), ``others`` ("her husband"), ``nobody`` (what names nobody), ``it`` (pronouns
    of things), ``ours`` (cut off the name of a thing). ``[persons.inflect]``: pattern to replacement, the first
    that fits puts a verb into the third person; ``adverbs`` stand before it.
    ``unnamed``: words that name nobody though they begin with a capital; ``own``: how a clause about the speaker
    begins, ``joint``: how one about him and others does.
``[[rule]]``
    ``id`` unique; ``type`` of fact; ``predicate``; ``slot`` (may name groups: ``"favourite {kind}"``); ``cues`` (a
    clause without any is not tried: of English a cue is the beginning of a word or several words, of Chinese any
    part of the text); ``pattern``, matched from the start of the clause after its openers, with the times taken
    out and without closing marks (``times = "keep"`` leaves the times in; a group ``when`` then says which words
    are the time; ``times = "none"`` takes them out and leaves the claim without one, ``"words"`` leaves them in as
    words like others: 更喜欢晚上写代码). Groups: ``object``,
    ``subject``, ``previous``, ``kind``, ``not`` (makes it negative); others may be used in ``say``, ``value`` and
    ``slot``; ``object2`` is another place for ``object``. ``value``: a template for the object when it is more
    than the group. ``about``: ``speaker``, ``subject`` (a person: group ``subject``) or ``thing`` (group
    ``subject``; the only ones that are read in what an agent says). ``say``, ``say_not``: the claim as a sentence
    (``{subject}``, ``{object}``, ...; ``{verb_s}`` and ``{object_s}`` are the group ``verb`` and the object after
    a third person). ``confidence``, ``importance``; ``ends``; ``negative = true``; ``many = true`` parts a list of
    objects; ``whole = true`` keeps the object as it stands, untrimmed; ``also = true`` lets later rules try the
    same clause (otherwise the first rule that fits is the last); ``allow``: modalities in spite of which the rule
    reads (``["hedged", "negated"]``); ``needs_time = true``. ``change`` documents that the former value is over,
    which the engine says through ``previous``. Rules are tried in the order of the file.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from fusion_memory.core.knowledge import FactType

LANGUAGES = ("en", "zh")
_NAME = re.compile(r"(?<!\(\?P)(?<!\(\?)<([a-z][a-z_0-9]*)>")
_WORD = re.compile(r"[^\W_]+")
_NAMED = re.compile(r"\(\?P<([a-z]+)[0-9]*>(?:\(\?![^()]*(?:\([^()]*\)[^()]*)*\)|\(\?:[^()]*\)\??)*<name>")
_SHELTERED = re.compile(r"\\.|\[(?:\\.|[^\]\\])+\]")
_HAN = re.compile("[\u3400-\u9fff]")


@cache
def compiled(source: str) -> re.Pattern[str]:
    """A pattern, compiled when it is first used and then kept."""
    return re.compile(source, re.IGNORECASE)


def one_of(sources: Iterable[str]) -> str:
    """One pattern that fits what any of them fits; with none, one that never fits."""
    return "|".join(f"(?:{source})" for source in sources) or "(?!)"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of saying something worth keeping; the module's docstring gives the meaning of the fields.

    ``named`` are groups that must read as a name; ``opens`` is with whom the pattern begins, if it always does:
    ``"speaker"`` ("<iwe> ...") or ``"other"`` ("(?P<subject>..."), so that others need not be tried.
    """

    id: str
    type: FactType
    predicate: str
    pattern: str
    cues: tuple[str, ...]
    slot: str = ""
    about: str = "speaker"
    say: str = ""
    say_not: str = ""
    value: str = ""
    confidence: float = 0.8
    importance: float = 0.5
    ends: bool = False
    negative: bool = False
    change: bool = False
    many: bool = False
    also: bool = False
    whole: bool = False
    needs_time: bool = False
    times: str = "cut"
    allow: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    opens: str = ""
    order: int = 0


@dataclass(frozen=True, slots=True)
class Cues:
    """Which rules a clause may fit.

    Attributes:
        starts: beginnings of words, of the ``lengths``.
        parts: parts of unspaced text, of the ``part_lengths``.
        phrases: by their first word, several words or words with marks between them.
        marks: what does not begin with a word.
        always: rules without cues.
    """

    starts: Mapping[str, tuple[int, ...]]
    lengths: tuple[int, ...]
    parts: Mapping[str, tuple[int, ...]]
    part_lengths: tuple[int, ...]
    phrases: Mapping[str, tuple[tuple[str, tuple[int, ...]], ...]]
    marks: tuple[tuple[str, tuple[int, ...]], ...]
    always: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """All data of one language. ``sources`` are joined patterns by table and name: ``"trim.tail"``."""

    language: str
    rules: tuple[Rule, ...]
    cues: Cues
    sources: Mapping[str, str]
    rewrite: tuple[tuple[str, str], ...]
    rewritable: str
    inflect: tuple[tuple[str, str], ...]
    possessed: str
    user: str
    unspaced: bool
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def beside(self) -> frozenset[str]:
        """The names of the rules after which others may read the same clause."""
        return _beside(self.language)

    def pattern(self, name: str) -> re.Pattern[str]:
        """The joined pattern of a table's list; one that never fits when the file has none."""
        return compiled(self.sources.get(name, "(?!)"))


@cache
def _beside(language: str) -> frozenset[str]:
    return frozenset(f"{language}:{rule.id}" for rule in book(language).rules if rule.also)


@cache
def book(language: str) -> Book:
    """The data of a language; an empty one when it has no file."""
    here = files("fusion_memory.ingestion.extraction")
    compact = here.joinpath(f"rules_{language}.json")
    if compact.is_file():
        return _book(language, json.loads(compact.read_text(encoding="utf-8")))
    file = here.joinpath(f"rules_{language}.toml")
    return parse(language, file.read_text(encoding="utf-8") if file.is_file() else "")


def parse(language: str, text: str) -> Book:
    """Read a language's data.

    Raises:
        ValueError: the TOML is broken, a rule lacks a field or names an unknown word, or an id is used twice.
    """
    return _book(language, tomllib.loads(text))


def _book(language: str, data: Mapping[str, Any]) -> Book:
    words = _words(data.get("words", {}))
    persons = data.get("persons", {})
    unspaced = bool(data.get("settings", {}).get("unspaced", False))
    rules = tuple(_rule(given, order, words) for order, given in enumerate(data.get("rule", ())))
    twice = {rule.id for rule in rules}
    if len(twice) < len(rules):
        twice = {rule.id for rule in rules if sum(other.id == rule.id for other in rules) > 1}
        raise ValueError(f"rules_{language}.toml uses an id twice: {', '.join(sorted(twice))}")
    return Book(
        language=language,
        rules=rules,
        cues=_cues(rules),
        sources={
            f"{table}.{name}": one_of(expand(source, words) for source in given)
            for table in ("clauses", "modality", "trim", "persons")
            for name, given in data.get(table, {}).items()
            if isinstance(given, list)
        },
        rewrite=tuple((expand(source, words), said) for source, said in persons.get("rewrite", {}).items()),
        rewritable=one_of(expand(source, words) for source in persons.get("rewrite", {})),
        inflect=tuple(persons.get("inflect", {}).items()),
        possessed=persons.get("possessed", "{subject}'s {relation}"),
        user=persons.get("user", "user"),
        unspaced=unspaced,
        kinds={name.lower(): kind for kind, names in data.get("kinds", {}).items() for name in names},
    )


def expand(source: str, words: Mapping[str, str]) -> str:
    """Put the alternatives in the place of every ``<name>``."""

    def alternatives(match: re.Match[str]) -> str:
        if match[1] not in words:
            raise ValueError(f"unknown word <{match[1]}> in {source!r}")
        return words[match[1]]

    return _NAME.sub(alternatives, source)


def _words(given: Mapping[str, list[str]]) -> dict[str, str]:
    """Every word as one group; a word may use the ones above it."""
    words: dict[str, str] = {}
    for name, alternatives in given.items():
        words[name] = "(?:" + "|".join(expand(one, words) for one in alternatives) + ")"
    return words


def _rule(given: Mapping[str, Any], order: int, words: Mapping[str, str]) -> Rule:
    fields = dict(given)
    try:
        source = fields.pop("pattern")
        pattern, named = expand(source, words), {"subject"} if fields.get("about") == "subject" else set()
        named.update(_NAMED.findall(source))
        kind = FactType(fields.pop("type"))
        cues = tuple(cue.lower() for cue in fields.pop("cues", ()))
        allow = frozenset(fields.pop("allow", ()))
        fixed: dict[str, Any] = {
            "type": kind,
            "pattern": pattern,
            "cues": cues,
            "allow": allow,
            "named": frozenset(named),
        }
        return Rule(**fixed, opens=_opens(source), order=order, **fields)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"rule {given.get('id', order)!r} cannot be read: {error}") from error


def _opens(source: str) -> str:
    """With whom a pattern without alternatives at its top begins."""
    depth = 0
    for char in _SHELTERED.sub("", source):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            return ""
    if source.startswith("(?P<subject>"):
        return "other"
    return "speaker" if source.startswith(("<iwe>", "<im>", "i<", "i ")) else ""


def _cues(rules: Iterable[Rule]) -> Cues:
    starts: dict[str, list[int]] = {}
    parts: dict[str, list[int]] = {}
    phrases: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
    several: dict[str, list[int]] = {}
    for rule in rules:
        for cue in rule.cues:
            table = parts if _HAN.search(cue) else starts if cue.isalnum() else several
            table.setdefault(cue, []).append(rule.order)
    marks = []
    for cue, orders in several.items():
        word = _WORD.match(cue)
        if word is None or word.end() == len(cue):
            marks.append((cue, tuple(orders)))
        else:
            phrases.setdefault(word[0], []).append((cue, tuple(orders)))
    return Cues(
        starts=_frozen(starts),
        lengths=tuple(sorted({len(cue) for cue in starts})),
        parts=_frozen(parts),
        part_lengths=tuple(sorted({len(cue) for cue in parts})),
        phrases={word: tuple(given) for word, given in phrases.items()},
        marks=tuple(marks),
        always=tuple(rule.order for rule in rules if not rule.cues),
    )


def _frozen(table: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {cue: tuple(orders) for cue, orders in table.items()}
