"""How `carnet review` looks: a table of what waits with its clock, and the text of one case with what was found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from console.review_desk import Answer, OpenCase
from jurisdictions.pack import Rule
from schemas.errors import CarnetError

MUST, MAY = "bold white on red", "black on yellow"
LEGAL = "Engineering support, not legal advice."
# What would move the cursor, leave the line, or turn the direction of reading is shown as a sign; one for one, so that offsets stay.
_HARMLESS = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}
    | {0x7F: 0x2421}
    | dict.fromkeys((*range(0x80, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)), 0xFFFD)
)
_MINUTE_MS, _HOUR_MS, _DAY_MS = 60_000, 3_600_000, 86_400_000


def span(milliseconds: int) -> str:
    """Write how long something is in its two largest units: ``6 d 23 h``."""
    size = abs(milliseconds)
    if size >= _DAY_MS:
        return f"{size // _DAY_MS} d {size % _DAY_MS // _HOUR_MS} h"
    if size >= _HOUR_MS:
        return f"{size // _HOUR_MS} h {size % _HOUR_MS // _MINUTE_MS} min"
    return f"{size // _MINUTE_MS} min"


def clock(case: OpenCase, now_ms: int) -> Text:
    """Return the time that is left: green, yellow once it is escalated, red in the last tenth and beyond."""
    left_ms = case.deadline_ms - now_ms
    if left_ms < 0:
        return Text(f"overdue by {span(left_ms)}", style="bold red")
    if left_ms * 10 < case.deadline_ms - case.held_at_ms:
        return Text(span(left_ms), style="bold red")
    if now_ms >= case.escalate_ms:
        return Text(f"{span(left_ms)}, escalated", style="yellow")
    return Text(span(left_ms), style="green")


def cases_table(cases: Sequence[OpenCase], now_ms: int) -> RenderableType:
    """Return what waits, by deadline."""
    if not cases:
        return Text("nothing waits for a human", style="green")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for name in ("stream", "customer", "to", "held by"):
        table.add_column(name, overflow="fold")
    for name in ("characters", "age"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("deadline", no_wrap=True)
    table.add_column("left", no_wrap=True)
    table.add_column("people")
    for case in cases:
        first = case.segments[0]
        deadline = datetime.fromtimestamp(case.deadline_ms / 1000, UTC)
        table.add_row(
            Text(_harmless(case.stream_id)),
            Text(_harmless(first.customer_id)),
            Text(_harmless(first.destination)),
            Text(_harmless(", ".join(case.causes))),
            f"{case.characters:,}",
            span(now_ms - case.held_at_ms),
            f"{deadline:%Y-%m-%d %H:%M} UTC",
            clock(case, now_ms),
            _people(case),
        )
    return table


def case_view(case: OpenCase, texts: Sequence[str], rules: Mapping[str, Rule], now_ms: int) -> RenderableType:
    """Return one case with its text in clear: what must be redacted, what else was found, and the rules with their sources."""
    first = case.segments[0]
    head = Text.assemble(
        (_harmless(case.stream_id), "bold"),
        f"  {case.characters:,} characters for customer {_harmless(first.customer_id)} in {_harmless(first.destination)}, ",
        "to the end of the stream" if case.segments[-1].is_last else "more may come",
        ", time left: ",
        clock(case, now_ms),
    )
    if any(held.error_code for held in case.segments):
        head.append("\nAn error held this text: parts of it may not have been looked at by any detector. Read all of it.", style="yellow")
    legend = Text.assemble((" redacted in any case ", MUST), "  ", (" found; stays unless --redact TYPE ", MAY))
    return Group(head, Text(), marked(case, texts), Text(), legend, _findings(case), _causes(case, rules), Text(LEGAL, style="dim"))


def marked(case: OpenCase, texts: Sequence[str]) -> Text:
    """Return the text of a case, one segment after the other, with its findings highlighted."""
    shown = Text()
    for held, text in zip(case.segments, texts, strict=True):
        at = len(shown)
        shown.append(text.translate(_HARMLESS))
        must = set(held.must_redact)
        for place, note in sorted(enumerate(held.findings), key=lambda pair: pair[0] in must):
            shown.stylize(MUST if place in must else MAY, at + note.start - held.start, at + note.end - held.start)
    return shown


def answers_view(answers: Iterable[Answer]) -> RenderableType:
    """Return what became of the reviews."""
    lines = []
    for answer in answers:
        if answer.refused:
            lines.append(Text(f"refused: {answer.refused}: {_meaning(answer.refused)}", style="bold red"))
        elif not answer.verdict:
            lines.append(Text(f"sent (partition {answer.partition}, offset {answer.offset}), and no worker has answered", style="yellow"))
        else:
            amounts = (
                f"{answer.characters_released:,} characters released, {answer.characters_redacted:,} redacted, "
                f"{answer.characters_withheld:,} withheld"
            )
            second = "; a second person must agree" if answer.verdict == "first_approve" else ""
            lines.append(Text(f"{answer.verdict}: {amounts}; entry {answer.partition}:{answer.entry_index}{second}", style="green"))
    return Group(*lines)


def _findings(case: OpenCase) -> RenderableType:
    """Return what was found, by type and source: how often, and how often it is redacted in any case."""
    found: Counter[tuple[str, str]] = Counter()
    must: Counter[tuple[str, str]] = Counter()
    for held in case.segments:
        for place, note in enumerate(held.findings):
            kind = (note.entity_type, note.provenance)
            found[kind] += 1
            must[kind] += place in held.must_redact
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("found", style="cyan")
    table.add_column("came from")
    table.add_column("times", justify="right")
    table.add_column("redacted in any case", justify="right")
    for kind, times in found.most_common():
        table.add_row(*kind, f"{times:,}", f"{must[kind]:,}")
    return table if found else Text("nothing was found in it", style="dim")


def _causes(case: OpenCase, rules: Mapping[str, Rule]) -> RenderableType:
    """Return why it is held: each rule with its source and how far that was read, each error with what it means."""
    lines = [Text("held by", style="dim")]
    for cause in case.causes:
        rule = rules.get(cause)
        if rule is None:
            lines.append(Text.assemble((_harmless(cause), "bold"), f"  {_meaning(cause)}"))
            continue
        citation = rule.citation
        lines.append(Text.assemble((rule.id, "bold"), f"  {rule.title}"))
        source = f"{citation.law}, {citation.article} ({citation.checked}, {citation.accessed}): {citation.address}"
        lines.append(Text(f"    {source}"))
        if citation.quote:
            lines.append(Text(f"    “{citation.quote}”", style="italic"))
        if rule.disputed:
            lines.append(Text(f"    disputed: {rule.disputed}", style="yellow"))
    return Group(*lines)


def _people(case: OpenCase) -> str:
    if case.first:
        return f"second; first: {', '.join(dict.fromkeys(reviewer for reviewer, _ in case.first))}"
    return "two" if any(held.two_person for held in case.segments) else "one"


def _meaning(code: str) -> str:
    """Return the first line of the docstring of the error that has this wire code."""
    kinds = [CarnetError]
    for kind in kinds:
        if kind.code == code:
            return (kind.__doc__ or "").splitlines()[0]
        kinds += kind.__subclasses__()
    return "neither a rule of the packs here nor an error of this version"


def _harmless(text: str) -> str:
    return text.translate(_HARMLESS)
