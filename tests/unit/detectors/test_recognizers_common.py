"""Identifiers of no one country: examples of the norms, and numbers made by their checks."""

from __future__ import annotations

import pytest
from presidio_analyzer import PatternRecognizer
from stdnum import luhn

from detectors.cut import QUIET_CHARS
from detectors.patterns import parse, refusal
from detectors.recognizers.common import RECOGNIZERS
from detectors.recognizers.common.addresses import CompoundStreetRecognizer, PostalPlaceRecognizer, StreetAddressRecognizer
from detectors.recognizers.common.birth import BirthDateRecognizer
from detectors.recognizers.common.crypto import WalletAddressRecognizer
from detectors.recognizers.common.devices import MobileDeviceRecognizer, VehicleRecognizer, vin_check_character
from detectors.recognizers.common.keccak import keccak_256
from detectors.recognizers.common.mail import MailAddressRecognizer
from detectors.recognizers.common.network import (
    HardwareAddressRecognizer,
    MachineAddressRecognizer,
    UniversalIdRecognizer,
    UrlCredentialsRecognizer,
)
from detectors.recognizers.common.payment import BankAccountRecognizer, BankCodeRecognizer, PaymentCardRecognizer
from detectors.recognizers.common.position import CoordinatesRecognizer

THRESHOLD = 0.35
WIDE = str.maketrans({code: code + 0xFEE0 for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))})


def found(kind: type[PatternRecognizer], text: str) -> list[tuple[str, float]]:
    recognizer = kind()
    hits = recognizer.analyze(text, recognizer.supported_entities, None)
    return [(text[hit.start : hit.end], hit.score) for hit in hits]


def sure(kind: type[PatternRecognizer], text: str) -> list[str]:
    return [value for value, score in found(kind, text) if score >= THRESHOLD]


def card(prefix: str, digits: int) -> str:
    body = prefix + "1234567890123456789"[: digits - 1 - len(prefix)]
    return body + luhn.calc_check_digit(body)


@pytest.mark.parametrize("kind", RECOGNIZERS)
def test_common_patterns_can_be_scanned_in_pieces(kind: type[PatternRecognizer]) -> None:
    recognizer = kind()
    assert [refusal(pattern.regex, int(recognizer.global_regex_flags)) for pattern in recognizer.patterns] == [""] * len(
        recognizer.patterns
    )


@pytest.mark.parametrize("kind", RECOGNIZERS)
def test_no_common_pattern_is_unbounded(kind: type[PatternRecognizer]) -> None:
    recognizer = kind()
    flags = int(recognizer.global_regex_flags)
    assert max(parse(pattern.regex, flags).getwidth()[1] for pattern in recognizer.patterns) < 5_000


@pytest.mark.parametrize(
    "address",
    [
        "zhang@qq.com",
        "jürgen.müller+test@bücher.example.de",
        "ирина@почта.рф",
        "o'neil_99@sub.domain.co.uk",
        "li-ming@例子.中国",
        "a@xn--fsqu00a.xn--fiqs8s",
        "ｚｈａｎｇ＠ｑｑ．ｃｏｍ",
    ],
)
@pytest.mark.parametrize("frame", ["{}", "邮箱{}，谢谢", "邮箱是{}的", "อีเมล{}ครับ", "<{}>.", "메일은{}입니다"])
def test_an_email_address_is_found_without_the_letters_glued_to_it(address: str, frame: str) -> None:
    assert sure(MailAddressRecognizer, frame.format(address)) == [address]


@pytest.mark.parametrize("text", ["a@b", "user@localhost", "pkg@1.2.3", "@angular/core", "me@host.invalidtld", "a@.com", "邮箱@中文"])
def test_what_has_no_public_suffix_is_no_email_address(text: str) -> None:
    assert found(MailAddressRecognizer, text) == []


@pytest.mark.parametrize(
    "url", ["https://bob:s3cret@example.com", "ftp://u:p%40ss@10.0.0.7:2121", "redis://x:pw@cache", "git+https://a:b@h.example"]
)
def test_a_url_with_a_password_is_found_up_to_the_host(url: str) -> None:
    assert sure(UrlCredentialsRecognizer, f"地址{url}/path?x=1。") == [url]


@pytest.mark.parametrize("text", ["https://example.com:8080/a@b", "https://bob@example.com", "mailto:a@b.com", "http://h/x:y@z"])
def test_a_url_without_a_password_is_not_reported(text: str) -> None:
    assert found(UrlCredentialsRecognizer, text) == []


