"""Indonesia, Malaysia, Thailand, Vietnam, the Philippines: made-up numbers, and what only looks like one."""

from __future__ import annotations

import pytest

from detectors.patterns import refusal
from detectors.recognizers import id as indonesia
from detectors.recognizers import my, ph, th, vn
from detectors.recognizers.id.nik import IdNikRecognizer
from detectors.recognizers.id.npwp import IdNpwpRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.my.mykad import MyMyKadRecognizer
from detectors.recognizers.ph.identity import (
    PhPassportIdentifierRecognizer,
    PhPhilHealthRecognizer,
    PhPhilSysRecognizer,
    PhSssRecognizer,
    PhUmidIdentifierRecognizer,
)
from detectors.recognizers.ph.tax import PhTinIdentifierRecognizer
from detectors.recognizers.th.national_id import ThNationalIdRecognizer
from detectors.recognizers.vn.citizen import VnCccdRecognizer, VnCmndRecognizer
from detectors.recognizers.vn.tax import VnTaxCodeRecognizer

RECOGNIZERS = (*indonesia.RECOGNIZERS, *my.RECOGNIZERS, *th.RECOGNIZERS, *vn.RECOGNIZERS, *ph.RECOGNIZERS)
REPORTED_MIN = 0.35


def scores(recognizer: type[IdentifierRecognizer], text: str) -> dict[str, float]:
    hits = recognizer().analyze(text, [recognizer.ENTITY], None)
    return {text[hit.start : hit.end]: hit.score for hit in hits}


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.ENTITY)
def test_the_scanner_takes_every_pattern_of_asean(recognizer: type[IdentifierRecognizer]) -> None:
    built = recognizer()
    assert [pattern.name for pattern in built.patterns if refusal(pattern.regex, int(built.global_regex_flags))] == []


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.ENTITY)
def test_a_context_word_of_asean_can_be_one_token(recognizer: type[IdentifierRecognizer]) -> None:
    assert recognizer.CONTEXT
    assert [word for word in recognizer.CONTEXT if " " in word or ":" in word or word != word.lower()] == []


# Made up: Jakarta Pusat, a woman born on 21 May 1990.
NIK = "3171016105900001"


@pytest.mark.parametrize(
    "written", [NIK, "317101-610590-0001", "317101.610590.0001", "3171 0161 0590 0001", "３１７１０１６１０５９００００１"]
)
def test_a_nik_is_found_glued_to_chinese_text_and_waits_for_a_word(written: str) -> None:
    found = scores(IdNikRecognizer, f"印尼身份证号{written}的持有人")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize(
    "no_nik",
    [
        "2071016105900001",  # no province 20
        "3171013202900001",  # 32 February
        "3171017102900001",  # 31 February, a woman
        "3171016113900001",  # month 13
        "3171016105900000",  # serial 0
        "93171016105900001",
        "3171016105900001A",
        "3171\n0161\n0590\n0001",
        "12-3171016105900001",
    ],
)
def test_sixteen_digits_without_province_or_birthday_are_no_nik(no_nik: str) -> None:
    assert scores(IdNikRecognizer, no_nik) == {}


@pytest.mark.parametrize("area", ["9301", "9401", "9501", "9601"])
def test_the_papuan_provinces_of_2022_are_known(area: str) -> None:
    assert list(scores(IdNikRecognizer, f"NIK {area}016105900001")) == [f"{area}016105900001"]


@pytest.mark.parametrize("written", ["01.312.166.0-091.000", "０１．３１２．１６６．０－０９１．０００", "01 312 166 0 091 000"])
def test_a_printed_npwp_needs_no_word_beside_it(written: str) -> None:
    assert scores(IdNpwpRecognizer, f"税号{written}。") == {written: 1.0}


@pytest.mark.parametrize("written", ["013121660091000", "0013121660091000", "００１３１２１６６００９１０００"])
def test_a_bare_npwp_waits_for_a_word(written: str) -> None:
    found = scores(IdNpwpRecognizer, f"NPWP是{written}吗")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_npwp", ["01.312.166.1-091.000", "013121661091000", "9013121660091000", "01.312.166.0-091.0001"])
def test_a_wrong_luhn_digit_is_no_npwp(no_npwp: str) -> None:
    assert scores(IdNpwpRecognizer, no_npwp) == {}


