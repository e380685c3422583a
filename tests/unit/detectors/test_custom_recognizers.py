"""A user's recognisers join the scan exactly, or the start is refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from presidio_analyzer import Pattern, PatternRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from detectors.analyzer import analyze, build_engine
from detectors.finding import Finding
from detectors.overview import TO_BLANK, overview
from detectors.recognizers.custom import FLAGS, CustomRecognizer, bounded, load_custom
from detectors.scanner import Scanner
from schemas.errors import ConfigurationError

YAML = r"""
recognizers:
  - name: StaffNumber
    supported_entity: STAFF_NUMBER
    supported_language: en
    patterns:
      - {name: staff number, regex: '\bEMP-\d{6}\b', score: 0.3}
    context: [employee, 工号]
    country: sg
    norm: house rule 7
  - name: Projects
    supported_entity: PROJECT
    deny_list: [Bluebird, 青鸟计划]
  - name: Ticket
    supported_entity: TICKET
    cap: 30
    patterns:
      - {name: ticket, regex: '\bticket\s*#?\d+\b', score: 0.5}
  - name: SwitchedOff
    supported_entity: NOTHING
    enabled: false
    patterns:
      - {name: all, regex: '(', score: 1.0}
"""


class HouseRecognizer(PatternRecognizer):
    """A class as a user writes it."""

    NORM = "house rule 8"
    CAP = 40

    def __init__(self) -> None:
        super().__init__("HOUSE", patterns=[Pattern("house", r"\bH\d{4}(?:\s+\d{2})*\b", 0.7)], supported_language="de")

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse house zero."""
        return None if pattern_text[1:5] != "0000" else False


