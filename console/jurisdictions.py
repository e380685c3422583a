"""`carnet jurisdictions`: whose rules there are, how far their sources were read, when they change, and what text waits for."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from console.exits import guarded
from jurisdictions.compile import Compiled, compile_packs
from jurisdictions.needs import HoldBack, hold_back_of
from jurisdictions.pack import Pack, Rule, load_packs
from jurisdictions.regions import Region, Turn, next_turn, own_destinations, region_of, regions
from jurisdictions.shape import ACTIONS
from schemas.errors import ConfigurationError

LEGAL = "Engineering support, not legal advice."
_FILE_WIDTH = 180  # of a table that goes into a file: nothing is cut off
_STYLES = {"release": "green", "label": "cyan", "redact": "yellow", "hold": "magenta", "block": "red"}
_READ = ("text", "secondary", "remembered")
_WAITS = ("characters", "sentence", "answer")
_NEEDS = ("never", "personal", "always")


@dataclass(frozen=True, slots=True)
class Standing:
    """A jurisdiction on a day.

    Attributes:
        rules: Those in force, with their packs.
        turn: The next day on which rules come into force or end; ``None``: none is known.
        hold_back: What text for its destinations waits for at worst; ``None`` where it has no destination.
    """

    region: Region
    rules: tuple[tuple[Pack, Rule], ...]
    turn: Turn | None
    hold_back: HoldBack | None


@guarded
def jurisdictions(
    *,
    code: Annotated[str, typer.Option(help="Show the rules of this one: CN, EU, or the code of a destination.")] = "",
    on: Annotated[str, typer.Option(metavar="DAY", help="The day (ISO 8601); today by default.")] = "",
    packs: Annotated[Path | None, typer.Option(metavar="DIR", help="A folder of packs; those in use by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the jurisdictions: rules by action, how far sources were read, the next change, and the hold-back of their destinations.

    Hold-back: `characters` a few, until nothing found can grow; `sentence` until the text model has read what is around it;
    `answer` the whole, for a human. It is the worst case, whatever is on file. Engineering support, not legal advice.
    """
    from streams.settings import Settings  # noqa: PLC0415 - loads what only commands that run need

    day = day_of(on)
    loaded = load_packs(packs or Settings.load().packs.dir)
    found = standings(loaded, day)
    if code:
        named = region_of([one.region for one in found], code.upper())
        if named is None:
            known = ", ".join(one.region.code for one in found)
            raise ConfigurationError(f"no jurisdiction has the code {code!r}, and none covers it with rules of its own ({known})")
        chosen = next(one for one in found if one.region == named)
        if as_json:
            _print_json({"note": LEGAL, "on": str(day), **as_fields(chosen), "law": [rule_fields(*one) for one in chosen.region.rules]})
        else:
            _print(rules_view(chosen, day))
    elif as_json:
        _print_json({"note": LEGAL, "on": str(day), "jurisdictions": [as_fields(one) for one in found]})
    else:
        _print(standings_view(found, day))


def day_of(text: str) -> dt.date:
    """Read a day; an empty text is today.

    Raises:
        ConfigurationError: Not ISO 8601.
    """
    if not text:
        return dt.datetime.now(dt.UTC).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{text!r} is no day (2026-11-24)") from None


def standings(packs: Sequence[Pack], on: dt.date) -> tuple[Standing, ...]:
    """Return every jurisdiction as it stands on a day.

    Raises:
        PackError: The packs contradict each other.
    """
    compiled = compile_packs(packs, on)
    found = regions(packs)
    counted = {(entry.pack, entry.rule.id) for entry in compiled.rules}
    return tuple(
        Standing(
            region,
            tuple((pack, rule) for pack, rule in region.rules if (pack.name, rule.id) in counted),
            next_turn(region, on),
            _worst(compiled, sorted(own_destinations(region, found))),
        )
        for region in found
    )


def _worst(compiled: Compiled, destinations: Sequence[str]) -> HoldBack | None:
    held = [hold_back_of(compiled, destination) for destination in destinations]
    return max(held, key=lambda one: (_WAITS.index(one.wait), _NEEDS.index(one.need)), default=None)


