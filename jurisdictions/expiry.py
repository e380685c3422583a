"""Which mechanisms end soon: told sixty working days ahead, by the calendar of the jurisdiction whose law they are under."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from jurisdictions.calendars import working_days_before, working_days_between
from jurisdictions.mechanisms import NO_END, Document, Register, law_of

RENEWAL_WORKING_DAYS: Final = 60  # Flow Provisions Art 9: so long before its end the extension of an assessment is applied for


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long a document lasts.

    Attributes:
        country: Whose law it is under: ISO 3166-1 code or ``EU``.
        valid_to: Its last day.
        renew_by: The last day that leaves sixty working days for its renewal.
        days_left: Calendar days to the last day; negative after it.
        working_days_left: The same in working days of the country.
    """

    id: str
    kind: str
    customer_id: str
    country: str
    valid_to: dt.date
    renew_by: dt.date
    days_left: int
    working_days_left: int

    @property
    def expired(self) -> bool:
        """Whether its last day has passed."""
        return self.days_left < 0


def warnings(register: Register, on: dt.date) -> tuple[Expiry, ...]:
    """The documents that end within sixty working days, or have ended, by last day; revoked and malformed ones have no end to warn of.

    A document is left out if another one for the same customer and of the same kind, at least as wide, goes on where it ends.

    Args:
        register: What is on file.
        on: Today, or any day.
    """
    counting = [found for found in register.documents if not found.problem and not found.record.revoked]
    by_kind: dict[str, list[Document]] = {}
    for document in counting:
        by_kind.setdefault(document.record.kind, []).append(document)
    soon = [found for found in counting if found.until != NO_END and _renew_by(found) <= on]
    alone = [found for found in soon if not any(_succeeds(other, found) for other in by_kind[found.record.kind])]
    return tuple(sorted((_expiry(found, on) for found in alone), key=lambda found: (found.valid_to, found.id)))


def expiry_of(document: Document, on: dt.date) -> Expiry | None:
    """How long a document lasts, seen from a day; ``None`` if it has no end or is malformed."""
    return None if document.problem or document.until == NO_END else _expiry(document, on)


def _expiry(document: Document, on: dt.date) -> Expiry:
    record, country = document.record, law_of(document.record.kind)
    return Expiry(
        id=record.id,
        kind=record.kind,
        customer_id=record.customer_id,
        country=country,
        valid_to=document.until,
        renew_by=_renew_by(document),
        days_left=(document.until - on).days,
        working_days_left=working_days_between(on, document.until, country),
    )


def _renew_by(document: Document) -> dt.date:
    return working_days_before(document.until, RENEWAL_WORKING_DAYS, law_of(document.record.kind))


def _succeeds(other: Document, ended: Document) -> bool:
    """Whether a document goes on where another of its kind ends, for all that this one covers."""
    new, old = other.record, ended.record
    return (
        new.customer_id in {"", old.customer_id}
        and new.direction in {"both", old.direction}
        and other.until > ended.until
        and other.since <= ended.until + dt.timedelta(days=1)
        and _covers(other.destinations, ended.destinations)
        and _covers(other.categories, ended.categories)
        and (not new.people_max or 0 < old.people_max <= new.people_max)
    )


def _covers(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    """Whether one limit is at least as wide as another; an empty one is none."""
    return not wide or (bool(narrow) and narrow <= wide)
