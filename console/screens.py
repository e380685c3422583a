"""How the console looks: tables for people; no text of a stream is ever in one."""

from __future__ import annotations

from functools import cache

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from audit.account import Account, named, rows
from audit.problems import PartitionReport
from console.evidence import Verdict
from console.tally import Counts
from jurisdictions.pack import Rule, load_packs
from jurisdictions.shape import ACTIONS

FINDING_TYPES_SHOWN = 12
PROBLEMS_SHOWN = 20
ACCOUNT_PARTITIONS_SHOWN = 6
RULES_SHOWN = 3
_ACTION_STYLES = {"redact": "cyan", "hold": "yellow", "block": "red"}


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(justify="right")
    return grid


def milliseconds(value: int | None) -> str:
    """Write a latency, or a dash."""
    return "–" if value is None else f"{value:,} ms"


def counts_table(counts: Counts, title: str) -> RenderableType:
    """Return the live table of `carnet watch` and `carnet demo`."""
    flow = _grid()
    flow.add_row("streams opened", f"{counts.streams_opened:,}")
    flow.add_row("streams closed", f"{counts.streams_closed:,}")
    flow.add_row("tokens in", f"{counts.tokens:,}")
    flow.add_row("deliveries", f"{counts.deliveries:,}")
    flow.add_row("values redacted", f"{counts.redactions:,}")
    flow.add_row("held or blocked", Text(f"{counts.held:,}", style="yellow" if counts.held else ""))
    flow.add_row("dead letters", Text(f"{counts.dead_letters:,}", style="red" if counts.dead_letters else ""))
    flow.add_row("latency p50", milliseconds(counts.latency_p50_ms))
    flow.add_row("latency p99", milliseconds(counts.latency_p99_ms))
    found = _grid()
    for entity_type, number in list(counts.findings.items())[:FINDING_TYPES_SHOWN]:
        found.add_row(entity_type, f"{number:,}")
    hidden = len(counts.findings) - FINDING_TYPES_SHOWN
    if hidden > 0:
        found.add_row(f"and {hidden} more types", "")
    read = _grid()
    for label, number in counts.labels.items():
        read.add_row(label, f"{number:,}")
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 3, 0, 0))
    table.add_column("stream", justify="left")
    table.add_column("found", justify="left")
    table.add_column("windows read as", justify="left")
    table.add_row(flow, found, read)
    return Group(table, *([verdicts_table(counts)] if counts.verdicts else []))


def verdicts_table(counts: Counts) -> RenderableType:
    """Return what was decided for each destination, and the provisions of law that demanded more than a release."""
    table = Table(box=None, padding=(0, 3, 0, 0))
    table.add_column("to", justify="left")
    for action in ACTIONS:
        table.add_column(action, justify="right")
    table.add_column("because of", justify="left")
    demanding, shown = _demanding(), set[str]()
    for place, found in counts.verdicts.items():
        because = [rule for rule in counts.rules.get(place, {}) if rule in demanding]
        shown.update(because[:RULES_SHOWN])
        more = f" and {len(because) - RULES_SHOWN} more" if len(because) > RULES_SHOWN else ""
        table.add_row(place, *(_number(action, found.get(action, 0)) for action in ACTIONS), ", ".join(because[:RULES_SHOWN]) + more)
    provisions = Table.grid(padding=(0, 2))
    for rule_id in sorted(shown):
        citation = demanding[rule_id].citation
        provisions.add_row(rule_id, Text(f"{demanding[rule_id].title} ({citation.law}, {citation.article})", style="dim"))
    return Group(table, provisions)


@cache
def _demanding() -> dict[str, Rule]:
    """Return the rules of this release that do something to a text."""
    rules = (rule for pack in load_packs() for rule in pack.rules)
    return {rule.id: rule for rule in rules if rule.action not in {None, "release"}}


def _number(action: str, count: int) -> Text:
    return Text(f"{count:,}", style=_ACTION_STYLES.get(action, "")) if count else Text("–", style="dim")


