"""Where a match lies in its source, how sure it is, and sources known by digests only."""

from __future__ import annotations

import pytest

from detectors.provenance import DigestIndex, EchoIndex, Match, value_digests
from schemas.errors import ConfigurationError

KEY = bytes(range(32))


def match(value: str, request: str = "", *domestic: str) -> Match:
    return EchoIndex(request, domestic, opaque_sources=False).match(value)


@pytest.mark.parametrize(
    ("value", "request_text", "how", "found"),
    [
        ("13812345678", "手机13812345678谢谢", "exact", "13812345678"),
        ("13812345678", "手机：１３８－１２３４－５６７８。", "normalised", "１３８－１２３４－５６７８"),
        ("13812345678", "手机  +86 138 1234\u200b 5678。", "normalised", "+86 138 1234\u200b 5678"),
        ("13812345678", "電話は　一三八 一二三四 五六七八", "normalised", "一三八 一二三四 五六七八"),
        ("office", "the ﬁrst oﬃce", "normalised", "oﬃce"),
        ("José", "I am  Jose\u0301, hello", "normalised", "Jose\u0301"),
        ("각하", "그는 \u1100\u1161\u11a8하.", "normalised", "\u1100\u1161\u11a8하"),
        ("1990-01-02", "born:\n\n2 January 1990!", "normalised", "2 January 1990"),
        ("Wei Zhang", "Name:\tZHANG,\n Wei", "normalised", "ZHANG,\n Wei"),
        ("张伟", "客户： 张　伟，", "normalised", "张　伟"),
        ("建国路88号3楼", "住在 建国路 八十八号三楼。", "normalised", "建国路 八十八号三楼"),
        ("138****5678", "tel. 138 1234 5678", "normalised", "138 1234 5678"),
        ("13812345678", "tel. 138-****-5678", "partial", "138-****-5678"),
        ("02/01/1990", "on 1990-01-02", "partial", "1990-01-02"),
        ("nobody", "not here", "none", ""),
        ("", "not here", "none", ""),
    ],
)
def test_a_match_points_at_what_it_found_in_the_text_as_it_was_sent(value: str, request_text: str, how: str, found: str) -> None:
    told = match(value, request_text)
    assert (told.how, request_text[told.start : told.end]) == (how, found)
    assert told.source == (None if how == "none" else "request")
    assert told.provenance == ("foreign_echo" if how in {"exact", "normalised"} else "unmatched")


def test_the_place_where_a_value_stands_letter_by_letter_is_told_before_others() -> None:
    assert match("Marta Quill", "MARTA QUILL, that is, Marta Quill") == Match("foreign_echo", "exact", "request", 22, 33)


def test_a_domestic_match_names_the_text_it_is_in() -> None:
    assert match("Marta Quill", "Marta Quill", "nothing", "of Quill, Marta") == Match("domestic_source", "normalised", 1, 3, 15)


def test_a_sure_place_at_home_is_told_before_a_doubtful_one() -> None:
    assert match("13812345678", "", "138****5678", "13812345678") == Match("domestic_source", "exact", 1, 0, 11)


def test_a_doubtful_place_at_home_takes_the_exemption_from_a_sure_echo() -> None:
    assert match("13812345678", "13812345678", "138****5678") == Match("domestic_source", "partial", 0, 0, 11)


@pytest.mark.parametrize(
    ("handed_over", "value"),
    [
        ("13812345678", "+86 138-1234-5678"),
        ("+86 138 1234 5678", "１３８１２３４５６７８"),
        ("+44 20 7946 0958", "020 7946 0958"),
        ("1990-01-02", "2 January 1990"),
        ("Zhang Wei", "WEI, Zhang"),
        ("张 伟", "张伟"),
        ("M.Quill@example.org", "m.quill@EXAMPLE.org"),
        ("S1234567D", "s-1234567-d"),
    ],
)
def test_a_value_is_known_by_its_digest_however_it_is_written(handed_over: str, value: str) -> None:
    index = EchoIndex(value, (), opaque_sources=True, digest_sources=(DigestIndex(KEY, value_digests(KEY, handed_over)),))
    assert index.match(value) == Match("domestic_source", "digest", 0, 0, 0)
    assert index.classify(value) == "domestic_source"


@pytest.mark.parametrize("value", ["13812345679", "Zhang Wen", "1990-02-01", "张玮", "", "…"])
def test_another_value_is_not_known_by_digest(value: str) -> None:
    known = ["13812345678", "Zhang Wei", "1990-01-02", "张伟"]
    digests = [digest for each in known for digest in value_digests(KEY, each)]
    index = EchoIndex("", (), opaque_sources=True, digest_sources=(DigestIndex(KEY, digests),))
    assert index.match(value) == Match("unknown", "none", None, 0, 0)


def test_digests_under_another_key_say_nothing() -> None:
    assert not DigestIndex(KEY[::-1], value_digests(KEY, "13812345678")).holds("13812345678")


def test_digests_are_counted_behind_the_texts_and_told_before_doubt() -> None:
    digests = DigestIndex(KEY, value_digests(KEY, "13812345678"))
    index = EchoIndex("", ("138****5678",), opaque_sources=False, digest_sources=(digests,))
    assert index.match("13812345678") == Match("domestic_source", "digest", 1, 0, 0)


def test_declared_digests_of_values_are_read_and_those_of_texts_are_not() -> None:
    (digest,) = value_digests(KEY, "Marta Quill")
    index = DigestIndex.declared(KEY, [f"hmac-sha256:{digest.hex()}", f"sha256:{'0' * 64}"])
    assert index is not None
    assert index.holds("QUILL, Marta")
    assert DigestIndex.declared(KEY, [f"sha256:{'0' * 64}", "hmac-sha256:12"]) is None


def test_the_form_that_is_digested_stays_as_it_is() -> None:
    """Senders keep digests: other bytes here would make all of them worthless without a word."""
    values = ("13812345678", "+86 138 1234 5678", "Zhang Wei", "1990-01-02", "张 伟")
    assert [digest.hex()[:12] for value in values for digest in value_digests(KEY, value)] == [
        "39d68cadb709",
        "8026374f7b92",
        "39d68cadb709",
        "11f204947a08",
        "a0d412ac15c0",
        "71c5fa2be3f3",
    ]


@pytest.mark.parametrize(("key", "digest"), [(b"short", b"0" * 32), (KEY, b"0" * 31)])
def test_a_short_key_and_a_digest_of_another_size_are_refused(key: bytes, digest: bytes) -> None:
    with pytest.raises(ConfigurationError):
        DigestIndex(key, [digest])
    with pytest.raises(ConfigurationError):
        value_digests(b"short", "value")
