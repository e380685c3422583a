"""India: made-up numbers, and what only looks like one."""

from __future__ import annotations

import pytest

from detectors.patterns import refusal
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.ind import RECOGNIZERS
from detectors.recognizers.ind.aadhaar import InAadhaarIdentifierRecognizer, InAadhaarVidRecognizer
from detectors.recognizers.ind.contact import InPhoneRecognizer, InUpiIdRecognizer
from detectors.recognizers.ind.documents import (
    InPassportIdentifierRecognizer,
    InVehicleRegistrationIdentifierRecognizer,
    InVoterIdentifierRecognizer,
)
from detectors.recognizers.ind.tax import InGstinIdentifierRecognizer, InPanIdentifierRecognizer

REPORTED_MIN = 0.35


def scores(recognizer: type[IdentifierRecognizer], text: str) -> dict[str, float]:
    hits = recognizer().analyze(text, [recognizer.ENTITY], None)
    return {text[hit.start : hit.end]: hit.score for hit in hits}


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.ENTITY)
def test_the_scanner_takes_every_pattern_of_ind(recognizer: type[IdentifierRecognizer]) -> None:
    built = recognizer()
    assert [pattern.name for pattern in built.patterns if refusal(pattern.regex, int(built.global_regex_flags))] == []


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.ENTITY)
def test_a_context_word_of_ind_can_be_one_token(recognizer: type[IdentifierRecognizer]) -> None:
    assert recognizer.CONTEXT
    assert [word for word in recognizer.CONTEXT if " " in word or ":" in word or word != word.lower()] == []


@pytest.mark.parametrize("written", ["234123412346", "2341 2341 2346", "2341-2341-2346", "２３４１２３４１２３４６"])
def test_an_aadhaar_number_glued_to_chinese_text_waits_for_a_word(written: str) -> None:
    found = scores(InAadhaarIdentifierRecognizer, f"印度身份号{written}已登记")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize(
    "no_number",
    [
        "234123412347",
        "2341 2341 2347",
        "134123412346",
        "2341234123460",
        "2341 2341 2346 0000",
        "1111 2341 2341 2346",
        "2341\n2341\n2346",
        "0.234123412346",
    ],
)
def test_a_wrong_verhoeff_digit_or_part_of_a_card_is_no_aadhaar(no_number: str) -> None:
    assert scores(InAadhaarIdentifierRecognizer, no_number) == {}


@pytest.mark.parametrize("written", ["9341234123412348", "9341 2341 2341 2348", "９３４１２３４１２３４１２３４８"])
def test_a_virtual_aadhaar_number_waits_for_a_word(written: str) -> None:
    found = scores(InAadhaarVidRecognizer, f"आधार VID是{written}。")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_number", ["2341234123412340", "1341234123412340", "93412341234123480"])
def test_a_wrong_verhoeff_digit_is_no_virtual_number(no_number: str) -> None:
    assert scores(InAadhaarVidRecognizer, no_number) == {}


@pytest.mark.parametrize("written", ["ABCPE1234F", "AAPFU0939F", "ＡＢＣＰＥ１２３４Ｆ"])
def test_an_account_number_in_capitals_is_reported_by_itself(written: str) -> None:
    found = scores(InPanIdentifierRecognizer, f"印度税号{written}的")
    assert list(found) == [written]
    assert found[written] >= REPORTED_MIN


def test_an_account_number_in_small_letters_waits_for_a_word() -> None:
    assert scores(InPanIdentifierRecognizer, "abcpe1234f")["abcpe1234f"] < REPORTED_MIN


@pytest.mark.parametrize("no_pan", ["ABCXE1234F", "ABCPE0000F", "ABCPE12345", "XABCPE1234F", "ABCPE1234FZ"])
def test_an_unknown_holder_or_serial_is_no_account_number(no_pan: str) -> None:
    assert scores(InPanIdentifierRecognizer, no_pan) == {}


@pytest.mark.parametrize("written", ["27AAPFU0939F1ZV", "27aapfu0939f1zv", "２７ＡＡＰＦＵ０９３９Ｆ１ＺＶ", "38ABCPE1234F1Z8"])
def test_a_goods_and_services_number_is_proved(written: str) -> None:
    assert scores(InGstinIdentifierRecognizer, f"税号{written}号") == {written: 1.0}


