"""What `carnet verify --complete` shows, and that an export keeps all that it needs."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from audit.checkpoint import Verifier
from console import evidence as ledger
from console import screens
from schemas.records import UsageRecord
from tests.book import PARTITION, Book, usage_of
from tests.golden.ledger_example import VKEY


def evidence_of(*usage: UsageRecord) -> ledger.Evidence:
    book = Book()
    book.segment("open", 0, action="hold", is_last=True)
    book.segment("free", 0, is_last=True)
    book.stamp(absent=1)
    return {PARTITION: ledger.PartitionEvidence(book.entries, book.notes, usage=list(usage) if usage else None)}


def shown(verdict: ledger.Verdict) -> str:
    screen = Console(file=io.StringIO(), width=140)
    screen.print(screens.account_table(verdict))
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_the_account_says_what_became_of_each_character_and_what_waits() -> None:
    verdict = ledger.verify(evidence_of(usage_of("open", 1, 10), usage_of("free")), Verifier(VKEY), complete=True)
    assert (verdict.intact, verdict.complete) == (True, True)
    table = shown(verdict)
    assert [line.split()[-1] for line in table.splitlines() if line.strip().startswith(("characters decided", "released", "held"))] == [
        "20",
        "10",
        "10",
    ]
    assert "the account balances" in table
    assert "1 held segments are open, the first open:0" in table
    told = verdict.as_json()
    assert told["account"]["open"] == told["partitions"][0]["account"]["open"] == 10
    assert json.loads(json.dumps(told)) == told


def test_several_partitions_stand_beside_their_sum() -> None:
    one = ledger.verify(evidence_of(), Verifier(VKEY), complete=True)
    twice = replace(one, reports=(one.reports[0], replace(one.reports[0], partition=3)))
    table = shown(twice)
    assert table.splitlines()[1].split() == ["partition", "2", "partition", "3", "all"]
    assert next(line.split()[-3:] for line in table.splitlines() if line.startswith("characters decided")) == ["20", "20", "40"]


def test_without_being_asked_for_there_is_no_account() -> None:
    verdict = ledger.verify(evidence_of(), Verifier(VKEY))
    assert verdict.account is None
    assert "account" not in verdict.as_json()
    assert "no account was kept" in shown(verdict)


def test_an_export_keeps_the_usage_that_was_read_and_none_of_an_export_before(tmp_path: Path) -> None:
    usage = (usage_of("open", 1, 10), usage_of("free"))
    ledger.export(evidence_of(*usage), VKEY, tmp_path)
    assert ledger.load_export(tmp_path)[PARTITION].usage == list(usage)
    verdict = ledger.verify(ledger.load_export(tmp_path), Verifier(VKEY), complete=True)
    assert verdict.account is not None
    assert verdict.account.usage == 2
    ledger.export(evidence_of(), VKEY, tmp_path)
    assert ledger.load_export(tmp_path)[PARTITION].usage is None
