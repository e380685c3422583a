"""How well findings cover known values: precision, recall and F2 over spans, whatever type the finder gave them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

Span = tuple[int, int, str]  # first code point, one past the last, type

COVERED_MIN = 0.8
# Kinds that a text may hold rightly without being a planted value; numbers of orders, tickets and parcels name things, not people.
NEVER_FALSE = frozenset({"DATE_TIME", "NRP", "ORDER_NUMBER", "TICKET_NUMBER", "TRACKING_NUMBER"})
_BETA_SQUARED = 4.0


@dataclass(slots=True)
class Coverage:
    """Counts over texts; add up with ``add``.

    Attributes:
        values: Known values by type.
        found: Those of them that findings cover.
        findings: Findings by type.
        false: Those of them that touch no known value, without the kinds that are never false.
    """

    values: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    false: dict[str, int] = field(default_factory=dict)

    def add(self, other: Coverage) -> None:
        """Take over the counts of another text."""
        for mine, theirs in (
            (self.values, other.values),
            (self.found, other.found),
            (self.findings, other.findings),
            (self.false, other.false),
        ):
            for kind, count in theirs.items():
                mine[kind] = mine.get(kind, 0) + count

    @property
    def precision(self) -> float:
        """Return the share of findings that are not false; 1.0 when there are none."""
        return 1.0 - _share(self.false, self.findings)

    @property
    def recall(self) -> float:
        """Return the share of values that are covered; 1.0 when there are none."""
        return _share(self.found, self.values) if self.values else 1.0

    @property
    def f2(self) -> float:
        """Return the weighted mean of both in which recall counts for more (beta 2)."""
        weighted = _BETA_SQUARED * self.precision + self.recall
        return (1 + _BETA_SQUARED) * self.precision * self.recall / weighted if weighted else 0.0

    def recall_of(self, kind: str) -> float:
        """Return the share of values of one type that are covered."""
        return self.found.get(kind, 0) / self.values[kind]


def _share(part: dict[str, int], whole: dict[str, int]) -> float:
    total = sum(whole.values())
    return sum(part.values()) / total if total else 0.0


def score(gold: Sequence[Span], findings: Iterable[Span], *, left_out: Collection[str] = ()) -> Coverage:
    """Return the counts of one text.

    A value is found when the union of all findings covers at least 80 % of its characters. A finding is false when it touches no value at
    all; values of the types left out do not count, but a finding that touches one is not false.

    Args:
        gold: The known values.
        findings: What was reported, at the threshold that is to be judged.
        left_out: Types of ``gold`` that need not be found.
    """
    coverage = Coverage()
    reported = list(findings)
    covered = {at for start, end, _ in reported for at in range(start, end)}
    for start, end, kind in gold:
        if kind in left_out:
            continue
        coverage.values[kind] = coverage.values.get(kind, 0) + 1
        hits = sum(at in covered for at in range(start, end))
        coverage.found[kind] = coverage.found.get(kind, 0) + (hits >= COVERED_MIN * (end - start))
    for start, end, kind in reported:
        coverage.findings[kind] = coverage.findings.get(kind, 0) + 1
        touches = any(start < gold_end and gold_start < end for gold_start, gold_end, _ in gold)
        if not touches and kind not in NEVER_FALSE:
            coverage.false[kind] = coverage.false.get(kind, 0) + 1
    return coverage
