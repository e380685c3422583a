"""The evaluator as a lattice: order does not matter, knowledge only narrows, and the compiled function is the interpreted one."""

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from jurisdictions.compile import compile_packs
from jurisdictions.condition import parse, value_of
from jurisdictions.evaluate import Verdict, evaluate, explain
from jurisdictions.facts import FactValue, vocabulary
from jurisdictions.lists import named_sets
from jurisdictions.overlay import Overlay
from jurisdictions.pack import Pack, RedactScope, Rule, load_packs, packs_sha256
from jurisdictions.shape import ACTIONS, Action
from tests.facts import random_facts, random_value, words_named

Known = tuple[dict[str, FactValue], dict[str, FactValue]]

PACKS = load_packs()
DAY = dt.date(2026, 12, 5)
COMPILED = compile_packs(PACKS, DAY)
INTERESTING = (0, 99, 100, 201, 9_999, 10_000, 99_999, 100_000, 100_001, 999_999, 1_000_000, 10_000_000)


def values_of(name: str) -> st.SearchStrategy[FactValue]:
    fact = vocabulary()[name]
    if fact.kind == "bool":
        return st.booleans()
    if fact.kind == "int":
        return st.sampled_from(INTERESTING)
    words = sorted(fact.values or {"x", "y"})
    near = [word for word in words if word in {"CN", "SG", "DE", "US", "PERSON", "SG_NRIC_FIN"}] or words
    return st.sampled_from(near) if fact.kind == "str" else st.frozensets(st.sampled_from(near), max_size=3)


def mappings(names: frozenset[str]) -> st.SearchStrategy[dict[str, FactValue]]:
    return st.fixed_dictionaries({name: values_of(name) for name in sorted(names)})


@st.composite
def partly_known(draw: st.DrawFn) -> Known:
    """All facts, and the same with some of them unknown."""
    whole = draw(mappings(COMPILED.facts_read))
    hidden = draw(st.frozensets(st.sampled_from(COMPILED.read_order), max_size=8))
    return whole, {name: value for name, value in whole.items() if name not in hidden}


SMALL = {"personal": st.booleans(), "ciio": st.booleans(), "token_count": st.integers(0, 3), "kind": st.sampled_from(["text", "code"])}
DOMAINS = {"personal": (False, True), "ciio": (False, True), "token_count": (0, 1, 2, 3), "kind": ("text", "code")}
PLAIN = st.sampled_from(
    ["personal", "ciio", "token_count > 1", "0 < token_count <= 2", "kind == 'text'", "kind in {'code'}", "True", "False"]
)
CONDITIONS = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
    ),
    max_leaves=6,
)
MODEL = PACKS[0].rules[0]


def rule_of(number: int, text: str, action: Action | None) -> Rule:
    labels = ("tt.tag",) if action == "label" else ()
    scope = RedactScope(None, None) if action == "redact" else None
    return Rule(
        id=f"TT-{number}",
        title="for tests",
        citation=MODEL.citation,
        in_force=MODEL.in_force,
        when=text,
        condition=parse(text, {}),
        action=action,
        redact=scope,
        obligations=(f"log{number}",),
        labels=labels,
        retain=None,
        note="",
        tests=(),
    )


def pack_of(rules: Iterable[Rule], applies: str = "True") -> Pack:
    return Pack("tt", "1.0.0", "for tests", frozenset(), parse(applies, {}), tuple(rules), {}, b"")


MADE = st.lists(st.tuples(CONDITIONS, st.sampled_from([None, *ACTIONS])), max_size=5)


def rank(action: str) -> int:
    return ACTIONS.index(action)


def outcome(verdict: Verdict) -> tuple[object, ...]:
    return (verdict.action, *((verdict.labels, verdict.redact) if rank(verdict.action) < rank("hold") else ()))


@given(partly_known())
def test_the_compiled_packs_say_what_the_interpreter_says(facts: Known) -> None:
    _, known = facts
    must, may = COMPILED.decide(known.get)
    compiled = sorted(
        (entry.rule.id, True if must >> bit & 1 else None if may >> bit & 1 else False) for bit, entry in enumerate(COMPILED.rules)
    )
    assert compiled == explain(COMPILED, known)


@given(CONDITIONS, st.fixed_dictionaries(SMALL))
def test_over_known_facts_a_condition_has_the_value_that_python_gives_it(text: str, facts: dict[str, FactValue]) -> None:
    assert value_of(parse(text, {}), facts) is bool(eval(text, {}, dict(facts)))  # noqa: S307 - the conditions are made above


@given(CONDITIONS, CONDITIONS, st.fixed_dictionaries({}, optional=SMALL))
def test_what_is_said_for_sure_is_true_in_every_possible_world(text: str, applies: str, known: dict[str, FactValue]) -> None:
    compiled = compile_packs([pack_of([rule_of(0, text, "hold")], applies)], DAY)
    must, may = compiled.decide(known.get)
    unknown = sorted(DOMAINS.keys() - known.keys())
    for world in product(*(DOMAINS[name] for name in unknown)):
        facts = {**known, **dict(zip(unknown, world, strict=True))}
        fires = bool(eval(f"({applies}) and ({text})", {}, facts))  # noqa: S307 - the conditions are made above
        assert not must or fires
        assert may or not fires


@given(MADE, st.fixed_dictionaries(SMALL))
def test_the_strictest_rule_that_fires_decides(made: list[tuple[str, Action | None]], facts: dict[str, FactValue]) -> None:
    verdict = evaluate(compile_packs([pack_of(rule_of(n, *parts) for n, parts in enumerate(made))], DAY), facts)
    firing = [(n, action) for n, (text, action) in enumerate(made) if eval(text, {}, dict(facts))]  # noqa: S307 - the conditions are made above
    assert verdict.certain
    assert verdict.action == max((action for _, action in firing if action), key=rank, default="release")
    assert {ref.id for ref in verdict.rules} == {f"TT-{n}" for n, _ in firing}
    assert set(verdict.obligations) == {f"log{n}" for n, _ in firing}


