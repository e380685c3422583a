"""Addresses of many countries come out whole, organisations and named people by the words around them, and ordinary prose is left alone."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
import spacy
from presidio_analyzer import AnalyzerEngine

from console.coverage import score
from detectors.analyzer import LANGUAGE, SPACY_MODEL, build_engine
from detectors.phrases import CHARS_MAX, Phrase, PhraseRecognizer, PhraseTagger
from detectors.phrasing.automaton import DEAD, Automaton
from detectors.tokens import PieceTokenizer
from schemas.errors import ConfigurationError, DetectionError


@functools.cache
def tokenizer() -> PieceTokenizer:
    nlp = spacy.load(SPACY_MODEL, exclude=["ner", "tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer"])
    return PieceTokenizer(nlp.tokenizer, nlp.vocab)


@functools.cache
def tagger() -> PhraseTagger:
    return PhraseTagger(tokenizer().vocab)


def phrases(text: str) -> list[Phrase]:
    return tagger().step(tagger().open(), tokenizer().tokens(text, 0), text, 0, last=True)


def values(text: str, entity_type: str) -> list[str]:
    return [text[start:end] for start, end, kind, _ in phrases(text) if kind == entity_type]


@pytest.mark.parametrize(
    "address",
    [
        "1600 Harbor Avenue NW, Springfield, DC 20500, USA",
        "Flat 3B, 14 High Street\nOxford OX1 4AA\nUnited Kingdom",
        "12 rue de Rivoli, 75001 Paris",
        "76 Boulevard de Clichy",
        "Hauptstraße 5, 80331 München, Deutschland",
        "Calle de Alcalá 45, 28014 Madrid, España",
        "Via Roma 10, 00184 Roma",
        "Rua Augusta 1257, São Paulo",
        "ul. Mickiewicza 12/4, 00-950 Warszawa, Polska",
        "Keizersgracht 123, 1015 CJ Amsterdam",
        "Drottninggatan 71, 111 36 Stockholm",
        "Mannerheimintie 14, 00100 Helsinki",
        "Kossuth Lajos utca 9, 1053 Budapest",
        "Pikk tänav 7",
        "Πλατεία Ομονοίας 4",
        "Jalan Sudirman No. 5, Jakarta 12190",
        "Level 5, 100 George St, Sydney NSW 2000",
        "P.O. Box 149",
        "PSC 4417, Box 2093\nAPO AE 09012",
        "40311 Lille Torv 12 Apt. 9\nRisby\n, HD\n Denmark 40211",
        "the corner of Elm Street and 4th Avenue",
    ],
)
def test_an_address_is_one_finding(address: str) -> None:
    assert address in values(f"It went to {address}.", "STREET_ADDRESS")


@pytest.mark.parametrize(
    "text",
    [
        "- 2 eggs\n- 3 cups flour\n- 1 tsp salt\n",
        "| Item | 2023 | 2024 |\n| --- | --- | --- |\n| Rent | 1200 | 1300 |\n",
        "1. Preheat the oven to 180 degrees.\n2. Bake for 25 minutes.\n3. Serve.",
        "See Chapter 12, Section 4 of Version 3 Build 45.",
        "World War 2 began on 1 September 1939; the Boeing 747 came 30 years later.",
        "Here are 10 Tips for Success in 2024 and 5 ways to walk more.",
        "In genetic engineering, 46 million samples were studied during the year.",
    ],
)
def test_lists_tables_and_years_are_no_addresses(text: str) -> None:
    assert values(text, "STREET_ADDRESS") == []


@pytest.mark.parametrize(
    ("text", "organisation"),
    [
        ("Acme Widgets Pty Ltd shipped it.", "Acme Widgets Pty Ltd"),
        ("We pay Muster & Söhne GmbH & Co. KG monthly.", "Muster & Söhne GmbH & Co. KG"),
        ("Nokia Oyj and others", "Nokia Oyj"),
        ("She studied at the University of Lower Saxony.", "University of Lower Saxony"),
        ("the Ministry of Foreign Affairs said", "Ministry of Foreign Affairs"),
        ("I work for Kettle, Brook and Lane, as a clerk.", "Kettle, Brook and Lane"),
        ("Employer: Blue Heron\nSince: May", "Blue Heron"),
    ],
)
def test_organisations(text: str, organisation: str) -> None:
    assert organisation in values(text, "ORGANIZATION")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Please ask Mrs. Ilse van der Berg.", "Ilse van der Berg"),
        ("call ms. marcela today", "marcela"),
        ("My name is Rubija", "Rubija"),
        ("Her maiden name is Clark.", "Clark"),
        ("Name: Sieda Batukayev\nPhone: x", "Sieda Batukayev"),
        ("They named him Željko.", "Željko"),
        ("Kind regards,\nThandi M. Nkosi", "Thandi M. Nkosi"),
        ("Aiko Umbra\nTechnical writer\nBlue Heron\n", "Aiko Umbra"),
        ("then Sieda Vörösmarty came", "Sieda Vörösmarty"),
        ("our founders: Abel, Cato and Dunn.", "Abel, Cato and Dunn"),
    ],
)
def test_people_that_words_give_away(text: str, name: str) -> None:
    assert name in values(text, "PERSON")


def test_titles_do_not_make_names_of_common_words() -> None:
    assert values("You can't miss out on it. Contact Information follows.", "PERSON") == []


@pytest.mark.parametrize(
    ("text", "entity_type", "value"),
    [
        ("We moved here from Trinidad and Tobago.", "LOCATION", "Trinidad and Tobago"),
        ("They arrived at Kirkwall this morning.", "LOCATION", "Kirkwall"),
        ("My brother just turned 47", "AGE", "47"),
        ("a 63-year-old male", "AGE", "63"),
        ("I am 31 y/o", "AGE", "31"),
        ("ZIP: 3520", "ZIP_CODE", "3520"),
        ("Desk: 451 59 86", "PHONE_NUMBER", "451 59 86"),
        ("Date: 2012-10-01 00:46:43", "DATE_TIME", "2012-10-01 00:46:43"),
    ],
)
def test_places_ages_and_numbers(text: str, entity_type: str, value: str) -> None:
    assert value in values(text, entity_type)


def test_a_number_that_something_turns_into_is_no_age() -> None:
    assert values("The corner turned 90 degrees; I'm 5 minutes away.", "AGE") == []


def test_prose_is_decided_at_its_last_word() -> None:
    text = "the committee met again and agreed that nothing much had been decided so far and "
    state = tagger().open()
    assert tagger().step(state, tokenizer().tokens(text, 0), text, 0, last=False) == []
    assert state.undecided is None


def test_an_open_address_is_undecided_from_its_first_token() -> None:
    text = "Look at 12 High Street, "
    state = tagger().open()
    tagger().step(state, tokenizer().tokens(text, 0), text, 0, last=False)
    assert state.undecided == text.index("12")


def test_a_walk_is_never_longer_than_its_bound() -> None:
    text = "12 High Street" + ", Springfield Lower Meadow" * 40 + ", USA"
    state = tagger().open()
    tokens = tokenizer().tokens(text, 0)
    tagger().step(state, tokens, text, 0, last=False)
    assert state.undecided is None or len(text) - state.undecided <= CHARS_MAX
    assert all(end - start <= CHARS_MAX for start, end, _, _ in phrases(text))


def test_the_recogniser_serves_a_stock_engine() -> None:
    engine: AnalyzerEngine = build_engine(lanes=False)
    engine.registry.add_recognizer(PhraseRecognizer(supported_language=LANGUAGE))
    text = "Send it to 12 High Street, London NW1 6XE."
    found = engine.analyze(text, language=LANGUAGE, entities=["STREET_ADDRESS"])
    assert [text[one.start : one.end] for one in found] == ["12 High Street, London NW1 6XE"]


def test_without_tokens_the_recogniser_refuses() -> None:
    with pytest.raises(DetectionError):
        PhraseRecognizer().analyze("12 High Street", ["STREET_ADDRESS"])


@pytest.mark.parametrize("rule", ["glued letters", "letters |", "nosuchclass", "(letters", "letters{3,1}", "letters?"])
def test_a_broken_rule_is_refused_at_the_start(rule: str, tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text("words: {func: the a}\nendings: {end: ing}\n")
    (tmp_path / "rules.yaml").write_text(f"macros: {{}}\ngroups: {{one: [{{type: X, score: 1, value: '{rule}'}}]}}\n")
    with pytest.raises(ConfigurationError):
        PhraseTagger(tokenizer().vocab, tmp_path)


def test_the_automaton_takes_counts_choices_and_refusals() -> None:
    bits = {"a": 1, "b": 2}
    alphabet = [1, 2, 3]  # a; b; both
    automaton = Automaton(["a{2,3} (b&!a | M)"], bits, {"M": "b&a b"}, alphabet)
    assert automaton.matches([0, 0, 1])
    assert automaton.matches([0, 0, 0, 2, 1])
    assert automaton.ends([0, 0, 1, 1]) == [3]
    assert not automaton.matches([0, 1])
    assert automaton.step(automaton.start, 1) == DEAD


def test_coverage_counts_what_is_found_and_what_is_false() -> None:
    gold = [(0, 10, "PERSON"), (20, 30, "STREET_ADDRESS"), (40, 43, "TITLE")]
    coverage = score(
        gold, [(0, 8, "X"), (20, 24, "Y"), (25, 27, "Y"), (40, 43, "Z"), (50, 60, "Z"), (70, 80, "NRP")], left_out=frozenset({"TITLE"})
    )
    assert coverage.found == {"PERSON": 1, "STREET_ADDRESS": 0}
    assert coverage.false == {"Z": 1}
    assert coverage.recall == pytest.approx(0.5)
    assert coverage.precision == pytest.approx(5 / 6)
    assert coverage.f2 == pytest.approx(5 * (5 / 6) * 0.5 / (4 * (5 / 6) + 0.5))
