"""How `carnet decide` looks: a table of verdicts, and below it each rule with its source, its condition and the facts that it read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from console.derivation import RETAIN, Derivation, Duty, Step
from jurisdictions.facts import FactValue
from jurisdictions.pack import RedactScope, Rule
from jurisdictions.shape import ReviewShape

LEGAL = "Engineering support, not legal advice."
STYLES = {"release": "green", "label": "cyan", "redact": "yellow", "hold": "bold magenta", "block": "bold red"}
READ = {"text": "text read", "secondary": "read about, not read itself", "remembered": "remembered, nothing opened"}
_INDENT = (0, 0, 0, 2)
_RULES_SHOWN = 6


def verdicts_view(found: Sequence[Derivation], moment: dt.datetime, *, in_detail: bool) -> RenderableType:
    """Return the verdicts as a table, in detail if wanted, and what they are worth."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in ("to", "verdict", "because of", "hangs on", "labels", "redacts"):
        table.add_column(heading, overflow="fold")
    for one in found:
        verdict = Text(one.verdict.action, style=STYLES[one.verdict.action])
        if not one.verdict.certain:
            verdict.append(" (cannot be told)", style="dim")
        deciding = [step.entry.rule.id for step in one.steps if step.decides]
        more = f" +{len(deciding) - _RULES_SHOWN}" if len(deciding) > _RULES_SHOWN else ""
        redacts = one.verdict.redact if one.verdict.action == "redact" else ()
        table.add_row(
            Text(one.destination),
            verdict,
            Text((", ".join(deciding[:_RULES_SHOWN]) or "no rule") + more),
            Text(", ".join(one.missing) or "–"),
            Text(", ".join(one.verdict.labels) or "–"),
            Text("; ".join(map(scope_words, redacts)) or "–"),
        )
    parts: list[RenderableType] = [table]
    if in_detail:
        parts += [part for one in found for part in _detail(one)]
    return Group(*parts, Text(f"\n{LEGAL} The rules as of {moment:%Y-%m-%d}; counsel has signed off none of them.", style="dim"))


def as_fields(one: Derivation) -> dict[str, Any]:
    """Return a verdict as JSON takes it."""
    verdict = one.verdict
    return {
        "destination": one.destination,
        "action": verdict.action,
        "certain": verdict.certain,
        "missing": list(one.missing),
        "labels": list(verdict.labels),
        "marks": [{"label": m.label, "standard": m.standard, "place": m.place, "content": m.content} for m in one.marks],
        "redact": [{"types": _words(scope.types), "provenance": _words(scope.provenance)} for scope in verdict.redact],
        "obligations": [_duty_fields(duty) for duty in one.duties],
        "rules": [_step_fields(step) for step in one.steps],
        "facts": {name: plain(value) for name, value in sorted(one.facts.items())},
    }


def plain(value: FactValue | None) -> Any:
    """Return the value of a fact as JSON takes it; unknown is null."""
    return sorted(value) if isinstance(value, frozenset) else value


def fact_words(value: FactValue | None) -> str:
    """Write the value of a fact as a condition would."""
    if value is None:
        return "unknown"
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(value)) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def scope_words(scope: RedactScope) -> str:
    """Write what a redaction covers."""
    types = "everything personal" if scope.types is None else ", ".join(sorted(scope.types))
    return types if scope.provenance is None else f"{types} ({', '.join(sorted(scope.provenance))})"


def term_words(term: str) -> str:
    """Write a term: ``72h`` is 72 hours, ``10wd`` ten working days."""
    count = term.rstrip("hdwmy")
    unit = {"h": "hour", "d": "day", "wd": "working day", "m": "month", "y": "year"}[term[len(count) :]]
    return f"{count} {unit}" if count == "1" else f"{count} {unit}s"


def citation_words(rule: Rule) -> str:
    """Write where a rule comes from and how far that was read."""
    citation = rule.citation
    return f"{citation.law}, {citation.article} · {READ[citation.checked]}, {citation.accessed} · {citation.address}"


