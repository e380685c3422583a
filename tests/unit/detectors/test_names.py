"""The names model in steps decides what spaCy decides over the whole text, to the last bit the same in every batch."""

from __future__ import annotations

import functools
import random
from typing import Any

import numpy as np
import pytest

from detectors.analyzer import LANGUAGE, build_engine
from detectors.names import NameTagger, Step
from detectors.tokens import Tokens

TEXTS = (
    "Barack Obama met Angela Merkel in Berlin on Friday, 12 January 2016, and then flew to the United States of America.",
    "On the second of May 2021 at 5 p.m. Maria de la Cruz\nleft   New York City for the Rio Grande.",
    "x",
    "Nothing to see here; move along.",
    "李伟 lives in Shantou, Guangdong Province, People's Republic of China",
    " ".join(["John Smith"] * 40),
)


@functools.cache
def nlp() -> Any:
    return build_engine().nlp_engine.get_nlp(LANGUAGE)


@functools.cache
def tagger() -> NameTagger:
    return NameTagger(nlp())


def tokens_of(text: str) -> Tokens:
    tokens: Tokens = nlp().tokenizer.tokens(text, 0)
    return tokens


def expected(text: str) -> list[tuple[int, int, str]]:
    return [(entity.start, entity.end - 1, entity.label_) for entity in nlp()(text).ents]


def tag_in_steps(text: str, sizes: list[int]) -> list[tuple[int, int, str]]:
    tokens = tokens_of(text)
    state = tagger().open()
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(tokens) or at == 0:
        size = sizes.pop() if sizes else len(tokens)
        last = at + size >= len(tokens)
        step = Step(state, tokens.keys[at : at + size], last=last)
        tagger().step([step], [tokens.is_space[state.undecided() :]])
        found += [(one.first, one.last, one.label) for one in step.found]
        at += size
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_entities_are_those_of_spacy_whatever_the_steps(text: str) -> None:
    rnd = random.Random(3)
    assert tag_in_steps(text, []) == expected(text)
    assert tag_in_steps(text, [1] * 400) == expected(text)
    for _ in range(5):
        assert tag_in_steps(text, [rnd.randint(1, 6) for _ in range(100)]) == expected(text)


def test_streams_in_one_batch_have_the_entities_of_each_alone() -> None:
    tables = [tokens_of(text) for text in TEXTS]
    steps = [Step(tagger().open(), table.keys, last=True) for table in tables]
    tagger().step(steps, [table.is_space for table in tables])
    assert [[(one.first, one.last, one.label) for one in step.found] for step in steps] == [expected(text) for text in TEXTS]


def test_the_memory_of_a_stream_is_bit_equal_in_every_batch() -> None:
    """A replay has other batches than the first run; a last bit that depended on them could turn a decision."""
    tables = [tokens_of(text) for text in TEXTS]
    alone = []
    for table in tables:
        state = tagger().open()
        for row in range(len(table)):
            tagger().step([Step(state, table.keys[row : row + 1], last=False)], [table.is_space[state.undecided() :]])
        alone.append(state.tails)
    together = [tagger().open() for _ in tables]
    tagger().step(
        [Step(state, table.keys, last=False) for state, table in zip(together, tables, strict=True)],
        [table.is_space for table in tables],
    )
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one, other.tails)


def test_no_entity_is_decided_before_its_last_token_and_the_reach_behind_it() -> None:
    tokens = tokens_of("Yesterday Angela Merkel spoke about the budget of the city again")
    state = tagger().open()
    decided: dict[int, int] = {}
    for row in range(len(tokens)):
        step = Step(state, tokens.keys[row : row + 1], last=False)
        tagger().step([step], [tokens.is_space[state.undecided() :]])
        decided.update({one.last: row for one in step.found})
    assert decided
    assert all(row >= last + tagger().reach for last, row in decided.items())


@pytest.mark.parametrize("size", [1, 2, 3, 5, 37])
def test_what_a_word_gives_does_not_depend_on_the_words_it_first_came_with(size: int) -> None:
    """A scanner computes the row of a word once, in whatever batch it is new: its past must not show in what it finds."""
    keys = tokens_of(" ".join(f"word{number} {number}% Name{number}" for number in range(120))).keys
    words = keys.view("V32").ravel().tolist()
    together, apart = NameTagger(nlp()), NameTagger(nlp())
    at_once = together._table[together._embedded(words)]
    for start in range(0, len(words), size):
        rows = apart._table[apart._embedded(words[start : start + size])]
        assert np.array_equal(rows, at_once[start : start + size])