def status_table(state: dict[str, object]) -> RenderableType:
    """Return what runs."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column()
    grid.add_row("broker", f"{state['bootstrap_servers']}  {'answers' if state['broker_answers'] else 'does not answer'}")
    grid.add_row("topics", str(state["topics"]))
    grid.add_row("supervisor", "runs" if state["supervisor_runs"] else "does not run")
    workers = state["workers"]
    for worker in workers if isinstance(workers, list) else []:
        readiness = Text("ready", style="green") if worker["ready"] else Text("not ready", style="red")
        more = Text(f"  pid {worker['pid']}  restarts {worker['restarts']}  health port {worker['health_port']}", style="dim")
        grid.add_row(str(worker["name"]), readiness + more)
    return grid


def age(milliseconds_ago: int) -> str:
    """Write how long ago something was, in one unit."""
    seconds = max(0, milliseconds_ago) // 1000
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def verdict_table(verdict: Verdict, now_ms: int) -> RenderableType:
    """Return the verdict on each partition, and below it every problem that was located."""
    table = Table(box=None, padding=(0, 3, 0, 0))
    for heading in ("partition", "entries", "checkpoint", "tiles offsets", "verdict"):
        table.add_column(heading, justify="left", no_wrap=True)
    for report in verdict.reports:
        size, signed = verdict.signed_size.get(report.partition), verdict.signed_at_ms.get(report.partition)
        checkpoint = "none" if size is None else f"{size:,} signed" + (f" {age(now_ms - signed)} ago" if signed is not None else "")
        offsets = f"{report.offset_from:,} … {report.offset_to:,}"
        table.add_row(str(report.partition), f"{report.entries:,}", checkpoint, offsets, _partition_verdict(report))
    more = [problem for report in verdict.reports for problem in report.problems]
    lines = [Text(f"partition {problem.partition}: {problem.kind}: {problem.detail}", style="red") for problem in more[:PROBLEMS_SHOWN]]
    if len(more) > PROBLEMS_SHOWN:
        lines.append(Text(f"and {len(more) - PROBLEMS_SHOWN:,} more (--json names all)", style="red"))
    return Group(table, *lines)


def account_table(verdict: Verdict) -> RenderableType:
    """Return the account of `carnet verify --complete`: what became of everything that came in, by partition and in all."""
    whole = verdict.account
    if whole is None:
        return Text("no account was kept", style="dim")
    accounts = {report.partition: report.account for report in verdict.reports if report.account is not None}
    shown: dict[str, Account] = {f"partition {number}": account for number, account in accounts.items()}
    columns = {**(shown if 1 < len(shown) <= ACCOUNT_PARTITIONS_SHOWN else {}), "all": whole}
    table = Table(title="account", title_justify="left", title_style="bold", box=None, padding=(0, 3, 0, 0))
    table.add_column("", justify="left", no_wrap=True)
    for heading in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    for lines in zip(*(rows(account) for account in columns.values()), strict=True):
        depth, words, _ = lines[0]
        numbers = (Text(f"{count:,}") if count else Text("–", style="dim") for _, _, count in lines)
        table.add_row(Text("  " * depth + words, style="dim" if depth else ""), *numbers)
    balance = Text("the account balances", style="green") if whole.balances else Text("the account does not balance", style="red")
    told = [f"partition {number}: {line}" for number, account in accounts.items() for line in named(account)]
    lines_shown = [Text(line, style="yellow") for line in told[:PROBLEMS_SHOWN]]
    if len(told) > PROBLEMS_SHOWN:
        lines_shown.append(Text(f"and {len(told) - PROBLEMS_SHOWN:,} more (--json names all)", style="yellow"))
    waits = whole.waiting[0] if whole.waiting else None
    if waits is not None:
        told_waiting = (
            f"{whole.segments_open:,} held segments are open, the first {waits.delivery_id}: carnet review list has their deadlines"
        )
        lines_shown.append(Text(told_waiting, style="yellow"))
    return Group(table, balance, *lines_shown)


def _partition_verdict(report: PartitionReport) -> Text:
    if not report.problems:
        words = f"{'intact' if report.intact else 'not intact'} · {'complete' if report.complete else 'incomplete'}"
        return Text(words, style="green" if report.intact and report.complete else "red")
    first = report.problems[0]
    delivery = f"  (delivery {first.delivery_id})" if first.delivery_id else ""
    intact = "intact · " if report.intact else ""
    return Text(f"{intact}entry {first.entry_index:,} {first.kind}{delivery}", style="red")
