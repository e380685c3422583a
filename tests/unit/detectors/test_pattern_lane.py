"""The lane of patterns finds what each recogniser finds by itself, however the text is divided, and fails closed."""

from __future__ import annotations

import functools
from dataclasses import replace

import pytest
import regex
from presidio_analyzer import Pattern, PatternRecognizer

from detectors.analyzer import Engine, EngineParts, PatternPart, build_engine, take_apart
from detectors.cut import quiet_pieces
from detectors.finder import Finder
from detectors.pattern_lane import PIECE_CHARS, PatternLane
from detectors.stream_scan import Held
from schemas.errors import DetectionError
from tests.hostile import Kind, kinds_of

FLAGS = int(regex.DOTALL | regex.MULTILINE | regex.IGNORECASE)
PROSE = "The committee met in Geneva and discussed the draft; nobody took minutes, as everyone had expected them to. "


@functools.cache
def engine() -> Engine:
    return build_engine(("all",), lanes=False)


@functools.cache
def parts() -> EngineParts:
    return take_apart(engine())


@functools.cache
def lane() -> PatternLane:
    return PatternLane(parts().patterns, parts().phone)


@functools.cache
def kinds() -> tuple[Kind, ...]:
    return kinds_of(parts().patterns)


def part_of(recognizer: PatternRecognizer, *, solid: bool = True) -> PatternPart:
    patterns = tuple((pattern.regex, FLAGS) for pattern in recognizer.patterns)
    return PatternPart(str(recognizer.name), recognizer, (), patterns, solid, Finder(recognizer))


def asked(part: PatternPart, text: str) -> list[tuple[int, int, str, float]]:
    recognizer = part.recognizer
    found = recognizer.analyze(text=text, entities=recognizer.supported_entities, nlp_artifacts=None)
    return sorted((one.start, one.end, one.entity_type, one.score) for one in found)


def keys(found: list[Held]) -> list[tuple[int, int, str, float, str]]:
    return sorted((one.start, one.end, one.entity_type, one.score, one.recognizer) for one in found)


def one_by_one(text: str) -> list[tuple[int, int, str, float, str]]:
    phone = parts().phone
    assert phone is not None
    found = [(*one, part.name) for part in parts().patterns for one in asked(part, text)]
    numbers = [(start, end, phone.entity_type, phone.score, phone.name) for start, end in set(phone.find(text))]
    return sorted(found + numbers)


def test_each_recogniser_finds_in_its_own_values_what_presidio_would() -> None:
    compared = 0
    for part, kind in zip(parts().patterns, kinds(), strict=True):
        for value in kind.values:
            text = f"here: {value}, and ({value}) {value}"
            assert sorted(part.find(text)) == asked(part, text), part.name
            compared += bool(part.find(text))
    assert compared > 100


def test_a_recogniser_run_apart_needs_only_the_patterns_that_match() -> None:
    both = part_of(PatternRecognizer("X", patterns=[Pattern("a", r"a\d", 0.2), Pattern("b", r"b\d", 0.3)]))
    assert both.find("a1 b2", [1]) == [(3, 5, "X", 0.3)]
    assert both.find("a1 b2") == [(0, 2, "X", 0.2), (3, 5, "X", 0.3)]


def test_of_findings_in_one_another_the_wider_stays_unless_the_inner_has_a_higher_score() -> None:
    weak_inside = PatternRecognizer(
        "X", patterns=[Pattern("in", r"\d{4}", 0.2), Pattern("out", r"a\d{4}", 0.3), Pattern("again", r"a\d+", 0.3)]
    )
    strong_inside = PatternRecognizer("X", patterns=[Pattern("in", r"\d{4}", 0.6), Pattern("out", r"a\d{4}", 0.3)])
    for recognizer in (weak_inside, strong_inside):
        part = part_of(recognizer)
        assert sorted(part.find("a1234 a5678")) == asked(part, "a1234 a5678")
    assert part_of(weak_inside).find("a1234") == [(0, 5, "X", 0.3)]
    assert part_of(strong_inside).find("a1234") == [(0, 5, "X", 0.3), (1, 5, "X", 0.6)]


class Checked(PatternRecognizer):
    def validate_result(self, pattern_text: str) -> bool | None:
        return None if pattern_text[0] == "n" else pattern_text[0] == "y"

    def invalidate_result(self, pattern_text: str) -> bool | None:
        return None if pattern_text[1] == "0" else pattern_text[1] == "9"


