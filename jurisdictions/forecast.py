"""How near a counter is to the number that the law compares it with, and when it will be there if things go on.

This is for people who plan: a security assessment takes months. What a delivery may do is decided by the rules of the packs alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jurisdictions.headcount import is_rolling
from jurisdictions.people import THRESHOLDS

ALERTS: Final = (50, 80, 95)
"""Per cent of a threshold at which somebody must be told."""
REACHED: Final = 100
WINDOW_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of people that changes what is allowed.

    Attributes:
        provision: Which law says so.
        number: As the law writes it.
        first: The first number of people at which it holds: the Flow Provisions say "ten thousand or more", 28 CFR 202.205 "more than".
    """

    provision: str
    number: int
    first: int


def thresholds(scope: str, name: str) -> tuple[Threshold, ...]:
    """Return the thresholds of a class, the lowest first; none where no law names one."""
    more = int(is_rolling(scope))
    return tuple(Threshold(provision, number, number + more) for provision, number in THRESHOLDS.get(name, ()))


def alert(upper: int, threshold: Threshold) -> int:
    """Return how far a counter is: 0, or the highest of 50, 80, 95 and 100 per cent that its upper bound has reached."""
    if upper >= threshold.first:
        return REACHED
    return max((level for level in ALERTS if 100 * upper >= level * threshold.number), default=0)


def forecast(history: Sequence[tuple[dt.date, int]], number: int, *, days: int = WINDOW_DAYS) -> dt.date | None:
    """Return the day on which a counter reaches a number, or reached it; None if it does not grow, or nothing is known.

    The line through the newest point and the oldest one of the last days goes on; nothing else is read into it.

    Args:
        history: Day and people, the oldest first.
        number: What is reached.
        days: How far back growth is looked at.
    """
    if not history:
        return None
    day, people = history[-1]
    if people >= number:
        return next(when for when, count in history if count >= number)
    start, before = next((when, count) for when, count in history if (day - when).days <= days)
    grown, passed = people - before, (day - start).days
    if grown <= 0 or passed <= 0:
        return None
    left = -(-(number - people) * passed // grown)
    return day + dt.timedelta(days=left) if left <= (dt.date.max - day).days else None
