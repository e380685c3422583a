"""A cell has the heading of its column beside it, in Markdown, commas and tabs; prose has none."""

from __future__ import annotations

import pytest

from console.explain import Explainer
from detectors.analyzer import Engine, analyze, build_engine
from detectors.columns import LINE_CHARS_MAX, Columns, Lines, behind
from detectors.thresholds import bundled


def headings(text: str) -> list[str]:
    """Return the heading of each value written as a number from 1000."""
    lines = Lines(Columns(), text)
    return [lines.heading(text.index(str(number))) for number in range(1000, 1000 + sum(f"{n}" in text for n in range(1000, 1030)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b,c\n1000,1001,1002\n1003,1004,1005\n", ["a", "b", "c", "a", "b", "c"]),
        ("Name;Order ID\r\n1000;1001\r\n", ["name", "order id"]),
        ("姓名\t订单号\n1000\t1001\n\t1002", ["姓名", "订单号", "订单号"]),
        ('"name","ssn"\n"x, y",1000\n1001', ["ssn", "name"]),
        ("Here it is:\nname,ssn\nann,1000\n", ["ssn"]),
        ("Prose before.\n\nname,ssn\nann,1000", ["ssn"]),
        ("```\nname,ssn\nann,1000\n```", ["ssn"]),
        ("| A | B |\n|---|:-:|\n| 1000 | 1001 |\n| x \\| y | 1002 |", ["a", "b", "b"]),
        ("text\n| A | B |\n| --- | --- |\n| 1000 | 1001 |", ["a", "b"]),
    ],
)
def test_a_cell_has_the_heading_of_its_column(text: str, expected: list[str]) -> None:
    assert headings(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1000",
        "name,ssn",
        "name,ssn\n\n1000,1001",  # an empty line ends it
        "name,ssn\nann 1\n1000,1001",  # so does a line without its separator
        "name,ssn\n```\n1000",
        "name,ssn,1000\n1001,1002",  # a number is no heading
        "A long line of words that goes on and on, and is no heading\n1000,1001",
        "Prose before.\nname,ssn\n1000,1001",
        "| A | B |\n| 1000 | 1001 |",  # no line of hyphens
        "| A | B |\n|---|---|\n1000",
        "name,ssn\nann,x,1000",  # a cell too many
    ],
)
def test_what_is_in_no_table_has_no_heading(text: str) -> None:
    assert set(headings(text)) <= {""}


def test_a_row_and_a_heading_line_are_read_up_to_their_cap() -> None:
    pad = "x" * (LINE_CHARS_MAX - 1)
    assert headings(f"name,ssn\n{pad},1000") == ["ssn"]
    assert headings(f"name,ssn\n{pad}x,1000") == [""]
    assert headings("| name |" + " " * LINE_CHARS_MAX + "ssn |\n|---|---|\n| a | 1000 |") == [""]
    assert len(behind(Columns(), "y" * 10_000).line) == 4
    assert len(behind(Columns(), "a,b\n" + "y" * 10_000).line) == LINE_CHARS_MAX + 1


@pytest.fixture(scope="module")
def engine() -> Engine:
    return build_engine(["common", "us", "cn"])


@pytest.mark.parametrize(
    "text",
    [
        "who,order,npi\n" + "".join(f"p{n},882134550{n},1234567893\n" for n in range(9)),
        "who\torder\tnpi\n" + "".join(f"p{n}\t882134550{n}\t1234567893\n" for n in range(9)),
        "| who | order | npi |\n|---|---|---|\n" + "".join(f"| p{n} | 882134550{n} | 1234567893 |\n" for n in range(9)),
    ],
)
def test_the_last_row_of_a_table_is_read_like_the_first(engine: Engine, text: str) -> None:
    found = {(one.entity_type, one.start) for one in bundled().keep(analyze(engine, text), frozenset())}
    assert {("ORDER_NUMBER", text.index(f"882134550{n}")) for n in range(9)} <= found
    assert [kind for kind, _ in found].count("US_NPI") == 9


def test_the_key_of_a_value_in_json_speaks_for_it(engine: Engine) -> None:
    text = '[{"order_id": "8821345500", "npi": "1234567893"}, {"order_id": "8821345501", "npi": "1234567893"}]'
    found = [(one.entity_type, text[one.start : one.end]) for one in bundled().keep(analyze(engine, text), frozenset())]
    assert {("ORDER_NUMBER", "8821345500"), ("ORDER_NUMBER", "8821345501")} <= set(found)
    assert found.count(("US_NPI", "1234567893")) == 2


def test_the_heading_that_lifted_a_score_is_named(engine: Engine) -> None:
    text = "who,order\n" + "".join(f"p{n},882134550{n}\n" for n in range(9))
    last = max(one for one in analyze(engine, text) if one.entity_type == "ORDER_NUMBER")
    assert last.start == text.index("8821345508")
    assert Explainer(engine).explain(text, last, 0.4, "").context_word == "order"
