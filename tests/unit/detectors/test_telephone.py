"""Telephone numbers are told from order numbers, versions and fractions by how they are written; a bare run waits for a word."""

from __future__ import annotations

import pytest

from detectors.analyzer import analyze, build_engine
from detectors.recognizers.calibration import UNPROVEN, calibrated
from detectors.recognizers.common.telephone import BareTelephoneRecognizer, TelephoneRecognizer, is_written_as_dialled
from detectors.recognizers.presidio import country_classes, mend

DIALLED = [
    "+44 20 7946 0958", "+1-604-696-5272x565", "(+86)13812345678", "0049 30 901820", "(212) 555-0142", "416-555-0199", "201.948.1927",
    "1-212-555-0142", "07700 900123", "07700900123", "01 23 45 67 89", "03.93.92.16.85", "98765 43210", "11 91234-5678", "(71) 4233-6306",
    "44 20 7946 0958", "０３－１２３４－５６７８", "+٩٦٦٥٠١٢٣٤٥٦٧", "(602)272-9781",
]  # fmt: skip
OTHER = [
    "4471-2210-9983", "2024-123456", "128.0.6613.84", "0-306-40615-2", "1688.00", "0.30103", "2.718281828", "8471.30.0100", "0123456789",
    "302-7741-118", "1234567890", "1415926535", "036000291452", "1642", "2270-66-1551", "1111111111",
]  # fmt: skip


@pytest.mark.parametrize("written", DIALLED)
def test_a_number_as_one_dials_it_is_kept(written: str) -> None:
    assert is_written_as_dialled(written)


@pytest.mark.parametrize("written", OTHER)
def test_numbers_of_orders_versions_books_and_fractions_are_not(written: str) -> None:
    assert not is_written_as_dialled(written)


@pytest.mark.parametrize("text", ["pi is 3.1415926535", "ratio 0.2125550142", "paid 07700900123.50 in all"])
def test_a_part_of_a_fraction_is_no_telephone_number(text: str) -> None:
    assert TelephoneRecognizer().analyze(text, ["PHONE_NUMBER"]) == []


def test_several_numbers_in_one_line_are_found_where_they_stand() -> None:
    text = "Desk: +41 44 668 18 00, home 020 7946 0958, or (212) 555-0142; case 4471-2210-9983"
    found = sorted(TelephoneRecognizer().analyze(text, ["PHONE_NUMBER"]), key=lambda one: one.start)
    assert [text[one.start : one.end] for one in found] == ["+41 44 668 18 00", "020 7946 0958", "(212) 555-0142"]


def test_a_bare_run_waits_for_a_word_that_says_telephone() -> None:
    engine = build_engine(("common",), lanes=False)

    def telephone(text: str) -> list[float]:
        return [one.score for one in analyze(engine, text) if one.entity_type == "PHONE_NUMBER" and one.score >= 0.35]

    assert telephone("order 2125550142 is here") == []
    assert telephone("my phone is 2125550142 now") == [pytest.approx(0.4)]
    assert telephone("手机 9812345670，谢谢") == [pytest.approx(0.4)]


def test_a_run_that_nobody_was_given_is_no_telephone_number() -> None:
    assert BareTelephoneRecognizer().analyze("call 1234567890 or 0000000000 or 1111111111", ["PHONE_NUMBER"], None) == []


@pytest.mark.parametrize("name", UNPROVEN)
def test_a_check_that_proves_too_little_refuses_and_makes_nothing_certain(name: str) -> None:
    kind = country_classes()[name]
    texts = ["1234567890121", "A12345678", "15 or 21", "0001339050", "123456601", "121000358", "12345678902", "556036-0793", "AB51 ABC"]
    texts += ["4123456789", "CA 123 WP", "A000500015", "021234568"]
    stock = mend(kind, "en")
    plain = [one.score for text in texts for one in stock.analyze(text, stock.supported_entities, None)]
    ours = calibrated(mend(kind, "en"))
    found = [one.score for text in texts for one in ours.analyze(text, ours.supported_entities, None)]
    assert max(plain) == pytest.approx(1.0)
    assert found
    assert max(found) < 1.0