@given(MADE, st.fixed_dictionaries({}, optional=SMALL))
def test_a_certain_verdict_holds_in_every_possible_world_and_an_open_one_is_held(
    made: list[tuple[str, Action | None]], known: dict[str, FactValue]
) -> None:
    compiled = compile_packs([pack_of(rule_of(n, *parts) for n, parts in enumerate(made))], DAY)
    verdict = evaluate(compiled, known)
    unknown = sorted(DOMAINS.keys() - known.keys())
    worlds = [{**known, **dict(zip(unknown, world, strict=True))} for world in product(*(DOMAINS[name] for name in unknown))]
    outcomes = {outcome(evaluate(compiled, world)) for world in worlds}
    if verdict.certain:
        assert outcomes == {outcome(verdict)}
    else:
        assert verdict.action == "hold"
        assert verdict.unsettled


@given(MADE, MADE, st.fixed_dictionaries({}, optional={**SMALL, "customer": st.sampled_from(["C-1", "C-2"])}))
def test_an_overlay_never_makes_a_verdict_laxer_and_leaves_other_customers_alone(
    made: list[tuple[str, Action | None]], added: list[tuple[str, Action | None]], known: dict[str, FactValue]
) -> None:
    packs = [pack_of(rule_of(n, *parts) for n, parts in enumerate(made))]
    tightening = [rule_of(100 + n, *parts) for n, parts in enumerate(added) if parts[1] != "release"]
    own = Pack("oo", "1.0.0", "for tests", frozenset(), parse("customer == 'C-1'", {}), tuple(tightening), {}, b"")
    without, within = (evaluate(compile_packs(packs, DAY, overlays), known) for overlays in ((), (Overlay("C-1", own, ()),)))
    assert rank(within.action) >= rank(without.action)
    assert set(without.obligations) <= set(within.obligations)
    if known.get("customer") == "C-2":
        assert within == without


@given(partly_known())
@settings(max_examples=200)
def test_with_the_shipped_packs_less_knowledge_is_never_laxer(facts: Known) -> None:
    whole, known = facts
    full, partial = evaluate(COMPILED, whole), evaluate(COMPILED, known)
    assert full.certain
    assert set(full.obligations) <= set(partial.obligations)
    if partial.certain:
        assert outcome(partial) == outcome(full)
    else:
        assert partial.action == "hold"
        assert set(full.labels) <= set(partial.labels)
        assert set(full.redact) <= set(partial.redact)
    if partial.action == "block":
        assert full.action == "block"


def test_ten_thousand_times_facts_go_missing_and_nothing_leaves_that_all_facts_would_not_let_go() -> None:
    source = random.Random("fail closed")
    words = words_named(COMPILED)
    laxer, left, held = [], 0, 0
    for _ in range(10_000):
        some = random_facts(source, COMPILED, words)
        whole = {**random_world(source, words), **some}
        full, partial = evaluate(COMPILED, whole), evaluate(COMPILED, some)
        leaves = rank(partial.action) < rank("hold")
        left += leaves
        held += not partial.certain
        if leaves and outcome(partial) != outcome(full):
            laxer.append((partial.action, full.action, sorted(whole.keys() - some.keys())))
    assert laxer == []
    assert left > 100
    assert held > 1_000


def random_world(source: random.Random, words: dict[str, list[FactValue]]) -> dict[str, FactValue]:
    return {name: random_value(source, name, words[name]) for name in COMPILED.read_order}


@given(partly_known(), st.data())
@settings(max_examples=200)
def test_one_fact_more_never_turns_what_must_be_blocked_or_held_into_a_release(facts: Known, data: st.DataObject) -> None:
    whole, known = facts
    before = evaluate(COMPILED, known)
    learnt = data.draw(st.sampled_from(sorted(whole.keys() - known.keys()) or [COMPILED.read_order[0]]))
    after = evaluate(COMPILED, {**known, learnt: whole[learnt]})
    if before.certain:
        assert outcome(after) == outcome(before)
    if before.action == "block":
        assert after.action == "block"
    assert {ref.id for ref in before.rules} <= {ref.id for ref in after.rules}


@given(st.permutations(PACKS), st.randoms(use_true_random=False), partly_known())
@settings(max_examples=25)
def test_the_order_of_packs_and_of_their_rules_does_not_matter(packs: list[Pack], shuffler: random.Random, facts: Known) -> None:
    shuffled = []
    for pack in packs:
        rules = list(pack.rules)
        shuffler.shuffle(rules)
        shuffled.append(replace(pack, rules=tuple(rules)))
    other = compile_packs(shuffled, DAY)
    assert other.source == COMPILED.source
    assert packs_sha256(shuffled) == packs_sha256(PACKS)
    assert evaluate(other, facts[1]) == evaluate(COMPILED, facts[1])


@given(st.sampled_from(sorted(named_sets()["ISO_3166_1"])), st.text(max_size=4))
def test_only_an_assigned_country_code_passes_the_default_pack(code: str, text: str) -> None:
    compiled = compile_packs([pack for pack in PACKS if pack.id == "default"], DAY)
    known: dict[str, FactValue] = {"credential_provenance": frozenset()}
    assert evaluate(compiled, {**known, "destination": code}).action == "release"
    expected = "release" if text in named_sets()["ISO_3166_1"] else "hold"
    assert evaluate(compiled, {**known, "destination": text}).action == expected
