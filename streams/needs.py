"""When rules may ask what a text is about, known before its text: so it is known what waits for the text model, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import combinations
from typing import Final

from jurisdictions.compile import Compiled
from jurisdictions.facts import FactValue, facts_of
from schemas.records import RequestOpened
from streams.state import StreamState
from streams.windows import Need

_MEMO_MAX: Final = 4096
_DAY_MS = 86_400_000
_LAST_DAY_MS = 2_932_896 * _DAY_MS  # 9999-12-31: a time beyond it is still a date
_READ = frozenset({"domains", "form"})  # what the text model tells
_FOUND = frozenset(
    {"types", "categories", "personal", "personal_values", "provenance_set", "credential_provenance", "sensitive", "subjects"}
)  # what follows from findings


class Needs:
    """Answers for streams from the rules in force, with a bounded memory.

    Args:
        rules_on: Day → compiled packs in force.
    """

    def __init__(self, rules_on: Callable[[date], Compiled]) -> None:
        self._rules_on = rules_on
        self._needs: dict[tuple[object, ...], Need] = {}
        self._asks: dict[tuple[object, ...], bool] = {}

    def of(self, stream: StreamState) -> Need:
        """Return when the rules in force may ask what the text of a stream is about: never, where it is personal, or always."""
        key = _where(stream)
        need = self._needs.get(key)
        if need is None:
            if len(self._needs) >= _MEMO_MAX:
                self._needs.clear()
            need = self._needs[key] = _need_of(self._rules_on(day_of(stream.last_at_ms)), stream.request)
        return need

    def asks(self, stream: StreamState, came_from: frozenset[str]) -> bool:
        """Tell whether rules may ask it of text with personal data of these provenances, or of some of them.

        Most rules ask it of data from home alone.
        """
        key = (*_where(stream), came_from)
        asks = self._asks.get(key)
        if asks is None:
            if len(self._asks) >= _MEMO_MAX:
                self._asks.clear()
            rules = self._rules_on(day_of(stream.last_at_ms))
            asks = self._asks[key] = any(_may_ask_of(rules, stream.request, some) for some in _parts(came_from))
        return asks


def _where(stream: StreamState) -> tuple[object, ...]:
    """Return the day, and what rules know of a stream before its text."""
    request = stream.request
    places = (request.destination, request.end_user_location, request.origin_data_centre, request.model.origin, request.route)
    return (day_of(stream.last_at_ms), *places, request.mechanisms)


def _need_of(rules: Compiled, request: RequestOpened) -> Need:
    """Return when rules may ask what a text is about that goes where a request says."""
    facts = _facts_before(rules, request)
    unknown = {name: value for name, value in facts.items() if name not in _FOUND}
    impersonal = {**unknown, "personal": False, "sensitive": False, "provenance_set": frozenset[str]()}
    if _may_ask(rules, impersonal, _READ):
        return "always"
    return "personal" if _may_ask(rules, unknown, _READ | {"sensitive"}) else "never"


def _may_ask_of(rules: Compiled, request: RequestOpened, came_from: frozenset[str]) -> bool:
    """Tell whether rules may ask it of a text with personal data from there, and from nowhere else."""
    unknown = {name: value for name, value in _facts_before(rules, request).items() if name not in _FOUND}
    return _may_ask(rules, {**unknown, "personal": True, "provenance_set": came_from}, _READ | {"sensitive"})


def _parts(whole: frozenset[str]) -> Iterable[frozenset[str]]:
    """Yield all parts of a set but the empty one."""
    members = sorted(whole)
    return (frozenset(part) for size in range(1, len(members) + 1) for part in combinations(members, size))


def _facts_before(rules: Compiled, request: RequestOpened) -> dict[str, FactValue]:
    """Return what is known of a stream before its text, and that nothing was found."""
    return facts_of(
        (),
        destination=request.destination,
        end_user_location=request.end_user_location,
        origin_data_centre=request.origin_data_centre,
        model_origin=request.model.origin,
        route=request.route,
        mechanisms=request.mechanisms,
        declared=rules.assumed,
    )


def _may_ask(rules: Compiled, facts: Mapping[str, FactValue], about: frozenset[str]) -> bool:
    """Tell whether a rule that reads one of these facts, and does something, may fire and need not."""
    must, may = rules.decide(facts.get)
    return any(
        (may & ~must) >> bit & 1 and not entry.facts.isdisjoint(about) and bool(entry.rule.action or entry.rule.labels or entry.rule.redact)
        for bit, entry in enumerate(rules.rules)
    )


@lru_cache(maxsize=64)
def _date(number: int) -> date:
    return datetime.fromtimestamp(number * (_DAY_MS // 1_000), UTC).date()


def day_of(at_ms: int) -> date:
    """Return the day of a record's time; one before the first day or behind the last counts as that."""
    return _date(min(max(at_ms, 0), _LAST_DAY_MS) // _DAY_MS)
