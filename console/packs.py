"""`carnet packs`: the rules that decide, whether they are whole, and what another set of them would have decided."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from console.derivation import rules_in
from console.exits import guarded
from console.pack_changes import Change, Comparison, Rules, Turned, changes, compare, past_decisions
from jurisdictions.labels import check_labels
from jurisdictions.pack import Pack, Rule, load_packs, packs_sha256
from jurisdictions.signing import read_vkeys
from schemas.errors import ConfigurationError, PackError

packs_app = typer.Typer(help="List, check and compare the packs of rules.", no_args_is_help=True)
LEGAL = "Engineering support, not legal advice."
SHIPPED = "-"
_FILE_WIDTH = 160  # of a table that goes into a file: nothing is cut off
_TURNED_SHOWN = 20
_STYLES = {"stricter": "magenta", "looser": "bold red", "same": "", "added": "green", "removed": "red", "changed": "yellow"}

Folder = Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A folder of packs; those in use if none is named.")]
Side = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of packs; - for those of this release.")]
Day = Annotated[str, typer.Option("--on", metavar="DAY", help="The day (ISO 8601) whose rules are compared; today by default.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@packs_app.command("list")
@guarded
def list_packs(directory: Folder = None, *, as_json: AsJson = False) -> None:
    """List the packs: version, days in force, how many rules, and how far their sources were read."""
    packs = load_packs(directory or _in_use())
    if as_json:
        _print_json({"packs_sha256": packs_sha256(packs), "packs": [_pack_fields(pack) for pack in packs]})
    else:
        _print(_packs_table(packs))


@packs_app.command("verify")
@guarded
def verify(
    directory: Folder = None,
    *,
    key: Annotated[str | None, typer.Option(help="The folder must be signed by this verifier key, or one in this file.")] = None,
    signed: Annotated[bool, typer.Option("--signed", help="It must be signed by the key of this release.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check packs: form, citations, each rule's own tests, labels that can be put; with a key, that nothing was altered.

    Exit 2 with the file, the rule and the reason if something is wrong.
    """
    folder = directory or _in_use()
    if key is not None and Path(key).is_file():
        keys: Sequence[str | None] = read_vkeys(Path(key))
    else:
        keys = (key,)
    packs = _by_one_of(folder, keys) if key is not None or signed else load_packs(folder)
    check_labels(packs)
    rules = [rule for pack in packs for rule in pack.rules]
    said = {
        "packs": len(packs),
        "rules": len(rules),
        "tests": sum(len(rule.tests) for rule in rules),
        "signed": key is not None or signed,
        "packs_sha256": packs_sha256(packs),
    }
    if as_json:
        _print_json(said)
    else:
        signature = "signed" if said["signed"] else "signature not asked for (--key, --signed)"
        _print(Text(f"{said['packs']} packs, {said['rules']:,} rules, {said['tests']:,} tests hold · {signature}\n{said['packs_sha256']}"))


@packs_app.command("diff")
@guarded
def diff(
    before: Side,
    after: Side,
    *,
    against: Annotated[Path | None, typer.Option(metavar="EXPORT", help="A ledger (`carnet verify --export`), or JSON lines.")] = None,
    on: Day = "",
    as_json: AsJson = False,
) -> None:
    """Say which rules differ between two folders of packs; with --against, which decisions of the past would have been others.

    Decisions are made again by the facts that their audit entries keep, each by the rules of its day.

    Engineering support, not legal advice.
    """
    day = _day(on)
    old, new = _side(before), _side(after)
    found = changes(old, new, day)
    compared = None
    if against is not None:
        from schemas.codec import Codec  # noqa: PLC0415 - loads what only this needs

        if not against.exists():
            raise ConfigurationError(f"{against} is not there")
        compared = compare(old, new, past_decisions(against, Codec.committed()))
    if as_json:
        said: dict[str, Any] = {"note": LEGAL, "on": day.isoformat(), "changes": [_change_fields(one) for one in found]}
        _print_json(said if compared is None else {**said, "against": _comparison_fields(compared)})
        return
    parts: list[RenderableType] = [_changes_table(found)]
    if compared is not None:
        parts.append(_comparison_view(compared))
    _print(Group(*parts, Text(f"\n{LEGAL}", style="dim")))


def _in_use() -> Path | None:
    from streams.settings import Settings  # noqa: PLC0415 - loads what only commands that run need

    return Settings.load().packs.dir


def _side(folder: Path) -> Rules:
    if str(folder) != SHIPPED and not folder.is_dir():
        raise ConfigurationError(f"{folder} is no folder of packs; - names those of this release")
    return rules_in(None if str(folder) == SHIPPED else folder)


def _by_one_of(folder: Path | None, keys: Sequence[str | None]) -> tuple[Pack, ...]:
    """Load a folder that one of the keys has signed.

    Raises:
        PackError: None has; the reason is that of the last.
    """
    refusal = PackError("no key in the file")
    for key in keys:
        try:
            return load_packs(folder, signed=True, key=key)
        except PackError as error:
            refusal = error
    raise refusal


def _day(text: str) -> dt.date:
    if not text:
        return dt.datetime.now(dt.UTC).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{text!r} is no day (2026-11-24)") from None


def _print(what: RenderableType) -> None:
    screen = Console()
    (screen if screen.is_terminal else Console(width=_FILE_WIDTH)).print(what)


