"""The prefilter may let too much through, never too little; a pattern that cannot be scanned in pieces is refused."""

from __future__ import annotations

import functools

import pytest
import regex

from detectors.analyzer import EngineParts, build_engine, take_apart
from detectors.engine_parts import holds_blank
from detectors.patterns import parse, refusal
from detectors.prefilter import Prefilter
from detectors.wider import wider_re2

FLAGS = int(regex.DOTALL | regex.MULTILINE | regex.IGNORECASE)


@functools.cache
def parts() -> EngineParts:
    return take_apart(build_engine())


@functools.cache
def prefilter() -> Prefilter:
    return Prefilter([part.patterns for part in parts().patterns])


def test_prose_needs_no_recogniser() -> None:
    prose = "The committee met in Geneva and discussed the draft; nobody took minutes, as everyone had expected. 会议在日内瓦举行。"
    assert not prefilter().select(prose)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a 4111 1111 1111 1111", "CreditCardRecognizer"),
        ("卡号4539578045395784，", "UsBankRecognizer"),
        ("x@y.org", "EmailRecognizer"),
        ("00-1A-2B-3C-4D-5E", "MacAddressRecognizer"),
        ("手机１３８１２３４５６７８", "CnMobileRecognizer"),
        ("www.faceboo\u212a.com", "UrlRecognizer"),
    ],
)
def test_a_value_wakes_its_recogniser(text: str, name: str) -> None:
    assert name in [parts().patterns[index].name for index in prefilter().select(text)]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\b(?<!x)[a-z]{2}([:-])\d\1\d\b", "ab:1:2"),
        (r"(?i)straK\d", "straK5"),
        (r"\w+@\w+", "é@中"),
        (r"[^a]\d{40}", "b" + "1" * 40),
        (r"(?:ab|c)+?d", "ababcd"),
        (r"\d", "\U00010d40"),
    ],
)
def test_the_wider_expression_matches_where_the_pattern_does(pattern: str, text: str) -> None:
    assert regex.search(pattern, text, FLAGS)
    assert Prefilter([[(pattern, FLAGS)]]).select(text) == [0]


