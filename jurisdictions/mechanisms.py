"""The register of legal mechanisms: which documents a customer has on file, and on which days they count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jurisdictions.lists import mechanism_kinds
from schemas.errors import PackError


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One document on file.

    Attributes:
        id: The operator's reference, as ``CN-SCC-2026-0117``.
        kind: One of ``lists/mechanisms.v1.yaml``.
        customer_id: For whom it counts; empty for all customers.
        since: First day.
        until: Last day; ``None`` if it has no end.
    """

    id: str
    kind: str
    customer_id: str
    since: dt.date
    until: dt.date | None

    def __post_init__(self) -> None:
        """Refuse a kind that no rule could ask for.

        Raises:
            PackError: Unknown kind.
        """
        if self.kind not in mechanism_kinds():
            raise PackError(f"mechanism {self.id}: unknown kind {self.kind!r}")


def kinds_in_force(register: Mapping[str, Mechanism], named: Iterable[str], customer_id: str, on: dt.date) -> frozenset[str]:
    """The kinds that count for a customer on a day.

    Args:
        register: Documents by id.
        named: Ids that the request names. An id that is not in the register, is another customer's, or has run out grants nothing.
        customer_id: Whose request it is.
        on: The day of the record.
    """
    documents = (register[name] for name in named if name in register)
    return frozenset(
        document.kind
        for document in documents
        if document.customer_id in {"", customer_id} and document.since <= on and (document.until is None or on <= document.until)
    )
