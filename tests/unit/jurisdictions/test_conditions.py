"""The language of conditions: what parses, what does not, and its three values."""

import pytest

from jurisdictions.condition import facts_in, parse, value_of
from jurisdictions.facts import FactValue
from schemas.errors import PackError

SETS = {"EEA": frozenset({"DE", "FR"})}


@pytest.mark.parametrize(
    ("text", "facts", "value"),
    [
        ("personal", {"personal": True}, True),
        ("not personal", {"personal": True}, False),
        ("personal", {}, None),
        ("personal and sensitive", {"personal": False}, False),
        ("personal and sensitive", {"personal": True}, None),
        ("personal or sensitive", {"personal": True}, True),
        ("personal or sensitive", {"personal": False}, None),
        ("not (personal and sensitive)", {"sensitive": False}, True),
        ("100 <= token_count < 200", {"token_count": 100}, True),
        ("100 <= token_count < 200", {"token_count": 200}, False),
        ("destination in EEA", {"destination": "FR"}, True),
        ("destination not in EEA", {"destination": "SG"}, True),
        ("'CN' in subjects", {"subjects": frozenset({"CN", "SG"})}, True),
        ("subjects & EEA", {"subjects": frozenset({"SG"})}, False),
        ("bool(subjects & EEA)", {"subjects": frozenset({"DE"})}, True),
        ("subjects", {"subjects": frozenset()}, False),
        ("provenance_set == {'foreign_echo'}", {"provenance_set": frozenset({"foreign_echo"})}, True),
        ("provenance_set <= {'foreign_echo', 'unmatched'}", {"provenance_set": frozenset({"unmatched"})}, True),
        ("kind != 'text'", {"kind": "image"}, True),
        ("True", {}, True),
    ],
)
def test_a_condition_has_the_value_that_a_reader_expects(text: str, facts: dict[str, FactValue], value: object) -> None:
    assert value_of(parse(text, SETS), facts) is value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "personal and",
        "destination",
        "token_count",
        "personal < 3",
        "token_count in {'a'}",
        "destination == 3",
        "destination in subjects2",
        "subjects == 'CN'",
        "'CN' == 'SG'",
        "personal is True",
        "lambda: personal",
        "(lambda: True)()",
        "open('/etc/passwd')",
        "personal.real",
        "subjects | {'CN'}",
        "[personal]",
        "{1, 2} == subjects",
        "personal if sensitive else personal",
        "destination == 'UK'",
        "kind == 'txt'",
        "{'eu_sc'} & mechanisms",
        "f'{destination}' == 'SG'",
    ],
)
def test_what_is_not_in_the_grammar_or_can_never_match_does_not_parse(text: str) -> None:
    with pytest.raises(PackError):
        parse(text, SETS)


def test_the_facts_of_a_condition_are_known_before_it_runs() -> None:
    node = parse("personal and not subjects & EEA and (1 < token_count or destination in subjects)", SETS)
    assert facts_in(node) == {"personal", "subjects", "token_count", "destination"}
