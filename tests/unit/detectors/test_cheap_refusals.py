"""What is decided without asking a library is what the library says, and a row of digits holds what Presidio finds in it."""

from __future__ import annotations

import random
from collections.abc import Callable

import phonenumbers
import pytest
from idnumbers.nationalid import AUS
from presidio_analyzer.predefined_recognizers import PhoneRecognizer
from stdnum.at import vnr
from stdnum.au import tfn
from stdnum.bg import egn
from stdnum.cz import rc
from stdnum.gb import nhs, utr
from stdnum.kr import brn
from stdnum.pl import nip
from stdnum.vn import mst

from detectors.budget import STEPS_MAX, paths
from detectors.recognizers.alphabet import compact
from detectors.recognizers.au.medicare import AuMedicareIdentifierRecognizer
from detectors.recognizers.au.tax import AuTaxFileRecognizer
from detectors.recognizers.common.plans import is_issued, is_valid
from detectors.recognizers.common.sums import Weights
from detectors.recognizers.common.telephone import BareTelephoneRecognizer, TelephoneRecognizer, is_written_as_dialled
from detectors.recognizers.eu.east import BgCitizenRecognizer, CzBirthNumberRecognizer, PlTaxRecognizer
from detectors.recognizers.eu.west import AtSocialInsuranceRecognizer
from detectors.recognizers.kr.documents import KrBrnIdentifierRecognizer
from detectors.recognizers.uk.national import UkHealthServiceRecognizer, UkTaxpayerReferenceRecognizer
from detectors.recognizers.vn.tax import VnTaxCodeRecognizer

# The check of a recogniser, and that of the library; the recogniser's may refuse more.
CHECKS: list[tuple[str, Callable[[str], object], Callable[[str], bool], bool]] = [
    ("PL", PlTaxRecognizer().holds, nip.is_valid, True),
    ("CZ", CzBirthNumberRecognizer().holds, rc.is_valid, True),
    ("BG", BgCitizenRecognizer().holds, egn.is_valid, True),
    ("NHS", UkHealthServiceRecognizer().holds, nhs.is_valid, True),
    ("UTR", UkTaxpayerReferenceRecognizer().holds, utr.is_valid, True),
    ("AU card", AuMedicareIdentifierRecognizer().holds, AUS.MedicareNumber.validate, True),
    ("TFN", AuTaxFileRecognizer().holds, tfn.is_valid, True),
    ("VN", lambda digits: VnTaxCodeRecognizer().is_valid(digits) is None, mst.is_valid, True),
    ("AT", AtSocialInsuranceRecognizer().holds, vnr.is_valid, False),
    ("KR", lambda digits: KrBrnIdentifierRecognizer().is_valid(digits) is None, brn.is_valid, False),
]


def digits(rnd: random.Random, count: int) -> str:
    return "".join(rnd.choice("0123456789") for _ in range(count))


@pytest.mark.parametrize(("name", "ours", "theirs", "equal"), CHECKS, ids=[name for name, *_ in CHECKS])
def test_a_sum_refuses_nothing_that_the_library_accepts(
    name: str, ours: Callable[[str], object], theirs: Callable[[str], bool], equal: bool
) -> None:
    rnd = random.Random(name)
    accepted = 0
    for _ in range(2000):
        identifier = digits(rnd, 9 if name == "TFN" else 10)
        valid = theirs(identifier)
        accepted += bool(ours(identifier))
        assert bool(ours(identifier)) == valid if equal else valid or not ours(identifier), identifier
    assert accepted


def test_a_weighted_sum_is_that_of_the_digits() -> None:
    assert Weights(3, 0, -1).total("479") == 3
    assert Weights(1, 1).fit("12")
    assert not any(Weights(1, 1).fit(other) for other in ("1", "123", "1A", "1٢"))


