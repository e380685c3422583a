"""Text that is made to hide values, or to cost time: what docs/quality.md says is found is found, what it says is not found is not."""

from __future__ import annotations

import base64
import functools

import pytest
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer

from detectors import budget, finder
from detectors.analyzer import analyze, build_engine
from detectors.finding import Finding
from detectors.recognizers.custom import CustomRecognizer
from detectors.scanner import Scanner
from schemas.errors import DetectionError
from tests.pieces import in_pieces

_MAIL_IN_BASE64 = base64.b64encode(b"contact: anna@example.com please").decode()
_ENTITIES_OF_A_CARD = "".join(f"&#{ord(digit)};" for digit in "4111111111111111")

# What hides it, the text, the value as it stands there, the type.
FOUND = [
    ("a zero-width space", "手机138\u200b1234\u200b5678。", "138\u200b1234\u200b5678", "CN_MOBILE_NUMBER"),
    ("a zero-width space", "mail a.smith\u200b@example.com now", "a.smith\u200b@example.com", "EMAIL_ADDRESS"),
    ("a zero-width joiner", "card 4111\u200d1111\u200d1111\u200d1111 ok", "4111\u200d1111\u200d1111\u200d1111", "CREDIT_CARD"),
    ("a word joiner", "身份证110101\u206019900307\u20601233。", "110101\u206019900307\u20601233", "CN_RESIDENT_ID"),
    ("a byte order mark", "SSN 212-09\ufeff-7694 ok", "212-09\ufeff-7694", "US_SSN"),
    ("soft hyphens", "IBAN DE89\u00ad3704\u00ad0044\u00ad0532013000 ok", "DE89\u00ad3704\u00ad0044\u00ad0532013000", "IBAN_CODE"),
    ("variation selectors", "手机138\ufe0f1234\ufe0f5678。", "138\ufe0f1234\ufe0f5678", "CN_MOBILE_NUMBER"),
    ("tag characters", "手机138\U000e00311234\U000e00315678。", "138\U000e00311234\U000e00315678", "CN_MOBILE_NUMBER"),
    ("a bidi override", "mail \u202eanna@example.com\u202c now", "anna@example.com", "EMAIL_ADDRESS"),
    ("bidi isolates", "手机\u206613812345678\u2069。", "13812345678", "CN_MOBILE_NUMBER"),
    ("a left-to-right mark", "call \u200e+49 30 901820 now", "+49 30 901820", "PHONE_NUMBER"),
    ("a Cyrillic letter in the domain", "mail anna@ex\u0430mple.com now", "anna@ex\u0430mple.com", "EMAIL_ADDRESS"),
    ("an HTML entity", "mail anna&#64;example.com now", "anna&#64;example.com", "EMAIL_ADDRESS"),
    ("HTML entities", f"card {_ENTITIES_OF_A_CARD} ok", _ENTITIES_OF_A_CARD, "CREDIT_CARD"),
    ("no-break entities", "call +49&nbsp;30&nbsp;901820 now", "+49&nbsp;30&nbsp;901820", "PHONE_NUMBER"),
    ("HTML tags", "<td>anna@example.com</td><td>13812345678</td>", "13812345678", "CN_MOBILE_NUMBER"),
    ("URL encoding", "see /u?mail=anna%40example.com&x=1", "anna%40example.com", "EMAIL_ADDRESS"),
    ("URL encoding", "tel=%2B4930901820&x", "%2B4930901820", "PHONE_NUMBER"),
    ("the query of a URL", "https://example.cn/?m=13812345678&x=1", "13812345678", "CN_MOBILE_NUMBER"),
    ("base64", f"blob {_MAIL_IN_BASE64} end", _MAIL_IN_BASE64, "EMAIL_ADDRESS"),
    ("a Markdown escape", r"mail anna\@example.com now", r"anna\@example.com", "EMAIL_ADDRESS"),
    ("Markdown stars around", "card **4111 1111 1111 1111**", "4111 1111 1111 1111", "CREDIT_CARD"),
    ("Markdown stars inside", "mobile 138**1234**5678 now", "138**1234**5678", "CN_MOBILE_NUMBER"),
    ("code marks", "`212-09-7694` is it", "212-09-7694", "US_SSN"),
    ("a JSON escape", r'{"m":"anna\u0040example.com"}', r"anna\u0040example.com", "EMAIL_ADDRESS"),
    ("a written line break before", r'{"m":"电话\n13812345678\t完"}', "13812345678", "CN_MOBILE_NUMBER"),
    ("half an emoji before", r'{"m":"\ud83d 138\u00312345678"}', r"138\u00312345678", "CN_MOBILE_NUMBER"),
    ("a hexadecimal escape", r"\x61nna\x40example.com", r"\x61nna\x40example.com", "EMAIL_ADDRESS"),
    ("escaped quotes", r"{\"mail\":\"anna@example.com\"}", "anna@example.com", "EMAIL_ADDRESS"),
    ("a JSON number", '{"tel":13812345678}', "13812345678", "CN_MOBILE_NUMBER"),
    ("digits one by one", "手机 1 3 8 1 2 3 4 5 6 7 8 谢谢", "1 3 8 1 2 3 4 5 6 7 8", "CN_MOBILE_NUMBER"),
    ("digits one by one", "card 4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1 ok", "4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1", "CREDIT_CARD"),
    ("digits with full stops", "手机1.3.8.1.2.3.4.5.6.7.8。", "1.3.8.1.2.3.4.5.6.7.8", "CN_MOBILE_NUMBER"),
    ("Chinese numerals", "手机号一三八一二三四五六七八。", "一三八一二三四五六七八", "CN_MOBILE_NUMBER"),
    ("Chinese numerals of the telephone", "电话幺三八幺二三四五六七八。", "幺三八幺二三四五六七八", "CN_MOBILE_NUMBER"),
    ("circled digits", "手机①③⑧①②③④⑤⑥⑦⑧。", "①③⑧①②③④⑤⑥⑦⑧", "CN_MOBILE_NUMBER"),
    ("mathematical digits", f"card {'𝟒' + '𝟏' * 15} ok", "𝟒" + "𝟏" * 15, "CREDIT_CARD"),
    ("Arabic digits", "هاتف +٩٦٦٥٠١٢٣٤٥٦٧ الآن", "+٩٦٦٥٠١٢٣٤٥٦٧", "PHONE_NUMBER"),
    ("full width", "邮箱ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ。", "ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "EMAIL_ADDRESS"),
    ("an at in brackets", "mail anna[at]example[dot]com now", "anna[at]example[dot]com", "EMAIL_ADDRESS"),
    ("dot leaders", f"Contact {'.' * 60} +49 30 901820", "+49 30 901820", "PHONE_NUMBER"),
    ("a name server of single digits", "DNS是8.8.8.8，备用", "8.8.8.8", "IP_ADDRESS"),
    ("tabs and carriage returns", "a@example.com\t212-09-7694\r\n", "212-09-7694", "US_SSN"),
]
NOT_FOUND = [
    ("a Greek letter in an IBAN", "IBAN G\u039282WEST12345698765432 ok", "G\u039282WEST12345698765432", "IBAN_CODE"),
    ("a letter O for a nought", "手机138O2345678。", "138O2345678", "CN_MOBILE_NUMBER"),
    ("a bidi mark beside a blank", "card 4111 1111\u200e 1111 1111 ok", "4111 1111\u200e 1111 1111", "CREDIT_CARD"),
    ("digits in words", "card four one one one, then twelve ones", "four one one one", "CREDIT_CARD"),
    ("at and dot as words with blanks", "mail anna (at) example (dot) com now", "anna (at) example (dot) com", "EMAIL_ADDRESS"),
    ("a longer run of digits", f"{'0' * 30}4111111111111111{'0' * 30}", "4111111111111111", "CREDIT_CARD"),
    ("a line break inside", "card 4111 1111\n1111 1111 ok", "4111 1111\n1111 1111", "CREDIT_CARD"),
    ("a line break inside", "mail anna@\nexample.com", "anna@\nexample.com", "EMAIL_ADDRESS"),
    ("quoted-printable", "mail anna=40example.com", "anna=40example.com", "EMAIL_ADDRESS"),
    ("base64 of base64", "see " + base64.b64encode(_MAIL_IN_BASE64.encode()).decode(), "Z", "EMAIL_ADDRESS"),
    ("a domain in Chinese", "邮箱用户@例子.广告。", "用户@例子.广告", "EMAIL_ADDRESS"),
]


@functools.cache
def engine() -> AnalyzerEngine:
    return build_engine(("all",))


@functools.cache
def scanner() -> Scanner:
    return Scanner(engine(), step_chars=1)


def covers(findings: list[Finding], text: str, value: str, kind: str) -> bool:
    """Whether a finding of the type that counts anywhere covers four fifths of the value."""
    start = text.index(value)
    end = start + len(value)
    return any(
        one.entity_type == kind and one.score >= 0.4 and min(end, one.end) - max(start, one.start) >= 0.8 * (end - start)
        for one in findings
    )


@pytest.mark.parametrize(("how", "text", "value", "kind"), FOUND)
def test_a_value_in_disguise_is_found_whole_and_in_pieces(how: str, text: str, value: str, kind: str) -> None:
    whole = sorted(analyze(engine(), text))
    assert covers(whole, text, value, kind), how
    for size in (1, 7):
        assert in_pieces(scanner(), text, size) == whole


@pytest.mark.parametrize(("how", "text", "value", "kind"), NOT_FOUND)
def test_what_is_listed_as_not_found_is_not(how: str, text: str, value: str, kind: str) -> None:
    whole = sorted(analyze(engine(), text))
    assert not covers(whole, text, value, kind), f"{how} is found now: move it in the list and in docs/quality.md"
    assert in_pieces(scanner(), text, 3) == whole


@pytest.mark.parametrize(
    "text",
    [
        "a ❤\ufe0f and a 👩\u200d👩\u200d👧, 二零二四年十一月三日",
        r"C:\new\table\x1, \*stars\*, \(1 + 2\), AT&amp;T, 50%25 off, Q&A;",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b U29tZSBoYXJtbGVzcyB3b3JkcyBvbmx5",
        "sudoku 5 3 4 6 7 8 9 1 2, moves 1-2-3-4-5, 3**2 = 9",
    ],
)
def test_clean_text_with_such_writings_gives_no_identifiers(text: str) -> None:
    names = {"PERSON", "LOCATION", "NRP", "DATE_TIME", "ORGANIZATION", "URL"}
    assert [one for one in analyze(engine(), text) if one.entity_type not in names and one.score >= 0.4] == []


def test_every_row_of_a_long_table_gives_its_values_in_pieces() -> None:
    rows = [f"| {number} | anna{number}@example.com | 138{number:08d} |\n" for number in range(10_000, 10_200)]
    found = in_pieces(scanner(), "".join(rows), 97)
    kinds = [one.entity_type for one in found if one.score >= 0.4]
    assert kinds.count("EMAIL_ADDRESS") == len(rows)
    assert kinds.count("CN_MOBILE_NUMBER") == len(rows)


@pytest.mark.parametrize("endless", ["7", "x", ".", "\u200b", "%41", "一", "A1", "@"])
def test_an_endless_word_stops_the_stream_and_releases_nothing_of_itself(endless: str) -> None:
    shared = scanner()
    scan = shared.open()
    for piece in ("Hello there, my friends and all. ", *[endless * 20] * 60):
        shared.feed(scan, piece)
        shared.advance([scan])
    assert scan.overflowed
    assert scan.final_to <= len("Hello there, my friends and all. ")


def exploding() -> AnalyzerEngine:
    """A pattern of a user that takes exponential time, and passes every check at the start."""
    source = r"(?:a|aa|aaa){1,40}(?=b)(?!bc)"
    recognizer = PatternRecognizer("CASE_NUMBER", name="Exploding", patterns=[Pattern("explodes", source, 0.9)])
    return build_engine(custom=[CustomRecognizer(recognizer, "Exploding", "test")], lanes=False)


def test_a_pattern_that_explodes_stops_the_scan_with_an_error_that_has_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "BUDGET_S", 0.05)
    monkeypatch.setattr(finder, "BUDGET_S", 0.05)
    text = "see " + "a" * 60 + "bc now"
    built = exploding()
    with pytest.raises(DetectionError, match="Exploding, pattern explodes"):
        analyze(built, text)
    with pytest.raises(DetectionError, match="Exploding") as caught:
        in_pieces(Scanner(built), text, 5)
    assert "aaa" not in str(caught.value)


def test_every_pattern_of_the_engine_has_a_budget() -> None:
    patterns = [
        pattern
        for recognizer in engine().registry.recognizers
        if isinstance(recognizer, PatternRecognizer)
        for pattern in getattr(recognizer, "patterns", [])
    ]
    assert len(patterns) > 300
    assert all(isinstance(pattern.compiled_regex, budget.LimitedPattern) for pattern in patterns)
