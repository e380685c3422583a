"""Overlays: what an operator adds to the packs for one customer, and which rules are waived for it, until when and by whom.

An overlay tightens: its rules may add duties, label, redact, hold and block, and never release. What loosens is a **waiver**: it takes one
rule out for one customer up to a day, never a rule that blocks, and it needs the signature of the one who granted it. In its place a
shadow rule with the waiver's id fires wherever the rule would have, so that the audit entry names the waiver.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from jurisdictions.condition import Atom, Every, Node, Operand
from jurisdictions.lists import canonical_bytes, read_yaml
from jurisdictions.pack import Pack, Rule, first_problem, packs_on, parse_rule, sets_of
from jurisdictions.shape import OverlayShape
from jurisdictions.signing import Key, open_folder
from jurisdictions.versions import is_overlay
from schemas.errors import PackError

CUSTOMER = Operand("str", fact="customer")


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule that does not count for a customer.

    Attributes:
        id: Fires in the rule's place.
        rule: The rule of a pack.
        since: First day; ``None``: always.
        until: Last day.
        reason: Why, in words.
        granted_by: Name of the key that must have signed.
    """

    id: str
    rule: str
    since: dt.date | None
    until: dt.date
    reason: str
    granted_by: str

    def counts(self, on: dt.date) -> bool:
        """Whether it is in force on a day."""
        return (self.since is None or self.since <= on) and on <= self.until


@dataclass(frozen=True, slots=True)
class Overlay:
    """One overlay file.

    Attributes:
        customer: The customer, as the fact ``customer`` has it.
        pack: Its rules, as a pack that applies to this customer alone.
        waivers: In the order of the file.
    """

    customer: str
    pack: Pack
    waivers: tuple[Waiver, ...]


def load_overlays(directory: Path, *, keys: Sequence[str], waiver_keys: Sequence[str] = ()) -> tuple[Overlay, ...]:
    """Load every ``*.overlay.yaml`` of a signed folder.

    Args:
        directory: With a file ``SIGNED`` (``jurisdictions.signing``).
        keys: Verifier keys of those who may sign overlays; one signature is enough.
        waiver_keys: Verifier keys of those who may grant waivers. Each waiver names one of them, whose signature must be there too.

    Raises:
        PackError: The folder is not as it was signed, an overlay is refused, or a waiver is not signed by the one who granted it.
    """
    signed = open_folder(directory, (*keys, *waiver_keys))
    if signed.signers.isdisjoint(Key.parse(vkey).vkey for vkey in keys):
        raise PackError(f"{directory.name}: signed by nobody who may sign overlays")
    granters = {Key.parse(vkey).name for vkey in waiver_keys if Key.parse(vkey).vkey in signed.signers}
    overlays = []
    for name, text in sorted(signed.texts.items()):
        if not is_overlay(name):
            continue
        overlay = parse_overlay(text, name)
        for waiver in overlay.waivers:
            if waiver.granted_by not in granters:
                raise PackError(f"{name}: {waiver.id}: not signed by {waiver.granted_by}, or {waiver.granted_by} may grant no waivers")
        overlays.append(overlay)
    return tuple(overlays)


def parse_overlay(text: str, file: str) -> Overlay:
    """Read one overlay.

    Raises:
        PackError: For the first thing that is wrong; the message names file, rule or waiver, and reason.
    """
    try:
        document = read_yaml(text)
        shape = OverlayShape.model_validate(document)
        rules = tuple(_tightening(entry, sets_of(shape.sets)) for entry in shape.rules)
        return Overlay(
            customer=shape.customer,
            pack=Pack(
                id=shape.id,
                version=shape.version,
                title=shape.title,
                covers=frozenset(),
                applies=_is_customer(shape.customer),
                rules=rules,
                assume={},
                sha256=hashlib.sha256(canonical_bytes(document)).digest(),
            ),
            waivers=tuple(
                Waiver(waiver.id, waiver.rule, waiver.since, waiver.until, waiver.reason, waiver.granted_by) for waiver in shape.waivers
            ),
        )
    except ValidationError as error:
        raise PackError(f"{file}: {first_problem(error)}") from error
    except PackError as error:
        raise PackError(f"{file}: {error.detail}") from error


