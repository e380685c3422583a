"""What decides beside the text: which legal bases are on file, and how many people were counted; as the control topics said last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jurisdictions.lists import mechanism_kinds
from jurisdictions.mechanisms import InForce, Mode, Register, change_of, resolve
from schemas.codec import Codec
from schemas.errors import SchemaError
from schemas.records import MechanismOnFile, RequestOpened, Totals
from streams import names
from streams.tick import Control


class Standing:
    """Takes control records in, and answers from them.

    Args:
        codec: Decodes them.
        mode: Whether kinds count because a request names them, or documents alone.
    """

    def __init__(self, codec: Codec, mode: Mode) -> None:
        self._codec = codec
        self._mode = mode
        self._register = Register()
        self.totals: dict[str, Totals] = {}

    def take(self, records: Iterable[Control]) -> list[Totals]:
        """Take records in, in the order of their partitions; return the totals that became newer."""
        changes: list[tuple[str, MechanismOnFile | None]] = []
        newer: list[Totals] = []
        for record in records:
            if record.topic == names.MECHANISMS:
                changes.append(change_of(self._codec, record.key, record.value))
                continue
            totals = self._totals_of(record)
            if totals is not None and (known := self.totals.get(totals.scope)) is not None and known.version > totals.version:
                continue  # a counter that was taken over begins behind the one before
            if totals is not None:
                self.totals[totals.scope] = totals
                newer.append(totals)
        if changes:
            self._register = self._register.updated(changes)
        return newer

    def mechanisms(self, request: RequestOpened, on: date, categories: frozenset[str] = frozenset(), people: int | None = None) -> InForce:
        """Return what counts of what a request names, on a day, for what was found and as many people as were counted."""
        return resolve(
            request.mechanisms,
            self._register,
            self._mode,
            customer_id=request.customer_id,
            destination=request.destination,
            categories=categories,
            people=people,
            on=on,
        )

    def refused(self, found: InForce) -> tuple[str, ...]:
        """Return what did not count, with the reason, as evidence: a name that nobody knows is a stranger's text and is left out."""
        return tuple(
            f"{name} {reason}" if name in mechanism_kinds() or self._register.get(name) is not None else reason
            for name, reason in found.refused
        )

    def _totals_of(self, record: Control) -> Totals | None:
        """Return the totals of a record; None for what is none: it is passed over, since it can only be written by mistake."""
        try:
            found = self._codec.decode(record.value)
        except SchemaError:
            return None
        return found if isinstance(found, Totals) and found.scope.encode() == record.key else None