@pytest.mark.parametrize(
    "address",
    [
        "192.168.10.254",
        "10.0.0.0/8",
        "2001:db8::8a2e:370:7334",
        "fe80::1ff:fe23:4567:890a%eth0",
        "2001:DB8::/32",
        "::ffff:192.0.2.128",
    ],
)
@pytest.mark.parametrize("frame", ["{}", "IP是{}。", "服务器{}的", "({})"])
def test_an_address_of_a_machine_is_found_glued_to_chinese(address: str, frame: str) -> None:
    assert sure(MachineAddressRecognizer, frame.format(address)) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "256.1.1.1",
        "1.2.3.4.5",
        "v1.2.3.4",
        "0.0.0.0",  # noqa: S104 - a text to look at, not an interface
        "127.0.0.1",
        "12:30:45",
        "std::vector",
        "a::b",
        "::1",
        "1.2.3",
        "00:1A:2B:3C:4D:5E",
        "dead::beef",
    ],
)
def test_versions_times_scopes_and_ones_own_machine_are_no_addresses(text: str) -> None:
    assert found(MachineAddressRecognizer, text) == []


@pytest.mark.parametrize("address", ["00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e"])
def test_a_hardware_address_is_found(address: str) -> None:
    assert sure(HardwareAddressRecognizer, f"网卡{address}，") == [address]


@pytest.mark.parametrize("section", ["3.2.1.4", "1.2.3.4"])
def test_four_single_digits_are_an_address_only_beside_a_word(section: str) -> None:
    ((_, score),) = found(MachineAddressRecognizer, f"see chapter {section} of it")
    assert score < THRESHOLD
    assert {"ip", "dns", "server"} <= set(MachineAddressRecognizer.CONTEXT)


def test_three_groups_of_digits_are_a_hardware_address_only_beside_a_word() -> None:
    ((_, score),) = found(HardwareAddressRecognizer, "item 1234.5678.9012 is here")
    assert score < THRESHOLD


@pytest.mark.parametrize("text", ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "00:1A:2B:3C:4D", "00:1A:2B:3C:4D:5E:6F", "00:1A-2B:3C-4D:5E"])
def test_what_is_no_single_card_is_no_hardware_address(text: str) -> None:
    assert found(HardwareAddressRecognizer, text) == []


def test_a_universal_id_is_found_unless_it_is_nobodys() -> None:
    assert sure(UniversalIdRecognizer, "编号f81d4fae-7dec-11d0-a765-00a0c91e6bf6。") == ["f81d4fae-7dec-11d0-a765-00a0c91e6bf6"]
    assert found(UniversalIdRecognizer, "00000000-0000-0000-0000-000000000000") == []
    assert found(UniversalIdRecognizer, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6a") == []


@pytest.mark.parametrize(
    ("prefix", "digits"),
    [
        ("4", 16),
        ("4", 19),
        ("51", 16),
        ("2221", 16),
        ("2720", 16),
        ("34", 15),
        ("37", 15),
        ("36", 14),
        ("6011", 16),
        ("65", 16),
        ("3528", 16),
        ("62", 16),
        ("62", 17),
        ("62", 18),
        ("62", 19),
        ("81", 16),
        ("5018", 16),
        ("6304", 18),
        ("2200", 16),
        ("9792", 16),
    ],
)
def test_a_card_of_every_scheme_is_found_beyond_doubt(prefix: str, digits: int) -> None:
    number = card(prefix, digits)
    for form in (number, number.translate(WIDE)):
        assert found(PaymentCardRecognizer, f"卡号{form}，") == [(form, 1.0)]


@pytest.mark.parametrize(
    "written",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "４１１１　１１１１　１１１１　１１１１",
        "3782 822463 10005",
        "3056 930902 5904",
        "6222 0212 3456 7890 128",
    ],
)
def test_a_card_is_found_in_the_groups_that_it_is_printed_in(written: str) -> None:
    if written.startswith("6222"):
        bare = written.replace(" ", "")[:-1]
        written = written[:-1] + luhn.calc_check_digit(bare)
    assert sure(PaymentCardRecognizer, f"卡号{written}的") == [written]


def test_what_follows_a_card_is_not_taken_in() -> None:
    assert sure(PaymentCardRecognizer, "4111 1111 1111 1111 12/27 737") == ["4111 1111 1111 1111"]
    assert sure(PaymentCardRecognizer, "4111 1111 1111 1111 737") == ["4111 1111 1111 1111"]