def standings_view(found: Sequence[Standing], day: dt.date) -> RenderableType:
    """Return the table of jurisdictions."""
    table = _table(
        "", "jurisdiction", "packs", *reversed(ACTIONS), "duties", "text", "second.", "remem.", "next change", "hold-back", "asks"
    )
    for one in found:
        actions, read = _counts(one)
        table.add_row(
            Text(one.region.code, style="bold"),
            Text(one.region.name),
            Text(", ".join(pack.name for pack in one.region.packs)),
            *(Text(str(actions[action] or "–"), style=_STYLES[action] if actions[action] else "dim") for action in reversed(ACTIONS)),
            str(actions[""] or "–"),
            *(str(read[how] or "–") for how in _READ),
            Text(_turn_words(one.turn)),
            one.hold_back.wait if one.hold_back else "–",
            one.hold_back.need if one.hold_back else "–",
        )
    rules = sum(len(one.rules) for one in found)
    foot = f"{len(found)} jurisdictions, {rules:,} rules in force on {day}. asks: of which text the model is asked what it is about."
    return Group(table, Text(f"{foot}\n{LEGAL}", style="dim"))


def rules_view(one: Standing, day: dt.date) -> RenderableType:
    """Return the rules of one jurisdiction, in force or not."""
    table = _table("rule", "action", "in force", "read", "title", "source")
    counted = set(map(_name, one.rules))
    for pack, rule in one.region.rules:
        counts = _name((pack, rule)) in counted
        table.add_row(
            Text(rule.id),
            Text(rule.action or "duties", style=_STYLES.get(rule.action or "", "")),
            Text(_days(rule), style="" if counts else "yellow"),
            rule.citation.checked,
            Text(rule.title + (" (disputed)" if rule.disputed else "")),
            Text(f"{rule.citation.law}, {rule.citation.article}"),
            style="" if counts else "dim",
        )
    head = Text(f"{one.region.name} ({', '.join(sorted(one.region.destinations)) or 'by origin'})", style="bold")
    lines = [f"{len(one.rules)} of {len(one.region.rules)} rules in force on {day}; next change: {_turn_words(one.turn)}"]
    if one.hold_back:
        why = f" because of {', '.join(one.hold_back.rules)}" if one.hold_back.rules else ""
        lines.append(f"hold-back: {one.hold_back.wait}{why}")
    return Group(head, table, Text("\n".join([*lines, LEGAL]), style="dim"))


def as_fields(one: Standing) -> dict[str, Any]:
    """Return a jurisdiction as JSON takes it."""
    actions, read = _counts(one)
    turn, held = one.turn, one.hold_back
    return {
        "code": one.region.code,
        "name": one.region.name,
        "packs": [pack.name for pack in one.region.packs],
        "destinations": sorted(one.region.destinations),
        "rules": len(one.rules),
        "actions": {action: actions[action] for action in ACTIONS} | {"duties": actions[""]},
        "checked": {how: read[how] for how in _READ},
        "next_change": None if turn is None else {"day": str(turn.day), "begins": list(turn.begins), "ends": list(turn.ends)},
        "hold_back": None if held is None else {"wait": held.wait, "need": held.need, "rules": list(held.rules)},
    }


def rule_fields(pack: Pack, rule: Rule) -> dict[str, Any]:
    """Return a rule as JSON takes it."""
    return {
        "id": rule.id,
        "pack": pack.name,
        "title": rule.title,
        "action": rule.action,
        "citation": rule.citation.model_dump(mode="json"),
        "in_force": {"from": str(rule.in_force.since), "to": None if rule.in_force.until is None else str(rule.in_force.until)},
        "when": " ".join(rule.when.split()),
        "labels": list(rule.labels),
        "obligations": list(rule.obligations),
        "retain": rule.retain,
        "incident": rule.incident,
        "disputed": " ".join(rule.disputed.split()),
    }


def _counts(one: Standing) -> tuple[Counter[str], Counter[str]]:
    """Count the rules in force by action (empty: duties only), and by how far their source was read."""
    rules = [rule for _, rule in one.rules]
    return Counter(rule.action or "" for rule in rules), Counter(str(rule.citation.checked) for rule in rules)


def _turn_words(turn: Turn | None) -> str:
    if turn is None:
        return "–"
    begins = [f"+{name}" for name in turn.begins]
    return f"{turn.day} {', '.join([*begins, *(f'-{name}' for name in turn.ends)])}"


def _name(member: tuple[Pack, Rule]) -> tuple[str, str]:
    return member[0].name, member[1].id


def _days(rule: Rule) -> str:
    until = rule.in_force.until
    return f"{rule.in_force.since} …" if until is None else f"{rule.in_force.since} … {until}"


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _print(what: RenderableType) -> None:
    screen = Console()
    (screen if screen.is_terminal else Console(width=_FILE_WIDTH)).print(what)


def _print_json(fields: Any) -> None:
    sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
