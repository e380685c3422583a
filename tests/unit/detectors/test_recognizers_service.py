"""Numbers of customer service: found where a word or a check digit speaks for them, and only there."""

from __future__ import annotations

import pytest

from console.samples.hard_cases import hard_cases
from detectors.analyzer import Engine, analyze, build_engine
from detectors.recognizers.common.service import (
    CustomerNumberRecognizer,
    OrderNumberRecognizer,
    ParcelRecognizer,
    PostalItemRecognizer,
    TicketNumberRecognizer,
    s10_check_digit,
    ups_check_digit,
)
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.scanner import Scanner
from detectors.thresholds import bundled
from jurisdictions.lists import entity
from tests.pieces import in_pieces

THINGS = ("ORDER_NUMBER", "TICKET_NUMBER", "TRACKING_NUMBER")
SERVICE = (*THINGS, "CUSTOMER_ACCOUNT_NUMBER")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return build_engine(["common"])


def reported(engine: Engine, text: str) -> list[tuple[str, str]]:
    kept = bundled().keep(analyze(engine, text), frozenset())
    return [(one.entity_type, text[one.start : one.end]) for one in kept if one.entity_type in SERVICE]


def forms(kind: type[IdentifierRecognizer], text: str) -> list[str]:
    recognizer = kind()
    return sorted({text[one.start : one.end] for one in recognizer.analyze(text, recognizer.supported_entities, None)})


ORDERS = [
    ("Order 4471-2210-9983 shipped yesterday.", "4471-2210-9983"),
    ("Your order number is 20241103-88213.", "20241103-88213"),
    ("订单号：202411031234567，请注意查收。", "202411031234567"),
    ("訂單編號202411031234567已成立", "202411031234567"),
    ("注文番号250-1234567-1234567", "250-1234567-1234567"),
    ("주문번호 20241103-884412", "20241103-884412"),
    ("หมายเลขคำสั่งซื้อ 20241103-5521", "20241103-5521"),
    ("Bestellnummer 302-7741-118", "302-7741-118"),
    ("Numéro de commande 4471-B", "4471-B"),
    ("Pedido nº 55-2024-118", "55-2024-118"),
    ("Nomor pesanan 2024/11/0042", "2024/11/0042"),
    ("Mã đơn hàng DH20241103", "DH20241103"),
    ("Ваш заказ 88213455 готов", "88213455"),
    ("رقم الطلب 88213455", "88213455"),
    ("ऑर्डर 88213455", "88213455"),
    ('{"order_id": "8821345500"}', "8821345500"),
]


@pytest.mark.parametrize(("text", "value"), ORDERS)
def test_an_order_is_found_where_a_word_says_so_in_any_language(engine: Engine, text: str, value: str) -> None:
    assert ("ORDER_NUMBER", value) in reported(engine, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ticket JIRA-48213 is closed.", "JIRA-48213"),
        ("incident INC0012345 was opened", "INC0012345"),
        ("工单20241103001已处理。", "20241103001"),
        ("受付番号20241103-0042です。", "20241103-0042"),
        ("접수번호 88213455", "88213455"),
        ("Vorgangsnummer 8821-3455", "8821-3455"),
        ("Протокол: заявка 88213455", "88213455"),
    ],
)
def test_a_ticket_is_found_where_a_word_says_so(engine: Engine, text: str, value: str) -> None:
    assert ("TICKET_NUMBER", value) in reported(engine, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Your customer number is 0044-223118.", "0044-223118"),
        ("客户编号：10023345，请核对。", "10023345"),
        ("お客様番号 1002-3345-12", "1002-3345-12"),
        ("Kundennummer 10023345", "10023345"),
        ("numéro de client C10023345", "C10023345"),
        ("ลูกค้า 10023345", "10023345"),
    ],
)
def test_a_customer_is_found_where_a_word_says_so(engine: Engine, text: str, value: str) -> None:
    assert ("CUSTOMER_ACCOUNT_NUMBER", value) in reported(engine, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It is RR473124829CN now.", "RR473124829CN"),
        ("EE 473 124 829 JP", "EE 473 124 829 JP"),
        ("1Z999AA10123456784", "1Z999AA10123456784"),
        ("see 1Z 999 AA1 01 2345 6784 there", "1Z 999 AA1 01 2345 6784"),
    ],
)
def test_a_check_digit_is_enough_for_a_parcel(engine: Engine, text: str, value: str) -> None:
    assert reported(engine, text) == [("TRACKING_NUMBER", value)]


@pytest.mark.parametrize(
    "text",
    [
        "RR473124828CN",  # check digit
        "RR473124829XX",  # no country
        "XR473124829CN",  # reserved service
        "1Z999AA10123456785",
        "A1Z999AA10123456784",
        "RR473124829CN4",
    ],
)
def test_a_parcel_with_a_wrong_check_digit_or_country_is_none(engine: Engine, text: str) -> None:
    assert forms(PostalItemRecognizer, text) == []
    assert reported(engine, f"tracking {text}") == []