def test_the_checks_of_a_recogniser_decide_the_score_as_in_presidio() -> None:
    part = part_of(Checked("X", patterns=[Pattern("p", r"[xyn]\d", 0.4), Pattern("empty", r"q*", 0.4)]))
    text = "y1 n1 x1 y9 n9 n0"
    assert part.find(text) == [(0, 2, "X", 1.0), (3, 5, "X", 0.4), (15, 17, "X", 0.4)]
    assert sorted(part.find(text)) == asked(part, text)


@pytest.mark.parametrize("ahead", [0, 1, 37, 300])
def test_findings_of_a_segment_are_those_of_each_recogniser_by_itself(ahead: int) -> None:
    chosen = [value for kind in kinds() for value in kind.values[:1]]
    for at in range(0, len(chosen), 12):
        some = chosen[at : at + 12]
        text = (PROSE * 4)[:ahead] + "".join(f"No {value}, the next is\n" for value in some) + PROSE
        assert keys(lane().find(text, 0)) == one_by_one(text)


def test_offsets_are_those_of_the_stream() -> None:
    text = PROSE + "Mail ann.lee@example.com today, or call +41 44 668 18 00 before Friday. " + PROSE
    near, far = lane().find(text, 0), lane().find(text, 5000)
    assert {one.entity_type for one in near} >= {"EMAIL_ADDRESS", "PHONE_NUMBER"}
    assert [(one.start + 5000, one.end + 5000, one.entity_type) for one in near] == [(one.start, one.end, one.entity_type) for one in far]


def test_prose_asks_no_recogniser() -> None:
    before = lane().calls
    assert lane().find(PROSE * 8, 0) == []
    assert lane().calls == before


def test_a_value_in_much_prose_asks_few_recognisers() -> None:
    before = lane().calls
    assert lane().find(PROSE * 4 + "Write to ann.lee@example.com about it. " + PROSE * 4, 0)
    assert lane().calls - before < 10


class Broken(PatternRecognizer):
    def validate_result(self, pattern_text: str) -> bool | None:
        raise ValueError(pattern_text)


def test_a_recogniser_that_fails_stops_the_scan_and_its_error_has_no_text() -> None:
    broken = Broken("SECRET", name="Broken", patterns=[Pattern("digits", r"[0-9]{6}", 0.5)])
    with pytest.raises(DetectionError) as caught:
        PatternLane([part_of(broken)], None).find("the code is 123456 ", 40)
    assert "Broken raised ValueError on characters 40 to 59" in str(caught.value)
    assert "123456" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_pattern_that_explodes_stops_the_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detectors.finder.BUDGET_S", 0.02)
    monkeypatch.setattr("detectors.finder.BUDGET_S_PER_CHAR", 0.0)
    exploding = PatternRecognizer("X", name="Exploding", patterns=[Pattern("nested", r"(?:(?:x|x)+)+(?!x|z)y", 0.5)])
    part = part_of(exploding)
    with pytest.raises(DetectionError, match="budget"):
        part.find("x" * 40 + "zy")
    with pytest.raises(DetectionError, match="Exploding raised DetectionError on characters 0 to"):
        PatternLane([replace(part, patterns=((r"x+zy", FLAGS),))], None).find("x" * 40 + "zy", 0)


def test_half_a_character_is_no_way_around_the_recognisers() -> None:
    found = lane().find("\ud800 ann.lee@example.com \udfff", 0)
    assert "EMAIL_ADDRESS" in {one.entity_type for one in found}


def test_pieces_are_the_text_and_no_shorter_than_asked_but_for_the_last() -> None:
    text = PROSE * 3 + "4111 1111 1111 1111 " * 5 + "\n" + "会议在日内瓦举行，第三次会议结束了。" * 6
    pieces = quiet_pieces(text, PIECE_CHARS)
    assert "".join(text[start:end] for start, end in pieces) == text
    assert all(end - start >= PIECE_CHARS for start, end in pieces[:-1])
    assert len(pieces) == 8


def test_a_text_without_a_boundary_is_one_piece() -> None:
    assert quiet_pieces("1 2 3 4 " * 40, PIECE_CHARS) == [(0, 320)]
    assert quiet_pieces("", PIECE_CHARS) == [(0, 0)]