@pytest.mark.parametrize("written", ["900101-14-5678", "900101 14 5678", "９００１０１－１４－５６７８", "000229-01-1234"])
def test_a_grouped_mykad_number_is_reported_by_itself(written: str) -> None:
    found = scores(MyMyKadRecognizer, f"身份证{written}号")
    assert list(found) == [written]
    assert found[written] >= REPORTED_MIN


def test_a_bare_mykad_number_waits_for_a_word() -> None:
    assert scores(MyMyKadRecognizer, "order 900101145678 shipped")["900101145678"] < REPORTED_MIN


@pytest.mark.parametrize(
    "no_mykad",
    ["901301-14-5678", "900231-14-5678", "900101-00-5678", "900101-18-5678", "1900101-14-5678", "900101-14-56789", "12-900101-14-5678"],
)
def test_no_birthday_or_no_birthplace_is_no_mykad(no_mykad: str) -> None:
    assert scores(MyMyKadRecognizer, no_mykad) == {}


@pytest.mark.parametrize("written", ["1-1017-00230-70-8", "1 1017 00230 70 8", "１－１０１７－００２３０－７０－８", "๑-๑๐๑๗-๐๐๒๓๐-๗๐-๘"])
def test_a_thai_number_grouped_as_on_the_card_is_proved(written: str) -> None:
    assert scores(ThNationalIdRecognizer, f"เลขประจำตัวประชาชน{written}ครับ") == {written: 1.0}


@pytest.mark.parametrize("written", ["1101700230708", "１１０１７００２３０７０８", "๑๑๐๑๗๐๐๒๓๐๗๐๘"])
def test_a_bare_thai_number_glued_to_thai_letters_waits_for_a_word(written: str) -> None:
    found = scores(ThNationalIdRecognizer, f"บัตรประชาชน{written}ของฉัน")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize(
    "no_number",
    ["1-1017-00230-70-9", "1101700230709", "11017002307081", "๑๑๐๑๗๐๐๒๓๐๗๐๙", "9780134685991", "978-0-13-468599-1", "0101700230708"],
)
def test_a_wrong_check_digit_or_an_isbn_is_no_thai_number(no_number: str) -> None:
    assert scores(ThNationalIdRecognizer, no_number) == {}


@pytest.mark.parametrize("written", ["001089000123", "079 199 000 123", "0791 9900 0123", "００１０８９０００１２３"])
def test_a_cccd_is_found_glued_to_chinese_text_and_waits_for_a_word(written: str) -> None:
    found = scores(VnCccdRecognizer, f"越南身份证{written}号")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize(
    "no_cccd", ["097089000123", "003089000123", "001489000123", "101089000123", "0010890001234", "0010 8900 0123 4567"]
)
def test_an_unknown_province_or_century_is_no_cccd(no_cccd: str) -> None:
    assert scores(VnCccdRecognizer, no_cccd) == {}


@pytest.mark.parametrize("written", ["012345678", "012 345 678", "０１２３４５６７８"])
def test_an_old_identity_card_number_is_found_and_never_by_itself(written: str) -> None:
    found = scores(VnCmndRecognizer, f"CMND号{written}的")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_cmnd", ["912345678", "0123456789", "012345678.5", "12-012345678"])
def test_what_is_not_nine_digits_is_no_cmnd(no_cmnd: str) -> None:
    assert scores(VnCmndRecognizer, no_cmnd) == {}


@pytest.mark.parametrize("written", ["0100233488", "0100233488-001", "０１００２３３４８８", "0100233488001"])
def test_a_vietnamese_tax_code_waits_for_a_word(written: str) -> None:
    found = scores(VnTaxCodeRecognizer, f"税号{written}的公司")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("text", ["MST: 0100233488", "MST:0100233488", "mst: 0100233488"])
def test_its_label_speaks_for_a_tax_code(text: str) -> None:
    assert scores(VnTaxCodeRecognizer, text)["0100233488"] >= REPORTED_MIN


@pytest.mark.parametrize("no_code", ["0100233489", "MST: 0100233489", "0100233488-000", "01002334881", "1.0100233488"])
def test_a_wrong_check_digit_is_no_tax_code(no_code: str) -> None:
    assert scores(VnTaxCodeRecognizer, no_code) == {}


