"""Credentials: made up by the issuers' layouts; none was ever issued."""

from __future__ import annotations

import pytest
from presidio_analyzer import PatternRecognizer

from detectors.recognizers.common.secrets import (
    ApiKeyRecognizer,
    ConnectionStringRecognizer,
    PasswordRecognizer,
    PrivateKeyRecognizer,
    SignedTokenRecognizer,
)

THRESHOLD = 0.35
_MIXED = "a1B2c3D4e5F6g7H8i9J0" * 20
_HEX = "0123456789abcdef" * 8


def sure(kind: type[PatternRecognizer], text: str) -> list[str]:
    recognizer = kind()
    hits = recognizer.analyze(text, recognizer.supported_entities, None)
    return [text[hit.start : hit.end] for hit in hits if hit.score >= THRESHOLD]


KEYS = [
    "AKIA" + "ABCDEFGH234567IJ",
    "ASIA" + "ABCDEFGH234567IJ",
    "ghp_" + _MIXED[:36],
    "gho_" + _MIXED[:36],
    "ghs_" + _MIXED[:36],
    "github_pat_" + _MIXED[:22] + "_" + _MIXED[:59],
    "glpat-" + _MIXED[:20],
    "xoxb-" + "123456789012-1234567890123-" + _MIXED[:24],
    "xoxp-" + _MIXED[:40],
    "hooks.slack.com/services/" + "T00000000/B00000000/" + _MIXED[:24],
    "sk_live_" + _MIXED[:24],
    "rk_live_" + _MIXED[:24],
    "AIza" + _MIXED[:35],
    "sk-" + _MIXED[:48],
    "sk-" + _HEX[:32],
    "sk-proj-" + _MIXED[:64],
    "sk-ant-" + "api03-" + _MIXED[:93],
    "hf_" + _MIXED[:34],
    "SG." + _MIXED[:22] + "." + _MIXED[:43],
    "SK" + _HEX[:32],
    "npm_" + _MIXED[:36],
    "pypi-" + "AgEIcHlwaS5vcmc" + _MIXED[:80],
    "dop_v1_" + _HEX[:64],
    "123456789:" + "AA" + _MIXED[:33],
    "AccountKey=" + _MIXED[:86] + "==",
    "LTAI" + _MIXED[:20],
]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("frame", ["{}", "密钥是{}，请保密", "key={}", '"{}"', "密钥{}的"])
def test_a_key_of_a_known_issuer_is_found_glued_to_anything_but_letters(key: str, frame: str) -> None:
    assert sure(ApiKeyRecognizer, frame.format(key)) == [key]


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "ABCDEFGH234567I",  # one short
        "AKIA" + "ABCDEFGH234567IJK",
        "ghp_" + _MIXED[:35],
        "GHP_" + _MIXED[:36],
        "xghp_" + _MIXED[:36],
        "AIza" + _MIXED[:36],
        "sk-learn",
        "risk-management-of-very-long-projects-and-more",
        "SK" + _HEX[:31],
        "hf_hub_download",
        "npm_" + "config",
        "pypi-" + "package",
        _HEX[:40],  # a git commit
        "/usr/local/share/applications/mimeinfo1A",
    ],
)
def test_what_is_shorter_or_longer_or_a_word_is_no_key(text: str) -> None:
    assert sure(ApiKeyRecognizer, text) == []


