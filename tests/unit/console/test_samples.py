"""The shipped samples are what their script writes, can be sent, and hold what the demo wants to show."""

from __future__ import annotations

import json
import re

import pytest

from console.answers import Answer, Defaults, read_answers
from console.samples.compose import answers_path, check_character, rendered
from console.samples.letters import WITH_PEOPLE, WITHOUT_PEOPLE


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    return list(read_answers(answers_path(), Defaults()))


def test_the_file_is_the_one_that_the_script_writes() -> None:
    assert answers_path().read_text(encoding="utf-8") == rendered()


def test_there_are_enough_streams_in_both_languages_of_the_right_length(answers: list[Answer]) -> None:
    assert len(answers) >= 60
    assert len(WITH_PEOPLE) + len(WITHOUT_PEOPLE) >= 12
    assert all(200 <= len(answer.output) <= 800 for answer in answers)
    chinese = [answer for answer in answers if len(re.findall(r"[\u4e00-\u9fff]", answer.output)) > 100]
    assert len(answers) // 4 < len(chinese) < len(answers)


def test_every_destination_of_the_demo_is_there_a_mainland_user_and_an_unknown_one_too(answers: list[Answer]) -> None:
    destinations = {answer.opened.destination for answer in answers}
    assert destinations == {"SG", "DE", "US", "FR", "GB", "BR", "CN", "XX"}
    assert any(answer.opened.end_user_location == "CN" and answer.opened.destination == "SG" for answer in answers)


def test_values_come_from_the_request_from_home_or_from_nowhere(answers: list[Answer]) -> None:
    where = {"request": 0, "home": 0, "nowhere": 0}
    for answer in answers:
        for value in re.findall(r"[\w.]+@[\w.]+\w", answer.output):
            if value in answer.opened.request_text:
                where["request"] += 1
            elif any(value in (source.text or "") for source in answer.opened.domestic_sources):
                where["home"] += 1
            else:
                where["nowhere"] += 1
    assert min(where.values()) >= 5


def passes_luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def passes_mod_11_2(number: str) -> bool:
    """Check as ISO 7064 states it for a whole string: the weighted sum leaves 1."""
    return sum("0123456789X".index(each) * 2**place for place, each in enumerate(reversed(number))) % 11 == 1


def test_planted_numbers_have_right_check_digits(answers: list[Answer]) -> None:
    text = "\n".join(answer.output for answer in answers)
    ids = re.findall(r"(?<!\d)[1-9]\d{16}[\dX](?![\dX])", text)
    assert len(ids) >= 8
    assert all(passes_mod_11_2(each) for each in ids)
    cards = re.findall(r"\b[456]\d{3}(?: ?\d{4}){3}\b", text)
    assert len(cards) >= 6
    assert all(passes_luhn(card.replace(" ", "")) for card in cards)


def test_the_check_character_is_that_of_the_norms_example() -> None:
    assert check_character("11010519491231002") == "X"


def test_the_file_is_plain_json_lines_with_the_native_fields() -> None:
    lines = answers_path().read_text(encoding="utf-8").splitlines()
    assert all({"stream_id", "destination", "request_text", "output"} <= json.loads(line).keys() for line in lines)
