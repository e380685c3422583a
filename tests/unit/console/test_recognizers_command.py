"""`carnet recognizers`: every type with its norm, width, boundary and hold-back, and what stands in for what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console import cli
from detectors.analyzer import build_engine
from detectors.overview import SEVERAL

OWN = r"""
recognizers:
  - name: StaffNumber
    supported_entity: STAFF_NUMBER
    patterns:
      - {name: staff number, regex: '\bEMP-\d{6}\b', score: 0.6}
    norm: house rule 7
"""


def test_every_type_that_is_looked_for_is_listed_with_all_columns(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN, "utf-8")
    answer = CliRunner().invoke(cli.app, ["recognizers", "--file", str(own), "--json"])
    assert answer.exit_code == 0, answer.output
    rows = json.loads(answer.stdout)
    used = [row for row in rows if row["in_use"]]
    assert {row["entity_type"] for row in used} - {SEVERAL} == {*build_engine(["auto"]).get_supported_entities(), "STAFF_NUMBER"}
    assert all(row["norm"] and row["boundary"] and row["hold_back"] for row in used)
    [staff] = [row for row in rows if row["entity_type"] == "STAFF_NUMBER"]
    assert (staff["norm"], staff["width"], staff["boundary"]) == ("house rule 7", 10, "solid")
    [nric] = [row for row in used if row["entity_type"] == "SG_NRIC_FIN"]
    [replaced] = [row for row in rows if row["recognizer"] == "SgFinRecognizer"]
    assert "instead of SgFinRecognizer" in nric["remark"]
    assert not replaced["in_use"]


def test_the_table_fits_a_narrow_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.screen, "width", 100)
    answer = CliRunner().invoke(cli.app, ["recognizers", "--countries", "sg"])
    assert answer.exit_code == 0, answer.output
    assert "SG_NRIC_FIN" in answer.stdout
    assert "spaced" in answer.stdout


@pytest.mark.parametrize(
    ("options", "why"),
    [(["--countries", "atlantis"], "no recognisers for atlantis"), (["--file", "{}"], "state a cap")],
)
def test_a_wrong_country_and_a_refused_pattern_are_one_line_and_exit_2(tmp_path: Path, options: list[str], why: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN.replace(r"\bEMP-\d{6}\b", r"EMP\s*\d+"), "utf-8")
    answer = CliRunner().invoke(cli.app, ["recognizers", *(option.format(own) for option in options)])
    assert answer.exit_code == 2
    assert why in answer.stderr
    assert answer.stderr.count("\n") == 1
