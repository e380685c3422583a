"""What counts as an echo of the customer's request, and what only looks like one."""

from __future__ import annotations

import pytest

from detectors.provenance import EchoIndex


def provenance(value: str, *, request: str = "", domestic: tuple[str, ...] = (), opaque: bool = False) -> str:
    return EchoIndex(request, domestic, opaque_sources=opaque).classify(value)


@pytest.mark.parametrize(
    ("value", "request_text"),
    [
        ("+65 8123 4567", "Please confirm my booking, my number is +65 8123 4567"),
        ("+65-8123-4567", "number: +6581234567"),
        ("81234567", "number: +65 8123 4567"),
        ("８１２３４５６７", "number: 8123-4567"),
        ("138 1234 5678", "手机13812345678谢谢"),
        ("13812345678", "+86 138 1234 5678"),
        ("13912345678", "13812345678 13912345678"),
        ("110105-19491231-002X", "身份证110105 19491231 002x，"),
        ("GB82 WEST 1234 5698 7654 32", "iban gb82west12345698765432"),
        ("john smith", "I am JOHN  SMITH"),
        ("John Smith", "I am John\nSmith."),
        ("O’Brien", "for O'Brien"),
        ("Li", "my name is Li."),
        ("张三", "我叫张三，请记住"),
        ("张三丰", "我是张三丰的学生"),
        ("田中", "田中さんに"),
        ("北京市朝阳区", "住在北京市朝阳区建国路"),
        ("a.b@example.com", "write to <A.B@EXAMPLE.COM>."),
        ("10.0.12.3", "host 10.0.12.3, please"),
    ],
)
def test_a_value_written_another_way_in_the_request_is_an_echo(value: str, request_text: str) -> None:
    assert provenance(value, request=request_text) == "foreign_echo"


@pytest.mark.parametrize(
    ("value", "request_text"),
    [
        ("+65 8123 4568", "+65 8123 4567"),
        ("1234", "12345"),
        ("1234", "0x1234a"),
        ("8123 4567", "card 4111 8123 4567 1111"),
        ("56789012", "card 1234-5678-9012-3456"),
        ("8123456", "81234567"),
        ("10.0.12.3", "10.0.1.23"),
        ("10.0.1.2", "10.0.1.23"),
        ("2024-11-2", "2024-1-12"),
        ("Anna", "Joanna"),
        ("Anna", "Annabel"),
        ("Anna", "Anna-Maria"),
        ("Li", "Lisbon"),
        ("राम", "रामा"),
        ("张三", "张三丰"),
        ("三丰", "张三丰"),
        ("a@example.com", "x.a@example.com"),
        ("a@example.com", "a@example.com.sg"),
        ("John", "john.doe@example.com"),
        ("13812345678", "13812\n345678"),
        ("", "anything"),
        (" ", "any thing"),
    ],
)
def test_a_part_of_something_longer_or_a_near_miss_is_no_echo(value: str, request_text: str) -> None:
    assert provenance(value, request=request_text) == "unmatched"


def test_a_domestic_source_wins_over_the_request() -> None:
    assert provenance("13812345678", request="13812345678", domestic=("tel 138-1234-5678",)) == "domestic_source"


def test_every_domestic_text_is_searched() -> None:
    assert provenance("Zhang Wei", domestic=("nothing", "record of ZHANG WEI")) == "domestic_source"


@pytest.mark.parametrize(("value", "source"), [("张三", "张三丰"), ("8123 4567", "4111 8123 4567 1111")])
def test_doubt_is_enough_for_a_domestic_match_and_not_for_an_echo(value: str, source: str) -> None:
    assert provenance(value, request=source) == "unmatched"
    assert provenance(value, request=source, domestic=(source,)) == "domestic_source"


def test_what_is_found_nowhere_may_come_from_a_source_known_by_digest_only() -> None:
    assert provenance("13812345678", request="hello", opaque=True) == "unknown"
    assert provenance("13812345678", request="hello") == "unmatched"


def test_a_text_full_of_near_misses_is_doubt_and_doubt_counts_against_the_exemption() -> None:
    hostile = "1" * 1000
    assert provenance("1111111", request=hostile) == "unmatched"
    assert provenance("1111111", request="1111111", domestic=(hostile,)) == "domestic_source"
