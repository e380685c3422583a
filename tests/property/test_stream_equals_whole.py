"""For every way of cutting a text, the scanner finds what one analysis of the whole text finds."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_analyzer.predefined_recognizers import UrlRecognizer

from detectors.analyzer import Engine, EngineParts, LinearUrlRecognizer, analyze, build_engine, take_apart
from detectors.finding import Finding
from detectors.phones import PhoneFinder
from detectors.prefilter import Prefilter
from detectors.scanner import Scanner, StreamScan
from tests.hostile import WAYS, Kind, hostile_text, kinds_of, pieces_of

Key = tuple[int, int, str, float]

TEXTS = (
    "Maria Keller lives in Geneva. Call +41 44 668 18 00 before Friday.",
    "My card is 4111 1111 1111 1111, please charge it today.",
    "Pay GB29 NWBK 6016 1331 9268 19 by 12/05/2025, thanks.",
    "Mail john.doe@example.org or see https://docs.example.com/a?b=1.",
    "The host 192.168.10.24 answers; fe80::1ff ipv6 does not.",
    "my phone number is 212-555-0123 ext. 45, ask for Tom",
    "SSN 536-22-8714 and again 536 22 8714, social security.",
    "driver license A1234567 issued in Ohio on 2021-03-04",
    "我的手机号是13812345678，请尽快联系我。谢谢！",
    "身份证号码：11010519491231002X，姓名：李伟。",
    "请发邮件到 zhang@qq.com，或者访问 http://a.cn/路径，后面还有。",
    "IP是8.8.8.8。卡号4539578045395784，有效期12/27。",
    "Wallet bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 holds bitcoin.",
    "id f47ac10b-58cc-4372-a567-0e02b2c3d479 is a uuid",
    "00:1A:2B:3C:4D:5E mac address of the printer",
    "00:1A:2B:3C:4D:5E and then the printer",
    "On 2024-01-02T03:04:05Z Alice met Bob Smith in Paris, France.",
    "one\ntwo\n\nthree  four\tfive\n- **Jane Roe**: lawyer\n",
    "",
    " ",
    "\n\n",
    "x",
    "  Mr. John\n Smith",
    "I can't; they're here. It's 5 p.m. in St. Louis, Mo. now :-) ok",
    "NHS 943 476 5919 patient Emma Watson, born 1 May 1990.",
    "primes 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43",
    "Barack Obama and Angela Merkel spoke with Emmanuel Macron",
    "account number 12345678901 at the bank; routing 021000021",
    "+44 20 7946 0958/+44 20 7946 0959 or (0)161 496 0000",
    "itin 912-70-1234, passport H12345678, DEA AB1234563",
    "tel:+1-201-555-0123;ext=12 x9 555.0123x12",
    "版本1.2.3.4发布于2024-05-06，联系人Tom Hanks。See notes.",
    "電話 13912345678／微信 wx_abc, Email: a.b+c@sub.example.co.uk",
    "The price rose from $1,200.50 to €1.300,75 in Q3 2024.",
    "| Ann Lee | ann@x.io | 10.0.0.1 |\n| Bo Li | bo@x.io | ::1 |\n",
    "naïve café — “Bob” said ‘hi’… then 😀 left for Zürich",
    "call\u00a0me\u00a0at\u00a0212\u00a0555\u00a00123 now",
    "url www.example.com, website example.net/path(1) link",
    "３月１２日，手机１３８１２３４５６７８，谢谢",
    "Contents ........ 3\nNames ........ www.a.com ........ 7\n",
)

ATOMS = (
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "GB29 NWBK 6016 1331 9268 19",
    "DE89370400440532013000",
    "(212) 555-0123",
    " ext 45",
    "x9",
    "+1 212.555.0123",
    "+ 44 20 7946 0958",
    "536-22-8714",
    "536 22 8714",
    "j.doe@x.com",
    "http://a.b.co.uk/p?q=1",
    "www.x.org",
    "1.2.3.4/24",
    "::1",
    "fe80::1",
    "2024-01-02T03:04:05Z",
    "01/02/2024",
    "A1",
    "H12345678",
    "9 1 2 3 4 5 6 7 8",
    "1",
    "22",
    "333",
    "4444",
    "2024",
    "1640",
    "$",
    "%",
    "(",
    ")",
    "+",
    "-",
    ".",
    ",",
    ":",
    ";",
    "\n",
    "\n\n",
    "\t",
    "  ",
    "   ",
    "          ",
    "the card",
    "phone",
    "call",
    "account",
    "license",
    "passport",
    "US",
    "ssn",
    "email",
    "Mr. John Smith",
    "Alice",
    "in Paris",
    "on Monday",
    "Dr. Li Wei, PhD",
    "\u00a0",
    "é",
    "中国",
    "电话13812345678",
    "身份证11010519491231002X",
    "“Bob”",
    "—",
    "x",
    "ext.",
    "#",
    "/",
    "'",
    '"',
    "*",
    "**Jane Roe**",
    "| a | b |",
    "can't",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "00:1A:2B:3C:4D:5E",
    "mac",
    "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "bank",
    "NHS",
    "Ph.D.",
    "943 476 5919",
    "912-70-1234",
    "AB1234563",
    "😀",
    "12 January 2020",
    "。",
    "，",
    "：",
    "…",
    ":)",
    "o.O",
    ":o)",
    "(:",
    "........",
    "a.cn/路，径",
    "\x1c",
    "\u2028",
    "is:open",
    "138 1234 5678",
    "the",
    "of the",
)
GLUE = (" ", " ", " ", "", " , ", ". ", "\n")

documents = st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(GLUE)), max_size=25).map(
    lambda parts: "".join(a + b for a, b in parts)
)


@functools.cache
def scanner() -> Scanner:
    return Scanner(engine(), step_chars=1, hold_back_chars_max=4096)


@functools.cache
def whole(text: str) -> tuple[Key, ...]:
    return keys(analyze(engine(), text))


@functools.cache
def engine() -> Engine:
    return build_engine()


def keys(found: Sequence[Finding]) -> tuple[Key, ...]:
    return tuple(sorted((one.start, one.end, one.entity_type, round(one.score, 9)) for one in found))


def in_pieces(pieces: Iterator[str] | Sequence[str], *, restart: random.Random | None = None) -> tuple[Key, ...]:
    scan = scanner().open()
    found: list[Finding] = []
    for piece in pieces:
        scanner().feed(scan, piece)
        scanner().advance([scan])
        if restart is not None and restart.random() < 0.4:
            (scan,) = scanner().load([scanner().dump(scan)])
        found.extend(checked(scan))
    scanner().close(scan)
    scanner().advance([scan])
    found.extend(checked(scan))
    assert scan.final_to == scan.received
    return keys(found)


def checked(scan: StreamScan) -> tuple[Finding, ...]:
    taken = scan.take()
    assert all(one.end <= scan.final_to for one in taken)
    return taken


def cut_at(text: str, cuts: Sequence[int]) -> list[str]:
    edges = [0, *sorted({cut % (len(text) + 1) for cut in cuts}), len(text)]
    return [text[a:b] for a, b in pairwise(edges)]


@pytest.mark.parametrize("text", TEXTS)
def test_findings_do_not_depend_on_where_a_text_is_cut_in_two(text: str) -> None:
    scans = [scanner().open() for _ in range(len(text) + 1)]
    for cut, scan in enumerate(scans):
        scanner().feed(scan, text[:cut])
    scanner().advance(scans)
    found = [list(checked(scan)) for scan in scans]
    for cut, scan in enumerate(scans):
        scanner().feed(scan, text[cut:])
        scanner().close(scan)
    scanner().advance(scans)
    for cut, scan in enumerate(scans):
        found[cut].extend(checked(scan))
        assert keys(found[cut]) == whole(text), f"cut at {cut}"


@pytest.mark.parametrize("text", TEXTS)
def test_findings_of_one_character_at_a_time_are_those_of_the_whole(text: str) -> None:
    assert in_pieces(text) == whole(text)


@settings(max_examples=150, deadline=None)
@given(text=documents, cuts=st.lists(st.integers(0, 2000), max_size=30))
def test_findings_of_hostile_text_in_random_pieces_are_those_of_the_whole(text: str, cuts: list[int]) -> None:
    assert in_pieces(cut_at(text, cuts)) == whole(text)


@settings(max_examples=60, deadline=None)
@given(text=documents, cuts=st.lists(st.integers(0, 2000), max_size=30), seed=st.integers(0, 2**32))
def test_a_restart_at_any_point_changes_nothing(text: str, cuts: list[int], seed: int) -> None:
    assert in_pieces(cut_at(text, cuts), restart=random.Random(seed)) == whole(text)


@pytest.mark.parametrize("seed", range(8))
def test_fuzzed_documents_have_the_findings_of_the_engine(seed: int) -> None:
    rnd = random.Random(seed)
    for _ in range(30):
        text = "".join(rnd.choice(ATOMS) + rnd.choice(GLUE) for _ in range(rnd.randint(5, 60)))
        largest = rnd.choice((1, 9, 60, 4000))
        pieces = []
        at = 0
        while at < len(text):
            size = rnd.randint(1, largest)
            pieces.append(text[at : at + size])
            at += size
        assert in_pieces(pieces) == whole(text)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(documents, min_size=2, max_size=6))
def test_streams_that_are_scanned_together_do_not_touch_each_other(texts: list[str]) -> None:
    scans = [scanner().open() for _ in texts]
    found: list[list[Finding]] = [[] for _ in texts]
    for at in range(0, max(map(len, texts)) + 1, 40):
        for scan, text in zip(scans, texts, strict=True):
            if not scan.closed:
                scanner().feed(scan, text[at : at + 40])
            if at + 40 >= len(text):
                scanner().close(scan)
        scanner().advance(scans)
        for taken, scan in zip(found, scans, strict=True):
            taken.extend(checked(scan))
    assert [keys(one) for one in found] == [whole(text) for text in texts]


@settings(max_examples=150, deadline=None)
@given(text=st.one_of(documents, st.text(alphabet="0123456789ABCDEFabcdefkKKſı١𐵀@.:-/ ,\n中", max_size=80)))
def test_the_prefilter_lets_every_finding_through(text: str) -> None:
    selected = set(prefilter().select(text))
    for index, part in enumerate(parts().patterns):
        if part.find(text):
            assert index in selected, part.name


@functools.cache
def parts() -> EngineParts:
    return take_apart(engine())


@functools.cache
def prefilter() -> Prefilter:
    return Prefilter([part.patterns for part in parts().patterns])


@settings(max_examples=150, deadline=None)
@given(text=st.one_of(documents, st.text(alphabet="0123456789()+-./x,# exti\n", max_size=120)))
def test_telephone_numbers_found_around_digits_are_those_of_the_whole_text(text: str) -> None:
    phone = parts().phone
    assert phone is not None
    assert sorted(set(PhoneFinder(phone.find, phone.is_number).spans(text))) == sorted(set(phone.find(text)))


@settings(max_examples=150, deadline=None)
@given(text=st.one_of(documents, st.text(alphabet="ab.co/\"' \n1-w:htps", max_size=120)), dots=st.integers(0, 300), at=st.integers(0, 200))
def test_urls_found_around_their_dots_are_those_of_the_whole_text(text: str, dots: int, at: int) -> None:
    text = text[:at] + "a" * dots + ".com" + text[at:]
    found = LinearUrlRecognizer().analyze(text, ["URL"])
    expected = UrlRecognizer().analyze(text, ["URL"])
    assert sorted((one.start, one.end, one.score) for one in found) == sorted((one.start, one.end, one.score) for one in expected)


# --- the recognisers of all countries, and text that is meant to be hard (tests/hostile.py; benchmarks/fuzz.py is the long form) ----------

HOSTILE_TEXTS = 500
HOSTILE_BATCHES = 20


@functools.cache
def worldwide() -> tuple[Engine, Scanner, tuple[Kind, ...]]:
    built = build_engine(("all",))
    return built, Scanner(built, step_chars=1, hold_back_chars_max=1 << 16), kinds_of(take_apart(built).patterns)


def streamed_worldwide(pieces: Sequence[str], restarts: random.Random | None) -> tuple[Key, ...]:
    _, scanning, _ = worldwide()
    scan = scanning.open()
    found: list[Finding] = []
    for piece in pieces:
        scanning.feed(scan, piece)
        scanning.advance([scan])
        if restarts is not None and restarts.random() < 0.3:
            (scan,) = scanning.load([scanning.dump(scan)])
        found.extend(checked(scan))
    scanning.close(scan)
    scanning.advance([scan])
    found.extend(checked(scan))
    assert scan.final_to == scan.received
    return keys(found)


def test_almost_every_recogniser_has_values_in_the_hostile_texts() -> None:
    _, _, kinds = worldwide()
    assert len(kinds) > 100
    assert sum(bool(kind.values) for kind in kinds) > 0.95 * len(kinds)


@pytest.mark.parametrize("batch", range(HOSTILE_BATCHES))
def test_values_of_all_countries_in_hostile_text_are_found_the_same_in_pieces(batch: int) -> None:
    built, _, kinds = worldwide()
    each = HOSTILE_TEXTS // HOSTILE_BATCHES
    for seed in range(batch * each, (batch + 1) * each):
        rnd = random.Random(seed)
        text = hostile_text(kinds, rnd)
        way = WAYS[seed % len(WAYS)]
        pieces = pieces_of(text, way, rnd)
        assert "".join(pieces) == text
        assert streamed_worldwide(pieces, rnd if way == "restarts" else None) == keys(analyze(built, text)), f"seed {seed}, {way}"


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=120),
    values=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 120)), max_size=4),
    cuts=st.lists(st.integers(0, 2000), max_size=20),
)
def test_values_anywhere_in_random_unicode_are_found_the_same_in_pieces(
    text: str, values: list[tuple[int, int, int]], cuts: list[int]
) -> None:
    built, _, kinds = worldwide()
    for kind_number, value_number, at in values:
        known = kinds[kind_number % len(kinds)].values or ("",)
        text = text[:at] + known[value_number % len(known)] + text[at:]
    assert streamed_worldwide(cut_at(text, cuts), None) == keys(analyze(built, text))