class OwnAnalyze(HouseRecognizer):
    """Finds what its patterns do not say."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None, regex_flags: int | None = None
    ) -> list[RecognizerResult]:
        """Find nothing."""
        del text, entities, nlp_artifacts, regex_flags
        return []


class NeedsArguments(HouseRecognizer):
    """Cannot be built without arguments."""

    def __init__(self, table: dict[str, str]) -> None:
        super().__init__()
        self.table = table


def written(directory: Path, text: str) -> Path:
    path = directory / "own.yaml"
    path.write_text(text, "utf-8")
    return path


def one(regex: str, extra: str = "") -> str:
    return (
        f"recognizers:\n  - name: Own\n    supported_entity: OWN\n    patterns:\n      - {{name: p, regex: '{regex}', score: 0.5}}\n{extra}"
    )


def in_pieces(scanner: Scanner, text: str) -> list[Finding]:
    scan = scanner.open()
    out: list[Finding] = []
    for char in text:
        scanner.feed(scan, char)
        scanner.advance([scan])
        out += scan.take()
    scanner.close(scan)
    scanner.advance([scan])
    return sorted([*out, *scan.take()])


@pytest.fixture(scope="module")
def custom(tmp_path_factory: pytest.TempPathFactory) -> tuple[CustomRecognizer, ...]:
    return load_custom(written(tmp_path_factory.mktemp("own"), YAML), [f"{__name__}:HouseRecognizer"])


@pytest.mark.parametrize(
    ("text", "entity_type", "value", "score"),
    [
        ("his number is EMP-123456, he said", "STAFF_NUMBER", "EMP-123456", 0.3),
        ("the employee EMP-123456 said", "STAFF_NUMBER", "EMP-123456", 0.65),
        ("号码EMP-123456在这里", "STAFF_NUMBER", "EMP-123456", 0.3),
        ("We call it Bluebird, and so on", "PROJECT", "Bluebird", 1.0),
        ("这是青鸟计划的一部分", "PROJECT", "青鸟计划", 1.0),
        ("see ticket #4711 now", "TICKET", "ticket #4711", 0.5),
        ("the plate H1234 56 78 is ours", "HOUSE", "H1234 56 78", 0.7),
    ],
)
def test_what_a_user_looks_for_is_found_whole_and_in_pieces(
    custom: tuple[CustomRecognizer, ...], text: str, entity_type: str, value: str, score: float
) -> None:
    engine = build_engine(custom=custom)
    whole = sorted(analyze(engine, text))
    found = {(one.entity_type, text[one.start : one.end], round(one.score, 2)) for one in whole}
    assert (entity_type, value, score) in found
    assert in_pieces(Scanner(engine, step_chars=1), text) == whole


def test_a_word_inside_another_and_a_value_that_the_class_refuses_are_not_found(custom: tuple[CustomRecognizer, ...]) -> None:
    engine = build_engine(custom=custom)
    ours = {"PROJECT", "HOUSE", "STAFF_NUMBER"}
    assert not [found for found in analyze(engine, "Bluebirds, H0000 12, XEMP-123456") if found.entity_type in ours]


def test_the_list_says_norm_width_boundary_and_hold_back(custom: tuple[CustomRecognizer, ...]) -> None:
    rows = {row.recognizer: row for row in overview(build_engine(custom=custom), custom)}
    staff, projects, ticket, house = rows["StaffNumber"], rows["Projects"], rows["Ticket"], rows["HouseRecognizer"]
    assert (staff.norm, staff.country, staff.width, staff.boundary, staff.hold_back) == ("house rule 7", "sg", 10, "solid", TO_BLANK)
    assert (projects.norm, projects.width) == ("yours, from own.yaml", 8)
    assert (ticket.boundary, ticket.hold_back) == ("spaced", f"{ticket.width} characters")
    assert ticket.width is not None
    assert ticket.width <= 30
    assert (house.norm, house.boundary) == ("house rule 8", "spaced")
    assert "SwitchedOff" not in rows


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (one(r"ticket\s*\d+"), "own.yaml: recogniser Own, pattern p: it has no bound and can match blanks; state a cap"),
        (one(r"ticket \d{30} \d+", "    cap: 20\n"), "pattern p: wider than its cap .* of 20 characters"),
        (one(r"(?<=id )\d+"), "pattern p: an anchor or a look-around sees past a blank"),
        (one(r"^\d{4}"), "pattern p: an anchor or a look-around sees past a blank"),
        (one("project bluebird"), "pattern p: it has a space before its first digit"),
        (one("中：[0-9]{4}"), "pattern p: it can match a clause mark"),
        (one("[0-9"), "pattern p: it cannot be read"),
        (one("(a)?(?(1)b|c)"), "pattern p: it cannot be read"),
        (one("a", "    secret: 1\n"), "own.yaml: recognizers.0.secret: Extra inputs"),
        ("recognizers:\n  - {name: Own, supported_entity: OWN}\n", "neither patterns nor a deny_list"),
        ("recognizers:\n  - {name: Own, supported_entity: own, deny_list: [a]}\n", "supported_entity"),
        ("recognizers:\n  - {name: Own, supported_entity: OWN, deny_list: [Project Bluebird]}\n", "deny_list: it has a space"),
        ("- a: [", "it is no YAML"),
        ("42", "own.yaml: the file"),
        (one("a") + one("b").removeprefix("recognizers:\n"), "two recognisers are named Own"),
    ],
)
def test_what_cannot_be_scanned_exactly_is_refused_with_the_reason(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        load_custom(written(tmp_path, text))


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("nowhere:Thing", "cannot be imported as module:Class"),
        ("pathlib", "cannot be imported as module:Class"),
        ("pathlib:Path", "no PatternRecognizer"),
        (f"{__name__}:OwnAnalyze", "an analyze of its own"),
        (f"{__name__}:NeedsArguments", "cannot be built without arguments"),
    ],
)
def test_a_class_that_cannot_be_scanned_exactly_is_refused_with_the_reason(where: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        load_custom(None, [where])


def test_a_missing_file_and_a_name_that_is_taken_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"absent\.yaml: it cannot be read"):
        load_custom(tmp_path / "absent.yaml")
    taken = load_custom(written(tmp_path, one("x[0-9]{3}").replace("name: Own", "name: PhoneRecognizer")))
    with pytest.raises(ConfigurationError, match="PhoneRecognizer is there already"):
        build_engine(custom=taken)


def test_a_cap_bounds_the_open_repeats_and_nothing_else() -> None:
    assert bounded(r"ID[0-9]+", FLAGS, cap=12, what="x") == "ID[0-9]{1,10}"
    assert bounded(r"ID[0-9]{4} [0-9]+", FLAGS, cap=20, what="x") == "ID[0-9]{4} [0-9]{1,13}"
    assert bounded(r"ID[0-9]{2,4}", FLAGS, cap=12, what="x") == "ID[0-9]{2,4}"
    # Without a blank in it a match ends at the next blank, and needs no cap.
    assert bounded(r"ID[0-9]+", FLAGS, cap=None, what="x") == "ID[0-9]+"