def test_the_end_of_another_word_is_no_label_of_a_tax_code() -> None:
    assert scores(VnTaxCodeRecognizer, "hmst: 0100233488")["0100233488"] < REPORTED_MIN


# 9*1 + 8*2 + 7*3 + 6*4 + 5*5 + 4*6 + 3*7 + 2*8 = 156, and 156 mod 11 is 2.
TIN = "123-456-782"


@pytest.mark.parametrize("written", [f"{TIN}-000", f"{TIN}-00000", "１２３－４５６－７８２－０００", "123 456 782 000"])
def test_a_philippine_taxpayer_number_of_a_main_office_is_reported(written: str) -> None:
    found = scores(PhTinIdentifierRecognizer, f"税号{written}号")
    assert list(found) == [written]
    assert found[written] >= REPORTED_MIN


@pytest.mark.parametrize("text", [f"TIN: {TIN}", "TIN:123456782", f"TIN#{TIN}-001"])
def test_its_label_speaks_for_a_taxpayer_number(text: str) -> None:
    assert max(scores(PhTinIdentifierRecognizer, text).values()) >= REPORTED_MIN


@pytest.mark.parametrize("text", [TIN, "123456782", "123456782001", f"a meeting: {TIN}", f"{TIN}-012"])
def test_without_label_or_main_office_a_taxpayer_number_waits_for_a_word(text: str) -> None:
    found = scores(PhTinIdentifierRecognizer, text)
    assert len(found) == 1
    assert max(found.values()) < REPORTED_MIN


@pytest.mark.parametrize("no_tin", ["123-456-783", "TIN: 123-456-783-000", "000-000-000-000", "1234567820", "1-123-456-782"])
def test_a_wrong_check_digit_is_no_philippine_taxpayer_number(no_tin: str) -> None:
    assert scores(PhTinIdentifierRecognizer, no_tin) == {}


@pytest.mark.parametrize(
    ("recognizer", "written"),
    [
        (PhPhilSysRecognizer, "1234-5678-9012-3456"),
        (PhPhilSysRecognizer, "1234567890123456"),
        (PhPhilSysRecognizer, "1234-5678901-2"),
        (PhPhilSysRecognizer, "１２３４５６７８９０１２"),
        (PhUmidIdentifierRecognizer, "0111-2345678-9"),
        (PhUmidIdentifierRecognizer, "011123456789"),
        (PhUmidIdentifierRecognizer, "０１１１－２３４５６７８－９"),
        (PhSssRecognizer, "34-1234567-8"),
        (PhSssRecognizer, "34 1234567 8"),
        (PhSssRecognizer, "３４１２３４５６７８"),
        (PhPhilHealthRecognizer, "12-345678901-2"),
        (PhPhilHealthRecognizer, "123456789012"),
        (PhPhilHealthRecognizer, "１２－３４５６７８９０１－２"),
        (PhPassportIdentifierRecognizer, "P1234567A"),
        (PhPassportIdentifierRecognizer, "EB1234567"),
        (PhPassportIdentifierRecognizer, "Ｐ１２３４５６７Ａ"),
    ],
)
def test_philippine_numbers_without_a_check_wait_for_a_word(recognizer: type[IdentifierRecognizer], written: str) -> None:
    found = scores(recognizer, f"编号{written}的")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize(
    ("recognizer", "text"),
    [
        (PhPhilSysRecognizer, "12345678901234567"),
        (PhPhilSysRecognizer, "1234-5678-9012-34567"),
        (PhUmidIdentifierRecognizer, "0111-2345678-90"),
        (PhUmidIdentifierRecognizer, "111-2345678-9"),
        (PhSssRecognizer, "134-1234567-8"),
        (PhSssRecognizer, "1-34-1234567-8"),
        (PhPhilHealthRecognizer, "12-345678901-23"),
        (PhPhilHealthRecognizer, "12.345678901.2"),
        (PhPassportIdentifierRecognizer, "P1234567"),
        (PhPassportIdentifierRecognizer, "XEB1234567"),
    ],
)
def test_other_shapes_are_no_philippine_numbers(recognizer: type[IdentifierRecognizer], text: str) -> None:
    assert scores(recognizer, text) == {}