def test_an_aws_secret_needs_a_word_beside_it_and_is_no_hash() -> None:
    recognizer = ApiKeyRecognizer()
    ((hit),) = recognizer.analyze("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ["API_KEY"], None)
    assert (hit.start, hit.end) == (0, 40)
    assert hit.score < THRESHOLD
    assert recognizer.analyze(_HEX[:40], ["API_KEY"], None) == []


def test_a_key_longer_than_its_cap_is_found_up_to_the_cap() -> None:
    (value,) = sure(ApiKeyRecognizer, "ghp_" + _MIXED[:300])
    assert len(value) == len("ghp_") + 255


def test_full_lines_of_a_private_key_are_found_and_hashes_are_not() -> None:
    first = "MIIE" + _MIXED[:60]
    other = ("Qx9/" + _MIXED)[:64]
    begin, end = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
    assert sure(PrivateKeyRecognizer, f"{begin}\n{first}\n{other}\nabc=\n{end}\n") == [first, other]
    assert sure(PrivateKeyRecognizer, _HEX[:64]) == []
    assert sure(PrivateKeyRecognizer, "A" * 64) == []


def test_the_header_of_a_private_key_is_marked_and_waits_for_the_word_private() -> None:
    recognizer = PrivateKeyRecognizer()
    text = "-----BEGIN PRIVATE KEY-----\n"
    (hit,) = recognizer.analyze(text, ["PRIVATE_KEY"], None)
    assert text[hit.start : hit.end] == "KEY-----"
    assert hit.score < THRESHOLD
    assert recognizer.analyze("MONKEY-----", ["PRIVATE_KEY"], None) == []


def test_a_private_key_with_written_line_breaks_is_one_finding() -> None:
    body = "KEY-----\\n" + (_MIXED[:64] + "\\n") * 3 + "-----END"
    text = '{"private_key": "-----BEGIN PRIVATE ' + body + ' PRIVATE KEY-----\\n"}'
    assert sure(PrivateKeyRecognizer, text) == [body]


def test_the_first_line_of_an_openssh_key_is_found() -> None:
    line = "b3BlbnNzaC1rZXktdjE" + "AAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW"
    assert sure(PrivateKeyRecognizer, f"私钥：{line}") == [line]


_HEADER = "eyJhbGciOiJIUzI1NiJ9"


@pytest.mark.parametrize("frame", ["{}", "令牌{}，", "Bearer {}"])
def test_a_signed_token_is_found(frame: str) -> None:
    token = f"{_HEADER}.eyJzdWIiOiIxIn0.{_MIXED[:43]}"
    assert sure(SignedTokenRecognizer, frame.format(token)) == [token]


@pytest.mark.parametrize(
    "text", [_HEADER, f"{_HEADER}.abc.{_MIXED[:43]}", f"x{_HEADER}.eyJzdWIiOiIxIn0.{_MIXED[:43]}", f"{_HEADER}.eyJzdWIiOiIxIn0"]
)
def test_what_lacks_a_part_is_no_signed_token(text: str) -> None:
    assert sure(SignedTokenRecognizer, text) == []


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p@h",
        "postgresql+psycopg2://app:s3cr3t@db.example.com:5432/prod?sslmode=require",
        "mongodb+srv://u:p%40x@cluster0.example.net/db",
        "redis://:hunter2@10.0.0.5:6379/0",
        "jdbc:mysql://db.example.com:3306/app?user=root&password=hunter2",
        "DefaultEndpointsProtocol=https;AccountName=box;AccountKey=" + _MIXED[:86] + "==;EndpointSuffix=core.windows.net",
    ],
)
def test_a_connection_string_with_a_password_is_found(url: str) -> None:
    assert sure(ConnectionStringRecognizer, f"连接{url}，") == [url]
    assert sure(ConnectionStringRecognizer, f'"{url}"') == [url]


@pytest.mark.parametrize("text", ["postgres://localhost/db", "redis://cache:6379/0", "http://u:p@h", "jdbc:mysql://db/app?user=root"])
def test_a_connection_string_without_a_password_is_not_reported(text: str) -> None:
    assert sure(ConnectionStringRecognizer, text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("password=hunter2", "hunter2"),
        ("DB_PASSWORD=correct-horse;", "correct-horse"),
        ("pwd:Tr0ub4dor&3", "Tr0ub4dor&3"),
        ('"password":"letmein!"', "letmein!"),
        ("密码=小老虎abc123", "小老虎abc123"),
        ("请用密码:abcd1234，登录", "abcd1234"),
        ("see passwd='sesame'.", "sesame"),
    ],
)
def test_of_a_labelled_password_the_value_alone_is_reported(text: str, value: str) -> None:
    assert sure(PasswordRecognizer, text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "password=***",
        "password=${DB_PASS}",
        "password=<your-password>",
        "password=null",
        "password=%s",
        "pwd:xxxx",
        "bypassword=x",
        "the password policy",
    ],
)
def test_place_holders_are_no_passwords(text: str) -> None:
    assert sure(PasswordRecognizer, text) == []


@pytest.mark.parametrize(("text", "value"), [("密码是hunter2", "hunter2"), ("P@ssw0rd!,", "P@ssw0rd!"), ("`7rabbits_x`", "7rabbits_x")])
def test_letters_with_digits_wait_for_a_word_that_says_password(text: str, value: str) -> None:
    recognizer = PasswordRecognizer()
    hits = recognizer.analyze(text, ["PASSWORD"], None)
    assert {text[hit.start : hit.end] for hit in hits} == {value}
    assert max(hit.score for hit in hits) < THRESHOLD


@pytest.mark.parametrize("text", ["SHA256", "sha-512.", "base64", "utf-8", "oauth2", "12345678", "hello", "a1b2"])
def test_algorithms_and_plain_words_and_numbers_are_no_passwords(text: str) -> None:
    assert PasswordRecognizer().analyze(text, ["PASSWORD"], None) == []
