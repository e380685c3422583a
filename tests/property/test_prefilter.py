"""The prefilter never says no where a recogniser finds something: for random patterns, and for those of all countries."""

from __future__ import annotations

import functools
import random
import re
from typing import Any

import pytest
import regex
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from detectors.analyzer import EngineParts, build_engine, take_apart
from detectors.cut import quiet_pieces
from detectors.pattern_lane import PatternLane
from detectors.patterns import parse
from detectors.prefilter import Prefilter
from tests.hostile import Kind, kinds_of, sample

FLAGS = int(regex.DOTALL | regex.MULTILINE | regex.IGNORECASE)
CHARS = "aAbB1_-. kKsSiI\u0130\u0131\u017f\u212aé中５\0\x1c\n"
CLASSES = (
    *(r"\d", r"\w", r"\s", r"\S", r"\D", r"\W", "[a-z]", "[A-Z]", "[^a-z]", "[^A]", "[^k]", "[^\u212a]", "[0-9]", r"[^\W\u4e00-\u9fff]"),
    *(r"[\w.-]", "[1_]", r"[^\s]", r"[^\S]", r"[^\d_]", "[\u0100-\U0010ffff]", "[!-~]", r"[-. ]", "[\0-/]"),
)
EDGES = (r"\b", r"\B", "^", "$", r"\A", r"\Z")


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Patterns made of smaller ones."""
    repeats = st.sampled_from(("?", "*", "+", "{2}", "{0,1}", "{1,3}", "??", "+?", "*?", "?+", "*+", "{1,2}+", "{0,40}"))
    looks = st.sampled_from(("(?=", "(?!", "(?!", "(?<=", "(?<!", "(?<!"))
    groups = st.sampled_from(("(?:", "(", "(?i:", "(?-i:", "(?>"))
    return st.one_of(
        st.lists(inner, min_size=2, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: "(?:" + "|".join(some) + ")"),
        st.tuples(inner, repeats).map(lambda two: f"(?:{two[0]}){two[1]}"),
        st.tuples(groups, inner).map(lambda two: f"{two[0]}{two[1]})"),
        st.tuples(looks, inner).map(lambda two: f"{two[0]}{two[1]})"),
        inner.map(lambda one: rf"(?P<g>{one})(?:-?(?P=g))" if "(?P<g>" not in one else one),
    )


atoms = st.one_of(st.sampled_from(CHARS).map(regex.escape), st.sampled_from(CLASSES), st.sampled_from(EDGES))
edged = st.tuples(
    st.sampled_from(("", r"\b", "(?<![0-9A-Za-z])", r"(?<!\w)", "(?<!-)(?<![a-z])", "(?<=a)", r"(?<![^\s])", "(?:(?<=k)|(?<!i))")),
    st.recursive(atoms, grown, max_leaves=8),
    st.sampled_from(("", r"\b", "(?![0-9A-Za-z])", r"(?!\w)", r"(?![.-]?\d)", r"(?![^\s])", "(?=-)", "(?!s?k)", "(?:(?=1)|(?!b))")),
).map("".join)
neighbour = st.text(alphabet=CHARS, max_size=2)
flag_sets = st.sampled_from((FLAGS, 0, int(regex.MULTILINE)))


@settings(max_examples=1500, deadline=None)
@given(pattern=edged, around=st.lists(st.tuples(neighbour, neighbour), min_size=1, max_size=4), seed=st.integers(0, 99), flags=flag_sets)
def test_what_a_pattern_matches_the_prefilter_selects(pattern: str, around: list[tuple[str, str]], seed: int, flags: int) -> None:
    rnd = random.Random(seed)
    try:
        compiled = regex.compile(pattern, flags)
        tree = parse(pattern, flags)
    except (regex.error, re.error):
        assume(False)  # a reference or a look-behind that one of the modules does not take
    check(Prefilter([[(pattern, flags)]]), compiled, [before + sample(tree, rnd) + after for before, after in around])


@pytest.mark.parametrize(
    ("pattern", "text", "flags"),
    [
        (r"(?<![^a-z])1", "A1", FLAGS),
        (r"(?<!\s)1", "\x1c1", FLAGS),
        (r"((?<!a)b)x\1", "bxb", 0),
        (r"(?:(?<!a)b)+c", "bbc", 0),
        (r"(?:(?<!a)b){2}c", "bbc", 0),
        (r"1(?![^k])", "1\u212a", FLAGS),
        (r"\b_?(?!1)", "a_", 0),
        (r"1(?![.]?+[.b])", "1.", FLAGS),
        (r"1(?!\0)", "1", 0),
        (r"\b[\u0100-\U0010ffff]", "a\u2028", 0),
        (r"(?:(?=-)|(?!b))1(?:(?<=1)|(?!b))", "b1b", 0),
        (r"(?-i:a)(?!(?i:[^b]))", "aB", FLAGS),
    ],
)
def test_cases_that_are_easily_got_wrong(pattern: str, text: str, flags: int) -> None:
    assert regex.search(pattern, text, flags)
    check(Prefilter([[(pattern, flags)]]), regex.compile(pattern, flags), [text, f"{text} {text}", f"\n{text}"])


def check(prefilter: Prefilter, compiled: Any, texts: list[str]) -> None:
    """The prefilter selects each text that the pattern finds something in."""
    for text in texts:
        if any(found.end() > found.start() for found in compiled.finditer(text, timeout=2)):
            assert list(prefilter.select(text)) == [0], text


@functools.cache
def worldwide() -> tuple[EngineParts, tuple[Kind, ...], Prefilter, PatternLane]:
    parts = take_apart(build_engine(("all",), lanes=False))
    described = [part.patterns for part in parts.patterns]
    return parts, kinds_of(parts.patterns), Prefilter(described), PatternLane(parts.patterns, parts.phone)


neighbours = st.text(alphabet="aZ09_-.,:/@#$ +kſ中５é\n", max_size=3)
values = st.lists(st.tuples(neighbours, st.integers(0, 10_000), st.integers(0, 10_000), neighbours), min_size=1, max_size=5)


def written(chosen: list[tuple[str, int, int, str]]) -> str:
    """Return a text of values with hostile neighbours."""
    kinds = [kind for kind in worldwide()[1] if kind.values]
    pieces = []
    for before, which, value, after in chosen:
        known = kinds[which % len(kinds)].values
        pieces.append(before + known[value % len(known)] + after)
    return "".join(pieces)


@settings(max_examples=300, deadline=None)
@given(chosen=values)
def test_every_recogniser_that_finds_something_is_selected(chosen: list[tuple[str, int, int, str]]) -> None:
    parts, _, prefilter, _ = worldwide()
    text = written(chosen)
    selected = set(prefilter.select(text))
    for index, part in enumerate(parts.patterns):
        if part.find(text):
            assert index in selected, part.name


@settings(max_examples=200, deadline=None)
@given(chosen=values)
def test_a_finder_finds_what_the_recogniser_itself_does(chosen: list[tuple[str, int, int, str]]) -> None:
    parts, _, prefilter, _ = worldwide()
    text = written(chosen)
    for index in prefilter.select(text):
        part = parts.patterns[index]
        asked = part.recognizer.analyze(text=text, entities=part.recognizer.supported_entities, nlp_artifacts=None)
        assert sorted(part.find(text)) == sorted((one.start, one.end, one.entity_type, one.score) for one in asked), part.name


@settings(max_examples=150, deadline=None)
@given(
    chosen=values,
    prose=st.sampled_from(("", "and then we went to see them again, as agreed before. ", "会议在日内瓦举行，第三次会议结束了。")),
)
def test_the_lane_finds_in_a_segment_what_recognisers_find_in_the_whole_of_it(chosen: list[tuple[str, int, int, str]], prose: str) -> None:
    parts, _, _, lane = worldwide()
    text = prose.join(written([one]) for one in chosen)
    found = {(one.start, one.end, one.entity_type, one.score, one.recognizer) for one in lane.find(text, 0)}
    expected = {(*one, part.name) for part in parts.patterns for one in part.find(text)}
    assert parts.phone is not None
    expected |= {(start, end, parts.phone.entity_type, parts.phone.score, parts.phone.name) for start, end in parts.phone.find(text)}
    assert found == expected


@pytest.mark.parametrize("least", [1, 7, 48])
@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet="ab1 ,.\n，。/x\u00a0\t", max_size=200))
def test_pieces_joined_are_the_text(least: int, text: str) -> None:
    pieces = quiet_pieces(text, least)
    assert "".join(text[start:end] for start, end in pieces) == text
    assert all(end - start >= least for start, end in pieces[:-1])