def test_check_digits_are_those_of_the_norms() -> None:
    assert s10_check_digit("47312482") == "9"  # UPU S10-12, example
    assert [s10_check_digit(serial) for serial in ("00000000", "00000001")] == ["5", "4"]
    assert ups_check_digit("999AA1012345678") == "4"  # UPS, example of the documentation


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("快递单号SF1234567890123已签收。", "SF1234567890123"),
        ("圆通YT1234567890123", "YT1234567890123"),
        ("中通快递 731234567890", "731234567890"),
        ("京东物流JDVB12345678901", "JDVB12345678901"),
        ("FedEx 7777 1234 5678", "7777 1234 5678"),
        ("your DHL shipment 1234567891 left", "1234567891"),
        ("USPS 9400 1000 0000 0000 0000 00", "9400 1000 0000 0000 0000 00"),
        ("送り状 1234-5678-9012", "1234-5678-9012"),
        ("운송장 배송 123456789012", "123456789012"),
        ("Sendungsnummer 00340434161094042557", "00340434161094042557"),
    ],
)
def test_a_courier_s_number_is_found_beside_its_word(engine: Engine, text: str, value: str) -> None:
    assert ("TRACKING_NUMBER", value) in reported(engine, text)


@pytest.mark.parametrize(
    "value", ["4471-2210-9983", "202411031234567", "OPS-48213", "INC0012345", "SF1234567890123", "7777 1234 5678", "10023345"]
)
def test_without_a_word_nothing_of_this_is_found(engine: Engine, value: str) -> None:
    assert reported(engine, f"The item {value} is ready now.") == []
    assert reported(engine, f"编号{value}，请看。") == []


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-03", "2024/11/03", "20241103", "2019-2024", "11/03", "13812345678", "110101199003070134", "601-32-7745",
        "415-555-2671", "010-62781234", "UTF-8859", "RFC-2119", "ISO-27001", "1111111111", "$123456", "12345", "3.14159265",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [OrderNumberRecognizer, TicketNumberRecognizer, CustomerNumberRecognizer])
def test_days_telephones_identity_numbers_and_standards_are_no_numbers_of_a_shop(kind: type[IdentifierRecognizer], text: str) -> None:
    assert forms(kind, text) == []


def test_a_courier_has_ten_digits_and_no_mobile_number(engine: Engine) -> None:
    assert forms(ParcelRecognizer, "123456789") == []
    assert reported(engine, "快递员电话13812345678") == []


def test_a_sum_that_a_customer_paid_is_no_customer(engine: Engine) -> None:
    assert reported(engine, "The customer paid 1234567 yen.") == []


# The clean look-alikes that hold a number of a thing: each is found as that, and in no other clean text is anything of this found.
IN_CLEAN_CASES = {
    "ORDER_NUMBER": [
        *("4471-2210-9983", "20241103-88213", "202411031234567", "250-1234567-1234567", "20241103-884412", "20241103-5521"),
        *("302-7741-118", "4471-B", "55-2024-118", "2024/11/0042", "DH20241103"),
    ],
    "TRACKING_NUMBER": ["SF1234567890123", "1Z 999 AA1 01 2345 6784"],
    "TICKET_NUMBER": ["JIRA-48213", "20241103001", "20241103-0042"],
}


def test_in_clean_texts_these_numbers_and_no_others_are_found(engine: Engine) -> None:
    found: dict[str, list[str]] = {}
    for case in hard_cases():
        if case.kind == "clean":
            for kind, value in reported(engine, case.text):
                found.setdefault(kind, []).append(value)
    assert {kind: sorted(values) for kind, values in found.items()} == {kind: sorted(values) for kind, values in IN_CLEAN_CASES.items()}


def test_a_number_of_a_thing_concerns_nobody_and_that_of_a_customer_somebody() -> None:
    assert {entity(kind).category for kind in THINGS} == {"reference"}
    assert not any(entity(kind).personal for kind in THINGS)
    assert entity("CUSTOMER_ACCOUNT_NUMBER").personal


def test_they_are_found_the_same_in_pieces(engine: Engine) -> None:
    text = (
        "\n".join(text for text, _ in ORDERS)
        + "\nIt is RR473124829CN. FedEx 7777 1234 5678, ticket JIRA-48213, see 1Z 999 AA1 01 2345 6784."
    )
    whole = list(analyze(engine, text))
    for size in (1, 3, 17):
        assert in_pieces(Scanner(engine, step_chars=1, hold_back_chars_max=1 << 16), text, size) == whole
