"""Provenance on its quality set: every writing of a value is known, and nothing that only looks like it is called an echo."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from detectors.provenance import EchoIndex

SET = yaml.safe_load((Path(__file__).parents[2] / "quality" / "provenance.yaml").read_text(encoding="utf-8"))


def pairs(part: str) -> list[tuple[str, str, str]]:
    return [(kind, value, source) for kind, listed in SET[part].items() for value, source in listed]


def as_request(value: str, source: str) -> str:
    return EchoIndex(source, (), opaque_sources=False).classify(value)


def at_home(value: str, source: str) -> str:
    return EchoIndex(source, (source,), opaque_sources=False).classify(value)


def test_the_set_is_large_enough_to_say_something() -> None:
    assert len(set(pairs("same"))) >= 60
    assert len(set(pairs("other"))) >= 60
    assert all(isinstance(value, str) and isinstance(source, str) for part in SET for _, value, source in pairs(part))


@pytest.mark.parametrize(("kind", "value", "source"), pairs("other"))
def test_another_value_is_never_called_an_echo(kind: str, value: str, source: str) -> None:
    assert as_request(value, source) == "unmatched", kind


@pytest.mark.parametrize(("kind", "value", "source"), pairs("same"))
def test_one_other_digit_in_a_value_makes_it_another_value(kind: str, value: str, source: str) -> None:
    index = EchoIndex(source, (), opaque_sources=False)
    # Of a number with its country's code, the code is left as it is: a bare number in the request may be of any country that has it.
    first = 4 if value.startswith(("+", "00")) else 0
    for digits in ("0123456789", "〇一二三四五六七八九"):
        places = [position for position, char in enumerate(value) if char in digits and position >= first]
        steps = [(place, digits[(digits.index(value[place]) + step) % 10]) for place in places for step in (1, 5)]
        changed = [value[:place] + digit + value[place + 1 :] for place, digit in steps]
        assert [other for other in changed if index.classify(other) == "foreign_echo"] == [], kind


@pytest.mark.parametrize(("kind", "value", "source"), pairs("same"))
def test_the_same_value_written_another_way_is_known_abroad_and_at_home(kind: str, value: str, source: str) -> None:
    assert as_request(value, source) == "foreign_echo", kind
    assert at_home(value, source) == "domestic_source", kind


@pytest.mark.parametrize(("kind", "value", "source"), pairs("doubtful"))
def test_doubt_counts_for_a_source_at_home_and_not_for_an_echo(kind: str, value: str, source: str) -> None:
    assert as_request(value, source) == "unmatched", kind
    assert at_home(value, source) == "domestic_source", kind


def test_precision_of_echoes_is_one_and_recall_is_stated() -> None:
    """docs/provenance.md states these figures; a change of either must change them there."""
    claimed = [pair for part in ("same", "doubtful", "other") for pair in pairs(part) if as_request(*pair[1:]) == "foreign_echo"]
    right = set(claimed) & set(pairs("same"))
    assert len(right) / len(claimed) == 1.0
    stated = f"{len(right)} of {len(pairs('same'))} pairs, 0 of {len(pairs('other'))} near misses"
    assert stated in (Path(__file__).parents[3] / "docs" / "provenance.md").read_text(encoding="utf-8")
