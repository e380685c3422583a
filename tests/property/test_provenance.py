"""Provenance over generated numbers and names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detectors.provenance import EchoIndex

NUMBERS = st.text(alphabet="0123456789", min_size=7, max_size=19)
NAMES = st.text(alphabet="abcdefghijklmnopqrstuvwxyzé", min_size=2, max_size=12)
WIDE = {ord("0") + step: ord("０") + step for step in range(10)}


def echo(value: str, request: str) -> bool:
    return EchoIndex(request, (), opaque_sources=False).classify(value) == "foreign_echo"


@st.composite
def groupings(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a number and a way to write it: in groups, wide or not."""
    number = draw(NUMBERS)
    separator = draw(st.sampled_from(["", " ", "-", "－"]))
    written = separator.join((number[:3], number[3:7], number[7:])).rstrip(separator or None)
    return number, written.translate(WIDE) if draw(st.booleans()) else written


@given(groupings(), st.sampled_from([("", ""), ("tel: ", "."), ("号码", "谢谢"), ("(", ")")]))
def test_a_number_is_an_echo_however_it_is_grouped(pair: tuple[str, str], around: tuple[str, str]) -> None:
    number, written = pair
    assert echo(number, around[0] + written + around[1])


@given(NUMBERS, st.data())
def test_one_other_digit_is_no_echo(number: str, choice: st.DataObject) -> None:
    position = choice.draw(st.integers(0, len(number) - 1))
    digit = choice.draw(st.sampled_from([each for each in "0123456789" if each != number[position]]))
    assert not echo(number[:position] + digit + number[position + 1 :], f"my number: {number}!")


@given(NUMBERS, NUMBERS, st.sampled_from(["left", "right", "both"]))
def test_a_number_inside_a_longer_number_is_no_echo(number: str, more: str, side: str) -> None:
    longer = {"left": more + number, "right": number + more, "both": more + number + more}[side]
    assert not echo(number, longer)


@given(NAMES, NAMES)
def test_a_name_inside_a_longer_word_is_no_echo(name: str, more: str) -> None:
    assert not echo(name, f"«{name}{more}»")
    assert not echo(name, f"«{more}{name}»")
    assert echo(name.upper(), f"«{name}»")


@given(st.text(max_size=80), st.text(max_size=20))
def test_text_of_any_script_is_classified_and_a_domestic_copy_always_wins(request: str, value: str) -> None:
    index = EchoIndex(request, (f" {value} ",), opaque_sources=False)
    expected = {"domestic_source"} if any(char.isalnum() for char in value) else {"domestic_source", "unmatched", "foreign_echo"}
    assert index.classify(value) in expected