def _detail(one: Derivation) -> Iterable[RenderableType]:
    head = Text(f"\n{one.destination}: ", style="bold")
    head.append(one.verdict.action, style=STYLES[one.verdict.action])
    head.append("" if one.verdict.certain else " because it cannot be told", style="dim")
    yield head
    for title, steps in (
        ("rules that decide", [step for step in one.steps if step.decides]),
        ("rules that fire beside them", [step for step in one.steps if not step.decides and step.fires]),
        ("rules that may fire and change nothing", [step for step in one.steps if not step.decides and step.fires is None]),
    ):
        if steps:
            yield Padding(Text(title, style="dim"), (0, 0, 0, 0))
            yield from (Padding(_step(step), _INDENT) for step in steps)
    if one.duties:
        yield Text("duties, terms from this moment", style="dim")
        yield Padding(_duties(one.duties), _INDENT)
    if one.marks:
        yield Text("marks on the delivery", style="dim")
        yield Padding(Group(*(Text(f"{m.label} ({m.standard}) {m.place}: {m.content}") for m in one.marks)), _INDENT)
    if one.verdict.action in {"hold", "block"} and one.verdict.labels:
        yield Text(f"labels on approval: {', '.join(one.verdict.labels)}", style="dim")


def _step(step: Step) -> RenderableType:
    rule = step.entry.rule
    head = Text(rule.id, style="bold")
    head.append(f"  {rule.action or 'duties only'}", style=STYLES.get(rule.action or "", "dim"))
    head.append("" if step.fires else "  may fire", style="dim")
    head.append(f"  {step.entry.pack}", style="dim")
    lines = [Text(rule.title), Text(citation_words(rule), style="dim")]
    if rule.citation.quote:
        lines.append(Text(f"“{' '.join(rule.citation.quote.split())}”", style="italic"))
    lines.append(Text(f"when {' '.join(rule.when.split())}"))
    for name, value in step.facts.items():
        lines.append(Text(f"  {name} = {fact_words(value)}", style="yellow" if value is None else ""))
    if then := _then(rule):
        lines.append(Text(f"then {then}"))
    lines += [
        Text(f"{name}: {' '.join(text.split())}", style="dim") for name, text in (("disputed", rule.disputed), ("note", rule.note)) if text
    ]
    return Group(head, *(Padding(line, _INDENT) for line in lines))


def _then(rule: Rule) -> str:
    review = rule.review or (ReviewShape() if rule.action == "hold" else None)
    parts = [
        ", ".join(rule.labels),
        f"redact {scope_words(rule.redact)}" if rule.redact else "",
        ", ".join(rule.obligations),
        f"keep the record {term_words(rule.retain)}" if rule.retain else "",
        f"a human within {term_words(review.deadline)}, escalated after {term_words(review.escalate)}" if review else "",
        "two must agree" if review and review.two_person else "",
        "opens an incident" if rule.incident else "",
    ]
    return " · ".join(part for part in parts if part)


def _duties(duties: Sequence[Duty]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    for _ in range(3):
        table.add_column(overflow="fold")
    for duty in duties:
        term = ""
        if duty.term:
            ends = "" if duty.until is None else f", {'until' if duty.word == RETAIN else 'by'} {duty.until:%Y-%m-%d %H:%M %Z}"
            term = f"{'at least ' if duty.word == RETAIN else 'within '}{term_words(duty.term)}{ends}"
        table.add_row(Text(duty.word), Text(duty.says), Text(term, style="yellow"), Text(", ".join(duty.rules), style="dim"))
    return table


def _duty_fields(duty: Duty) -> dict[str, Any]:
    until = None if duty.until is None else duty.until.isoformat()
    return {"duty": duty.word, "says": duty.says, "term": duty.term, "until": until, "rules": list(duty.rules)}


def _step_fields(step: Step) -> dict[str, Any]:
    rule = step.entry.rule
    review = rule.review
    return {
        "id": rule.id,
        "pack": step.entry.pack,
        "title": rule.title,
        "fires": "unknown" if step.fires is None else step.fires,
        "decides": step.decides,
        "action": rule.action,
        "citation": rule.citation.model_dump(mode="json"),
        "when": " ".join(rule.when.split()),
        "facts": {name: plain(value) for name, value in step.facts.items()},
        "labels": list(rule.labels),
        "obligations": list(rule.obligations),
        "retain": rule.retain,
        "review": None if review is None else review.model_dump(mode="json"),
        "incident": rule.incident,
        "disputed": rule.disputed,
        "note": " ".join(rule.note.split()),
    }


def _words(words: frozenset[str] | None) -> list[str] | None:
    return None if words is None else sorted(words)
