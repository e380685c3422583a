"""`carnet jurisdictions`: whose rules there are, how far they were read, when they change, and what text waits for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from console.jurisdictions import jurisdictions
from jurisdictions.lists import named_sets

app = typer.Typer(rich_markup_mode=None)
app.command()(jurisdictions)
run = CliRunner()
RULE = """
  - id: {id}
    title: A rule for tests
    citation: {{law: The Act, article: "1", address: somewhere, language: en, accessed: 2026-11-23, checked: {read}, checked_by: nobody}}
    in_force: {{{force}}}
    when: {when}
    {effect}
    tests: [{{facts: {fires}, fires: true}}, {{facts: {quiet}, fires: false}}]
"""


def rule(name: str, when: str, effect: str, fires: str, quiet: str, *, force: str = "from: 2024-01-01", read: str = "text") -> str:
    return RULE.format(id=name, when=when, effect=effect, fires=fires, quiet=quiet, force=force, read=read)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three jurisdictions: one by origin, one of two countries, and everywhere."""
    asks = rule(
        "SG-1",
        "sensitive and destination == 'SG'",
        "action: redact",
        "{sensitive: true, destination: SG}",
        "{sensitive: false}",
        read="secondary",
    )
    later = rule(
        "SG-2",
        "destination == 'SG'",
        "obligations: [log]",
        "{destination: SG}",
        "{destination: DE}",
        force="from: 2027-01-01, to: 2027-12-31",
    )
    ended = rule(
        "SG-3", "personal", "obligations: [log]", "{personal: true}", "{personal: false}", force="from: 2020-01-01, to: 2026-11-30"
    )
    stops = rule("CN-1", "destination == 'CN'", "action: hold", "{destination: CN}", "{destination: SG}")
    anywhere = rule("XX-1", "destination not in ISO_3166_1", "action: hold", "{destination: ZZ}", "{destination: SG}", read="remembered")
    for name, title, covers, rules in (
        ("sg", "Lion city, personal data", "[SG, MY]", asks + later + ended),
        ("cn", "China", "[CN]", stops),
        ("default", "Everywhere", "[ISO_3166_1]", anywhere),
    ):
        text = f"id: {name}\nversion: 1.0.0\ntitle: {title}\ncovers: {covers}\nrules:\n{rules}"
        (tmp_path / f"{name}.v1.yaml").write_text(text, "utf-8")
    return tmp_path


def said(folder: Path, *words: str, day: str = "2026-11-24") -> dict[str, Any]:
    answer = run.invoke(app, ["--packs", str(folder), "--on", day, "--json", *words])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)  # type: ignore[no-any-return]


def test_each_jurisdiction_counts_its_rules_in_force_by_action_and_by_how_far_they_were_read(folder: Path) -> None:
    found = {one["code"]: one for one in said(folder)["jurisdictions"]}
    assert list(found) == ["CN", "SG", "XX"]
    assert (found["SG"]["name"], found["SG"]["rules"], found["SG"]["packs"]) == ("Lion city", 2, ["sg@1.0.0"])
    assert found["SG"]["actions"] == {"release": 0, "label": 0, "redact": 1, "hold": 0, "block": 0, "duties": 1}
    assert found["SG"]["checked"] == {"text": 1, "secondary": 1, "remembered": 0}


@pytest.mark.parametrize(
    ("day", "change"),
    [
        ("2026-11-24", {"day": "2026-12-01", "begins": [], "ends": ["SG-3"]}),
        ("2026-11-30", {"day": "2026-12-01", "begins": [], "ends": ["SG-3"]}),
        ("2026-12-01", {"day": "2027-01-01", "begins": ["SG-2"], "ends": []}),
        ("2027-01-01", {"day": "2028-01-01", "begins": [], "ends": ["SG-2"]}),
        ("2028-01-01", None),
    ],
)
def test_the_next_day_on_which_rules_change_is_told(folder: Path, day: str, change: dict[str, Any] | None) -> None:
    assert said(folder, "--code", "SG", day=day)["next_change"] == change


def test_the_hold_back_follows_from_what_the_rules_ask(folder: Path) -> None:
    waits = {one["code"]: (one["hold_back"]["wait"], one["hold_back"]["need"]) for one in said(folder)["jurisdictions"]}
    assert waits == {"CN": ("answer", "never"), "SG": ("sentence", "personal"), "XX": ("characters", "never")}
    assert said(folder, "--code", "CN")["hold_back"]["rules"] == ["CN-1"]


def test_a_code_shows_its_rules_with_their_sources_those_not_in_force_too(folder: Path) -> None:
    law = said(folder, "--code", "my")["law"]
    assert [one["id"] for one in law] == ["SG-1", "SG-2", "SG-3"]
    assert law[0]["citation"]["law"] == "The Act"
    assert law[1]["in_force"] == {"from": "2027-01-01", "to": "2027-12-31"}
    shown = run.invoke(app, ["--packs", str(folder), "--on", "2026-11-24", "--code", "SG"]).stdout
    assert "2 of 3 rules in force on 2026-11-24" in shown
    assert "SG-2" in shown


def test_a_code_without_rules_of_its_own_is_a_usage_error_that_names_those_with(folder: Path) -> None:
    answer = run.invoke(app, ["--packs", str(folder), "--code", "DE"])
    assert answer.exit_code == 2
    assert "CN, SG, XX" in answer.stderr


def test_the_table_of_the_shipped_rules_has_a_line_for_each_jurisdiction_and_says_what_it_is_worth() -> None:
    answer = run.invoke(app, ["--on", "2026-11-24"])
    assert answer.exit_code == 0
    fields = json.loads(run.invoke(app, ["--on", "2026-11-24", "--json"]).stdout)
    assert all(one["name"] in answer.stdout for one in fields["jurisdictions"])
    assert "Engineering support, not legal advice." in answer.stdout
    assert {"CN", "EU", "SG", "US"} <= {one["code"] for one in fields["jurisdictions"]}
    assert all(set(one["destinations"]) <= named_sets()["ISO_3166_1"] for one in fields["jurisdictions"])
