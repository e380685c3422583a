"""Headings of columns are the same for a text in pieces, and so are the scores that they lift, restarts included."""

from __future__ import annotations

import functools
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.analyzer import Engine, analyze, build_engine
from detectors.columns import Columns, Lines, behind
from detectors.finding import Finding
from detectors.scanner import Scanner

PARTS = st.sampled_from([
    *("order", "ssn", "npi", "订单号", "passport", "ann", "A long sentence of prose, with a comma"),
    *("8821345500", "1234567893", "E12345678", ",", ",", ",", "\t", ";", "|", "|", "| ", " | ", '"', "\\|", " ", "x" * 300),
    *("\n", "\n", "\n", "\n\n", "\r\n", "|---|---|\n", ":\n", "```\n"),
])  # fmt: skip
TEXTS = st.lists(PARTS, max_size=40).map("".join)
TABLES = st.tuples(
    st.sampled_from(["who,order,npi\n", "who\torder\tnpi\n", "| who | order | npi |\n|---|---|---|\n", "see:\norder;npi;passport\n"]),
    TEXTS,
).map("".join)
CUTS = st.lists(st.integers(0, 600), max_size=12)


def pieces_of(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


@given(text=TABLES | TEXTS, cuts=CUTS)
def test_a_heading_depends_on_the_text_before_it_and_on_no_cut(text: str, cuts: list[int]) -> None:
    whole = Lines(Columns(), text)
    known, start = Columns(), 0
    for piece in pieces_of(text, cuts):
        lines = Lines(known, piece)
        for at in range(len(piece)):
            assert lines.heading(at) == whole.heading(start + at) == behind(Columns(), text[: start + at]).heading()
        known, start = behind(known, piece), start + len(piece)
    assert known == behind(Columns(), text)


@functools.cache
def worldwide() -> tuple[Engine, Scanner]:
    built = build_engine(("common", "us", "cn"))
    return built, Scanner(built, step_chars=1, hold_back_chars_max=1 << 16)


@settings(max_examples=60, deadline=None)
@given(text=TABLES, cuts=CUTS, restarts=st.booleans())
def test_tables_in_pieces_have_the_findings_of_the_whole(text: str, cuts: list[int], restarts: bool) -> None:
    engine, scanner = worldwide()
    scan = scanner.open()
    found: list[Finding] = []
    for piece in pieces_of(text, cuts):
        scanner.feed(scan, piece)
        scanner.advance([scan])
        if restarts:
            (scan,) = scanner.load([scanner.dump(scan)])
        found += scan.take()
    scanner.close(scan)
    scanner.advance([scan])
    assert sorted([*found, *scan.take()]) == sorted(analyze(engine, text))
