"""When rules may ask what a text is about, for streams: known before their text, so it is known what waits for the text model, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

from jurisdictions.compile import Compiled
from jurisdictions.facts import FactValue, facts_of
from jurisdictions.mechanisms import InForce
from jurisdictions.needs import Need, asks_of, need_of
from schemas.records import RequestOpened
from streams.state import StreamState

_MEMO_MAX: Final = 4096
_DAY_MS = 86_400_000
_LAST_DAY_MS = 2_932_896 * _DAY_MS  # 9999-12-31: a time beyond it is still a date


class Needs:
    """Answers for streams from the rules in force, with a bounded memory.

    Args:
        rules_on: Day → compiled packs in force.
        mechanisms: Request and day → what counts of the legal bases that it names, before anything was found.
    """

    def __init__(self, rules_on: Callable[[date], Compiled], mechanisms: Callable[[RequestOpened, date], InForce]) -> None:
        self._rules_on = rules_on
        self._mechanisms = mechanisms
        self._needs: dict[tuple[object, ...], Need] = {}
        self._asks: dict[tuple[object, ...], bool] = {}

    def of(self, stream: StreamState) -> Need:
        """Return when the rules in force may ask what the text of a stream is about: never, where it is personal, or always."""
        key = self._where(stream)
        need = self._needs.get(key)
        if need is None:
            if len(self._needs) >= _MEMO_MAX:
                self._needs.clear()
            need = self._needs[key] = need_of(*self._before(stream))
        return need

    def asks(self, stream: StreamState, came_from: frozenset[str]) -> bool:
        """Tell whether rules may ask it of text with personal data of these provenances, or of some of them.

        Most rules ask it of data from home alone.
        """
        key = (*self._where(stream), came_from)
        asks = self._asks.get(key)
        if asks is None:
            if len(self._asks) >= _MEMO_MAX:
                self._asks.clear()
            rules, before = self._before(stream)
            asks = self._asks[key] = asks_of(rules, before, came_from)
        return asks

    def _kinds(self, stream: StreamState) -> frozenset[str] | None:
        """Return the kinds that surely count; None if that hangs on what will be found."""
        found = self._mechanisms(stream.request, day_of(stream.last_at_ms))
        return None if found.conditional else found.kinds

    def _where(self, stream: StreamState) -> tuple[object, ...]:
        """Return the day, and what rules know of a stream before its text."""
        request = stream.request
        places = (request.destination, request.end_user_location, request.origin_data_centre, request.model.origin, request.route)
        return (day_of(stream.last_at_ms), request.customer_id, *places, self._kinds(stream))

    def _before(self, stream: StreamState) -> tuple[Compiled, Mapping[str, FactValue]]:
        """Return the rules of the stream's day, and what is known before its text."""
        request = stream.request
        rules = self._rules_on(day_of(stream.last_at_ms))
        kinds = self._kinds(stream)
        facts = facts_of(
            (),
            destination=request.destination,
            end_user_location=request.end_user_location,
            origin_data_centre=request.origin_data_centre,
            model_origin=request.model.origin,
            route=request.route,
            customer=request.customer_id,
            mechanisms=kinds or (),
            declared=rules.assumed,
        )
        return rules, facts if kinds is not None else {name: value for name, value in facts.items() if name != "mechanisms"}


@lru_cache(maxsize=64)
def _date(number: int) -> date:
    return datetime.fromtimestamp(number * (_DAY_MS // 1_000), UTC).date()


def day_of(at_ms: int) -> date:
    """Return the day of a record's time; one before the first day or behind the last counts as that."""
    return _date(min(max(at_ms, 0), _LAST_DAY_MS) // _DAY_MS)