@pytest.mark.parametrize(
    ("region", "code"), [("US", 1), ("IN", 91), ("BR", 55), ("GB", 44), ("ZA", 27)], ids=["US", "IN", "BR", "GB", "ZA"]
)
def test_a_plan_knows_the_numbers_that_libphonenumber_does(region: str, code: int) -> None:
    rnd = random.Random(region)
    known = 0
    for _ in range(1500):
        number = rnd.choice("123456789") + digits(rnd, rnd.choice((7, 8, 9, 9, 9, 10)))
        theirs = phonenumbers.PhoneNumber(country_code=code, national_number=int(number))
        assert is_valid(number, region) == phonenumbers.is_valid_number(theirs), number
        assert is_issued(number, region) == phonenumbers.is_valid_number_for_region(theirs, region), number
        known += is_valid(number, region)
    assert known


@pytest.mark.parametrize("front", ["", "1", "91", "55", "90", "11"])
def test_a_bare_run_is_refused_if_no_region_reads_it_as_a_number(front: str) -> None:
    def read(number: str, region: str) -> bool:
        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
        except phonenumbers.NumberParseException:
            return False

    rnd = random.Random(front)
    for _ in range(400):
        number = (front + rnd.choice("123456789") + digits(rnd, 12))[: rnd.choice((10, 10, 11, 12, 13))]
        expected = None if any(read(number, region) for region in ("US", "IN", "BR")) else False
        assert BareTelephoneRecognizer().is_valid(number) is expected, number


def row_of(rnd: random.Random) -> str:
    """Return digits and blanks: long words, single digits, grouped numbers of several regions and calls abroad."""
    shape = rnd.random()
    if shape < 0.2:
        return " ".join(digits(rnd, rnd.choice((10, 10, 11))) for _ in range(rnd.randint(1, 25)))
    if shape < 0.3:
        return " ".join(digits(rnd, 50))
    words: list[str] = []
    for _ in range(rnd.randint(1, 4)):
        region = rnd.choice(("US", "GB", "DE", "FR", "IL", "IN", "BR", "CN", "AR"))
        example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.FIXED_LINE)
        front = rnd.choice(("", "0", "00", "011", "012", "0015", "1", "90", "015"))
        code = str(example.country_code) if len(front) > 1 or rnd.random() < 0.3 else ""
        number = f"{front}{code}{str(example.national_number)[:-2]}{digits(rnd, 2)}"
        while number:
            size = rnd.choice((2, 3, 4, 5, 20))
            words.append(number[:size])
            number = number[size:]
    return " ".join(words)


def test_a_row_of_digits_holds_the_numbers_that_presidio_finds_in_it() -> None:
    rnd = random.Random("rows")
    ours, presidio = TelephoneRecognizer(), PhoneRecognizer()
    several = 0
    for _ in range(250):
        row = row_of(rnd)
        text = f"{rnd.choice(('', 'Call ', 'no. '))}{row}{rnd.choice(('', ' please', chr(10)))}"
        theirs = presidio.analyze(text, ["PHONE_NUMBER"])
        expected = {(one.start, one.end) for one in theirs if is_written_as_dialled(text[one.start : one.end])}
        assert {(one.start, one.end) for one in ours.analyze(text, ["PHONE_NUMBER"])} == expected, text
        several += sum(" " in text[start:end] for start, end in expected)
    assert several


@pytest.mark.parametrize(
    ("source", "bounded"), [(r"(?<!\d)\d{10}(?!\d)", True), (r"\d{2,5}-?[A-Z]{0,3}", True), (r"(?:(?:x|x)+)+y", False), (r"x*y", False)]
)
def test_only_a_pattern_with_few_ways_to_match_goes_without_its_budget(source: str, bounded: bool) -> None:
    assert (0 < paths(source, 0) <= STEPS_MAX) is bounded


@pytest.mark.parametrize(("written", "narrow"), [("ab12", "AB12"), ("１２-ab", "12AB"), ("a b", "AB"), ("ß1", "1"), ("", "")])
def test_an_identifier_is_narrowed_the_same_on_the_short_way(written: str, narrow: str) -> None:
    assert compact(written) == narrow