@pytest.mark.parametrize(
    "text", ["4111111111111112", "9111111111111111", "41111111111111111", "20240115123045", "0.4111111111111111", "A4111111111111111"]
)
def test_what_fails_scheme_or_check_is_no_card(text: str) -> None:
    assert sure(PaymentCardRecognizer, text) == []


def test_a_card_of_thirteen_digits_needs_a_word_beside_it() -> None:
    ((_, score),) = found(PaymentCardRecognizer, card("4", 13))
    assert score < THRESHOLD


@pytest.mark.parametrize(
    "written",
    [
        "DE89 3704 0044 0532 0130 00",
        "GB82 WEST 1234 5698 7654 32",
        "FR1420041010050500013M02606",
        "NO9386011117947",
        "NL91-ABNA-0417-1643-00",
        "MT84MALT011000012345MTLCAST001S",
        "de89370400440532013000",
        "SA03 8000 0000 6080 1016 7519",
        "ＤＥ８９３７０４００４４０５３２０１３０００",
    ],
)
def test_an_account_number_of_any_length_is_found_beyond_doubt(written: str) -> None:
    for frame in ("{}", "账号{}，", "账户{}的", "IBAN: {} and more text"):
        assert found(BankAccountRecognizer, frame.format(written)) == [(written, 1.0)]


@pytest.mark.parametrize(
    "text", ["DE89 3704 0044 0532 0130 01", "DE89370400440532013", "XX89370400440532013000", "ADE89370400440532013000"]
)
def test_what_fails_length_or_check_is_no_account_number(text: str) -> None:
    assert found(BankAccountRecognizer, text) == []


def test_a_bank_code_needs_a_word_beside_it_and_a_country() -> None:
    for written in ("DEUTDEFF", "BKCHCNBJ110", "HSBCHKHHHKH"):
        ((value, score),) = found(BankCodeRecognizer, f"银行代码{written}，")
        assert value == written
        assert score < THRESHOLD
    for text in ("DEUTXQFF", "deutdeff", "DEUTDEFF1", "COMPLETE2024"):
        assert found(BankCodeRecognizer, text) == []


@pytest.mark.parametrize(
    "address",
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    ],
)
def test_a_wallet_whose_check_holds_is_found_beyond_doubt(address: str) -> None:
    assert found(WalletAddressRecognizer, f"钱包{address}，") == [(address, 1.0)]
    assert found(WalletAddressRecognizer, f"{address}x") == []


@pytest.mark.parametrize(
    "text",
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj1",
        "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u",
    ],
)
def test_a_wallet_with_a_wrong_character_is_not_found(text: str) -> None:
    assert found(WalletAddressRecognizer, text) == []


def test_an_ethereum_address_in_one_case_needs_a_word_beside_it() -> None:
    ((_, score),) = found(WalletAddressRecognizer, "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")
    assert score < THRESHOLD


def test_keccak_is_ethereums_and_not_the_standards() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak_256(b"testing").hex() == "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02"


@pytest.mark.parametrize("written", ["490154203237518", "49-015420-323751-8", "４９０１５４２０３２３７５１８"])
def test_a_device_number_is_found_below_the_threshold(written: str) -> None:
    ((value, score),) = found(MobileDeviceRecognizer, f"串号{written}，")
    assert value == written
    assert score < THRESHOLD
    assert found(MobileDeviceRecognizer, "490154203237519") == []
    assert found(MobileDeviceRecognizer, f"9{written}") == []


@pytest.mark.parametrize("vin", ["1M8GDM9AXKP042788", "LSVAA4182E2184847", "5GZCZ43D13S812715"])
def test_a_vehicle_number_whose_check_digit_holds_is_found(vin: str) -> None:
    assert vin_check_character(vin) == vin[8] or vin.startswith("LSV")
    right = vin[:8] + vin_check_character(vin) + vin[9:]
    assert sure(VehicleRecognizer, f"车架号{right}，") == [right]


@pytest.mark.parametrize("text", ["1M8GDM9A1KP042788", "1M8GDM9AXKP04278", "1M8GDM9AXKPO42788", "11111111111111111", "1m8gdm9axkp042788"])
def test_what_fails_layout_or_check_is_no_vehicle_number(text: str) -> None:
    assert found(VehicleRecognizer, text) == []


def test_a_vehicle_number_of_europe_needs_a_word_beside_it() -> None:
    ((_, score),) = found(VehicleRecognizer, "WVWZZZ1JZXW000001")
    assert score < THRESHOLD