def check_overlays(packs: Sequence[Pack], overlays: Sequence[Overlay]) -> None:
    """Refuse overlays that do not fit these packs.

    Raises:
        PackError: An id of an overlay, a rule or a waiver is taken, or a waiver is of a rule that is not there or that blocks.
    """
    rules: dict[str, list[Rule]] = {}
    for pack in packs:
        for rule in pack.rules:
            rules.setdefault(rule.id, []).append(rule)
    names = {pack.id for pack in packs}
    taken = set(rules)
    for overlay in overlays:
        where = overlay.pack.id
        if where in names:
            raise PackError(f"overlay {where}: a pack or another overlay has this id")
        names.add(where)
        for own in (*(rule.id for rule in overlay.pack.rules), *(waiver.id for waiver in overlay.waivers)):
            if own in taken:
                raise PackError(f"overlay {where}: the id {own} is taken")
            taken.add(own)
        for waiver in overlay.waivers:
            if waiver.rule not in rules:
                raise PackError(f"overlay {where}: {waiver.id} waives {waiver.rule}, which is a rule of no pack")
            if any(rule.action == "block" for rule in rules[waiver.rule]):
                raise PackError(f"overlay {where}: {waiver.id} waives {waiver.rule}, which blocks: no waiver of that")


def with_overlays(packs: Sequence[Pack], overlays: Sequence[Overlay], on: dt.date) -> tuple[Pack, ...]:
    """The packs that are in force on a day, as the waivers leave them, and behind them the overlays as packs of their own.

    Raises:
        PackError: The overlays do not fit the packs.
    """
    check_overlays(packs, overlays)
    waived: dict[str, set[str]] = {}
    for overlay in overlays:
        for waiver in overlay.waivers:
            if waiver.counts(on):
                waived.setdefault(waiver.rule, set()).add(overlay.customer)
    current = packs_on(packs, on)
    origin = {rule.id: (pack, rule) for pack in current for rule in pack.rules}
    left = [replace(pack, rules=tuple(_but_for(rule, waived.get(rule.id)) for rule in pack.rules)) for pack in current]
    added = [replace(overlay.pack, rules=(*overlay.pack.rules, *_shadows(overlay.waivers, origin, on))) for overlay in overlays]
    return (*left, *added)


def _tightening(entry: Mapping[str, Any], sets: Mapping[str, frozenset[str]]) -> Rule:
    rule = parse_rule(entry, sets)
    if rule.action == "release":
        raise PackError(f"{rule.id}: an overlay tightens, it never releases")
    return rule


def _is_customer(customer: str) -> Node:
    return Atom("==", CUSTOMER, Operand("str", value=customer))


def _but_for(rule: Rule, customers: set[str] | None) -> Rule:
    """A rule that does not fire for these customers."""
    if not customers:
        return rule
    others = Atom("not in", CUSTOMER, Operand("set", value=frozenset(customers)))
    named = ", ".join(repr(customer) for customer in sorted(customers))
    return replace(rule, condition=Every((rule.condition, others)), when=f"({rule.when}) and customer not in {{{named}}}")


def _shadows(waivers: Iterable[Waiver], origin: Mapping[str, tuple[Pack, Rule]], on: dt.date) -> Iterable[Rule]:
    """What fires in the place of the rules that are waived on a day: no action, the duty to log, and the waiver's id."""
    for waiver in waivers:
        if waiver.counts(on) and waiver.rule in origin:
            pack, rule = origin[waiver.rule]
            yield replace(
                rule,
                id=waiver.id,
                title=f"{waiver.rule} is waived until {waiver.until}",
                condition=Every((pack.applies, rule.condition)),
                action=None,
                redact=None,
                obligations=("log",),
                labels=(),
                note=f"{waiver.reason} (granted by {waiver.granted_by})",
                tests=(),
                review=None,
                incident=False,
            )
