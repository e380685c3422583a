"""Provenance over generated numbers, dates and names."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from detectors.normalize import aligned_form, digit_form, normal_form
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


ODD = "aAé\u0301ﬁ１ 2\n\t\u200b\u00ad\u3000가\u1100\u1161\u11a8\u3131\u314fｶﾞ①❶…½ß一三〇、-–'’\U00010400"
CODES = {"86": "1381234567{}", "65": "812345{}{}", "44": "20794609{}{}", "1": "41555526{}{}", "62": "81234567{}{}"}


@given(st.text(alphabet=st.one_of(st.sampled_from(ODD), st.characters()), max_size=40))
def test_each_character_of_the_normal_form_knows_where_it_comes_from(text: str) -> None:
    normal, starts, ends = aligned_form(text)
    assert normal == normal_form(text)
    assert len(starts) == len(ends) == len(normal)
    assert starts == sorted(starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))
    assert len(digit_form(normal)) == len(normal)


@given(st.text(max_size=60), st.text(max_size=20), st.booleans())
def test_a_match_says_what_the_classification_says_and_lies_in_the_text(request: str, value: str, opaque: bool) -> None:
    index = EchoIndex(f"{request} {value}", (), opaque_sources=opaque)
    match = index.match(value)
    assert match.provenance == index.classify(value)
    assert 0 <= match.start <= match.end <= len(request) + 1 + len(value)
    if match.how == "exact":
        assert f"{request} {value}"[match.start : match.end] == value


@st.composite
def phones(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a country's code and a number there."""
    code = draw(st.sampled_from(sorted(CODES)))
    return code, CODES[code].format(draw(st.integers(0, 9)), draw(st.integers(0, 9)))


def dialled(draw: st.DrawFn, code: str, number: str, *, with_code: bool) -> str:
    gap = draw(st.sampled_from([" ", "-", ""]))
    grouped = gap.join((number[:3], number[3:6], number[6:]))
    return draw(st.sampled_from(["+", "00", "＋"])) + code + draw(st.sampled_from([" ", "-"])) + grouped if with_code else grouped


@given(phones(), phones(), st.booleans(), st.booleans(), st.data())
def test_two_numbers_are_one_however_they_are_dialled_and_two_are_two(
    one: tuple[str, str], other: tuple[str, str], one_has_code: bool, other_has_code: bool, choice: st.DataObject
) -> None:
    @st.composite
    def both(draw: st.DrawFn) -> tuple[str, str, str]:
        return (
            dialled(draw, *one, with_code=one_has_code),
            dialled(draw, *one, with_code=other_has_code),
            dialled(draw, *other, with_code=other_has_code),
        )

    value, same, another = choice.draw(both())
    assert echo(value, f"call {same}!")
    if one != other:
        assert not echo(value, f"call {another}!")


DAYS = st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2099, 12, 31))
HAN = str.maketrans("0123456789", "〇一二三四五六七八九")
MONTHS = [dt.date(2000, month, 1).strftime("%B") for month in range(1, 13)]


def han(number: int) -> str:
    tens, units = divmod(number, 10)
    return (
        ("" if tens < 2 else "一二三四五六七八九"[tens - 1]) + ("十" if tens else "") + ("一二三四五六七八九"[units - 1] if units else "")
    )


def writings(day: dt.date) -> tuple[str, ...]:
    year, month, number = day.year, day.month, day.day
    return (
        day.isoformat(),
        f"{year}/{month}/{number}",
        f"{year}年{month}月{number}日",
        f"{str(year).translate(HAN)}年{han(month)}月{han(number)}日",
        f"{number} {MONTHS[month - 1]} {year}",
        f"{MONTHS[month - 1][:3]} {number}, {year}",
        f"{number:02}.{month:02}.{year}",
    )


@given(DAYS, DAYS, st.integers(0, 6), st.integers(0, 6))
def test_a_day_is_the_same_however_it_is_written_and_no_other_day_is(one: dt.date, other: dt.date, first: int, second: int) -> None:
    value = writings(one)[first]
    assert echo(value, f"born {writings(one)[second]}, here")
    assert echo(value, f"born {writings(other)[second]}, here") == (one == other)


@given(st.lists(NAMES, min_size=2, max_size=4, unique=True), st.data())
def test_a_name_may_begin_with_any_of_its_parts_and_a_comma_says_with_which(words: list[str], choice: st.DataObject) -> None:
    written = [word.capitalize() for word in words]
    turn = choice.draw(st.integers(1, len(words) - 1))
    comma = " ".join(written[turn:]) + ", " + " ".join(written[:turn])
    assert echo(" ".join(written), f"for {' '.join(written[turn:] + written[:turn])}.")
    assert echo(" ".join(written), f"for {comma}.")
    assert echo(comma, f"for {' '.join(written)}.")
    assert not echo(" ".join(written), f"for {' '.join([*written, 'Zzyzx'])}.")


@given(NUMBERS, st.sampled_from(["〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"]))
def test_a_number_is_an_echo_in_the_digits_of_any_script(number: str, digits: str) -> None:
    written = number.translate(str.maketrans("0123456789", digits))
    assert echo(number, f"号码 {written}，")
    assert echo(written, f"no. {number}.")


@given(NUMBERS, st.integers(0, 6), st.integers(2, 6))
def test_a_number_behind_a_mask_is_no_echo_of_the_mask(number: str, start: int, width: int) -> None:
    masked = number[:start] + "*" * len(number[start : start + width]) + number[start + width :]
    assert not echo(number, f"my number: {masked}!")


PIECES = [
    "13812345678",
    "+86 ",
    "0086",
    "(0)",
    "0",
    "张",
    "伟",
    "一三八一二三四五六七八",
    "****",
    "1990-01-02",
    "2 January 1990",
    "Wei",
    "Zhang",
    ", ",
    " ",
    "-",
    ".",
    "+",
]
MIXED = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@given(MIXED, MIXED)
def test_whatever_makes_an_echo_abroad_makes_a_domestic_value_at_home(text: str, value: str) -> None:
    abroad = EchoIndex(text, (), opaque_sources=False).match(value)
    at_home = EchoIndex(text, (text,), opaque_sources=False).match(value)
    assert (at_home.provenance == "domestic_source") == (abroad.how != "none")
    if abroad.how != "none":
        assert (at_home.how, at_home.source, at_home.start, at_home.end) == (abroad.how, 0, abroad.start, abroad.end)


@given(MIXED, MIXED, MIXED)
def test_a_value_with_more_text_around_it_stays_found_or_becomes_doubt(left: str, value: str, right: str) -> None:
    how = EchoIndex(f"{left}\n「{value}」\n{right}", (), opaque_sources=False).match(value).how
    assert how == "exact" or not value.strip() or value != value.strip()