@pytest.mark.parametrize(
    "written",
    [
        "39.9042,116.4074",
        "-33.8688 151.2093",
        "+39.90420+116.40740",
        "39°54′15″N",
        "116°24'27\" E",
        "40.7128° N",
        "40°26.767' N",
        "1.3521/103.8198",
        "37.774929, -122.419416",
    ],
)
def test_coordinates_are_found(written: str) -> None:
    assert sure(CoordinatesRecognizer, f"坐标{written}，") == [written]


@pytest.mark.parametrize("text", ["99.9042,216.4074", "39.9,116.4", "95°10′N", "39°64′15″N", "version 1.2345.6789", "1.2345, 3.4567"])
def test_what_is_no_place_on_the_globe_is_not_reported(text: str) -> None:
    assert sure(CoordinatesRecognizer, text) == []


@pytest.mark.parametrize(
    "written",
    [
        "1985-03-12",
        "12.03.1985",
        "03/12/1985",
        "19850312",
        "1985年3月12日",
        "１９８５年３月１２日",
        "昭和60年3月12日",
        "12 March 1985",
        "1er mars 1985",
        "12 de marzo de 1985",
    ],
)
def test_a_date_of_birth_is_found_below_the_threshold(written: str) -> None:
    ((value, score),) = found(BirthDateRecognizer, f"出生日期{written}")
    assert value == written
    assert 0 < score < THRESHOLD


@pytest.mark.parametrize(
    "text", ["1985-13-12", "31.02.1985", "32 March 1985", "1985-03.12", "2024-01-15-3", "19851312", "1785-03-12", "10.0.19.1985"]
)
def test_what_is_no_day_is_no_date_of_birth(text: str) -> None:
    assert found(BirthDateRecognizer, text) == []


@pytest.mark.parametrize(
    "written",
    [
        "123 Main Street",
        "1600 Pennsylvania Ave",
        "350 5th Avenue",
        "221B Baker Street",
        "742 Evergreen Terrace",
        "4059 Mt Lee Dr., Hollywood, CA 90068",
        "12 Oak St, Apt 4B",
        "1 Elm St, Austin, TX 78701",
        "10 Martin Luther King Blvd",
        "12 rue de la Paix",
        "12 bis, avenue Foch",
        "8 rue du Bac, 75007 Paris",
    ],
)
def test_a_street_address_that_begins_with_a_number_is_one_finding(written: str) -> None:
    text = f"He lives at {written} and likes it"
    assert written in sure(StreetAddressRecognizer, text)
    outer = [value for value in sure(StreetAddressRecognizer, text) if value not in written]
    assert outer == []


@pytest.mark.parametrize(
    "text",
    [
        "In 2008 Wall Street fell",
        "12 people walked down the street",
        "a 10 Hard Drive pack",
        "$12 Main Street fee",
        "the 24 Supreme Court cases",
        "3 ways",
        "in 75 rues",
        "12 Best Ways",
    ],
)
def test_numbers_before_other_words_are_no_street_addresses(text: str) -> None:
    assert sure(StreetAddressRecognizer, text) == []


def test_a_year_before_a_street_needs_a_word_beside_it() -> None:
    assert found(StreetAddressRecognizer, "2008 Wall Street") == [("2008 Wall Street", 0.2)]


def test_no_street_address_is_wider_than_what_a_stream_may_hold() -> None:
    recognizer = StreetAddressRecognizer()
    flags = int(recognizer.global_regex_flags)
    assert max(parse(pattern.regex, flags).getwidth()[1] for pattern in recognizer.patterns) <= QUIET_CHARS


@pytest.mark.parametrize("written", ["Musterstraße", "Hauptstrasse", "Kalverstraat", "Prinsengracht", "Drottninggatan", "Berliner-Allee"])
def test_a_compound_street_name_is_found(written: str) -> None:
    assert sure(CompoundStreetRecognizer, f"wohnt in der {written} 12") == [written]
    assert found(CompoundStreetRecognizer, written.lower()) == []


@pytest.mark.parametrize("written", ["10115 Berlin", "75002 Paris", "1012 AB Amsterdam"])
def test_a_postal_code_with_its_place_needs_a_word_beside_it(written: str) -> None:
    ((value, score),) = found(PostalPlaceRecognizer, f"wohnhaft in {written}.")
    assert value.rstrip(".") == written
    assert score < THRESHOLD


@pytest.mark.parametrize("text", ["110115 Berlin", "10115 berlin", "€10115 Berlin"])
def test_what_is_no_postal_code_with_a_place_is_not_found(text: str) -> None:
    assert found(PostalPlaceRecognizer, text) == []
