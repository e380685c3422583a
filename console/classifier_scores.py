"""Counts of what classifiers said beside what is known: precision, recall and F1 of names and labels, hits and confusions of classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from console.classify import Classified
from console.coverage import Span
from console.known_texts import Known


@dataclass(frozen=True, slots=True)
class Judged:
    """A text of which something is known, and what was said of it."""

    known: Known
    said: Classified


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """What one finder said of one set of texts.

    Attributes:
        texts: Where the texts are from: one of ``HAND``, ``TRAINING``, ``FOREIGN``.
        finder: Who said it.
        judged: Text by text.
    """

    texts: str
    finder: str
    judged: tuple[Judged, ...]

    def of(self, *languages: str) -> tuple[Judged, ...]:
        """Return those of some languages; of all where none is named."""
        return tuple(one for one in self.judged if not languages or one.known.language in languages)

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages in the order of the texts."""
        return tuple(dict.fromkeys(one.known.language for one in self.judged))


@dataclass(frozen=True, slots=True)
class Rates:
    """How many were known, how many were said, and how many of each were right: of spans that overlap these may differ.

    Attributes:
        known: Known values.
        said: Values that were said.
        found: Known ones that were said.
        right: Said ones that are known.
    """

    known: int = 0
    said: int = 0
    found: int = 0
    right: int = 0

    def __add__(self, other: Rates) -> Rates:
        """Return the counts of both."""
        return Rates(self.known + other.known, self.said + other.said, self.found + other.found, self.right + other.right)

    @property
    def precision(self) -> float:
        """Return the share of what was said that is right; 1 where nothing was said."""
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        """Return the share of what is known that was said; 1 where nothing is known."""
        return self.found / self.known if self.known else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def _overlap(one: Span, other: Span) -> bool:
    return one[2] == other[2] and one[0] < other[1] and other[0] < one[1]


def _same(one: Span, other: Span) -> bool:
    return one == other


def _span_rates(judged: Iterable[Judged], matches: Callable[[Span, Span], bool], kind: str) -> Rates:
    rates = Rates()
    for one in judged:
        known = [span for span in one.known.names or () if kind in {"", span[2]}]
        said = [(name.start, name.end, name.entity_type) for name in one.said.names if kind in {"", name.entity_type}]
        found = sum(any(matches(span, other) for other in said) for span in known)
        right = sum(any(matches(other, span) for span in known) for other in said)
        rates += Rates(len(known), len(said), found, right)
    return rates


def overlap_rates(judged: Iterable[Judged], kind: str = "") -> Rates:
    """Return the counts of names where one that overlaps a known one of its type is right.

    Args:
        judged: The texts.
        kind: Only this type; all by default.
    """
    return _span_rates(judged, _overlap, kind)


def exact_rates(judged: Iterable[Judged], kind: str = "") -> Rates:
    """Return the counts of names where only the same characters and type are right."""
    return _span_rates(judged, _same, kind)


def label_rates(judged: Iterable[Judged], label: str = "") -> Rates:
    """Return the counts of domains, all together (micro) or of one label."""
    rates = Rates()
    for one in judged:
        known = {each for each in one.known.domains or () if label in {"", each}}
        said = {each for each in one.said.domains_on if label in {"", each}}
        both = len(known & said)
        rates += Rates(len(known), len(said), both, both)
    return rates


@dataclass(frozen=True, slots=True)
class Alarms:
    """Texts that are about nothing sensitive, and those of them that got a label all the same.

    Attributes:
        texts: How many there are.
        alarms: How many got a label.
        labels: Which ones.
    """

    texts: int
    alarms: int
    labels: Counter[str]

    @property
    def share(self) -> float:
        """Return the share of false alarms."""
        return self.alarms / self.texts if self.texts else 0.0


def false_alarms(judged: Iterable[Judged]) -> Alarms:
    """Return what happened to the texts without a label."""
    clean = [one for one in judged if one.known.domains is not None and not one.known.domains]
    labels = Counter(label for one in clean for label in one.said.domains_on)
    return Alarms(len(clean), sum(bool(one.said.domains_on) for one in clean), labels)


@dataclass(slots=True)
class Hits:
    """How often a class was right.

    Attributes:
        texts: How many there are of each class.
        right: How many of them were said to be it.
        said: How many were said to be each class.
        confused: What was taken for what.
    """

    texts: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, known: str, said: str) -> None:
        """Take in one text."""
        self.texts[known] += 1
        self.said[said] += 1
        if known == said:
            self.right[known] += 1
        else:
            self.confused[known, said] += 1

    @property
    def accuracy(self) -> float:
        """Return the share of texts whose class was said; 1 where there are none."""
        return self.right.total() / self.texts.total() if self.texts else 1.0

    def confusions(self, known: str = "") -> list[tuple[str, str, int]]:
        """Return what was taken for what and how often, the most frequent first; of one class or of all."""
        own = [(one, other, count) for (one, other), count in self.confused.items() if known in {"", one}]
        return sorted(own, key=lambda each: (-each[2], each[:2]))


def kind_hits(judged: Iterable[Judged]) -> Hits:
    """Return how often the kind was right."""
    hits = Hits()
    for one in judged:
        if one.known.kind is not None:
            hits.add(one.known.kind, one.said.kind)
    return hits


def language_hits(judged: Iterable[Judged], *, short: bool | None = None) -> Hits:
    """Return how often the language was right: of short strings, of the others, or (None) of all."""
    hits = Hits()
    for one in judged:
        if short is None or one.known.is_short == short:
            hits.add(one.known.language, one.said.language)
    return hits


def lowest(scores: Sequence[tuple[str, float]], count: int = 3) -> list[tuple[str, float]]:
    """Return the lowest scores below 1, the lowest first."""
    return sorted((one for one in scores if one[1] < 1.0), key=lambda one: (one[1], one[0]))[:count]
