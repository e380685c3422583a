"""A second engine, written by others in Rust, says of every rule what the compiled packs say: over 20,000 random fact sets, with gaps."""

import datetime as dt
import random

import cel
import pytest

from jurisdictions.cel import cel_facts, cel_text
from jurisdictions.compile import Compiled, compile_packs
from jurisdictions.condition import Node, facts_in, parse, value_of
from jurisdictions.facts import FactValue
from jurisdictions.pack import load_packs
from tests.facts import random_facts, words_named

PACKS = load_packs()
FACT_SETS = 20_000
# Every rule is in force on one of them: the newest state, and the days on which rules that end are still there.
ENDS = {force.until for pack in PACKS for force in (pack.in_force, *(rule.in_force for rule in pack.rules)) if force and force.until}
DAYS = (dt.date(2030, 1, 1), *sorted(ENDS))


def value_in_cel(program: cel.Program, context: cel.Context, missing: frozenset[str]) -> bool | None:
    """True, false, or unknown: an error, if it is about a fact that is missing."""
    try:
        value = program.execute(context)
    except RuntimeError as error:
        if not any(f"'{name}'" in str(error) for name in missing):
            raise
        return None
    assert isinstance(value, bool)
    return value


def bits_in_cel(programs: list[tuple[cel.Program, frozenset[str]]], facts: dict[str, FactValue]) -> tuple[int, int]:
    context = cel.Context(cel_facts(facts))
    must = may = 0
    for bit, (program, read) in enumerate(programs):
        value = value_in_cel(program, context, read - facts.keys())
        must |= (value is True) << bit
        may |= (value is not False) << bit
    return must, may


def programs_of(compiled: Compiled) -> list[tuple[cel.Program, frozenset[str]]]:
    return [(cel.compile(cel_text(entry.condition)), entry.facts) for entry in compiled.rules]


def test_every_rule_is_in_force_on_one_of_the_days() -> None:
    seen = {entry.rule.id for day in DAYS for entry in compile_packs(PACKS, day).rules}
    assert seen == {rule.id for pack in PACKS for rule in pack.rules}


@pytest.mark.parametrize("day", DAYS)
def test_a_second_engine_says_the_same_of_every_rule(day: dt.date) -> None:
    compiled = compile_packs(PACKS, day)
    programs = programs_of(compiled)
    words = words_named(compiled)
    source = random.Random(f"second engine {day}")
    seen_must = seen_may = 0
    for _ in range(FACT_SETS // len(DAYS) + 1):
        facts = random_facts(source, compiled, words)
        bits = compiled.decide(facts.get)
        assert bits_in_cel(programs, facts) == bits, differing(compiled, programs, facts)
        seen_must |= bits[0]
        seen_may |= bits[1] & ~bits[0]
    everything = (1 << len(programs)) - 1
    assert {entry.rule.id for bit, entry in enumerate(compiled.rules) if (everything & ~seen_must) >> bit & 1} == set()
    assert seen_may.bit_count() > len(programs) // 2


def differing(compiled: Compiled, programs: list[tuple[cel.Program, frozenset[str]]], facts: dict[str, FactValue]) -> list[str]:
    (must, may), (other_must, other_may) = compiled.decide(facts.get), bits_in_cel(programs, facts)
    odd = (must ^ other_must) | (may ^ other_may)
    return [f"{entry.rule.id}: {entry.rule.when}" for bit, entry in enumerate(compiled.rules) if odd >> bit & 1]


# Two facts in one test, empty sets, equality of sets: what CEL's macros see otherwise.
TRICKY = (
    "subjects & categories",
    "subjects == categories",
    "subjects != types",
    "types <= categories",
    "types >= categories",
    "domains == {'health', 'financial'}",
    "{'health'} <= domains",
    "domains <= {'health', 'financial'}",
    "destination in subjects",
    "destination not in subjects or personal",
    "destination == end_user_location",
    "0 < token_count <= personal_values < 7",
    "not (personal and not ciio) or token_count > 3",
    "bool(domains) and not (ciio or personal)",
)


VALUES: dict[str, list[FactValue]] = {
    "subjects": [frozenset(), frozenset({"SG"})],
    "categories": [frozenset(), frozenset({"name", "SG"})],
    "types": [frozenset(), frozenset({"PERSON"}), frozenset({"SG"})],
    "domains": [frozenset(), frozenset({"health"}), frozenset({"health", "financial"}), frozenset({"religion"})],
    "destination": ["SG", "DE"],
    "end_user_location": ["SG"],
    "personal": [True, False],
    "ciio": [True, False],
    "token_count": [0, 2, 9],
    "personal_values": [0, 5, 9],
}


@pytest.mark.parametrize("text", TRICKY)
def test_conditions_in_which_the_two_languages_differ_have_the_same_value(text: str) -> None:
    node: Node = parse(text, {})
    program = cel.compile(cel_text(node))
    source = random.Random(text)
    outcomes = set()
    for _ in range(300):
        facts = {name: source.choice(VALUES[name]) for name in sorted(facts_in(node)) if source.random() < 0.7}
        expected = value_of(node, facts)
        assert value_in_cel(program, cel.Context(cel_facts(facts)), facts_in(node) - facts.keys()) is expected, facts
        outcomes.add(expected)
    assert len(outcomes) == 3


@pytest.mark.parametrize("word", ['he said "no"', "back\\slash", "line\nbreak", "\x01", "中文", "it's"])
def test_a_word_with_special_characters_is_the_same_word_there(word: str) -> None:
    program = cel.compile(cel_text(parse(f"route == {word!r}", {})))
    assert program.execute(cel.Context(cel_facts({"route": word}))) is True
    assert program.execute(cel.Context(cel_facts({"route": word + "x"}))) is False
