"""How `carnet scan` looks: a table of each text, the reasons below it, and a summary; the values only if they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from console.documents import finding_fields, json_line
from console.explain import Explanation
from console.selection import Reported
from detectors.finding import Finding
from detectors.thresholds import bundled
from jurisdictions.lists import entity
from schemas.records import Redaction

_NEIGHBOUR_CHARS = 12
_VALUE_CHARS_MAX = 48
_SURE_MIN, _LIKELY_MIN = 0.85, 0.5
_PROVENANCE_STYLES = {"foreign_echo": "green", "domestic_source": "red", "unmatched": "yellow", "unknown": "dim"}
# What would move the cursor or leave the line is shown as a sign of its own.
_VISIBLE = (
    {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421} | dict.fromkeys((*range(0x80, 0xA0), *range(0x202A, 0x202F)), 0xFFFD)
)


def jurisdiction(entity_type: str) -> str:
    """Return the ISO 3166-1 code of the country whose people carry an identifier, or an empty string."""
    return entity(entity_type).subject or bundled().country(entity_type)


def reported_line(reported: Reported, why: Sequence[Explanation] = (), redacted: tuple[str, Sequence[Redaction]] | None = None) -> str:
    """Return one text's findings as a JSON line; no text is in it but the redacted one, if that is given.

    Args:
        reported: The findings.
        why: An explanation of each, or none at all.
        redacted: The text without its findings, and what stands in their places.
    """
    findings = []
    for number, found in enumerate(reported.findings):
        kind = entity(found.entity_type)
        fields = {**finding_fields(found), "jurisdiction": jurisdiction(found.entity_type) or None, "category": kind.category}
        if reported.traced:
            fields["provenance"] = found.provenance
        if why:
            fields["why"] = why[number].as_fields()
        findings.append(fields)
    line: dict[str, Any] = {"id": reported.document.id, "findings": findings}
    if redacted is not None:
        text, redactions = redacted
        line["text"] = text
        line["redactions"] = [{"type": one.entity_type, "start": one.start, "end": one.end} for one in redactions]
    return json_line(line)


def reported_table(reported: Reported, why: Sequence[Explanation] = (), *, show: bool = False) -> RenderableType:
    """Return what was found in one text: where, what, how surely, whose; the values too with ``show``."""
    heading = _heading(reported)
    if not reported.findings:
        return heading.append("  nothing found", style="green")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("at", justify="right", no_wrap=True)
    table.add_column("type", style="cyan", no_wrap=True)
    if show:
        table.add_column("value", overflow="fold", min_width=_NEIGHBOUR_CHARS)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("of", no_wrap=True)
    table.add_column("category", no_wrap=True)
    if reported.traced:
        table.add_column("provenance", no_wrap=True)
    table.add_column("recogniser", style="dim", no_wrap=True, overflow="ellipsis", min_width=_NEIGHBOUR_CHARS)
    for found in reported.findings:
        table.add_row(*_cells(reported, found, show=show))
    if not why:
        return Group(heading, table)
    blocks = [_reasons(found, one) for found, one in zip(reported.findings, why, strict=True)]
    return Group(heading, table, Text("why", style="dim"), *blocks)


def _heading(reported: Reported) -> Text:
    """Return the id of a text, its size, and what was taken to be in play."""
    heading = Text(reported.document.id, style="bold")
    parts = [f"{len(reported.document.text):,} characters"]
    if reported.languages:
        parts.append(" ".join(reported.languages))
    if reported.countries is None:
        parts.append("every country in play")
    elif reported.countries:
        parts.append(f"in play {' '.join(sorted(reported.countries))}")
    if reported.weak:
        parts.append(f"{reported.weak:,} weak ones left out")
    return heading.append("  " + " · ".join(parts), style="dim not bold")


def _cells(reported: Reported, found: Finding, *, show: bool) -> list[Text | str]:
    """Return one row."""
    kind = entity(found.entity_type)
    cells: list[Text | str] = [f"{found.start:,}–{found.end:,}", found.entity_type]
    if show:
        cells.append(in_place(reported.document.text, found))
    style = "bold green" if found.score >= _SURE_MIN else "green" if found.score >= _LIKELY_MIN else "yellow"
    cells += [Text(f"{found.score:.2f}", style=style), jurisdiction(found.entity_type) or Text("–", style="dim")]
    cells.append(Text(kind.category, style="" if kind.personal else "dim"))
    if reported.traced:
        cells.append(Text(found.provenance, style=_PROVENANCE_STYLES[found.provenance]))
    return [*cells, found.recognizer]


def in_place(text: str, found: Finding) -> Text:
    """Return a value and its neighbours, on one line, control characters made visible."""
    before = text[max(0, found.start - _NEIGHBOUR_CHARS) : found.start]
    value = text[found.start : found.end]
    if len(value) > _VALUE_CHARS_MAX:
        value = f"{value[: _VALUE_CHARS_MAX // 2]}…{value[-_VALUE_CHARS_MAX // 2 :]}"
    after = text[found.end : found.end + _NEIGHBOUR_CHARS]
    return Text.assemble((before.translate(_VISIBLE), "dim"), (value.translate(_VISIBLE), "reverse"), (after.translate(_VISIBLE), "dim"))


def _reasons(found: Finding, why: Explanation) -> RenderableType:
    """Return why one finding is there, a line a reason."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("found by", f"{found.recognizer}: {why.found_by}" if why.found_by else found.recognizer)
    if why.norm:
        grid.add_row("norm", why.norm)
    grid.add_row("check", Text("held", style="green") if why.check == "held" else Text("this form has none", style="dim"))
    if found.score > why.base_score:
        word = f'"{why.context_word}" beside it' if why.context_word else "a word beside it"
        grid.add_row("context", f"{word} lifted {why.base_score:.2f} to {found.score:.2f}")
    grid.add_row("threshold", f"{why.threshold:.2f}, {why.threshold_why}")
    return Group(Text(f"{found.start:,}–{found.end:,} {found.entity_type}", style="cyan"), Padding(grid, (0, 0, 0, 2)))


def redacted_text(text: str, redactions: Sequence[Redaction]) -> Text:
    """Return a redacted text with what stands for the values in colour."""
    shown = Text(text)
    for one in redactions:
        shown.stylize("bold magenta", one.start, one.end)
    return shown


class Tally:
    """Counts over all texts of a scan."""

    __slots__ = ("_by_type", "findings", "texts", "with_findings")

    def __init__(self) -> None:
        self._by_type: Counter[str] = Counter()
        self.texts = 0
        self.with_findings = 0
        self.findings = 0

    def add(self, reported: Reported) -> None:
        """Count one text."""
        self.texts += 1
        self.with_findings += bool(reported.findings)
        self.findings += len(reported.findings)
        self._by_type.update(found.entity_type for found in reported.findings)

    @property
    def by_type(self) -> Mapping[str, int]:
        """Findings by type, the most frequent first."""
        return dict(self._by_type.most_common())

    def summary(self) -> RenderableType:
        """Return one line of totals, and the types below it."""
        texts = "text" if self.texts == 1 else "texts"
        line = Text(f"{self.findings:,} findings in {self.with_findings:,} of {self.texts:,} {texts}", style="bold")
        types = "  ".join(f"{name} {count:,}" for name, count in self.by_type.items())
        return Group(line, Text(types, style="cyan")) if types else line
