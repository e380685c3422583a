"""What rules ask of a text before it may go, known from the rules alone: nothing but what was found, what it is about, or a human.

The text model reads more slowly than recognisers do; so whether a rule may ask it decides how much text of a stream waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from jurisdictions.compile import Compiled, RuleInForce
from jurisdictions.facts import FactValue
from jurisdictions.lists import region

Need = Literal["never", "personal", "always"]
Wait = Literal["characters", "sentence", "answer"]

_READ = frozenset({"domains", "form"})  # what the text model tells
_NOTHING_FOUND: Mapping[str, FactValue] = {
    "types": frozenset(),
    "categories": frozenset(),
    "personal": False,
    "personal_values": 0,
    "provenance_set": frozenset(),
    "credential_provenance": frozenset(),
    "sensitive": False,
    "subjects": frozenset(),
}
_NOTHING_READ: Mapping[str, FactValue] = {"domains": frozenset(), "form": "prose"}


@dataclass(frozen=True, slots=True)
class HoldBack:
    """What text for a destination waits for, at worst.

    Attributes:
        wait: ``characters``: until nothing found can grow into it; ``sentence``: until the text model has read its surroundings as well;
            ``answer``: the whole of it, for a human, since rules stop even a text in which nothing was found.
        need: Of which text the text model is asked: of none, of what holds personal data, of all.
        rules: The rules from which that follows, by id; empty for ``characters``.
    """

    wait: Wait
    need: Need
    rules: tuple[str, ...]


def need_of(rules: Compiled, before: Mapping[str, FactValue]) -> Need:
    """Return when rules may ask what a text is about: never, where it is personal, or always.

    Args:
        rules: Those of the day.
        before: What is known of a stream before its text; facts that follow from findings are passed over.
    """
    unknown = _without_findings(before)
    impersonal: dict[str, FactValue] = {**unknown, "personal": False, "sensitive": False, "provenance_set": frozenset()}
    if _asking(rules, impersonal, _READ):
        return "always"
    return "personal" if _asking(rules, unknown, _READ | {"sensitive"}) else "never"


def asks_of(rules: Compiled, before: Mapping[str, FactValue], came_from: frozenset[str]) -> bool:
    """Tell whether rules may ask what a text is about that holds personal data of these provenances, or of some of them."""
    unknown = _without_findings(before)
    return any(_asking(rules, {**unknown, "personal": True, "provenance_set": some}, _READ | {"sensitive"}) for some in _parts(came_from))


def hold_back_of(
    rules: Compiled,
    destination: str,
    *,
    end_user_location: str | None = None,
    mechanisms: frozenset[str] | None = None,
    known: Mapping[str, FactValue] | None = None,
) -> HoldBack:
    """Return what text for a destination waits for at worst, whatever is found in it.

    Args:
        rules: Those of the day.
        destination: ISO 3166-1 code.
        end_user_location: The same; the destination if not given.
        mechanisms: Kinds on file; without them, the worst of all cases.
        known: Further facts, such as ``customer``, or totals; they win over what the operator declares.
    """
    before: dict[str, FactValue] = {
        **rules.assumed,
        "destination": destination,
        "destination_region": region(destination),
        "end_user_location": destination if end_user_location is None else end_user_location,
        "kind": "text",
        "synthetic": True,
        **(known or {}),
    }
    if mechanisms is not None:
        before["mechanisms"] = mechanisms
    need = need_of(rules, before)
    must, _ = rules.decide({**before, **_NOTHING_FOUND, **_NOTHING_READ}.get)
    stopping = [entry for bit, entry in enumerate(rules.rules) if must >> bit & 1 and entry.rule.action in {"hold", "block"}]
    if stopping:
        return HoldBack("answer", need, _ids(stopping))
    if need == "never":
        return HoldBack("characters", need, ())
    return HoldBack("sentence", need, _ids(_asking(rules, _without_findings(before), _READ | {"sensitive"})))


def _ids(entries: Iterable[RuleInForce]) -> tuple[str, ...]:
    return tuple(sorted(entry.rule.id for entry in entries))


def _without_findings(before: Mapping[str, FactValue]) -> dict[str, FactValue]:
    return {name: value for name, value in before.items() if name not in _NOTHING_FOUND}


def _parts(whole: frozenset[str]) -> Iterable[frozenset[str]]:
    """Yield all parts of a set but the empty one."""
    members = sorted(whole)
    return (frozenset(part) for size in range(1, len(members) + 1) for part in combinations(members, size))


def _asking(rules: Compiled, facts: Mapping[str, FactValue], about: frozenset[str]) -> list[RuleInForce]:
    """The rules that read one of these facts, do something to the text, may fire and need not."""
    must, may = rules.decide(facts.get)
    return [
        entry
        for bit, entry in enumerate(rules.rules)
        if (may & ~must) >> bit & 1 and not entry.facts.isdisjoint(about) and (entry.rule.action or entry.rule.labels)
    ]