@pytest.mark.parametrize("no_number", ["27AAPFU0939F1ZW", "00AAPFU0939F1ZV", "27AAXXU0939F1ZV", "27AAPFU0939F1ZVA", "127AAPFU0939F1ZV"])
def test_a_wrong_check_character_is_no_goods_and_services_number(no_number: str) -> None:
    assert scores(InGstinIdentifierRecognizer, no_number) == {}


@pytest.mark.parametrize("written", ["ABC1234567", "abc1234567", "ＡＢＣ１２３４５６７"])
def test_a_voter_card_number_waits_for_a_word(written: str) -> None:
    found = scores(InVoterIdentifierRecognizer, f"选民证{written}号")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_card", ["AB1234567", "ABCD1234567", "ABC12345678", "ABC123456"])
def test_other_shapes_are_no_voter_card(no_card: str) -> None:
    assert scores(InVoterIdentifierRecognizer, no_card) == {}


@pytest.mark.parametrize("written", ["A1234567", "J8369854", "M12 34567", "Ａ１２３４５６７"])
def test_an_indian_passport_number_waits_for_a_word(written: str) -> None:
    found = scores(InPassportIdentifierRecognizer, f"护照号{written}的")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_passport", ["Q1234567", "A0234567", "A1234560", "AA1234567", "A12345678"])
def test_other_shapes_are_no_indian_passport(no_passport: str) -> None:
    assert scores(InPassportIdentifierRecognizer, no_passport) == {}


@pytest.mark.parametrize(
    "written",
    ["MH12AB1234", "MH-12-AB-1234", "MH 12 AB 1234", "DL1CAB1234", "KA01 MJ 2022", "22BH1234AA", "21 BH 0001 A", "ＭＨ１２ＡＢ１２３４"],
)
def test_a_plate_in_capitals_is_reported_by_itself(written: str) -> None:
    found = scores(InVehicleRegistrationIdentifierRecognizer, f"车牌{written}的车")
    assert list(found) == [written]
    assert found[written] >= REPORTED_MIN


@pytest.mark.parametrize("no_plate", ["XX12AB1234", "MH12AB0000", "mh12ab1234", "MH12AB12345", "AMH12AB1234", "22BH1234IO", "MH12 1234"])
def test_an_unknown_state_or_serial_is_no_plate(no_plate: str) -> None:
    assert scores(InVehicleRegistrationIdentifierRecognizer, no_plate) == {}


@pytest.mark.parametrize(
    "written", ["+919876543210", "+91 98765 43210", "+91-987-654-3210", "(+91) 9876543210", "＋９１９８７６５４３２１０"]
)
def test_a_mobile_number_with_the_code_of_india_is_reported(written: str) -> None:
    found = scores(InPhoneRecognizer, f"手机{written}联系")
    assert list(found) == [written]
    assert found[written] >= REPORTED_MIN


@pytest.mark.parametrize("written", ["9876543210", "98765 43210", "09876543210", "９８７６５４３２１０", "919876543210"])
def test_a_mobile_number_without_the_code_waits_for_a_word(written: str) -> None:
    found = scores(InPhoneRecognizer, f"手机{written}联系")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_phone", ["5876543210", "98765432101", "+1 9876543210", "+49 98765 43210", "0.9876543210", "A9876543210"])
def test_other_digits_are_no_indian_mobile_number(no_phone: str) -> None:
    assert scores(InPhoneRecognizer, no_phone) == {}


@pytest.mark.parametrize("written", ["someone@okaxis", "some.one-1@ybl", "9876543210@paytm", "shop＠oksbi"])
def test_a_payment_address_of_a_known_handle_is_reported(written: str) -> None:
    found = scores(InUpiIdRecognizer, f"付款给{written}。谢谢")
    assert list(found) == [written]
    assert found[written] >= REPORTED_MIN


def test_a_payment_address_may_end_a_sentence() -> None:
    assert list(scores(InUpiIdRecognizer, "Pay someone@ybl.")) == ["someone@ybl"]


@pytest.mark.parametrize("no_address", ["someone@sbi.co.in", "someone@ybl2", "someone@home", "@okaxis", "git@icici-mirror"])
def test_a_mail_address_is_no_payment_address(no_address: str) -> None:
    assert scores(InUpiIdRecognizer, no_address) == {}