@pytest.mark.parametrize("text", ["call 12345", "12345, call", "x12345", "12345", "\u4e2d12345\u4e2d"])
def test_without_memory_for_the_automaton_each_expression_is_asked_by_itself(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    described = [[(r"(?<![0-9a-z])\d{5}(?![0-9a-z])", FLAGS)], [(r"call", FLAGS)], [(r"q", FLAGS)]]
    expected = list(Prefilter(described).select(text))
    starved = Prefilter(described)
    for _, automaton in starved._tiers:
        monkeypatch.setattr(automaton, "_match", lambda _: None)
    assert list(starved.select(text)) == expected


@pytest.mark.parametrize("digit", ["7", "７", "٧", "\U0001e4f7", "\U00010d47"])
@pytest.mark.parametrize("pattern", [r"a\d", r"(?=b\d)b.", r"(?<=\d)c", r"\d+|x\dy", r"(?:\d\d?|e[0-9])", r"[\d٧]"])
def test_a_digit_of_any_script_wakes_the_patterns_that_need_one(pattern: str, digit: str) -> None:
    text = f"a{digit} b{digit} {digit}c x{digit}y"
    assert regex.search(pattern, text, FLAGS)
    assert list(Prefilter([[("z", FLAGS)], [(pattern, FLAGS)]]).select(text)) == [1]


@pytest.mark.parametrize("text", ["12345", "1-2-3-4-5", "é1２3４5", "123 45"])
@pytest.mark.parametrize(
    "pattern", [r"\d{3}[- ]?\d{2}|(?:\d-?){5}", r"(?=(?:\D*\d){5})[^x]+", r"\d(?:\D?\d){4,9}", r"(?:1|[2-9])\D?(?:\d\D?){4}|\d{9}"]
)
def test_a_pattern_of_many_digits_is_selected_by_as_few_as_it_can_match(pattern: str, text: str) -> None:
    assert regex.search(pattern, text, FLAGS)
    assert list(Prefilter([[("z", FLAGS)], [(pattern, FLAGS)], [(r"\d", FLAGS)]]).select(text)) == [1, 2]


@pytest.mark.parametrize("pattern", [r"(?!\d)abc", r"a\d?bc", r"ab[\dc]", r"\d|abc", r"ab[^\d]", r"(?<!\d)a\D*c"])
def test_a_pattern_that_can_do_without_a_digit_is_selected_without_one(pattern: str) -> None:
    assert list(Prefilter([[(pattern, FLAGS)]]).select("abc")) == [0]


def test_half_a_character_is_shown_to_every_recogniser() -> None:
    assert list(Prefilter([[(r"a", 0)], [(r"b", 0)]]).select("\ud800")) == [0, 1]


def test_what_cannot_be_parsed_always_runs() -> None:
    assert Prefilter([[(r"\p{Lu}\d", FLAGS)]]).select("anything") == [0]


def test_look_arounds_and_boundaries_inside_are_dropped() -> None:
    assert wider_re2(parse(r"(?=x)a*\b(?<!y)b*$", FLAGS)) == wider_re2(parse("a*b*", FLAGS))


@pytest.mark.parametrize(
    ("pattern", "neighbour"),
    [
        (r"(?<![0-9a-z])\d{3}", "x123"),
        (r"\d{3}(?![0-9a-z])", "123k"),
        (r"\b\d{3}\b", "_123_"),
        (r"(?<!\w)(?:ab|\d{3})(?!\w)", "1234"),
        (r"5\d{2}(?![.-]?\d)", "5234"),
        (r"(?:(?<=QQ)|(?<=QQ:))\d{3}", "QX123"),
        (r"(?:(?<!a)1|(?<!b)2)3", "a13 b23"),
        (r"\d{3}(?= ?kg)", "123 g"),
    ],
)
def test_a_neighbour_that_the_pattern_refuses_keeps_the_recogniser_asleep(pattern: str, neighbour: str) -> None:
    assert regex.search(pattern, neighbour, FLAGS) is None
    assert not Prefilter([[(pattern, FLAGS)]]).select(neighbour)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"a.*b", "line break"),
        (r"[^a]\d", "line break"),
        (r"\d{4} \d{50}", "wider"),
        (r"[a-z]+ \d", "wider"),
        (r"[a-z]{3} [a-z]\d{4}", "before its first digit"),
        (r"(?<=a b)\d{4}", "sees past"),
        (r"\d{4}(?=, [a-z])", "sees past"),
        (r"\d{4} ", "at its end"),
        (r"\d, \d", "comma"),
        (r"\d\. [a-z]", "full stop"),
        (r"^\d{4}", "anchor"),
        (r"(?<!y )\d{4}", "sees past"),
        (r"\d{4}(?! \d)", "sees past"),
        (r"(?<!\s)\d{4}", "sees past"),
        (r"[^\s]{3}", "clause mark"),
        (r"/[^\s]{3}", "clause mark"),
        (r"/[a-z]\.[^\s]{3}", "clause mark"),
        (r"\p{Lu}", "syntax"),
    ],
)
def test_a_pattern_that_could_reach_over_a_boundary_is_refused(pattern: str, why: str) -> None:
    assert why in refusal(pattern, FLAGS)


@pytest.mark.parametrize(
    "pattern", [r"\b\d{4}[- ]?\d{4}\b", r"[A-Z]{2} ?\d{4}", r"https?://[a-z.]+/[^\s]*", r"(?<![\w:])[0-9a-f]{4}(?![\w:])"]
)
def test_a_pattern_that_keeps_within_boundaries_is_accepted(pattern: str) -> None:
    assert refusal(pattern, FLAGS) == ""


def test_solid_means_no_white_space_in_a_match_nor_in_what_it_looks_at() -> None:
    assert not holds_blank(parse(r"\d{4}(?![0-9a-z])", FLAGS), looks=True)
    assert not holds_blank(parse(r"\d{4}(?= )", FLAGS), looks=False)
    assert holds_blank(parse(r"\d{4}(?= )", FLAGS), looks=True)
    assert holds_blank(parse(r"\d{4}[- ]\d", FLAGS), looks=False)