def _print_json(fields: Any) -> None:
    sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _packs_table(packs: Sequence[Pack]) -> RenderableType:
    table = _table("pack", "title", "in force", "rules", "text read", "secondary", "remembered", "destinations", "sha256")
    for pack in packs:
        read = Counter(rule.citation.checked for rule in pack.rules)
        table.add_row(
            Text(pack.name),
            Text(pack.title),
            _in_force(pack),
            str(len(pack.rules)),
            *(str(read[how]) for how in ("text", "secondary", "remembered")),
            str(len(pack.covers) or "–"),
            pack.sha256.hex()[:12],
        )
    rules = sum(len(pack.rules) for pack in packs)
    return Group(table, Text(f"{rules:,} rules · {packs_sha256(packs)}\n{LEGAL}", style="dim"))


def _in_force(pack: Pack) -> str:
    if pack.in_force is None:
        return "always"
    return f"{pack.in_force.since} … {pack.in_force.until or ''}"


def _pack_fields(pack: Pack) -> dict[str, Any]:
    force = pack.in_force
    return {
        "pack": pack.name,
        "title": pack.title,
        "in_force": None if force is None else {"from": str(force.since), "to": None if force.until is None else str(force.until)},
        "rules": len(pack.rules),
        "checked": dict(Counter(rule.citation.checked for rule in pack.rules)),
        "covers": sorted(pack.covers),
        "sha256": pack.sha256.hex(),
    }


def _changes_table(found: Sequence[Change]) -> RenderableType:
    if not found:
        return Text("no rule differs", style="green")
    table = _table("rule", "", "what", "before", "after")
    for one in found:
        table.add_row(
            Text(one.id),
            Text(one.kind, style=_STYLES[one.kind]),
            Text(", ".join(one.parts)),
            Text(_said(one.before)),
            Text(_said(one.after)),
        )
    return table


def _said(side: Rule | str | None) -> str:
    """Write what a rule says, in short."""
    if side is None or isinstance(side, str):
        return side or "–"
    return f"{side.action or 'duties only'}: {' '.join(side.when.split())} [{side.citation.law}, {side.citation.article}]"


def _change_fields(one: Change) -> dict[str, Any]:
    return {"id": one.id, "kind": one.kind, "parts": list(one.parts), "before": _rule_fields(one.before), "after": _rule_fields(one.after)}


def _rule_fields(side: Rule | str | None) -> Any:
    if side is None:
        return None
    if isinstance(side, str):
        return json.loads(side)
    citation = side.citation.model_dump(mode="json")
    return {
        "action": side.action,
        "when": " ".join(side.when.split()),
        "labels": list(side.labels),
        "obligations": list(side.obligations),
    } | {"citation": citation}


def _by_rule(turned: Sequence[Turned]) -> dict[str, Counter[str]]:
    """Count by rule what becomes of the decisions that change because of it."""
    counts: dict[str, Counter[str]] = {}
    for one in turned:
        outcome = "untold" if not one.told else one.step if one.step != "same" else "other"
        for name in one.rules:
            counts.setdefault(name, Counter())[outcome] += 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1].total(), item[0])))


def _comparison_view(compared: Comparison) -> RenderableType:
    turned = compared.turned
    head = Text(f"\n{compared.decisions:,} decisions looked at, {len(turned):,} would change", style="bold")
    remarks = []
    if compared.other_packs:
        remarks.append(f"{compared.other_packs:,} were made by other packs than those before the change")
    if compared.differs:
        remarks.append(f"{compared.differs:,} were recorded with another action: their stream was stopped already, or by other packs")
    rules = _table("because of", "stricter", "looser", "labels or duties", "cannot be told")
    for name, counts in _by_rule(turned).items():
        rules.add_row(Text(name), *(f"{counts[outcome]:,}" for outcome in ("stricter", "looser", "other", "untold")))
    single = _table("decision", "day", "to", "before", "after", "because of", "facts not kept")
    for one in turned[:_TURNED_SHOWN]:
        single.add_row(
            Text(one.past.delivery_id),
            str(one.past.on),
            Text(one.past.destination),
            one.before.action,
            Text(one.after.action, style=_STYLES[one.step]),
            Text(", ".join(one.rules)),
            Text(", ".join(one.missing) or "–"),
        )
    more = [Text(f"and {len(turned) - _TURNED_SHOWN:,} more (--json names all)")] if len(turned) > _TURNED_SHOWN else []
    tables: list[RenderableType] = [rules, Text(""), single, *more] if turned else []
    return Group(head, *(Text(remark, style="dim") for remark in remarks), *tables)


def _comparison_fields(compared: Comparison) -> dict[str, Any]:
    return {
        "decisions": compared.decisions,
        "other_packs": compared.other_packs,
        "recorded_otherwise": compared.differs,
        "changed": len(compared.turned),
        "by_rule": {name: dict(counts) for name, counts in _by_rule(compared.turned).items()},
        "turned": [
            {
                "delivery_id": one.past.delivery_id,
                "on": str(one.past.on),
                "destination": one.past.destination,
                "before": one.before.action,
                "after": one.after.action,
                "step": one.step,
                "parts": list(one.parts),
                "told": one.told,
                "missing": list(one.missing),
                "rules": list(one.rules),
            }
            for one in compared.turned
        ],
    }
